//! Reception: what a receiver does with a document, and when. It finds the kind of the receiver's system and asks it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use truc_document::SystemKind;

pub(crate) use crate::behaviour::{Received, Step};
use crate::{
    WORKING_MINUTES, WorkingWeek,
    behaviour::{Kind, Office},
    scenario::{Behaviour, Scenario},
    share::Share,
};

/// Asks the kinds.
#[derive(Clone, Debug)]
pub(crate) struct Reception {
    behaviour: Behaviour,
    offices: BTreeMap<SystemKind, Office>,
    /// That of document management, which every agency has.
    general: Office,
}

impl Reception {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        Self::of_rates(
            scenario.behaviour.clone(),
            scenario.acts.declined,
            scenario.working_week(),
            seed,
        )
    }

    /// With these rates; `declined` is the share of requests to take back that are.
    pub(crate) fn of_rates(behaviour: Behaviour, declined: Share, week: WorkingWeek, seed: u64) -> Self {
        let office = |system| Office::new(behaviour.rules(system), declined, week.clone(), seed);
        Self {
            offices: SystemKind::ALL
                .iter()
                .map(|system| (*system, office(*system)))
                .collect(),
            general: office(SystemKind::DocumentManagement),
            behaviour,
        }
    }

    /// When the receiver opens the mailbox for a document sent at `sent`; never where there is no such time.
    pub(crate) fn opens(&self, received: Received<'_>, sent: Timestamp) -> Option<Timestamp> {
        let (kind, office) = self.of(received);
        kind.opens(office, received, sent)
    }

    /// When a sender next looks for word from its receivers: once a working day, where the scenario says nothing.
    pub(crate) fn looks_for_word(&self, now: Timestamp) -> Timestamp {
        if let Some(length) = self.behaviour.look_for_word {
            return now.saturating_add(length.0).unwrap_or(now);
        }
        self.general
            .week()
            .after(now, SignedDuration::from_mins(i64::from(WORKING_MINUTES) - 30))
    }

    /// The statuses that the receiver reports about a document taken at `taken`, in their order.
    pub(crate) fn handling(&self, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        let (kind, office) = self.of(received);
        if received.is_recall && !received.dead {
            return office.noted(received, taken);
        }
        kind.handling(office, received, taken)
    }

    /// When and how the receiver answers that a document be taken back.
    pub(crate) fn answer(&self, received: Received<'_>, taken: Timestamp) -> Step {
        let (kind, office) = self.of(received);
        kind.answer(office, received, taken)
    }

    /// When the receiver sends its reply to a document sent at `sent`, where its kind of system has a rule for it.
    pub(crate) fn reply(&self, received: Received<'_>, sent: Timestamp) -> Option<Timestamp> {
        let (kind, office) = self.of(received);
        kind.reply(office, received, sent)
    }

    fn of(&self, received: Received<'_>) -> (&dyn Kind, &Office) {
        let office = self.offices.get(&received.system).unwrap_or(&self.general);
        if received.dead {
            return (&self.behaviour.dead_endpoint, office);
        }
        (self.behaviour.kind(received.system), office)
    }
}
