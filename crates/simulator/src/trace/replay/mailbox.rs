//! The mailbox of an agency: what an acknowledgement of the trace took is found, held and taken, and nothing else.
//!
//! A delivery has another number on each hub, so it is found by its document. Nothing is fetched before its time: what is held is not
//! withdrawn by a recall.

use std::{collections::HashMap, time::Duration};

use truc_agency::{Acknowledged, Agency, CallError, FetchOptions, ListedKind};
use uuid::Uuid;

use crate::run::persist::persist;

/// Deliveries of a page, and of a fetch.
const PAGE: u32 = 1000;

/// What was found in a mailbox.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) documents: Vec<(Uuid, u64)>,
    /// Statuses and notices, those first that the hub would hand out first.
    pub(super) words: Vec<u64>,
    /// Documents that are not there.
    pub(super) missing: Vec<Uuid>,
}

/// A call to an agency's mailbox.
#[derive(Clone)]
pub(super) struct Mailbox {
    pub(super) agency: Agency,
    pub(super) patience: Duration,
    pub(super) lease: Duration,
}

impl Mailbox {
    /// Looks for documents and as many words as are wanted.
    pub(super) async fn find(&self, documents: &[Uuid], words: u64) -> Result<Found, CallError> {
        let kind = (words == 0).then_some(ListedKind::Document);
        let mut wanted: HashMap<Uuid, Option<u64>> = documents.iter().map(|id| (*id, None)).collect();
        let (mut left, mut found, mut page) = (wanted.len(), Found::default(), None);
        while left > 0 || (found.words.len() as u64) < words {
            let listed = persist(self.patience, || self.agency.list(kind, PAGE, page.clone())).await?;
            for delivery in listed.deliveries {
                match delivery.kind {
                    ListedKind::Document => {
                        if let Some(slot @ None) = wanted.get_mut(&delivery.document_id) {
                            *slot = Some(delivery.id);
                            left -= 1;
                        }
                    }
                    ListedKind::Status | ListedKind::Notice if (found.words.len() as u64) < words => {
                        found.words.push(delivery.id);
                    }
                    ListedKind::Status | ListedKind::Notice => {}
                }
            }
            page = listed.next_page;
            if page.is_none() {
                break;
            }
        }
        // In the order of the trace.
        for id in documents {
            match wanted.remove(id) {
                Some(Some(delivery)) => found.documents.push((*id, delivery)),
                Some(None) => found.missing.push(*id),
                None => {}
            }
        }
        Ok(found)
    }

    /// Takes deliveries for good, all in one call; the outcomes come in the same order.
    pub(super) async fn take(&self, deliveries: &[u64]) -> Result<Vec<Acknowledged>, CallError> {
        for part in deliveries.chunks(PAGE as usize) {
            let options = FetchOptions {
                deliveries_max: PAGE,
                lease: Some(self.lease),
                headers_only: true,
                delivery_ids: part.to_vec(),
                ..FetchOptions::default()
            };
            persist(self.patience, || self.agency.fetch(options.clone())).await?;
        }
        persist(self.patience, || self.agency.acknowledge(deliveries)).await
    }
}
