//! Traffic: every document of a run, planned before it begins.
//!
//! A pure function of scenario, topology and seed: the same on every machine, byte for byte. What is planned for all
//! documents at once is small (who, to whom, when, what kind); headers and contents are made of it when they are needed.

mod amounts;
mod archiving;
mod arrival;
mod candidates;
mod flaw;
mod follow_up;
mod letter;
mod merger;
mod pdf;
mod people;
mod periodic;
mod planned;
mod reach;
mod registers;
mod wording;

use std::{collections::BTreeSet, sync::Arc};

use jiff::{Timestamp, civil::Date};
use truc_document::{AgencyCode, SystemKind, zone::day_of};

pub(crate) use self::merger::Merging;
pub use self::{
    flaw::Flaw,
    letter::{Letter, PersonalSignature},
    planned::{Kind, Planned},
    wording::PLACEHOLDERS,
};
use crate::{
    scenario::Scenario,
    topology::{AgencyEntry, Topology},
};

/// All documents of a run in the order in which they are sent.
#[derive(Clone, Debug)]
pub struct Traffic {
    scenario: Scenario,
    seed: u64,
    agencies: Vec<AgencyEntry>,
    planned: Vec<Planned>,
    /// Places in `planned` in the order of keys.
    by_key: Vec<u32>,
    /// As it stands in notations, by agency.
    abbreviations: Vec<Box<str>>,
    /// Agencies whose system never fetches.
    dead: BTreeSet<usize>,
    /// Agencies close during the run.
    merging: Option<Arc<Merging>>,
    /// Days by which it was moved from the scenario's.
    moved_days: i32,
}

/// How a plan differs from what the scenario says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlanOptions {
    /// Instead of the scenario's.
    pub seed: Option<u64>,
    /// Documents of a working day, times this; 1 where absent.
    pub scale: Option<f64>,
    /// New documents in all, about so many at most; answers, recalls and corrections come on top.
    pub limit: Option<u64>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A scenario and a topology that do not belong together.
    #[error("the scenario sets a policy for `{0}`, under which no agency of the topology counts")]
    UnknownProvince(AgencyCode),
    /// Nobody can write to anybody.
    #[error(
        "no flow of the scenario has both senders and receivers in the topology; compare its `from`, `to` and `system` with the agencies"
    )]
    Silence,
    /// The topology is not one from before the merger.
    #[error(
        "no agency of the topology closes in the scenario's merger; take `vietnam-63`, or a topology with agencies of it"
    )]
    NothingMerges,
    /// The merger's table and topology do not belong together.
    #[error("the merger cannot be planned: {0}")]
    Merger(String),
}

impl Traffic {
    /// Plans all documents.
    ///
    /// # Errors
    /// Scenario and topology do not belong together.
    pub fn plan(scenario: &Scenario, topology: &Topology, options: PlanOptions) -> Result<Self, PlanError> {
        let mut topology = topology.clone();
        scenario
            .apply_policies(&mut topology)
            .map_err(PlanError::UnknownProvince)?;
        let mut agencies: Vec<AgencyEntry> = topology.agencies().cloned().collect();
        let seed = options.seed.unwrap_or(scenario.seed);
        let reach = reach::Reaches::new(scenario, &agencies, seed);
        if reach.is_silent() {
            return Err(PlanError::Silence);
        }
        let mut planned = arrival::plan(scenario, &agencies, &reach, seed, options);
        periodic::gather(scenario, seed, &mut planned);
        let dead = dead_endpoints(scenario, agencies.len(), seed, &planned);
        follow_up::plan(scenario, &agencies, &dead, seed, &mut planned);
        archiving::plan(scenario, &agencies, &dead, seed, &mut planned);
        let merging = merger::of(scenario, &mut agencies)?;
        if let Some(merging) = &merging {
            merging.plan(scenario, &agencies, seed, &mut planned);
        }
        // Keys differ, so an order by time and key is one.
        planned.sort_unstable_by_key(|planned| (planned.at, planned.key));
        planned.shrink_to_fit();
        registers::number(&agencies, seed, &mut planned);
        let mut by_key: Vec<u32> = (0..u32::try_from(planned.len()).unwrap_or(u32::MAX)).collect();
        by_key.sort_unstable_by_key(|index| planned[*index as usize].key);
        let abbreviations = agencies
            .iter()
            .map(|entry| wording::abbreviation(entry).into_boxed_str())
            .collect();
        Ok(Self {
            scenario: scenario.clone(),
            seed,
            agencies,
            planned,
            by_key,
            abbreviations,
            dead,
            merging,
            moved_days: 0,
        })
    }

    /// The same traffic moved in time so that it begins at `now`, for a hub that keeps wall time.
    pub(crate) fn begun_at(mut self, now: Timestamp) -> Self {
        let Some(first) = self.planned.first().map(|planned| planned.at) else {
            return self;
        };
        let by = now.duration_since(first);
        let days = day_of(now).since(day_of(first)).map_or(0, |span| span.get_days());
        for planned in &mut self.planned {
            planned.at = planned.at.saturating_add(by).unwrap_or(Timestamp::MAX);
            planned.due_on = planned
                .due_on
                .map(|day| day.saturating_add(jiff::Span::new().days(days)));
            planned.document_id = arrival::id_of(planned.at, planned.key, self.seed);
        }
        self.moved_days = days;
        self
    }

    /// First and last day of what the report is about: the scenario's, or where they were moved to. Moved traffic begins at
    /// any hour, so a day of it may end on the next.
    pub(crate) fn reported(&self) -> (Date, Date) {
        let (from, to) = self.scenario.reported();
        let moved = |day: Date, days: i32| day.saturating_add(jiff::Span::new().days(days));
        match self.moved_days {
            0 => (from, to),
            days => (moved(from, days), moved(to, days.saturating_add(1))),
        }
    }

    /// New documents that a scenario asks for in all, before any follow-ups, scale and limit.
    pub fn asked_for(scenario: &Scenario) -> u64 {
        arrival::total(scenario, &scenario.working_week()).round() as u64
    }

    /// Bytes of memory that the plan takes, of its documents alone.
    pub fn bytes_planned(&self) -> usize {
        let of_recipients: usize = self
            .planned
            .iter()
            .map(|planned| size_of_val(&*planned.recipients))
            .sum();
        of_recipients + self.planned.len() * (size_of::<Planned>() + size_of::<u32>())
    }

    /// Seed that gives this traffic again.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The agencies that documents name by index, with the scenario's policies.
    pub fn agencies(&self) -> &[AgencyEntry] {
        &self.agencies
    }

    /// The documents in the order of sending.
    pub fn planned(&self) -> &[Planned] {
        &self.planned
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The agency's system never fetches anything.
    pub fn is_dead(&self, agency: usize) -> bool {
        self.dead.contains(&agency)
    }

    /// The merger that takes place during the run.
    pub(crate) fn merging(&self) -> Option<&Arc<Merging>> {
        self.merging.as_ref()
    }

    /// The kind of the receivers' systems that a document goes to.
    pub(crate) fn received_by(&self, planned: &Planned) -> SystemKind {
        let flow = &self.scenario.flow[usize::from(planned.flow)];
        match planned.kind() {
            // Whoever asked gets the reply where the question was written.
            Kind::Answer(_) => flow.system.0,
            Kind::Copy(_) => SystemKind::Archive,
            Kind::New | Kind::Recall(_) | Kind::Replacement(_) => flow.received_by(),
        }
    }

    /// When an agency sends its reply to a question, where that is planned.
    pub(crate) fn reply_of(&self, planned: &Planned, agency: usize) -> Option<Timestamp> {
        if self.received_by(planned) != SystemKind::Feedback {
            return None;
        }
        let reply = self.of_key(planned.key_with(planned::suffix::ANSWER))?;
        (reply.kind() == Kind::Answer(planned.key) && reply.sender == agency).then_some(reply.at)
    }

    /// The document that another answers, takes back, replaces or files.
    pub(crate) fn refers_to(&self, planned: &Planned) -> Option<&Planned> {
        match planned.kind() {
            Kind::New => None,
            Kind::Answer(key) | Kind::Recall(key) | Kind::Replacement(key) | Kind::Copy(key) => self.of_key(key),
        }
    }

    /// The document of a key.
    pub(crate) fn of_key(&self, key: u64) -> Option<&Planned> {
        let of = |index: &u32| &self.planned[*index as usize];
        let place = self.by_key.binary_search_by_key(&key, |index| of(index).key).ok()?;
        Some(of(&self.by_key[place]))
    }
}

/// The agencies that fetch nothing of what is planned for them. What the hub will refuse is no delivery.
fn dead_endpoints(scenario: &Scenario, agencies: usize, seed: u64, planned: &[Planned]) -> BTreeSet<usize> {
    let mut deliveries = vec![0; agencies];
    for document in planned.iter().filter(|document| document.flaw.is_none()) {
        for recipient in &document.recipients {
            deliveries[*recipient] += 1;
        }
    }
    scenario.behaviour.dead_endpoint.among(&deliveries, seed)
}

#[cfg(test)]
mod ready;
#[cfg(test)]
mod tests;
