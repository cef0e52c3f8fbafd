//! What the hub keeps: the journal, which holds everything that ever changed anything, and the state, which is what the
//! journal's records make of nothing.
//!
//! **Invariant:** a journal knows positions and groups, never agencies; [`apply`] knows no engine, no clock and no
//! network.

pub mod apply;
pub mod record;
pub mod state;

pub mod attachments;
pub mod journal;
pub mod lock;
pub mod recount;
pub mod snapshot;
