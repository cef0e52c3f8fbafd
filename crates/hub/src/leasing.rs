//! Handing out what waits: at once, or when something comes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tonic::Status;
use truc_document::AgencyCode;
use truc_store::{
    apply::{Leased, Outcome},
    record::{Change, wire},
    state::{AgencyIndex, HANDED_OUT_MAX},
};

use crate::{clock::LAST, core::Core, stages::Stage, status::stopped, wake::Waiting};

/// Leases up to `max` deliveries of what waits now, for `lease` of hub time. `None` where there is nothing, or another call is
/// about to take it; [`Waiting::notify`] then tells when to try again.
pub(crate) async fn now(
    core: &Core,
    waiting: &Waiting<'_>,
    (agency, index): (&AgencyCode, AgencyIndex),
    max: usize,
    lease: Duration,
) -> Result<Option<Leased>, Status> {
    let Some(claim) = waiting.claim(available(core, index), max) else {
        return Ok(None);
    };
    let max = u32::try_from(claim.deliveries()).unwrap_or(u32::MAX);
    hand_out(core, agency, max, Vec::new(), lease).await.map(Some)
}

/// Leases the deliveries named, those too that are leased already.
pub(crate) async fn these(
    core: &Core,
    agency: &AgencyCode,
    delivery_ids: Vec<u64>,
    lease: Duration,
) -> Result<Leased, Status> {
    hand_out(core, agency, 0, delivery_ids, lease).await
}

async fn hand_out(
    core: &Core,
    agency: &AgencyCode,
    max: u32,
    delivery_ids: Vec<u64>,
    lease: Duration,
) -> Result<Leased, Status> {
    let micros = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
    let until = core.clock.now().saturating_add(micros).min(LAST);
    let change = Change::Lease(wire::Lease {
        agency: agency.to_string(),
        max,
        until,
        delivery_ids,
    });
    let begun = Instant::now();
    match core.change(change, None).await?.outcome {
        Outcome::Leased(leased) => {
            for delivery in leased.deliveries.iter().filter(|one| one.attempt == HANDED_OUT_MAX + 1) {
                tracing::warn!(
                    %agency, delivery = delivery.id, times = delivery.attempt,
                    "delivery is handed out again and again and not acknowledged: its receiver may not be able to read it"
                );
            }
            if !leased.deliveries.is_empty() {
                core.stages.record(Stage::Deliver, begun.elapsed());
            }
            Ok(leased)
        }
        _ => Err(stopped()),
    }
}

/// Leases as [`now`] does, waiting for something to come until `deadline`; then what was leased is empty.
pub(crate) async fn wait(
    core: &Arc<Core>,
    agency: (&AgencyCode, AgencyIndex),
    max: usize,
    lease: Duration,
    deadline: tokio::time::Instant,
) -> Result<Option<Leased>, Status> {
    let waiting = core.wakers.wait_for(agency.1);
    loop {
        let notified = waiting.notify().notified();
        tokio::pin!(notified);
        // From here on nothing is missed: what comes between the look and the wait wakes it.
        notified.as_mut().enable();
        if let Some(leased) = now(core, &waiting, agency, max, lease).await?
            && !leased.deliveries.is_empty()
        {
            return Ok(Some(leased));
        }
        let until = next_expiry(core, agency.1).map_or(deadline, |left| {
            deadline.min(tokio::time::Instant::now() + left.max(Duration::from_millis(1)))
        });
        tokio::select! {
            () = &mut notified => {}
            () = core.stopping.cancelled() => return Ok(None),
            () = tokio::time::sleep_until(until) => {
                if tokio::time::Instant::now() >= deadline {
                    return Ok(None);
                }
            }
        }
    }
}

/// Deliveries that a lease would find now.
fn available(core: &Core, agency: AgencyIndex) -> usize {
    let now = core.clock.now();
    let state = core.state.read();
    state.mailbox(agency).map_or(0, |mailbox| mailbox.available(now))
}

/// Wall time until the lease that ends first is over.
pub(crate) fn next_expiry(core: &Core, agency: AgencyIndex) -> Option<Duration> {
    let expiry = core.state.read().mailbox(agency)?.next_expiry()?;
    core.clock.wall_until(expiry)
}
