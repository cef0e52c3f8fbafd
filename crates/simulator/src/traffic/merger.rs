//! The merger in a plan: from its hour on successors write and are written to, and some senders try the old code first.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use truc_document::{AgencyCode, SigningPolicy};

use super::{Flaw, Kind, PlanError, Planned, arrival::id_of, planned::suffix};
use crate::{
    chance::Chance,
    scenario::{MergerEvent, Scenario},
    topology::{AgencyEntry, Merger, Topology},
};

/// Topology of afterwards.
const AFTER: &str = "vietnam-34";

/// A merger that takes place during a run.
#[derive(Debug)]
pub(crate) struct Merging {
    pub(crate) at: Timestamp,
    pub(crate) table: Merger,
    pub(crate) after: Topology,
    /// Agencies of the traffic that close, each with the one that takes over.
    pub(crate) heirs: HashMap<usize, usize>,
}

/// The merger of a scenario, where it has one; adds the agencies that it opens.
pub(super) fn of(scenario: &Scenario, agencies: &mut Vec<AgencyEntry>) -> Result<Option<Arc<Merging>>, PlanError> {
    let Some(MergerEvent { at, .. }) = scenario.merger else {
        return Ok(None);
    };
    let unread = |error: String| PlanError::Merger(error);
    let table = Merger::of_july_2025().map_err(|error| unread(error.to_string()))?;
    let mut after = Topology::named(Path::new(AFTER)).map_err(|error| unread(error.to_string()))?;
    for (province, policy) in scenario.policies() {
        after.set_policy(&province, policy);
    }
    let mut places: HashMap<AgencyCode, usize> = agencies.iter().map(|entry| entry.code.clone()).zip(0..).collect();
    let mut heirs = HashMap::new();
    for (old, new) in table.closing() {
        let Some(closing) = places.get(old).copied() else {
            continue;
        };
        let heir = match places.get(new) {
            Some(heir) => *heir,
            None => {
                let entry = after
                    .agency(new)
                    .ok_or_else(|| unread(format!("successor `{new}` is not in `{AFTER}`")))?;
                agencies.push(AgencyEntry {
                    connected: true,
                    ..entry.clone()
                });
                places.insert(new.clone(), agencies.len() - 1);
                agencies.len() - 1
            }
        };
        heirs.insert(closing, heir);
    }
    if heirs.is_empty() {
        return Err(PlanError::NothingMerges);
    }
    Ok(Some(Arc::new(Merging {
        at: at.0,
        table,
        after,
        heirs,
    })))
}

impl Merging {
    fn heir(&self, agency: usize) -> usize {
        self.heirs.get(&agency).copied().unwrap_or(agency)
    }

    /// Has successors send and receive what is planned from the merger on. What one would send to itself is not sent, nor what
    /// follows that.
    pub(super) fn plan(&self, scenario: &Scenario, agencies: &[AgencyEntry], seed: u64, planned: &mut Vec<Planned>) {
        let mut tried = Vec::new();
        let (mut gone, mut left_out) = (HashSet::new(), HashSet::new());
        for document in planned.iter_mut().filter(|document| document.at >= self.at) {
            let old = std::mem::take(&mut document.recipients);
            let was_signed = document.signed;
            self.hand_on(document, &old, agencies);
            let unrefused = document.flaw == Some(Flaw::Unsigned)
                && agencies[document.sender].signing_policy != SigningPolicy::Required;
            if document.recipients.is_empty() || unrefused {
                left_out.insert(document.key);
                if document.flaw.is_none() {
                    gone.insert(document.key);
                }
                continue;
            }
            document.signed |= !was_signed
                && document.flaw != Some(Flaw::Unsigned)
                && agencies[document.sender].signing_policy == SigningPolicy::Required;
            tried.extend(self.old_code_tried(scenario, seed, document, &old));
        }
        planned.retain(|document| !left_out.contains(&document.key) && !follows(document, &gone));
        planned.extend(tried);
    }

    fn hand_on(&self, document: &mut Planned, old: &[usize], agencies: &[AgencyEntry]) {
        document.sender = self.heir(document.sender);
        let mut seen = HashSet::new();
        document.recipients = old
            .iter()
            .map(|recipient| match document.flaw {
                // Whoever is not connected stays so.
                Some(Flaw::NotConnected) if !agencies[*recipient].connected => *recipient,
                _ => self.heir(*recipient),
            })
            .filter(|recipient| *recipient != document.sender && seen.insert(*recipient))
            .collect();
    }

    /// The attempt, some minutes before, of a sender who has not heard of the merger.
    fn old_code_tried(&self, scenario: &Scenario, seed: u64, document: &Planned, old: &[usize]) -> Option<Planned> {
        let share = scenario.merger?.old_codes;
        let is_first = document.flaw.is_none() && document.kind() == Kind::New;
        if !is_first || !old.iter().any(|recipient| self.heirs.contains_key(recipient)) {
            return None;
        }
        let mut chance = Chance::new(seed, &format!("merger/{:x}", document.key));
        if !chance.happens(share) {
            return None;
        }
        let minutes = i64::try_from(chance.between(2, 15)).unwrap_or(2);
        let before = document.at.saturating_sub(SignedDuration::from_mins(minutes));
        let at = before.unwrap_or(document.at).max(self.at);
        let key = document.key_with(suffix::OLD_CODE);
        Some(Planned {
            key,
            at,
            document_id: id_of(at, key, seed),
            recipients: old
                .iter()
                .copied()
                .filter(|recipient| *recipient != document.sender)
                .collect(),
            flaw: Some(Flaw::OldCode),
            ..document.clone()
        })
    }
}

/// Whether it refers to a document that is not sent.
fn follows(document: &Planned, gone: &HashSet<u64>) -> bool {
    match document.kind() {
        Kind::New => false,
        Kind::Answer(key) | Kind::Recall(key) | Kind::Replacement(key) | Kind::Copy(key) => gone.contains(&key),
    }
}
