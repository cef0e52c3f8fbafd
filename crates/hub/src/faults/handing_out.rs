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
    let (facts, now) = ([Facts::of(core, agency)], core.clock.now());
    let verdict = core
        .faults
        .verdict(FaultStep::Delivery, &facts, now, |kind| kind == FaultKind::Refuse);
    match verdict.map(|verdict| verdict.effect) {
        Some(Effect::Refuse(refusal)) => Err(refused(&refusal)),
        _ => Ok(()),
    }
}

/// Deliveries on a stream, each asked about on its own.
pub(crate) fn on_stream(core: &Core, agency: &AgencyCode, deliveries: Vec<pb::Delivery>) -> HandedOut {
    if !core.faults.any() {
        return HandedOut::untouched(deliveries);
    }
    let facts = facts(core, agency, &deliveries);
    HandedOut::of(core, deliveries, &facts, |kind| kind != FaultKind::Refuse)
}

/// Deliveries of one answer: what befalls the call as a whole is asked once, the rest for each. Those held come at its end.
pub(crate) async fn in_answer(
    core: &Core,
    agency: &AgencyCode,
    deliveries: Vec<pb::Delivery>,
) -> Result<Vec<pb::Delivery>, Status> {
    if !core.faults.any() {
        return Ok(deliveries);
    }
    let facts = facts(core, agency, &deliveries);
    let of_call = |kind| matches!(kind, FaultKind::Delay | FaultKind::Cut);
    let verdict = core
        .faults
        .verdict(FaultStep::Delivery, &facts, core.clock.now(), of_call);
    match verdict.map(|verdict| verdict.effect) {
        Some(Effect::Delay(length)) => pause(core, length).await,
        Some(Effect::Cut) => return Err(cut()),
        _ => {}
    }
    let out = HandedOut::of(core, deliveries, &facts, |kind| {
        kind != FaultKind::Refuse && !of_call(kind)
    });
    let steps = out.steps.into_iter().filter_map(|step| match step {
        Step::Delivery(delivery) => Some(delivery),
        Step::Pause(_) | Step::Cut => None,
    });
    Ok(steps.chain(out.held).collect())
}

fn facts(core: &Core, agency: &AgencyCode, deliveries: &[pb::Delivery]) -> Vec<Facts> {
    let caller = Facts::of(core, agency);
    let of = |delivery| caller.clone().with_delivery(core, delivery);
    deliveries.iter().map(of).collect()
}

impl HandedOut {
    fn untouched(deliveries: Vec<pb::Delivery>) -> Self {
        Self {
            steps: deliveries.into_iter().map(Step::Delivery).collect(),
            held: Vec::new(),
        }
    }

    fn of(core: &Core, deliveries: Vec<pb::Delivery>, facts: &[Facts], kinds: impl Fn(FaultKind) -> bool) -> Self {
        let (mut out, now) = (Self::default(), core.clock.now());
        for (mut delivery, facts) in deliveries.into_iter().zip(facts) {
            let facts = std::slice::from_ref(facts);
            let verdict = core.faults.verdict(FaultStep::Delivery, facts, now, &kinds);
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
}
