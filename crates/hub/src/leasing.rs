//! Handing out what waits: at once, or when something comes.

use std::{sync::Arc, time::Duration};

use tonic::Status;
use truc_document::AgencyCode;
use truc_store::{
    apply::{Leased, Outcome},
    record::{Change, wire},
    state::AgencyIndex,
};

use crate::{clock::LAST, core::Core, status::stopped};

/// Leases up to `max` deliveries of what waits now, for `lease` of hub time.
pub(crate) async fn now(core: &Core, agency: &AgencyCode, max: u32, lease: Duration) -> Result<Leased, Status> {
    hand_out(core, agency, max, Vec::new(), lease).await
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
    match core.change(change, None).await?.outcome {
        Outcome::Leased(leased) => Ok(leased),
        _ => Err(stopped()),
    }
}

/// Waits until there may be something for an agency; at the latest until `deadline`. Whether there is.
pub(crate) async fn wait(core: &Arc<Core>, agency: AgencyIndex, deadline: tokio::time::Instant) -> bool {
    let waiting = core.wakers.wait_for(agency);
    loop {
        let notified = waiting.notify.notified();
        tokio::pin!(notified);
        // From here on nothing is missed: what comes between the look and the wait wakes it.
        notified.as_mut().enable();
        let expiry = {
            let now = core.clock.now();
            let state = core.state.read();
            let Some(mailbox) = state.mailbox(agency) else {
                return false;
            };
            if mailbox.has_for(now) {
                return true;
            }
            mailbox.next_expiry().and_then(|at| core.clock.wall_until(at))
        };
        let until = expiry.map_or(deadline, |left| deadline.min(tokio::time::Instant::now() + left));
        tokio::select! {
            () = &mut notified => {}
            () = core.stopping.cancelled() => return false,
            () = tokio::time::sleep_until(until) => {
                if tokio::time::Instant::now() >= deadline {
                    return false;
                }
            }
        }
    }
}
