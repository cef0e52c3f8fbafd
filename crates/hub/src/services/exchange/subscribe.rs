//! Subscribe: deliveries as they come, never more than the window that are not acknowledged.

use std::{sync::Arc, time::Duration};

use futures::Stream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use truc_document::AgencyCode;
use truc_proto::v1::{SubscribeRequest, SubscribeResponse};
use truc_store::state::{AgencyIndex, DeliveryState};

use super::fetch::{LEASE_DEFAULT, LEASE_LEAST, LEASE_MOST};
use crate::{
    core::Core,
    deliveries, leasing,
    services::duration,
    status::{malformed, stopping},
};

/// Deliveries under way at once, at most.
const WINDOW_MAX: u32 = 10_000;
/// Deliveries leased in one go: so that one mailbox does not hold up the others.
const LEASED_AT_ONCE: usize = 256;
/// Without anything to do a subscription looks again after this time.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

pub(super) fn subscribe(
    core: Arc<Core>,
    agency: AgencyCode,
    index: AgencyIndex,
    request: &SubscribeRequest,
) -> Result<impl Stream<Item = Result<SubscribeResponse, Status>> + Send + use<>, Status> {
    let window = if request.window == 0 { 100 } else { request.window };
    if window > WINDOW_MAX {
        return Err(malformed(
            "window",
            format!("window of {window}; {WINDOW_MAX} is the most"),
        ));
    }
    let lease = duration("lease", request.lease, LEASE_DEFAULT, LEASE_LEAST, LEASE_MOST)?;
    let (pushed, stream) = mpsc::channel(64);
    let subscription = Subscription {
        core,
        agency,
        index,
        window: window as usize,
        lease,
        headers_only: request.headers_only,
    };
    tokio::spawn(async move {
        if let Err(status) = subscription.push(&pushed).await {
            drop(pushed.send(Err(status)).await);
        }
    });
    Ok(ReceiverStream::new(stream))
}

struct Subscription {
    core: Arc<Core>,
    agency: AgencyCode,
    index: AgencyIndex,
    window: usize,
    lease: Duration,
    headers_only: bool,
}

impl Subscription {
    /// Ends when the client is gone.
    async fn push(&self, pushed: &mpsc::Sender<Result<SubscribeResponse, Status>>) -> Result<(), Status> {
        // Handed out by this subscription and not taken yet: id and attempt.
        let mut open: Vec<(u64, u8)> = Vec::new();
        let waiting = self.core.wakers.wait_for(self.index);
        loop {
            let notified = waiting.notify().notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if self.window - open.len() < LEASED_AT_ONCE.min(self.window) {
                self.forget_taken(&mut open);
            }
            let room = (self.window - open.len()).min(LEASED_AT_ONCE);
            let agency = (&self.agency, self.index);
            if let Some(leased) = leasing::now(&self.core, &waiting, agency, room, self.lease).await? {
                open.extend(leased.deliveries.iter().map(|delivery| (delivery.id, delivery.attempt)));
                for delivery in deliveries::to_wire(&self.core, &leased, self.headers_only) {
                    let delivery = Some(delivery);
                    if pushed.send(Ok(SubscribeResponse { delivery })).await.is_err() {
                        return Ok(());
                    }
                }
                continue;
            }
            let sleep = leasing::next_expiry(&self.core, self.index).map_or(LOOK_AGAIN, |left| left.min(LOOK_AGAIN));
            tokio::select! {
                () = &mut notified => {}
                () = tokio::time::sleep(sleep.max(Duration::from_millis(1))) => {}
                () = pushed.closed() => return Ok(()),
                () = self.core.stopping.cancelled() => return Err(stopping()),
            }
        }
    }

    /// What was acknowledged, or ran out, no longer takes room in the window.
    fn forget_taken(&self, open: &mut Vec<(u64, u8)>) {
        if open.is_empty() {
            return;
        }
        let now = self.core.clock.now();
        let state = self.core.state.read();
        open.retain(|&(id, attempt)| {
            state.delivery(id).is_some_and(|delivery| {
                delivery.state == DeliveryState::Leased && delivery.attempts == attempt && delivery.leased_until > now
            })
        });
    }
}
