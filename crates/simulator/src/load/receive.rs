//! Receiving: by subscription or call by call, until an agency has what it is owed.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use truc_agency::{Agency, FetchOptions, SubscribeOptions};

use super::LoadError;

/// Fetch calls that a receiving agency keeps open.
const FETCHES: usize = 64;
/// What a subscriber takes is acknowledged together: so many deliveries, or those of so much time.
const TAKEN_MAX: usize = 256;
const TAKEN_AFTER: Duration = Duration::from_millis(10);
/// Word of what became of documents that a sending agency takes with one call.
const NOTICES: u32 = 100;

/// Deliveries of documents among what came, all acknowledged.
pub(super) async fn take(agency: &Agency, deliveries: Vec<truc_agency::Delivery>) -> Result<usize, LoadError> {
    let ids: Vec<u64> = deliveries.iter().map(|delivery| delivery.id).collect();
    let is_document = |delivery: &&truc_agency::Delivery| matches!(delivery.content, truc_agency::Content::Document(_));
    let documents = deliveries.iter().filter(is_document).count();
    for outcome in agency.acknowledge(&ids).await? {
        if let Some(refusal) = outcome.refusal {
            return Err(LoadError::Delivery(refusal.to_string()));
        }
    }
    Ok(documents)
}

pub(super) async fn subscribe(agency: &Agency, owed: usize) -> Result<usize, LoadError> {
    if owed == 0 {
        return Ok(0);
    }
    let mailbox = agency.subscribe(SubscribeOptions {
        window: 2000,
        ..SubscribeOptions::default()
    });
    let mut batches = Box::pin(tokio_stream::StreamExt::chunks_timeout(mailbox, TAKEN_MAX, TAKEN_AFTER));
    let mut taken = 0;
    while taken < owed {
        let Some(batch) = batches.next().await else { break };
        let deliveries = batch.into_iter().collect::<Result<Vec<_>, _>>()?;
        taken += take(agency, deliveries).await?;
    }
    Ok(taken)
}

/// What a sender does beside sending, until it is dropped. What it misses waits for it at the hub.
pub(super) async fn take_notices(agency: Agency) {
    let options = FetchOptions {
        deliveries_max: NOTICES,
        wait: Some(Duration::from_secs(1)),
        ..FetchOptions::default()
    };
    while let Ok(fetched) = agency.fetch(options.clone()).await {
        let ids: Vec<u64> = fetched
            .deliveries
            .iter()
            .flatten()
            .map(|delivery| delivery.id)
            .collect();
        if !ids.is_empty() && agency.acknowledge(&ids).await.is_err() {
            return;
        }
        // As a system that polls: not at each single one.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(super) async fn fetch(agency: &Agency, owed: usize) -> Result<usize, LoadError> {
    let mut taken = 0;
    let options = FetchOptions {
        deliveries_max: 1,
        wait: Some(Duration::from_secs(1)),
        ..FetchOptions::default()
    };
    let one = || async {
        let fetched = agency.fetch(options.clone()).await?;
        let deliveries = fetched.deliveries.into_iter().collect::<Result<Vec<_>, _>>();
        let deliveries = deliveries.map_err(|error| LoadError::Delivery(error.to_string()))?;
        if deliveries.is_empty() {
            Ok(0)
        } else {
            take(agency, deliveries).await
        }
    };
    let mut calls = Box::pin(stream::repeat_with(one).buffer_unordered(FETCHES));
    while taken < owed {
        let Some(count) = calls.next().await else { break };
        taken += count?;
    }
    Ok(taken)
}
