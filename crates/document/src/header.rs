//! Header: the metadata that Decision 28/2018/QĐ-TTg (Article 10) asks for, with the digests of the attachments.

mod checks;
mod wire;

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
    /// Number in the register of the year, from 1.
    pub number: u64,
    /// Notation.
    pub notation: Notation,
    /// Day of issue in Vietnam.
    pub issued_on: Date,
    /// One of the 29 types.
    pub document_type: DocumentType,
    /// Summary (trích yếu), 1 to 500 characters.
    pub subject: String,
    /// Whose signature it bears.
    pub signer: Signer,
    /// Urgency.
    pub urgency: Urgency,
    /// Last day on which the receiver should be done.
    pub due_on: Option<Date>,
    /// What it does to documents already sent.
    pub act: BusinessAct,
    /// The documents acted on; none for a new document.
    pub act_targets: Vec<Uuid>,
    /// Why.
    pub act_reason: String,
    /// The documents that it answers.
    pub in_reply_to: Vec<Uuid>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// A paper copy follows.
    pub paper_follows: bool,
    /// Whether it steers.
    pub steering: SteeringType,
    /// Free-text addressees.
    pub other_places: Vec<String>,
    /// 0 to 999.
    pub page_count: u32,
    /// 0 to 999.
    pub copy_count: u32,
    /// Such as `vi`.
    pub language: String,
    /// Field of activity.
    pub sphere: String,
    /// Hub time at which the sender made it.
    pub created_at: Timestamp,
    /// The system that it came from.
    pub system: SystemKind,
    /// Fields of other formats.
    pub extensions: BTreeMap<String, String>,
    /// Place of issue.
    pub place: String,
    /// For an update: receivers of the old document that this one no longer addresses.
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
    /// `TM.`, `Q.`, `KT.`, `TL.`, `TUQ.` or nothing, with what follows it.
    pub competence: String,
    /// Position.
    pub position: String,
    /// Name.
    pub full_name: String,
}

/// One file by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
    /// Bytes.
    pub size: u64,
    /// File name, without a folder.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// What it is.
    pub description: String,
}

impl Header {
    /// A new, normal, wholly electronic document made at `now`, issued that day; change what is otherwise.
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
    /// `MALFORMED`, `TOO_LARGE`, `CODE_INVALID`, `RECIPIENT_DUPLICATED` or `SECRET_FORBIDDEN`, with the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        wire::decode(bytes)
    }

    /// The bytes to sign and to send. Make them once.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        prost::Message::encode_to_vec(&wire::to_wire(self))
    }
}
