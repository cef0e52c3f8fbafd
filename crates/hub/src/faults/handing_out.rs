//! Deliveries on their way out through a hub with faults.

use std::time::Duration;

use tonic::Status;
use truc_document::{AgencyCode, FaultKind, FaultStep};
use truc_proto::v1::{self as pb, delivery::Content};

use super::{Effect, Facts, corrupt, cut, pause};
use crate::{core::Core, status::refused};

/// What becomes of deliveries that were leased together, in its order.
#[derive(Debug, Default)]
pub(crate) struct HandedOut {
    pub(crate) steps: Vec<Step>,
    /// Those that come after others which came later.
    pub(crate) held: Vec<pb::Delivery>,
}

/// One thing on the way out.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are deliveries")]
pub(crate) enum Step {
    Delivery(pb::Delivery),
    Pause(Duration),
    /// The connection breaks; what follows was never sent.
    Cut,
}

/// A call that is refused before anything is leased.
pub(crate) fn refuse(core: &Core, agency: &AgencyCode) -> Result<(), Status> {
    if !core.faults.any() {
        return Ok(());
    }
    let (facts, now) = (Facts::of(core, agency), core.clock.now());
    let verdict = core
        .faults
        .verdict(FaultStep::Delivery, &facts, now, |kind| kind == FaultKind::Refuse);
    match verdict.map(|verdict| verdict.effect) {
        Some(Effect::Refuse(refusal)) => Err(refused(&refusal)),
        _ => Ok(()),
    }
}

/// Asks for each delivery.
pub(crate) fn meet(core: &Core, agency: &AgencyCode, deliveries: Vec<pb::Delivery>) -> HandedOut {
    let mut out = HandedOut::default();
    if !core.faults.any() {
        out.steps = deliveries.into_iter().map(Step::Delivery).collect();
        return out;
    }
    let (facts, now) = (Facts::of(core, agency), core.clock.now());
    for mut delivery in deliveries {
        let facts = facts.clone().with_delivery(core, &delivery);
        let verdict = core
            .faults
            .verdict(FaultStep::Delivery, &facts, now, |kind| kind != FaultKind::Refuse);
        match verdict.map(|verdict| verdict.effect) {
            Some(Effect::Delay(length)) => out.steps.push(Step::Pause(length)),
            Some(Effect::Drop) => continue,
            Some(Effect::Cut) => out.steps.push(Step::Cut),
            Some(Effect::Twice) => out.steps.push(Step::Delivery(delivery.clone())),
            Some(Effect::Reorder) => {
                out.held.push(delivery);
                continue;
            }
            Some(Effect::Corrupt(part, draw)) => {
                if let Some(Content::Document(document)) = &mut delivery.content
                    && let Some(envelope) = &mut document.envelope
                {
                    corrupt::delivered(envelope, part, draw);
                }
            }
            _ => {}
        }
        out.steps.push(Step::Delivery(delivery));
    }
    // The last comes first, so that the order is another even where all are held.
    out.held.reverse();
    out
}

impl HandedOut {
    /// As one answer: after the longest pause, those held at its end.
    pub(crate) async fn together(self, core: &Core) -> Result<Vec<pb::Delivery>, Status> {
        let (mut deliveries, mut longest, mut is_cut) = (Vec::new(), Duration::ZERO, false);
        for step in self.steps {
            match step {
                Step::Delivery(delivery) => deliveries.push(delivery),
                Step::Pause(length) => longest = longest.max(length),
                Step::Cut => is_cut = true,
            }
        }
        if !longest.is_zero() {
            pause(core, longest).await;
        }
        if is_cut {
            return Err(cut());
        }
        deliveries.extend(self.held);
        Ok(deliveries)
    }
}
