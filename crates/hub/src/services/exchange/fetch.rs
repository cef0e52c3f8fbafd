//! Fetch: what waits, under a lease; with `wait` the call stays open until there is something.

use std::{sync::Arc, time::Duration};

use tonic::Status;
use truc_document::AgencyCode;
use truc_proto::v1::{FetchRequest, FetchResponse};
use truc_store::{apply::Leased, state::AgencyIndex};

use crate::{core::Core, deliveries, faults::handing_out, leasing, services::duration, status::malformed};

/// Deliveries in one answer.
const DELIVERIES_MAX: u32 = 1000;
pub(super) const LEASE_DEFAULT: Duration = Duration::from_secs(60);
pub(super) const LEASE_LEAST: Duration = Duration::from_secs(1);
pub(super) const LEASE_MOST: Duration = Duration::from_secs(7 * 24 * 3600);
const WAIT_MOST: Duration = Duration::from_secs(60);

pub(super) async fn fetch(
    core: &Arc<Core>,
    agency: &AgencyCode,
    index: AgencyIndex,
    request: FetchRequest,
) -> Result<FetchResponse, Status> {
    let max = if request.max_deliveries == 0 {
        10
    } else {
        request.max_deliveries
    };
    if max > DELIVERIES_MAX {
        return Err(malformed(
            "max_deliveries",
            format!("{max} deliveries; {DELIVERIES_MAX} is the most"),
        ));
    }
    let lease = duration("lease", request.lease, LEASE_DEFAULT, LEASE_LEAST, LEASE_MOST)?;
    let wait = duration("wait", request.wait, Duration::ZERO, Duration::ZERO, WAIT_MOST)?;
    handing_out::refuse(core, agency)?;
    if !request.delivery_ids.is_empty() {
        return these(core, agency, request.delivery_ids, lease, request.headers_only).await;
    }
    let deadline = tokio::time::Instant::now() + wait;
    let leased = leasing::wait(core, (agency, index), max as usize, lease, deadline).await?;
    let leased = leased.unwrap_or_default();
    answer(core, agency, &leased, request.headers_only).await
}

/// The deliveries named, as far as they are in the mailbox.
async fn these(
    core: &Arc<Core>,
    agency: &AgencyCode,
    ids: Vec<u64>,
    lease: Duration,
    headers_only: bool,
) -> Result<FetchResponse, Status> {
    if ids.len() > DELIVERIES_MAX as usize {
        let message = format!("{} deliveries; {DELIVERIES_MAX} is the most", ids.len());
        return Err(malformed("delivery_ids", message));
    }
    let leased = leasing::these(core, agency, ids, lease).await?;
    answer(core, agency, &leased, headers_only).await
}

async fn answer(
    core: &Core,
    agency: &AgencyCode,
    leased: &Leased,
    headers_only: bool,
) -> Result<FetchResponse, Status> {
    let deliveries = deliveries::to_wire(core, leased, headers_only);
    Ok(FetchResponse {
        deliveries: handing_out::in_answer(core, agency, deliveries).await?,
        waiting: leased.waiting as u64,
    })
}
