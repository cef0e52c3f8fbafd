//! A document's header as a trace tells it: the fields of `truc.v1.Header`, under the same names.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use truc_document::{
    AgencyCode, Attachment, BusinessAct, DocumentType, Header, Notation, Recipient, RecipientRole, Refusal, Signer,
    SteeringType, SystemKind, Urgency,
};
use uuid::Uuid;

use super::bytes::Digest;
use crate::token::Token;

/// What is empty is left out.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is the field of that name in document.proto")]
pub struct HeaderLine {
    pub document_id: Uuid,
    pub sender: Token<AgencyCode>,
    pub recipients: Vec<RecipientLine>,
    pub number: u64,
    pub notation: Token<Notation>,
    pub issued_on: Date,
    pub document_type: Token<DocumentType>,
    pub subject: String,
    pub signer: SignerLine,
    pub urgency: Token<Urgency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    pub act: Token<BusinessAct>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub act_targets: Vec<Uuid>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub act_reason: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_reply_to: Vec<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentLine>,
    pub paper_follows: bool,
    pub steering_type: Token<SteeringType>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_places: Vec<String>,
    pub page_count: u32,
    pub copy_count: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sphere: String,
    pub created_at: Timestamp,
    pub system: Token<SystemKind>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_recipients: Vec<Token<AgencyCode>>,
}

/// One agency that a document is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as in document.proto")]
pub struct RecipientLine {
    pub agency: Token<AgencyCode>,
    pub role: Token<RecipientRole>,
}

/// The signer as the document shows him or her.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as in document.proto")]
pub struct SignerLine {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub competence: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub position: String,
    pub full_name: String,
}

/// One file by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as in document.proto")]
pub struct AttachmentLine {
    pub sha256: Token<Digest>,
    pub size: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl HeaderLine {
    /// The header, where the hub could have taken it.
    ///
    /// # Errors
    /// What a hub would say of it.
    pub fn header(&self) -> Result<Header, Refusal> {
        Header::decode(&self.unjudged().encode())
    }

    fn unjudged(&self) -> Header {
        let codes = |codes: &[Token<AgencyCode>]| codes.iter().map(|code| code.0.clone()).collect();
        let recipient = |recipient: &RecipientLine| Recipient {
            agency: recipient.agency.0.clone(),
            role: recipient.role.0,
        };
        let attachment = |attachment: &AttachmentLine| Attachment {
            sha256: attachment.sha256.0.0,
            size: attachment.size,
            name: attachment.name.clone(),
            content_type: attachment.content_type.clone(),
            description: attachment.description.clone(),
        };
        Header {
            document_id: self.document_id,
            sender: self.sender.0.clone(),
            recipients: self.recipients.iter().map(recipient).collect(),
            number: self.number,
            notation: self.notation.0.clone(),
            issued_on: self.issued_on,
            document_type: self.document_type.0,
            subject: self.subject.clone(),
            signer: Signer {
                competence: self.signer.competence.clone(),
                position: self.signer.position.clone(),
                full_name: self.signer.full_name.clone(),
            },
            urgency: self.urgency.0,
            due_on: self.due_on,
            act: self.act.0,
            act_targets: self.act_targets.clone(),
            act_reason: self.act_reason.clone(),
            in_reply_to: self.in_reply_to.clone(),
            attachments: self.attachments.iter().map(attachment).collect(),
            paper_follows: self.paper_follows,
            steering: self.steering_type.0,
            other_places: self.other_places.clone(),
            page_count: self.page_count,
            copy_count: self.copy_count,
            language: self.language.clone(),
            sphere: self.sphere.clone(),
            created_at: self.created_at,
            system: self.system.0,
            extensions: self.extensions.clone(),
            place: self.place.clone(),
            removed_recipients: codes(&self.removed_recipients),
        }
    }
}

impl From<Header> for HeaderLine {
    fn from(header: Header) -> Self {
        let recipient = |recipient: Recipient| RecipientLine {
            agency: Token(recipient.agency),
            role: Token(recipient.role),
        };
        let attachment = |attachment: Attachment| AttachmentLine {
            sha256: Token(Digest(attachment.sha256)),
            size: attachment.size,
            name: attachment.name,
            content_type: attachment.content_type,
            description: attachment.description,
        };
        Self {
            document_id: header.document_id,
            sender: Token(header.sender),
            recipients: header.recipients.into_iter().map(recipient).collect(),
            number: header.number,
            notation: Token(header.notation),
            issued_on: header.issued_on,
            document_type: Token(header.document_type),
            subject: header.subject,
            signer: SignerLine {
                competence: header.signer.competence,
                position: header.signer.position,
                full_name: header.signer.full_name,
            },
            urgency: Token(header.urgency),
            due_on: header.due_on,
            act: Token(header.act),
            act_targets: header.act_targets,
            act_reason: header.act_reason,
            in_reply_to: header.in_reply_to,
            attachments: header.attachments.into_iter().map(attachment).collect(),
            paper_follows: header.paper_follows,
            steering_type: Token(header.steering),
            other_places: header.other_places,
            page_count: header.page_count,
            copy_count: header.copy_count,
            language: header.language,
            sphere: header.sphere,
            created_at: header.created_at,
            system: Token(header.system),
            extensions: header.extensions,
            place: header.place,
            removed_recipients: header.removed_recipients.into_iter().map(Token).collect(),
        }
    }
}
