use std::{io, path::PathBuf};

use super::Position;

/// Why a journal could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A group needs at least one record.
    #[error("group holds no record; append at least one")]
    EmptyGroup,

    /// A group is larger than the format carries.
    #[error("group takes `{bytes}` bytes, at most `{bytes_max}` are possible; append fewer records at a time")]
    GroupTooLarge {
        /// Bytes that the group would take.
        bytes: u64,
        /// The most that a group may take.
        bytes_max: u64,
    },

    /// Nothing durable stands at this position.
    #[error("no record at position `{position}`; the next one to be written is `{next}`")]
    Absent {
        /// What was asked for.
        position: Position,
        /// The durable head at that time.
        next: Position,
    },

    /// The stored bytes are not what was written. Nothing was skipped or changed; restore the named file from a copy.
    #[error(
        "journal is damaged at position `{position}`: `{segment}`, offset `{offset}`: {what}; restore this file from a copy"
    )]
    Damaged {
        /// First position that cannot be vouched for.
        position: Position,
        /// File, or the engine's name for it.
        segment: String,
        /// Byte in that file.
        offset: u64,
        /// What is wrong there.
        what: &'static str,
    },

    /// A file was made by a version of this program that this one cannot read.
    #[error("`{segment}` has journal format version `{found}`, this program reads version `{supported}`")]
    Version {
        /// File with the unknown version.
        segment: String,
        /// Version in that file.
        found: u16,
        /// Version that is written and read here.
        supported: u16,
    },

    /// An earlier append failed halfway. What became of it is known only when the journal is opened again.
    #[error("journal takes no more records since an earlier write failed; restart to learn what was stored")]
    Poisoned,

    /// There was no way to begin the write: nothing of the group is stored, and a later append may succeed.
    #[error("cannot make room in the journal: {operation} `{path}`")]
    NoRoom {
        /// What failed, as a verb.
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },

    /// The journal that hubs share, and this hub's copy of it, can't go on together.
    #[error("{0}")]
    Shared(String),

    /// The operating system refused. If this comes from an append, what became of the group is unknown.
    #[error("cannot {operation} `{path}`")]
    Io {
        /// What failed, as a verb.
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
}

impl JournalError {
    /// Whether an append that ended with this error has stored nothing, for certain.
    pub fn certainly_not_stored(&self) -> bool {
        match self {
            Self::EmptyGroup | Self::GroupTooLarge { .. } | Self::Poisoned | Self::NoRoom { .. } => true,
            // `Absent`, `Damaged` and `Version` come from reading and opening; they say nothing about an append.
            Self::Absent { .. } | Self::Damaged { .. } | Self::Version { .. } | Self::Shared(_) | Self::Io { .. } => {
                false
            }
        }
    }
}
