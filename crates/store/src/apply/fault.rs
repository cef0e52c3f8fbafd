//! Injected faults: set, replaced in their place, removed.

use std::sync::Arc;

use truc_document::{Reason, Refusal};

use super::Outcome;
use crate::{record::wire, state::State};

/// Faults at a time: each is asked at each step.
const FAULTS_MAX: usize = 100;

pub(super) fn set(state: &mut State, set: &wire::FaultSet) -> Outcome {
    let Some(fault) = &set.fault else {
        return Outcome::Noted;
    };
    let is_full = state.faults.len() >= FAULTS_MAX;
    let faults = Arc::make_mut(&mut state.faults);
    match faults.iter_mut().find(|known| known.name == fault.name) {
        Some(known) => known.clone_from(fault),
        None if is_full => {
            let message = format!("{FAULTS_MAX} faults are set already; remove one first");
            return Outcome::Refused(Refusal::new(Reason::Overloaded, message).field("fault"));
        }
        None => faults.push(fault.clone()),
    }
    Outcome::Noted
}

pub(super) fn clear(state: &mut State, cleared: &wire::FaultsCleared) -> Outcome {
    let before = state.faults.len();
    Arc::make_mut(&mut state.faults).retain(|fault| !cleared.name.is_empty() && fault.name != cleared.name);
    Outcome::Cleared(u32::try_from(before - state.faults.len()).unwrap_or(u32::MAX))
}
