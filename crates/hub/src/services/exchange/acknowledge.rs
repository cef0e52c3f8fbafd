//! Acknowledge: deliveries taken for good.

use std::sync::Arc;

use tonic::Status;
use truc_document::AgencyCode;
use truc_proto::v1::{AcknowledgeOutcome, AcknowledgeRequest, AcknowledgeResponse};
use truc_store::{
    apply::Outcome,
    record::{Change, wire::Acknowledgement},
};

use crate::{
    core::Core,
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
    let change = Change::Acknowledgement(Acknowledgement {
        agency: agency.to_string(),
        delivery_ids: ids.clone(),
    });
    let Outcome::Acknowledged(outcomes) = core.change(change, None).await?.outcome else {
        return Err(stopped());
    };
    let told = ids
        .into_iter()
        .zip(outcomes)
        .map(|(delivery_id, outcome)| AcknowledgeOutcome {
            delivery_id,
            refusal: outcome.err().map(|refusal| (&refusal).into()),
        });
    Ok(AcknowledgeResponse {
        outcomes: told.collect(),
    })
}
