//! Acknowledge: deliveries taken for good.

use truc_document::Refusal;
use truc_proto::v1 as pb;

use super::Agency;
use crate::error::{CallError, InvalidAnswer};

/// As many as one call may carry.
const DELIVERIES_MAX: usize = 10_000;

/// What became of one acknowledgement.
#[derive(Clone, Debug, PartialEq)]
pub struct Acknowledged {
    /// The delivery.
    pub delivery_id: u64,
    /// Why it was not taken (`DELIVERY_UNKNOWN`, `LEASE_EXPIRED`); absent when good, also when it was taken before.
    pub refusal: Option<Refusal>,
}

impl Agency {
    /// Takes deliveries for good; the outcomes come in the same order. Many at once cost little more than one: a call
    /// costs 30 µs and more on each side, a delivery in it almost nothing.
    pub async fn acknowledge(&self, delivery_ids: &[u64]) -> Result<Vec<Acknowledged>, CallError> {
        let mut outcomes = Vec::with_capacity(delivery_ids.len());
        for part in delivery_ids.chunks(DELIVERIES_MAX) {
            let request = pb::AcknowledgeRequest {
                delivery_ids: part.to_vec(),
            };
            let answer = self
                .session
                .call(request, |request| {
                    self.session
                        .shared_or(request, async |mut client, request| client.acknowledge(request).await)
                })
                .await?;
            if answer.outcomes.len() != part.len() {
                return Err(InvalidAnswer { field: "outcomes" }.into());
            }
            for outcome in answer.outcomes {
                outcomes.push(Acknowledged::read(outcome)?);
            }
        }
        Ok(outcomes)
    }
}

impl Acknowledged {
    fn read(wire: pb::AcknowledgeOutcome) -> Result<Self, InvalidAnswer> {
        let refusal = wire
            .refusal
            .map(|refusal| {
                Refusal::try_from(refusal).map_err(|_| InvalidAnswer {
                    field: "outcomes.refusal",
                })
            })
            .transpose()?;
        Ok(Self {
            delivery_id: wire.delivery_id,
            refusal,
        })
    }
}
