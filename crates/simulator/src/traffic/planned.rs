//! One document as planned.

use jiff::{Timestamp, civil::Date};
use truc_document::{DocumentType, Urgency};
use uuid::Uuid;

use super::Flaw;

/// Who sends what kind of document to whom, and when.
///
/// There are millions of these in a year, so no text is kept, and what the key says is not said again.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Names the document within its plan, and says its kind.
    pub key: u64,
    /// When it is sent.
    pub at: Timestamp,
    /// Version 7, made of the time and the seed.
    pub document_id: Uuid,
    /// Index of the sending agency.
    pub sender: usize,
    /// Indexes of the receiving agencies, each once.
    pub recipients: Box<[usize]>,
    /// Number in the register of sender and year.
    pub number: u32,
    /// About so many bytes of document.
    pub bytes: u32,
    /// Index of its flow in the scenario; that of the document that it follows where it follows one.
    pub flow: u16,
    /// Due date.
    pub due_on: Option<Date>,
    /// One of the 29 types.
    pub document_type: DocumentType,
    /// Urgency.
    pub urgency: Urgency,
    /// A person signs it.
    pub signed: bool,
    /// A paper copy follows.
    pub paper: bool,
    /// It has an appendix.
    pub appendix: bool,
    /// What is wrong with it.
    pub flaw: Option<Flaw>,
}

/// What a document does; the numbers are keys of other documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Stands alone.
    New,
    /// Answers another.
    Answer(u64),
    /// Takes another back (thu hồi).
    Recall(u64),
    /// Takes the place of another (thay thế).
    Replacement(u64),
    /// Files another, which is finished, with an archive (nộp lưu).
    Copy(u64),
}

/// What a key ends with, by kind.
pub(super) mod suffix {
    pub(in super::super) const NEW: u64 = 0;
    pub(in super::super) const ANSWER: u64 = 1;
    pub(in super::super) const RECALL: u64 = 2;
    pub(in super::super) const REPLACEMENT: u64 = 3;
    pub(in super::super) const FLAWED: u64 = 4;
    pub(in super::super) const COPY: u64 = 5;
    pub(in super::super) const OLD_CODE: u64 = 6;
}

impl Planned {
    /// What it does. Whatever follows a document follows the one in good order, never the attempt that was refused.
    pub fn kind(&self) -> Kind {
        let followed = self.key_with(suffix::NEW);
        match self.key & 0xff {
            suffix::ANSWER => Kind::Answer(followed),
            suffix::RECALL => Kind::Recall(followed),
            suffix::REPLACEMENT => Kind::Replacement(followed),
            suffix::COPY => Kind::Copy(followed),
            _ => Kind::New,
        }
    }

    /// Key of the document that follows this one in that way.
    pub(super) fn key_with(&self, suffix: u64) -> u64 {
        (self.key & !0xff) | suffix
    }
}
