//! Snapshots: the whole state as bytes, so that opening replays only the tail of the journal.
//!
//! The bytes are canonical: the same state gives the same bytes, and the SHA-256 that ends them is what two hubs, or a
//! hub and a recount, compare ([`State::digest`]). Numbers are little-endian; lists come after their length. Whatever
//! can be made anew from the rest (indexes by id and number, mailboxes) is not in them.
//!
//! A snapshot is a convenience: without one, or with a damaged one, the journal gives the same state.

mod deliveries;
mod directory;
mod documents;
mod faults;
mod folder;
mod mark;
mod reader;
mod statistics;
#[cfg(test)]
mod tests;
mod writer;

use std::io::{self, Read, Write};

use truc_proto::v1 as pb;

pub use self::{
    folder::SnapshotFolder,
    mark::{SharedSnapshots, SnapshotMark, prove},
};
use self::{reader::SnapshotReader, writer::SnapshotWriter};
use crate::{
    journal::Position,
    state::{ClockSetting, State},
};

/// What a snapshot begins with.
const MAGIC: [u8; 8] = *b"TRUCSTAT";
/// Raised whenever the bytes of the same state become others.
const VERSION: u32 = 5;

/// Why there is no state in some bytes, or no snapshot in a folder.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Reading or writing failed.
    #[error("snapshot can't be read or written")]
    Io(#[from] io::Error),
    /// A file operation of the snapshot folder failed.
    #[error("cannot {operation} `{path}`")]
    Folder {
        /// What failed, as a verb.
        operation: &'static str,
        /// File or folder.
        path: std::path::PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// It begins otherwise.
    #[error("not a snapshot: it does not begin with `TRUCSTAT`")]
    Magic,
    /// Made by another version.
    #[error(
        "snapshot has version `{found}`, this program reads version `{VERSION}`; the journal will be replayed instead"
    )]
    Version {
        /// The version found.
        found: u32,
    },
    /// It ends too early.
    #[error("snapshot is truncated")]
    Truncated,
    /// Its bytes are not what was written.
    #[error("snapshot is damaged: its SHA-256 is not the one at its end")]
    Digest,
    /// A good one, of another state.
    #[error("snapshot is of another state than it was said to be")]
    Another,
    /// Something in it can't be.
    #[error("snapshot is damaged: {0}")]
    Invalid(&'static str),
}

/// Writes a state and gives its digest. The writer is not flushed to disk.
///
/// # Errors
/// What `out` says.
pub fn write(state: &State, out: impl Write) -> io::Result<[u8; 32]> {
    let mut out = SnapshotWriter::new(out);
    out.bytes(&MAGIC)?;
    out.u32(VERSION)?;
    out.u64(state.position.0)?;
    out.bytes(&state.chain)?;
    out.i64(state.now)?;
    out.u32(state.clock.mode as u32)?;
    out.u64(state.clock.factor.to_bits())?;
    directory::write(state, &mut out)?;
    documents::write(state, &mut out)?;
    deliveries::write(state, &mut out)?;
    statistics::write(&state.statistics, &mut out)?;
    faults::write(state, &mut out)?;
    out.finish()
}

/// A snapshot behind its first bytes, which say that it is one, and of this version.
fn begin<R: Read>(input: R) -> Result<SnapshotReader<R>, SnapshotError> {
    let mut input = SnapshotReader::new(input);
    if input.array()? != MAGIC {
        return Err(SnapshotError::Magic);
    }
    let found = input.u32()?;
    if found != VERSION {
        return Err(SnapshotError::Version { found });
    }
    Ok(input)
}

/// Reads a state. The digest is checked before anything of it is given out; memory grows with what was read, never with
/// a length that something claims.
///
/// # Errors
/// [`SnapshotError`]: the bytes are no snapshot, of another version, truncated or damaged.
pub fn read(input: impl Read) -> Result<State, SnapshotError> {
    let mut input = begin(input)?;
    let mut state = State {
        position: Position(input.u64()?),
        chain: input.array()?,
        now: input.i64()?,
        clock: ClockSetting {
            mode: i32::try_from(input.u32()?)
                .ok()
                .and_then(|mode| pb::ClockMode::try_from(mode).ok())
                .ok_or(SnapshotError::Invalid("unknown clock mode"))?,
            factor: f64::from_bits(input.u64()?),
        },
        ..State::default()
    };
    directory::read(&mut state, &mut input)?;
    let documents = documents::read(&state, &mut input)?;
    deliveries::read(&mut state, &documents, &mut input)?;
    state.statistics = statistics::read(&state, &mut input)?;
    faults::read(&mut state, &mut input)?;
    input.finish()?;
    // Made only now that the bytes are known to be what was written.
    state.documents = documents.index();
    deliveries::fill_mailboxes(&mut state);
    Ok(state)
}

impl State {
    /// SHA-256 of the canonical bytes: equal for two states that equal records made.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        // A sink takes everything.
        write(self, io::sink()).unwrap_or_default()
    }
}
