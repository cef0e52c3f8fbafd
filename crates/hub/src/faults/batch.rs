//! Calls about many documents, acknowledgements and reports, on their way in through a hub with faults.

use std::collections::BTreeMap;

use tonic::Status;
use truc_document::{AgencyCode, FaultStep, Refusal};
use uuid::Uuid;

use super::{Effect, Facts, is_of_call, never, pause};
use crate::core::Core;

/// What comes of it.
#[derive(Debug, Default)]
pub(crate) struct Met {
    /// By their place in the call: what is not taken, with what is said.
    pub(crate) refused: BTreeMap<usize, Refusal>,
    /// The others are taken, and the answer gets lost.
    pub(crate) is_cut: bool,
}

/// What befalls the call as a whole is asked once, what is refused for each. `documents` is what they are about, where it is known.
pub(crate) async fn meet(
    core: &Core,
    agency: &AgencyCode,
    step: FaultStep,
    documents: impl FnOnce() -> Vec<Option<Uuid>>,
) -> Result<Met, Status> {
    let mut met = Met::default();
    if !core.faults.any() {
        return Ok(met);
    }
    let (caller, now) = (Facts::of(core, agency), core.clock.now());
    let facts: Vec<Facts> = documents()
        .into_iter()
        .map(|document| match document {
            Some(document) => caller.clone().with_document(core, document),
            None => caller.clone(),
        })
        .collect();
    let verdict = core.faults.verdict(step, &facts, now, is_of_call);
    match verdict.map(|verdict| verdict.effect) {
        Some(Effect::Delay(length)) => pause(core, length).await,
        Some(Effect::Drop) => return Err(never(core).await),
        Some(Effect::Cut) => met.is_cut = true,
        _ => {}
    }
    for (at, facts) in facts.iter().enumerate() {
        let facts = std::slice::from_ref(facts);
        let verdict = core.faults.verdict(step, facts, now, |kind| !is_of_call(kind));
        if let Some(Effect::Refuse(refusal)) = verdict.map(|verdict| verdict.effect) {
            met.refused.insert(at, refusal);
        }
    }
    Ok(met)
}

impl Met {
    /// What is not refused, of as many as were asked about.
    pub(crate) fn left<T>(&self, mut all: Vec<T>) -> Vec<T> {
        let mut places = 0..;
        all.retain(|_| places.next().is_some_and(|at| !self.refused.contains_key(&at)));
        all
    }
}
