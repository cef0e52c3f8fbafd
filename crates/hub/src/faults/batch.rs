//! Calls about many documents, acknowledgements and reports, on their way in through a hub with faults.

use std::{collections::BTreeMap, time::Duration};

use tonic::Status;
use truc_document::{AgencyCode, FaultStep, Refusal};
use uuid::Uuid;

use super::{Effect, Facts, never, pause};
use crate::core::Core;

/// What comes of it.
#[derive(Debug, Default)]
pub(crate) struct Met {
    /// By their place in the call: what is not taken, with what is said.
    pub(crate) refused: BTreeMap<usize, Refusal>,
    /// The others are taken, and the answer gets lost.
    pub(crate) is_cut: bool,
}

/// Asks for each; the longest delay counts, and a call of which any part is lost is lost. `documents` is what they are about,
/// where it is known.
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
    let (facts, now) = (Facts::of(core, agency), core.clock.now());
    let (mut longest, mut is_lost) = (Duration::ZERO, false);
    for (at, document) in documents().into_iter().enumerate() {
        let facts = match document {
            Some(document) => facts.clone().with_document(core, document),
            None => facts.clone(),
        };
        match core.faults.ask(step, &facts, now) {
            Some(Effect::Delay(length)) => longest = longest.max(length),
            Some(Effect::Refuse(refusal)) => drop(met.refused.insert(at, refusal)),
            Some(Effect::Drop) => is_lost = true,
            Some(Effect::Cut) => met.is_cut = true,
            _ => {}
        }
    }
    if !longest.is_zero() {
        pause(core, longest).await;
    }
    if is_lost {
        return Err(never(core).await);
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
