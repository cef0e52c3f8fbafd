//! The journal: the durable order of everything that ever changed anything on the axis.
//!
//! A journal is a list of records in groups. Records are opaque bytes with dense positions (1, 2, 3, …); a group is what
//! one [`Journal::append`] made durable, and the unit of the hash chain: the hash of a group covers its records and the
//! hash of the group before, so that a signed hash vouches for everything up to it.
//!
//! **Invariant:** a journal knows positions and groups, never agencies or documents; what the records mean is the
//! business of `record` and `state`.
//!
//! [`Journal`] and [`JournalReader`] state the promises; each engine is one folder here and goes through the same battery
//! of tests (`battery`).

#[cfg(any(test, feature = "battery"))]
pub mod battery;
pub mod embedded;
mod error;
mod position;
mod shared;

use std::future::Future;

use bytes::Bytes;

pub use self::{
    embedded::{Embedded, EmbeddedOptions, EmbeddedReader},
    error::JournalError,
    position::Position,
    shared::{Contact, Durability, Ordered, SharedAttachments, SharedJournal},
};

/// Hash that stands for "nothing yet": what the first group names as the hash before it.
pub const CHAIN_START: [u8; 32] = [0; 32];

/// The only writer of a journal.
///
/// Two hubs over one journal see the same records at the same positions in the same groups.
pub trait Journal: Send + 'static {
    /// Reads what this journal made durable, from any thread, while the journal is written.
    type Reader: JournalReader;

    /// Returns once the whole group is on stable storage, or with an error that says what became of it
    /// ([`JournalError::certainly_not_stored`]). A group is never stored in part.
    ///
    /// Positions are dense and in the order of `records`. After an error of unknown fate each later call answers
    /// [`JournalError::Poisoned`]: only opening the journal again tells what was stored.
    ///
    /// An engine on a local disk does its I/O inside the call; give it a thread of its own.
    fn append(&mut self, records: &[Bytes]) -> impl Future<Output = Result<Appended, JournalError>> + Send;

    /// Where the next record goes, and the hash of all before it. Durable records only.
    fn head(&self) -> Head;

    /// A reader; clones are cheap.
    fn reader(&self) -> Self::Reader;
}

/// Reads durable records: those whose `append` has returned, and never one whose fate is not yet decided.
pub trait JournalReader: Clone + Send + Sync + 'static {
    /// The record at `position`, or [`JournalError::Absent`] if no durable record has it.
    fn read(&self, position: Position) -> Result<Bytes, JournalError>;

    /// All groups in order, starting with the one that holds `from`, up to the durable head at the time it is reached.
    /// Each group's hash is checked. Nothing is ever skipped: after an error the iterator ends.
    ///
    /// Empty if `from` is the next position; [`JournalError::Absent`] if it is further on.
    fn groups(&self, from: Position) -> impl Iterator<Item = Result<StoredGroup, JournalError>> + Send;
}

/// What an append stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Position of the group's first record; the others follow without a gap.
    pub first: Position,
    /// Number of records, at least 1.
    pub count: u64,
    /// Hash of this group and, through the chain, of all before it.
    pub chain: [u8; 32],
}

/// The end of what is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Position that the next record gets; [`Position::FIRST`] if the journal is empty.
    pub next: Position,
    /// Hash of the last group; [`CHAIN_START`] if there is none.
    pub chain: [u8; 32],
}

/// A group as it was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredGroup {
    /// Position of `records[0]`.
    pub first: Position,
    /// The records; slices of one buffer, so keeping one keeps the whole group in memory.
    pub records: Vec<Bytes>,
    /// Hash of the group before; [`CHAIN_START`] for the first one.
    pub chain_before: [u8; 32],
    /// Hash of this group.
    pub chain: [u8; 32],
}

// === impl Head ===

impl Head {
    /// The head of a journal without records.
    pub const EMPTY: Self = Self {
        next: Position::FIRST,
        chain: CHAIN_START,
    };
}

// === impl StoredGroup ===

impl StoredGroup {
    /// Each record with its position.
    pub fn positioned(&self) -> impl Iterator<Item = (Position, &Bytes)> {
        (self.first.0..).map(Position).zip(&self.records)
    }

    /// The head of the journal just after this group.
    pub fn head_after(&self) -> Head {
        Head {
            next: self.first.plus(self.records.len() as u64),
            chain: self.chain,
        }
    }
}
