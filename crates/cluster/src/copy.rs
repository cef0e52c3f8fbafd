//! The copy of the journal on this machine: a journal of the embedded engine that is not synced, since the stream has it all. Beside it
//! stands a note of which message of the stream it has come to.
//!
//! After a power loss an unsynced copy may be damaged. It is then read through and, where it is broken, made anew from the stream. A copy
//! that is whole and says something else than the stream is never touched: one of both is wrong, and that is not for a
//! program to decide.

use std::{fs, io, path::PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use truc_store::journal::{
    Appended, Embedded, EmbeddedOptions, EmbeddedReader, Head, Journal as _, JournalError, JournalReader as _, Position,
};

use crate::error::ClusterError;

/// Groups between two notes: so many are counted again when a hub was killed.
const NOTE_GROUPS: u64 = 4096;
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// See the module.
pub(crate) struct Copy {
    journal: Embedded,
    note: PathBuf,
    /// Sequence of the message that was taken last.
    sequence: u64,
    noted: u64,
}

/// What the note says.
#[derive(Serialize, Deserialize)]
struct Note {
    /// Sequence of the message that was taken last.
    sequence: u64,
    /// Position of the next record.
    next: u64,
    /// The machine's run; after a power loss it is another.
    boot: String,
}

impl Copy {
    pub(crate) fn open(folder: PathBuf, note: PathBuf, options: EmbeddedOptions) -> Result<Self, ClusterError> {
        let options = EmbeddedOptions { sync: false, ..options };
        let boot = boot();
        let known = read(&note);
        let unsure = known
            .as_ref()
            .is_none_or(|known| known.boot.is_empty() || known.boot != boot);
        let copy = match Self::look(&folder, &note, options.clone(), known.filter(|_| !unsure)) {
            Err(JournalError::Damaged { what, position, .. }) if unsure => {
                tracing::warn!(%position, what, "the copy of the journal did not survive the machine's stop; it is made anew");
                fs::remove_dir_all(&folder).map_err(|source| io_error("remove", &folder, source))?;
                Self::look(&folder, &note, options, None)?
            }
            looked => looked?,
        };
        copy.write_note()?;
        Ok(copy)
    }

    /// Counts the groups since the note, and all where there is none.
    fn look(
        folder: &std::path::Path,
        note: &std::path::Path,
        options: EmbeddedOptions,
        known: Option<Note>,
    ) -> Result<Self, JournalError> {
        let journal = Embedded::open(folder, options)?;
        let known = known.filter(|known| known.next <= journal.head().next.0);
        let (mut sequence, next) = known.map_or((0, Position::FIRST), |known| (known.sequence, Position(known.next)));
        for group in journal.reader().groups(next) {
            group?;
            sequence += 1;
        }
        Ok(Self {
            journal,
            note: note.to_owned(),
            sequence,
            noted: sequence,
        })
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(crate) fn head(&self) -> Head {
        self.journal.head()
    }

    pub(crate) fn reader(&self) -> EmbeddedReader {
        self.journal.reader()
    }

    /// The records of the group that was taken last.
    pub(crate) fn last(&self) -> Result<Option<Vec<Bytes>>, JournalError> {
        let last = Position(self.head().next.0 - 1);
        if last < Position::FIRST {
            return Ok(None);
        }
        let group = self.journal.reader().groups(last).next().transpose()?;
        Ok(group.map(|group| group.records))
    }

    /// Takes the next message's group.
    pub(crate) fn append(&mut self, records: &[Bytes]) -> Result<Appended, JournalError> {
        let appended = self.journal.append_blocking(records)?;
        self.sequence += 1;
        if self.sequence - self.noted >= NOTE_GROUPS {
            self.noted = self.sequence;
            if let Err(error) = self.write_note() {
                tracing::warn!(%error, "how far the copy of the journal is can't be noted; the next start takes longer");
            }
        }
        Ok(appended)
    }

    fn write_note(&self) -> Result<(), ClusterError> {
        let note = Note {
            sequence: self.sequence,
            next: self.head().next.0,
            boot: boot(),
        };
        let unfinished = self.note.with_extension("unfinished");
        let text = serde_json::to_vec(&note).map_err(|error| io_error("write", &unfinished, error.into()))?;
        fs::write(&unfinished, text).map_err(|source| io_error("write", &unfinished, source))?;
        fs::rename(&unfinished, &self.note).map_err(|source| io_error("create", &self.note, source))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        drop(self.write_note());
    }
}

/// What can't be read is as good as not there: then everything is counted.
fn read(note: &std::path::Path) -> Option<Note> {
    serde_json::from_slice(&fs::read(note).ok()?).ok()
}

fn boot() -> String {
    fs::read_to_string(BOOT)
        .map(|boot| boot.trim().to_owned())
        .unwrap_or_default()
}

fn io_error(operation: &'static str, path: &std::path::Path, source: io::Error) -> ClusterError {
    ClusterError::Io {
        operation,
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn open(folder: &Path) -> Copy {
        // So small that the second group begins a segment.
        let options = EmbeddedOptions {
            segment_bytes: 200,
            ..EmbeddedOptions::default()
        };
        Copy::open(folder.join("journal"), folder.join("note"), options).unwrap()
    }

    fn group(text: &str) -> Vec<Bytes> {
        vec![
            Bytes::copy_from_slice(text.as_bytes()),
            Bytes::from_static(b"and another"),
        ]
    }

    #[test]
    fn it_knows_how_far_it_came_however_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let mut copy = open(folder.path());
        assert_eq!((copy.sequence(), copy.last().unwrap()), (0, None));
        copy.append(&group("one")).unwrap();
        drop(copy);
        let mut copy = open(folder.path());
        copy.append(&group("two")).unwrap();
        copy.append(&group("three")).unwrap();
        // A kill writes no note.
        copy.note = folder.path().join("elsewhere");
        drop(copy);
        for gone in [false, true] {
            if gone {
                fs::remove_file(folder.path().join("note")).unwrap();
            }
            let copy = open(folder.path());
            assert_eq!((copy.sequence(), copy.last().unwrap()), (3, Some(group("three"))));
        }
    }

    /// Cuts a hole into the first of two segments, as a power loss does to what was not synced.
    fn damage(folder: &Path) {
        let path = folder.join("journal/00000001.segment");
        let mut bytes = fs::read(&path).unwrap();
        let at = bytes.windows(3).position(|bytes| bytes == b"one").unwrap();
        bytes[at..at + 3].fill(0);
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn a_copy_that_a_power_loss_broke_is_made_anew_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut copy = open(folder.path());
        copy.append(&group("one")).unwrap();
        copy.append(&group("two")).unwrap();
        drop(copy);
        damage(folder.path());
        // In the same run of the machine nothing was lost by itself: that is damage, for its operator to see.
        let copy = open(folder.path());
        let first = copy.reader().groups(Position::FIRST).next();
        assert!(matches!(first, Some(Err(JournalError::Damaged { .. }))));
        drop(copy);
        let mut note = read(&folder.path().join("note")).unwrap();
        note.boot = "another run".to_owned();
        fs::write(folder.path().join("note"), serde_json::to_vec(&note).unwrap()).unwrap();
        let copy = open(folder.path());
        assert_eq!((copy.sequence(), copy.head()), (0, Head::EMPTY));
    }
}
