//! Mailbox: everything that waits for an agency is fetched and taken for good.

use std::{collections::HashSet, time::Duration};

use truc_agency::{Agency, CallError, Delivery, FetchOptions, UnreadableDelivery};

use super::persist::persist;

/// Deliveries of one call: enough for a day's statuses, and some megabytes of documents at most.
const DELIVERIES_MAX: u32 = 500;

/// What was taken.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// In the order of delivery.
    pub(super) deliveries: Vec<Delivery>,
    /// Taken too, though this client could not read them.
    pub(super) unreadable: u64,
}

/// Fetches and acknowledges until the mailbox is empty. What could not be acknowledged comes again later.
pub(super) async fn empty(agency: &Agency, lease: Duration, patience: Duration) -> Result<Taken, CallError> {
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
            match (delivery, outcome.refusal) {
                (Ok(delivery), None) => taken.deliveries.push(delivery),
                (Err(_), None) => taken.unreadable += 1,
                // The lease ran out under way, or a recall was quicker: not taken.
                (_, Some(_)) => {}
            }
        }
        if fetched.waiting == 0 {
            return Ok(taken);
        }
    }
}
