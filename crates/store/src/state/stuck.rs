//! Deliveries that are handed out again and again and never acknowledged: a client whose parser fails never acknowledges,
//! and gets the same for ever.

use std::collections::BTreeMap;

use super::{AgencyIndex, Delivery, DeliveryState};
use crate::journal::Position;

/// A delivery that was handed out more often than this and is not acknowledged is stuck.
pub const HANDED_OUT_MAX: u8 = 5;

/// See the module. Few at any time, and none on most days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stuck(BTreeMap<(AgencyIndex, u64), Option<Position>>);

impl Stuck {
    /// How many an agency has.
    #[must_use]
    pub fn of(&self, agency: AgencyIndex) -> usize {
        self.entries(agency).count()
    }

    /// Those of an agency that a record made so. What was so when the state was loaded has no record.
    pub fn since(&self, agency: AgencyIndex, position: Position) -> impl Iterator<Item = u64> {
        let entries = self.entries(agency);
        entries.filter_map(move |(id, since)| (since == Some(position)).then_some(id))
    }

    fn entries(&self, agency: AgencyIndex) -> impl Iterator<Item = (u64, Option<Position>)> {
        let range = self.0.range((agency, 0)..=(agency, u64::MAX));
        range.map(|((_, id), since)| (*id, *since))
    }

    /// Takes a delivery in, where it is one, that was handed out by the record of a position.
    pub(crate) fn look(&mut self, id: u64, delivery: &Delivery, position: Option<Position>) {
        let open = matches!(delivery.state, DeliveryState::Waiting | DeliveryState::Leased);
        if open && delivery.attempts > HANDED_OUT_MAX {
            self.0.entry((delivery.agency, id)).or_insert(position);
        }
    }

    pub(crate) fn remove(&mut self, agency: AgencyIndex, id: u64) {
        if !self.0.is_empty() {
            self.0.remove(&(agency, id));
        }
    }
}
