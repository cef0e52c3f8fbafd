//! What a snapshot is of, without its state: enough to know whether to take it from somebody else.

use std::{fs::File, io::Read};

use futures::future::BoxFuture;

use super::{SnapshotError, begin};
use crate::journal::Position;

/// Which state a snapshot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotMark {
    /// The last record that it knows.
    pub position: Position,
    /// Hash of the journal up to there.
    pub chain: [u8; 32],
    /// SHA-256 of its bytes, which ends them.
    pub digest: [u8; 32],
}

/// States that the hubs of a shared journal leave for each other, so that one that is new need not apply every record.
pub trait SharedSnapshots: Send + Sync + 'static {
    /// What is there, the newest first.
    fn list(&self) -> BoxFuture<'_, Result<Vec<SnapshotMark>, String>>;

    /// Leaves a snapshot for the others; of older ones only the newest stays.
    fn keep(&self, mark: SnapshotMark, file: File) -> BoxFuture<'_, Result<(), String>>;

    /// Writes the bytes of one into a file. They are to be proved: anything may have become of them.
    fn fetch(&self, mark: SnapshotMark, into: File) -> BoxFuture<'_, Result<(), String>>;
}

/// What a snapshot is of, when its bytes are what was written. Nothing of its state is kept in memory.
///
/// # Errors
/// [`SnapshotError`]: the bytes are no snapshot, of another version, truncated or damaged.
pub fn prove(input: impl Read) -> Result<SnapshotMark, SnapshotError> {
    let mut input = begin(input)?;
    Ok(SnapshotMark {
        position: Position(input.u64()?),
        chain: input.array()?,
        digest: input.skip()?,
    })
}
