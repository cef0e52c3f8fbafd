//! Header: the metadata that Decision 28/2018/QĐ-TTg (Article 10) asks for, with the digests of the attachments.

mod attachments;
mod checks;
mod decode;
mod encode;
mod recipients;
mod references;
mod survey;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::{
    AgencyCode, BusinessAct, DocumentType, Notation, RecipientRole, Refusal, SteeringType, SystemKind, Urgency, zone,
};

/// A header that follows all rules that can be judged by itself. The bytes that it came from travel on beside it: they
/// are what was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Chosen by the sender, the same for ever.
    pub document_id: Uuid,
    /// The sending agency.
    pub sender: AgencyCode,
    /// 1 to 12,000, each once.
    pub recipients: Vec<Recipient>,
    /// Number in the register of the year (số), 1 to 99,999,999,999.
    pub number: u64,
    /// Notation (ký hiệu), such as `UBND-VX`; unique with the number per sender and year.
    pub notation: Notation,
    /// Day of issue in Vietnam.
    pub issued_on: Date,
    /// One of the 29 types.
    pub document_type: DocumentType,
    /// Summary (trích yếu), 1 to 500 characters.
    pub subject: String,
    /// Whose signature it bears.
    pub signer: Signer,
    /// Urgency (độ khẩn).
    pub urgency: Urgency,
    /// Last day on which the receiver should be done (hạn xử lý), in Vietnam.
    pub due_on: Option<Date>,
    /// What it does to documents already sent.
    pub act: BusinessAct,
    /// The documents acted on: 1 to 100, each once; none for a new document.
    pub act_targets: Vec<Uuid>,
    /// Why it acts on them, up to 500 characters.
    pub act_reason: String,
    /// The documents that it answers (hồi đáp), up to 100.
    pub in_reply_to: Vec<Uuid>,
    /// Its files, up to 100. The first is the document itself when there is one.
    pub attachments: Vec<Attachment>,
    /// A paper copy follows. Without it the document counts as wholly electronic.
    pub paper_follows: bool,
    /// Whether it steers.
    pub steering: SteeringType,
    /// Free-text addressees outside the axis (nơi nhận), up to 1,000 characters together.
    pub other_places: Vec<String>,
    /// Pages, 0 to 999.
    pub page_count: u32,
    /// Paper copies issued, 0 to 999.
    pub copy_count: u32,
    /// Language, up to 30 characters, such as `vi`.
    pub language: String,
    /// Field of activity (lĩnh vực), up to 100 characters.
    pub sphere: String,
    /// Hub time at which the sender made it.
    pub created_at: Timestamp,
    /// The system that it came from.
    pub system: SystemKind,
    /// Fields of other formats, kept for the way back: up to 50, keys of 1 to 100 characters, values of up to 2,000.
    pub extensions: BTreeMap<String, String>,
    /// Place of issue, up to 100 characters.
    pub place: String,
    /// For an update: receivers of the old document that this one no longer addresses, each once.
    pub removed_recipients: Vec<AgencyCode>,
}

/// One agency that a document is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Its code.
    pub agency: AgencyCode,
    /// What it is asked to do.
    pub role: RecipientRole,
}

/// The person whose signature a document bears, as it shows him or her.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signer {
    /// `TM.`, `Q.`, `KT.`, `TL.`, `TUQ.` or nothing, with what follows it; up to 100 characters.
    pub competence: String,
    /// Position (chức vụ), up to 100 characters.
    pub position: String,
    /// Name, 1 to 50 characters.
    pub full_name: String,
}

/// One file by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
    /// Bytes, 1 to 2 GiB.
    pub size: u64,
    /// File name, 1 to 255 characters, without a folder.
    pub name: String,
    /// Media type, up to 100 characters, such as `application/pdf`.
    pub content_type: String,
    /// What it is, up to 500 characters.
    pub description: String,
}

impl Header {
    /// A new, normal, wholly electronic document made at `now` (hub time) and issued that day, for agencies that are all
    /// to act on it; change what is otherwise. Nothing is judged here: [`Header::decode`] of what [`Header::encode`] gives
    /// says what the hub would refuse.
    #[must_use]
    #[allow(clippy::too_many_arguments, reason = "these are what no document can do without")]
    pub fn new(
        document_id: Uuid,
        sender: AgencyCode,
        recipients: impl IntoIterator<Item = AgencyCode>,
        number: u64,
        notation: Notation,
        document_type: DocumentType,
        subject: impl Into<String>,
        signer: Signer,
        now: Timestamp,
    ) -> Self {
        let to_act = |agency| Recipient {
            agency,
            role: RecipientRole::ToAct,
        };
        Self {
            document_id,
            sender,
            recipients: recipients.into_iter().map(to_act).collect(),
            number,
            notation,
            issued_on: zone::day_of(now),
            document_type,
            subject: subject.into(),
            signer,
            urgency: Urgency::Normal,
            due_on: None,
            act: BusinessAct::New,
            act_targets: Vec::new(),
            act_reason: String::new(),
            in_reply_to: Vec::new(),
            attachments: Vec::new(),
            paper_follows: false,
            steering: SteeringType::None,
            other_places: Vec::new(),
            page_count: 0,
            copy_count: 0,
            language: "vi".to_owned(),
            sphere: String::new(),
            created_at: now,
            system: SystemKind::DocumentManagement,
            extensions: BTreeMap::new(),
            place: String::new(),
            removed_recipients: Vec::new(),
        }
    }

    /// Reads a header and judges all of it that can be judged by itself.
    ///
    /// # Errors
    /// `TOO_LARGE` for what is over one of the [limits](crate::limits), `CODE_INVALID`, `RECIPIENT_DUPLICATED`,
    /// `SECRET_FORBIDDEN`, and `MALFORMED` for all else; each with the path of the field, such as
    /// `header.recipients[2].agency`. The first fault found is told.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        decode::decode(bytes)
    }

    /// The bytes to sign and to send: the same for the same header, on any machine. Make them once all the same; the
    /// bytes that were signed are the document, for ever.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode::encode(self)
    }
}
