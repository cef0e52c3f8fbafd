//! What survives a restart: who began what, when, and which hints were taken. How an attempt stands is in the journal.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use truc_simulator::lesson::HintTaken;
use uuid::Uuid;

use crate::{exit::Failure, files};

/// The file.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Kept {
    pub(super) attempts: Vec<KeptAttempt>,
    pub(super) best: Vec<Best>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct KeptAttempt {
    pub(super) id: Uuid,
    pub(super) lesson: String,
    pub(super) trainee: String,
    /// Of the trainee's agency.
    pub(super) number: u32,
    pub(super) started_at: Timestamp,
    /// The journal's position at the start.
    pub(super) position: u64,
    pub(super) hints: Vec<KeptHint>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct KeptHint {
    pub(super) step: usize,
    pub(super) at: Timestamp,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Best {
    pub(super) trainee: String,
    pub(super) lesson: String,
    pub(super) score: u32,
}

impl Kept {
    /// Nothing where there is no file yet.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        if !path.exists() {
            return Ok(Self::default());
        }
        serde_json::from_str(&files::read_text(path)?).map_err(|error| {
            Failure::input(format!(
                "`{}`: {error}; remove it to forget all attempts",
                path.display()
            ))
        })
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(Failure::input)?;
        // Beside it first: a crash leaves the one before.
        let beside = path.with_extension("json.new");
        files::write(&beside, text)?;
        std::fs::rename(&beside, path).map_err(|error| Failure::input(format!("`{}`: {error}", path.display())))
    }
}

impl From<HintTaken> for KeptHint {
    fn from(hint: HintTaken) -> Self {
        Self {
            step: hint.step,
            at: hint.at,
        }
    }
}

impl From<KeptHint> for HintTaken {
    fn from(hint: KeptHint) -> Self {
        Self {
            step: hint.step,
            at: hint.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lessons.json");
        assert!(Kept::read(&path).unwrap().attempts.is_empty());
        let kept = Kept {
            attempts: vec![KeptAttempt {
                id: Uuid::from_u128(7),
                lesson: "first-letter".to_owned(),
                trainee: "Nguyễn Văn An".to_owned(),
                number: 3,
                started_at: Timestamp::UNIX_EPOCH,
                position: 12,
                hints: vec![
                    HintTaken {
                        step: 1,
                        at: Timestamp::UNIX_EPOCH,
                    }
                    .into(),
                ],
            }],
            best: Vec::new(),
        };
        kept.write(&path).unwrap();
        let read = Kept::read(&path).unwrap();
        assert_eq!(read.attempts[0].trainee, "Nguyễn Văn An");
        assert_eq!((read.attempts[0].number, read.attempts[0].hints[0].step), (3, 1));
        std::fs::write(&path, "{").unwrap();
        assert!(Kept::read(&path).unwrap_err().message.contains("lessons.json"));
    }
}
