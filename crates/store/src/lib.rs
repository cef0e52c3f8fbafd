//! Placeholder

pub mod journal;
