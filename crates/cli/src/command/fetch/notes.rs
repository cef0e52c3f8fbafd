//! What was fetched and not yet acknowledged, kept beside the agency's keys: the hub gives what it leased to nobody twice
//! until the lease has run out, so who looked away must be able to look again.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{exit::Failure, files};

/// One delivery, as fetched.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Note {
    pub(crate) delivery_id: u64,
    /// `document`, `status` or `notice`.
    pub(crate) kind: String,
    pub(crate) document_id: Uuid,
    pub(crate) from: String,
    /// Hub time of the document, status or notice.
    pub(crate) at: Timestamp,
    /// Of a document.
    pub(crate) urgency: Option<String>,
    /// Of a document: `new`, `recall`, `update`, `replace`.
    pub(crate) act: Option<String>,
    /// Of a document.
    pub(crate) number: String,
    /// Of a status: its code.
    pub(crate) status: Option<String>,
    /// Subject, description or notice.
    pub(crate) text: String,
    pub(crate) attempt: u32,
    /// Hub time.
    pub(crate) leased_until: Timestamp,
    pub(crate) saved_to: Option<PathBuf>,
}

impl Default for Note {
    fn default() -> Self {
        Self {
            delivery_id: 0,
            kind: String::new(),
            document_id: Uuid::nil(),
            from: String::new(),
            at: super::NEVER,
            urgency: None,
            act: None,
            number: String::new(),
            status: None,
            text: String::new(),
            attempt: 0,
            leased_until: super::NEVER,
            saved_to: None,
        }
    }
}

/// The notes of one agency.
#[derive(Debug)]
pub(crate) struct Notes {
    path: PathBuf,
    open: Vec<Note>,
}

impl Notes {
    /// Reads `fetched.json` of a folder; none is good.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("fetched.json");
        let open = if path.exists() {
            serde_json::from_slice(&files::read(&path)?)
                .map_err(|error| Failure::input(format!("`{}` is damaged: {error}; remove it", path.display())))?
        } else {
            Vec::new()
        };
        Ok(Self { path, open })
    }

    /// What is not acknowledged, in the order in which it was fetched.
    pub(crate) fn notes(&self) -> &[Note] {
        &self.open
    }

    pub(crate) fn open_ids(&self) -> Vec<u64> {
        self.open.iter().map(|note| note.delivery_id).collect()
    }

    /// Notes what was fetched; what comes again takes the place of what it was.
    pub(crate) fn add(&mut self, fetched: &[Note]) -> Result<(), Failure> {
        self.open
            .retain(|note| fetched.iter().all(|again| again.delivery_id != note.delivery_id));
        self.open.extend_from_slice(fetched);
        self.write()
    }

    /// Forgets what is settled.
    pub(crate) fn close(&mut self, ids: &[u64]) -> Result<(), Failure> {
        self.open.retain(|note| !ids.contains(&note.delivery_id));
        self.write()
    }

    fn write(&self) -> Result<(), Failure> {
        if self.open.is_empty() {
            return files::remove(&self.path);
        }
        if let Some(folder) = self.path.parent() {
            files::make_folder(folder)?;
        }
        files::write(
            &self.path,
            serde_json::to_vec_pretty(&self.open).map_err(Failure::input)?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(delivery_id: u64, attempt: u32) -> Note {
        Note {
            delivery_id,
            attempt,
            ..Note::default()
        }
    }

    #[test]
    fn notes_outlive_the_process_until_they_are_closed() {
        let folder = tempfile::tempdir().unwrap();
        Notes::open(folder.path())
            .unwrap()
            .add(&[note(1, 1), note(2, 1)])
            .unwrap();
        let mut notes = Notes::open(folder.path()).unwrap();
        notes.add(&[note(1, 2)]).unwrap();
        assert_eq!(notes.open_ids(), [2, 1]);
        assert_eq!(notes.notes()[1].attempt, 2);
        notes.close(&[2, 1]).unwrap();
        assert!(!folder.path().join("fetched.json").exists());
        assert!(Notes::open(folder.path()).unwrap().notes().is_empty());
    }
}
