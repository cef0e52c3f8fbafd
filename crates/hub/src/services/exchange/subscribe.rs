//! Subscribe: deliveries as they come, never more than the window that are not acknowledged.

use std::{sync::Arc, time::Duration};

use futures::Stream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use truc_document::AgencyCode;
use truc_proto::v1::{Delivery, SubscribeRequest, SubscribeResponse};
use truc_store::state::{AgencyIndex, DeliveryState};

use super::fetch::{LEASE_DEFAULT, LEASE_LEAST, LEASE_MOST};
use crate::{
    core::Core,
    deliveries,
    faults::{
        self,
        handing_out::{self, Step},
    },
    leasing,
    services::duration,
    status::{malformed, stopping},
};

/// Deliveries under way at once, at most.
const WINDOW_MAX: u32 = 10_000;
/// Deliveries leased in one go: so that one mailbox does not hold up the others.
const LEASED_AT_ONCE: usize = 256;
/// By a fault out of order: held so long for what comes later, at most.
const HELD_BACK: Duration = Duration::from_secs(1);
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
    handing_out::refuse(&core, &agency)?;
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

/// Whether the client is still there.
async fn give(pushed: &mpsc::Sender<Result<SubscribeResponse, Status>>, delivery: Delivery) -> bool {
    let delivery = Some(delivery);
    pushed.send(Ok(SubscribeResponse { delivery })).await.is_ok()
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
        let mut held: Vec<Delivery> = Vec::new();
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
                let deliveries = deliveries::to_wire(&self.core, &leased, self.headers_only);
                let out = handing_out::on_stream(&self.core, &self.agency, deliveries);
                let earlier = std::mem::replace(&mut held, out.held);
                for step in out.steps {
                    match step {
                        Step::Pause(length) => tokio::select! {
                            () = faults::pause(&self.core, length) => {}
                            () = pushed.closed() => return Ok(()),
                        },
                        Step::Cut => return Err(faults::cut()),
                        Step::Delivery(delivery) => {
                            if !give(pushed, delivery).await {
                                return Ok(());
                            }
                        }
                    }
                }
                for delivery in earlier {
                    if !give(pushed, delivery).await {
                        return Ok(());
                    }
                }
                continue;
            }
            let sleep = leasing::next_expiry(&self.core, self.index).map_or(LOOK_AGAIN, |left| left.min(LOOK_AGAIN));
            tokio::select! {
                () = &mut notified => {}
                () = tokio::time::sleep(HELD_BACK), if !held.is_empty() => {
                    for delivery in std::mem::take(&mut held) {
                        if !give(pushed, delivery).await {
                            return Ok(());
                        }
                    }
                }
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
