//! Sending: many documents at once, each as its sender.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use tokio::time::Instant;
use truc_agency::{Agency, SendError, Sent};

use super::{persist::persist, signing::Signed};
use crate::traffic::Traffic;

/// What came of sending one.
pub(super) struct Answered {
    pub(super) index: usize,
    /// SHA-256 of the header as it was sent.
    pub(super) header: [u8; 32],
    pub(super) outcome: Result<Sent, SendError>,
    /// When it was handed to the library.
    pub(super) begun: Instant,
    /// When the answer came.
    pub(super) answered: Instant,
}

/// Sends all, so many at once.
pub(super) async fn send(
    agencies: &[Agency],
    traffic: &Arc<Traffic>,
    signed: Vec<Signed>,
    concurrency: usize,
    patience: Duration,
) -> Vec<Answered> {
    let sends = signed.into_iter().map(|signed| {
        let agency = &agencies[traffic.planned()[signed.index].sender];
        send_one(agency, signed, patience)
    });
    let mut answers: Vec<Answered> = stream::iter(sends).buffer_unordered(concurrency.max(1)).collect().await;
    // In the order of the plan, whichever answer came first.
    answers.sort_by_key(|answered| answered.index);
    answers
}

/// Sends one as its sender.
pub(super) async fn send_one(agency: &Agency, signed: Signed, patience: Duration) -> Answered {
    let Signed {
        index,
        envelope,
        header,
    } = signed;
    let begun = Instant::now();
    let outcome = persist(patience, || agency.send(envelope.clone())).await;
    Answered {
        index,
        header,
        outcome,
        begun,
        answered: Instant::now(),
    }
}
