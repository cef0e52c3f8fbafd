//! A header that is still lacking what edXML did not say.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::super::Finding;
use crate::{
    AgencyCode, Attachment, BusinessAct, DocumentType, Header, Notation, Recipient, Signer, SteeringType, SystemKind,
    Urgency,
};

/// The fields of a header as an edXML document gives them. What it does not give is `None` or empty, to be filled in;
/// [`Draft::into_header`] says what is lacking still. Lengths are within the limits of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// See [`document_uuid`](super::document_uuid).
    pub document_id: Uuid,
    /// The sending agency, where its id is a code.
    pub sender: Option<AgencyCode>,
    /// Those whose id is a code, each once.
    pub recipients: Vec<Recipient>,
    /// Number in the register.
    pub number: Option<u64>,
    /// Notation.
    pub notation: Option<Notation>,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// Công văn where the type is none of the 29.
    pub document_type: DocumentType,
    /// Summary.
    pub subject: String,
    /// Who signed.
    pub signer: Signer,
    /// Urgency.
    pub urgency: Urgency,
    /// Last day to be done.
    pub due_on: Option<Date>,
    /// What it does to documents already sent.
    pub act: BusinessAct,
    /// Those documents, by the same derivation as `document_id`.
    pub act_targets: Vec<Uuid>,
    /// Why.
    pub act_reason: String,
    /// What it answers, by the same derivation.
    pub in_reply_to: Vec<Uuid>,
    /// Its files. Empty ones are left out: a header can't name them.
    pub attachments: Vec<Attachment>,
    /// Paper follows.
    pub paper_follows: bool,
    /// Whether it steers.
    pub steering: SteeringType,
    /// Free-text addressees.
    pub other_places: Vec<String>,
    /// Pages.
    pub page_count: u32,
    /// Copies.
    pub copy_count: u32,
    /// Field of activity.
    pub sphere: String,
    /// Place of issue.
    pub place: String,
    /// Receivers that an update removes.
    pub removed_recipients: Vec<AgencyCode>,
    /// What a header has no field for, by keys that begin with `edxml.`.
    pub extensions: BTreeMap<String, String>,
    /// What could not be carried over as it was.
    pub findings: Vec<Finding>,
}

/// What a header can't do without and the package did not say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the package does not say {}; fill it in", fields.join(", "))]
pub struct Incomplete {
    /// Fields of the header.
    pub fields: Vec<&'static str>,
}

impl Draft {
    /// Fields that a header can't do without and that are empty.
    #[must_use]
    pub fn lacking(&self) -> Vec<&'static str> {
        let fields = [
            ("sender", self.sender.is_none()),
            ("recipients", self.recipients.is_empty()),
            ("number", self.number.is_none()),
            ("notation", self.notation.is_none()),
            ("issued_on", self.issued_on.is_none()),
            ("subject", self.subject.trim().is_empty()),
            ("signer.full_name", self.signer.full_name.trim().is_empty()),
            (
                "act_targets",
                self.act != BusinessAct::New && self.act_targets.is_empty(),
            ),
        ];
        fields
            .into_iter()
            .filter(|(_, empty)| *empty)
            .map(|(name, _)| name)
            .collect()
    }

    /// The header, made at `now` (hub time). [`Header::decode`] of what it encodes to has the last word.
    ///
    /// # Errors
    /// [`Incomplete`] where something is lacking still.
    pub fn into_header(self, now: Timestamp) -> Result<Header, Incomplete> {
        let fields = self.lacking();
        let (Some(sender), Some(number), Some(notation), Some(issued_on)) =
            (self.sender, self.number, self.notation, self.issued_on)
        else {
            return Err(Incomplete { fields });
        };
        if !fields.is_empty() {
            return Err(Incomplete { fields });
        }
        Ok(Header {
            document_id: self.document_id,
            sender,
            recipients: self.recipients,
            number,
            notation,
            issued_on,
            document_type: self.document_type,
            subject: self.subject,
            signer: self.signer,
            urgency: self.urgency,
            due_on: self.due_on,
            act: self.act,
            act_targets: self.act_targets,
            act_reason: self.act_reason,
            in_reply_to: self.in_reply_to,
            attachments: self.attachments,
            paper_follows: self.paper_follows,
            steering: self.steering,
            other_places: self.other_places,
            page_count: self.page_count,
            copy_count: self.copy_count,
            language: "vi".to_owned(),
            sphere: self.sphere,
            created_at: now,
            system: SystemKind::DocumentManagement,
            extensions: self.extensions,
            place: self.place,
            removed_recipients: self.removed_recipients,
        })
    }
}
