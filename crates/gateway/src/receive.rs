//! Receiving: lists of what waits, the packages, and what becomes of them.

mod list;
mod package;
mod update;

pub(crate) use self::list::{Kind, Query, Row};
pub(crate) use self::update::Update;
