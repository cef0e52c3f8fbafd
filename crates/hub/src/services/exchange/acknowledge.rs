//! Acknowledge: deliveries taken for good.

use std::sync::Arc;

use tonic::Status;
use truc_document::{AgencyCode, FaultStep};
use truc_proto::v1::{AcknowledgeOutcome, AcknowledgeRequest, AcknowledgeResponse};
use truc_store::{
    apply::Outcome,
    record::{Change, wire::Acknowledgement},
};
use uuid::Uuid;

use crate::{
    core::Core,
    faults,
    status::{malformed, stopped},
};

const DELIVERIES_MAX: usize = 10_000;

pub(super) async fn acknowledge(
    core: &Arc<Core>,
    agency: &AgencyCode,
    request: AcknowledgeRequest,
) -> Result<AcknowledgeResponse, Status> {
    let ids = request.delivery_ids;
    if ids.is_empty() || ids.len() > DELIVERIES_MAX {
        return Err(malformed(
            "delivery_ids",
            format!("{} ids; 1 to {DELIVERIES_MAX} are allowed", ids.len()),
        ));
    }
    let met = faults::batch::meet(core, agency, FaultStep::Acknowledgement, || documents(core, &ids)).await?;
    let asked = met.left(ids.clone());
    let mut outcomes = Vec::new().into_iter();
    if !asked.is_empty() {
        let change = Change::Acknowledgement(Acknowledgement {
            agency: agency.to_string(),
            delivery_ids: asked,
        });
        let Outcome::Acknowledged(taken) = core.change(change, None).await?.outcome else {
            return Err(stopped());
        };
        outcomes = taken.into_iter();
    }
    if met.is_cut {
        return Err(faults::cut());
    }
    let told = ids.into_iter().enumerate().map(|(at, delivery_id)| {
        let refusal = match met.refused.get(&at) {
            Some(refusal) => Some(refusal.clone()),
            None => outcomes.next().and_then(Result::err),
        };
        AcknowledgeOutcome {
            delivery_id,
            refusal: refusal.as_ref().map(Into::into),
        }
    });
    Ok(AcknowledgeResponse {
        outcomes: told.collect(),
    })
}

/// What the deliveries are about; of a status or notice that was taken before, nobody knows it any more.
fn documents(core: &Core, ids: &[u64]) -> Vec<Option<Uuid>> {
    let state = core.state.read();
    let of = |&id: &u64| {
        let content = state.delivery(id)?.content?;
        Some(state.documents.get(content.document())?.id)
    };
    ids.iter().map(of).collect()
}
