//! The journal engine that this build runs on. One place to choose another.

use truc_store::journal::{Embedded, EmbeddedReader};

pub(crate) type Engine = Embedded;
pub(crate) type Reader = EmbeddedReader;
