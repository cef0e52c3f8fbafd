//! The merger in a run: done on the hub in its own hour, with everything before it done and nothing after it begun.

use jiff::Timestamp;

use super::{Driver, Event};
use crate::run::{merger::merge, outcome::RunError, persist::persist};

/// What one step takes from the agenda: each event with its time.
pub(super) type Events = Vec<(Timestamp, Event)>;

impl Driver {
    /// Of a step's events those before the merger, which has a step of its own; what comes after it goes back.
    pub(super) fn up_to_merger(&mut self, mut events: Events) -> Events {
        let Some(place) = events.iter().position(|(_, event)| matches!(event, Event::Merge)) else {
            return events;
        };
        for (at, event) in events.split_off(place.max(1)) {
            self.agenda.put(at, event);
        }
        events
    }

    /// Closes the agencies on the hub, and has their successors stand for them in the books and open their mailboxes.
    pub(super) async fn merge(&mut self) -> Result<(), RunError> {
        let Some(merging) = self.traffic.merging().cloned() else {
            return Ok(());
        };
        let directory = self.operator.directory();
        let merged = persist(self.options.patience, || {
            merge(&directory, &merging.table, &merging.after)
        });
        self.tally.merged = Some(merged.await?);
        self.ledger.merged(merging.heirs.clone());
        let mut heirs: Vec<(usize, usize)> = merging.heirs.iter().map(|(closed, heir)| (*closed, *heir)).collect();
        heirs.sort_unstable();
        let now = self.clock.now();
        for (closed, heir) in heirs {
            if let Some(at) = self.next_open[closed].take() {
                self.open_by(heir, at);
            } else if self.traffic.is_dead(closed) {
                // What nobody fetched has a reader now.
                self.open_by(heir, now);
            }
        }
        Ok(())
    }

    /// A document of before the merger that has not been sent, while the merger is done.
    pub(super) fn is_overtaken(&self, document: usize) -> bool {
        let at = self.traffic.planned()[document].at;
        self.tally.merged.is_some() && self.traffic.merging().is_some_and(|merging| at < merging.at)
    }
}
