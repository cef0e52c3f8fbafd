//! Mailbox: everything that waits for an agency is fetched and taken for good, and what the books need of it is read.

use std::{collections::HashSet, time::Duration};

use sha2::{Digest as _, Sha256};
use truc_agency::{Agency, CallError, Content, Delivery, FetchOptions, NoticeKind, UnreadableDelivery};
use truc_document::{AgencyCode, BusinessAct, StatusCode};
use uuid::Uuid;

use super::persist::persist;

/// Deliveries of one call: enough for a day's statuses, and some megabytes of documents at most.
const DELIVERIES_MAX: u32 = 500;

/// What was taken.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// In the order of delivery.
    pub(super) deliveries: Vec<Came>,
    /// Taken too, though this client could not read them.
    pub(super) unreadable: u64,
}

/// What the books need of a delivery.
#[derive(Debug)]
pub(super) enum Came {
    /// A document.
    Document {
        delivery_id: u64,
        document_id: Uuid,
        /// SHA-256 of the header as it came.
        header: [u8; 32],
        /// Documents that it asks to be given back.
        recalls: Vec<Uuid>,
    },
    /// Word of a status.
    Status {
        document_id: Uuid,
        agency: AgencyCode,
        status: StatusCode,
    },
    /// The hub took a document out of an agency's mailbox.
    Withdrawn {
        document_id: Uuid,
        agency: Option<AgencyCode>,
    },
    /// Other word of the hub, which changes nothing in the books.
    Other,
}

impl Came {
    /// The document that it is, or is about.
    pub(super) fn document_id(&self) -> Option<Uuid> {
        match self {
            Self::Document { document_id, .. }
            | Self::Status { document_id, .. }
            | Self::Withdrawn { document_id, .. } => Some(*document_id),
            Self::Other => None,
        }
    }
}

/// Fetches and acknowledges until the mailbox is empty. What could not be acknowledged comes again later.
pub(super) async fn empty(agency: Agency, lease: Duration, patience: Duration) -> Result<Taken, CallError> {
    let mut taken = Taken::default();
    loop {
        let options = || FetchOptions {
            deliveries_max: DELIVERIES_MAX,
            lease: Some(lease),
            ..FetchOptions::default()
        };
        let mut fetched = persist(patience, || agency.fetch(options())).await?;
        let id_of = |delivery: &Result<Delivery, UnreadableDelivery>| match delivery {
            Ok(delivery) => delivery.id,
            Err(unreadable) => unreadable.delivery_id,
        };
        // A fault may hand one out twice: a receiver knows it by its id.
        let mut seen = HashSet::new();
        fetched.deliveries.retain(|delivery| seen.insert(id_of(delivery)));
        if fetched.deliveries.is_empty() {
            return Ok(taken);
        }
        let ids: Vec<u64> = fetched.deliveries.iter().map(id_of).collect();
        let outcomes = persist(patience, || agency.acknowledge(&ids)).await?;
        for (delivery, outcome) in fetched.deliveries.into_iter().zip(outcomes) {
            // The lease ran out under way, or a recall was quicker: not taken.
            if outcome.refusal.is_some() {
                continue;
            }
            match delivery.ok().and_then(read) {
                Some(came) => taken.deliveries.push(came),
                None => taken.unreadable += 1,
            }
        }
        if fetched.waiting == 0 {
            return Ok(taken);
        }
    }
}

fn read(delivery: Delivery) -> Option<Came> {
    Some(match delivery.content {
        Content::Document(document) => {
            let header = document.header().ok()?;
            let recalls = matches!(header.act, BusinessAct::Recall | BusinessAct::Replace);
            Came::Document {
                delivery_id: delivery.id,
                document_id: header.document_id,
                header: Sha256::digest(&document.envelope.header).into(),
                recalls: if recalls { header.act_targets } else { Vec::new() },
            }
        }
        Content::Status(status) => Came::Status {
            document_id: status.document_id,
            agency: status.agency,
            status: status.status,
        },
        Content::Notice(notice) if notice.kind == NoticeKind::Withdrawn => Came::Withdrawn {
            document_id: notice.document_id,
            agency: notice.agency,
        },
        Content::Notice(_) => Came::Other,
    })
}
