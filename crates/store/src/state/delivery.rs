//! Deliveries: the entries of the mailboxes, as they are read.

use truc_document::Standing;

use super::{AgencyIndex, document::DocumentIndex};
use crate::journal::Position;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DeliveryState {
    /// In the mailbox.
    Waiting = 1,
    /// Handed out.
    Leased = 2,
    /// Taken for good.
    Acknowledged = 3,
    /// Taken out of the mailbox by a recall.
    Withdrawn = 4,
}

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A document.
    Document(DocumentIndex),
    /// A status that another agency reported.
    Status {
        /// The document that it is about.
        document: DocumentIndex,
        /// Record of the report; for status 01, of the acknowledgement.
        position: Position,
        /// Who reports.
        agency: AgencyIndex,
        /// The status, wire number.
        status: u8,
    },
    /// Word from the hub.
    Notice {
        /// The document that it is about.
        document: DocumentIndex,
        /// `NoticeKind`, wire number.
        kind: u8,
        /// The agency that it is about.
        agency: AgencyIndex,
        /// Record that caused it.
        position: Position,
    },
}

impl Content {
    /// The document that it is or is about.
    #[must_use]
    pub fn document(self) -> DocumentIndex {
        match self {
            Self::Document(document) | Self::Status { document, .. } | Self::Notice { document, .. } => document,
        }
    }
}

/// One entry of a mailbox, put together from what the state keeps of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Whose mailbox.
    pub agency: AgencyIndex,
    /// Where it stands.
    pub state: DeliveryState,
    /// Rank of its urgency: 0 first. Of a status or notice that was taken nobody knows it any more: 0.
    pub rank: u8,
    /// Times that it was handed out; stays at 255. Of a status or notice that was taken: 0, see `rank`.
    pub attempts: u8,
    /// What the recipient reported of a document.
    pub standing: Standing,
    /// End of the lease, µs; 0 unless leased.
    pub leased_until: i64,
    /// What it holds; `None` for a status or notice that was taken, whose record tells it still.
    pub content: Option<Content>,
}

impl Delivery {
    /// Whether it is the delivery of a document.
    #[must_use]
    pub fn is_document(&self) -> bool {
        matches!(self.content, Some(Content::Document(_)))
    }
}
