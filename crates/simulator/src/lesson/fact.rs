//! What the journal says of an attempt: the engine's only input.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use truc_document::{AgencyCode, BusinessAct, DocumentType, Header, StatusCode, Urgency};
use uuid::Uuid;

/// One record, as far as lessons care.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Hub time.
    pub at: Timestamp,
    /// Who did it.
    pub by: AgencyCode,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The hub took a document.
    Sent(Paper),
    /// A receiver took the document out of its mailbox.
    Taken {
        /// The document.
        document: Uuid,
    },
    /// A status was reported.
    Reported {
        /// The document.
        document: Uuid,
        /// The status.
        status: StatusCode,
    },
    /// The hub refused a document.
    Refused {
        /// The document.
        document: Option<Uuid>,
        /// The stable reason.
        reason: String,
    },
}

/// A document, as its header has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// Its id.
    pub id: Uuid,
    /// Receivers.
    pub to: BTreeSet<AgencyCode>,
    /// Type.
    pub document_type: DocumentType,
    /// Urgency.
    pub urgency: Urgency,
    /// Day of issue.
    pub issued_on: Date,
    /// Last day.
    pub due_on: Option<Date>,
    /// Act.
    pub act: BusinessAct,
    /// What it acts on.
    pub targets: Vec<Uuid>,
    /// What it answers.
    pub replies_to: Vec<Uuid>,
}

impl From<&Header> for Paper {
    fn from(header: &Header) -> Self {
        Self {
            id: header.document_id,
            to: header.recipients.iter().map(|one| one.agency.clone()).collect(),
            document_type: header.document_type,
            urgency: header.urgency,
            issued_on: header.issued_on,
            due_on: header.due_on,
            act: header.act,
            targets: header.act_targets.clone(),
            replies_to: header.in_reply_to.clone(),
        }
    }
}
