//! Conservation: accepted = delivered + refused + withdrawn + waiting; nothing lost, nothing twice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use truc_document::StatusCode;
use truc_proto::v1 as pb;

use super::ledger::{Ledger, SlotState};

/// The check at the end of a run. Deliveries are counted: a document counts once for each recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conservation {
    /// Documents with a receipt.
    pub documents: u64,
    /// Deliveries that the receipts promise.
    pub accepted: u64,
    /// Taken by their receivers and kept.
    pub delivered: u64,
    /// Taken by their receivers and refused (02).
    pub refused: u64,
    /// Taken out of the mailbox by a recall.
    pub withdrawn: u64,
    /// Still in the mailbox.
    pub waiting: u64,
    /// Of those, in mailboxes that nobody ever opens: dead endpoints.
    pub never_fetched: u64,
    /// Promised by a receipt and nowhere.
    pub lost: u64,
    /// Taken, and come again.
    pub twice: u64,
    /// Came with another header than was sent.
    pub altered: u64,
    /// Statuses taken by the hub that never came to the sender.
    pub statuses_lost: u64,
    /// Statuses that came to the sender again.
    pub statuses_twice: u64,
    /// Deliveries of documents that this run did not send.
    pub foreign: u64,
    /// What the hub counted from the beginning of the run to its end.
    pub hub: HubCount,
    /// What does not hold, one sentence each.
    pub faults: Vec<String>,
}

/// The hub's totals between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HubCount {
    /// Documents accepted.
    pub documents: u64,
    /// Deliveries owed.
    pub deliveries: u64,
    /// Taken by receivers.
    pub acknowledged: u64,
    /// Of those, refused (02).
    pub refused_by_receiver: u64,
    /// Taken out by recalls.
    pub withdrawn: u64,
    /// In mailboxes at the end, under a lease or not, beyond those of the beginning.
    pub waiting: i64,
}

/// What stays in the mailboxes of dead endpoints, which is owed and not lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unread {
    /// Deliveries of documents.
    pub(super) deliveries: u64,
    /// Statuses of documents that a dead endpoint sent.
    pub(super) statuses: u64,
}

impl Conservation {
    /// Nothing is lost, nothing came twice, and all counts agree.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn of(ledger: &Ledger, lost: u64, unread: Unread, hub: HubCount, exclusive: bool) -> Self {
        let count =
            |wanted: fn(&SlotState) -> bool| ledger.slots().iter().filter(|slot| wanted(&slot.state)).count() as u64;
        let taken = count(|state| matches!(state, SlotState::Taken { .. }));
        let refused = ledger
            .slots()
            .iter()
            .filter(|slot| slot.has_reported(StatusCode::Refused))
            .count() as u64;
        let unreturned: u64 = ledger.slots().iter().map(|slot| u64::from(slot.unreturned())).sum();
        let mut conservation = Self {
            documents: ledger.documents(),
            accepted: ledger.slots().len() as u64,
            delivered: taken - refused,
            refused,
            withdrawn: count(|state| *state == SlotState::Withdrawn),
            waiting: count(|state| *state == SlotState::Owed) - lost,
            never_fetched: unread.deliveries,
            lost,
            twice: ledger.twice,
            altered: ledger.altered,
            statuses_lost: unreturned.saturating_sub(unread.statuses),
            statuses_twice: ledger.statuses_twice,
            foreign: ledger.foreign,
            hub,
            faults: Vec::new(),
        };
        conservation.judge(exclusive);
        conservation
    }

    fn judge(&mut self, exclusive: bool) {
        let mut faults = Vec::new();
        let mut must_be_none = |count: u64, what: &str| {
            if count > 0 {
                faults.push(format!("{count} {what}"));
            }
        };
        must_be_none(self.lost, "deliveries lost: promised by a receipt and nowhere");
        must_be_none(self.twice, "deliveries came again after they were taken or withdrawn");
        must_be_none(self.altered, "deliveries came with another header than was sent");
        must_be_none(self.statuses_twice, "statuses came again after they were taken");
        // Where other deliveries wait, the run was stopped, and so were the senders' mailboxes left alone.
        if self.waiting == self.never_fetched {
            must_be_none(self.statuses_lost, "statuses never came to the sender");
        }
        if exclusive {
            must_be_none(self.foreign, "deliveries of documents that nobody sent");
            let hub = self.hub;
            let pairs = [
                ("documents", self.documents, hub.documents),
                ("deliveries", self.accepted, hub.deliveries),
                ("acknowledged", self.delivered + self.refused, hub.acknowledged),
                ("refused by receivers", self.refused, hub.refused_by_receiver),
                ("withdrawn", self.withdrawn, hub.withdrawn),
            ];
            for (what, own, hub) in pairs {
                if own != hub {
                    faults.push(format!("{what}: the agencies count {own}, the hub {hub}"));
                }
            }
            if i128::from(self.waiting) != i128::from(hub.waiting) {
                faults.push(format!(
                    "waiting: the agencies count {}, the hub {}",
                    self.waiting, hub.waiting
                ));
            }
        }
        self.faults = faults;
    }
}

impl HubCount {
    pub(super) fn between(before: &pb::Totals, after: &pb::Totals) -> Self {
        let in_mailboxes = |totals: &pb::Totals| i64::try_from(totals.waiting + totals.leased).unwrap_or(i64::MAX);
        Self {
            documents: after.documents.saturating_sub(before.documents),
            deliveries: after.deliveries.saturating_sub(before.deliveries),
            acknowledged: after.acknowledged.saturating_sub(before.acknowledged),
            refused_by_receiver: after.refused_by_receiver.saturating_sub(before.refused_by_receiver),
            withdrawn: after.withdrawn.saturating_sub(before.withdrawn),
            waiting: in_mailboxes(after) - in_mailboxes(before),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        ledger.owe(Uuid::from_u128(1), 0, &[1, 2, 3, 4], [0; 32]);
        ledger.taken(Uuid::from_u128(1), 1, 10);
        ledger.taken(Uuid::from_u128(1), 2, 11);
        ledger.reported(1, StatusCode::Refused);
        ledger.withdrawn(Uuid::from_u128(1), 3);
        for (recipient, status) in [
            (1, StatusCode::Arrived),
            (2, StatusCode::Arrived),
            (2, StatusCode::Refused),
        ] {
            ledger.returned(Uuid::from_u128(1), recipient, status);
        }
        ledger
    }

    fn hub() -> HubCount {
        HubCount {
            documents: 1,
            deliveries: 4,
            acknowledged: 2,
            refused_by_receiver: 1,
            withdrawn: 1,
            waiting: 1,
        }
    }

    #[test]
    fn every_delivery_is_in_one_place() {
        let conservation = Conservation::of(&ledger(), 0, Unread::default(), hub(), true);
        assert!(conservation.holds(), "{:?}", conservation.faults);
        let parts = [
            conservation.delivered,
            conservation.refused,
            conservation.withdrawn,
            conservation.waiting,
        ];
        assert_eq!(parts, [1, 1, 1, 1]);
    }

    #[test]
    fn losses_repeats_and_disagreements_are_told() {
        assert_eq!(
            Conservation::of(&ledger(), 1, Unread::default(), HubCount { waiting: 0, ..hub() }, true)
                .faults
                .len(),
            1
        );
        let mut twice = ledger();
        twice.taken(Uuid::from_u128(1), 1, 10);
        assert_eq!(
            Conservation::of(&twice, 0, Unread::default(), hub(), true).faults.len(),
            1
        );
        let miscounted = HubCount {
            acknowledged: 3,
            ..hub()
        };
        assert_eq!(
            Conservation::of(&ledger(), 0, Unread::default(), miscounted, true)
                .faults
                .len(),
            1
        );
        assert!(Conservation::of(&ledger(), 0, Unread::default(), miscounted, false).holds());
    }

    /// One delivery waits at a dead endpoint: that does not excuse a status that never came, but its own statuses do.
    #[test]
    fn dead_endpoints_are_owed_and_excuse_nothing_else() {
        let unread = Unread {
            deliveries: 1,
            statuses: 0,
        };
        let conservation = Conservation::of(&ledger(), 0, unread, hub(), true);
        assert!(conservation.holds(), "{:?}", conservation.faults);
        assert_eq!((conservation.waiting, conservation.never_fetched), (1, 1));

        let mut without_word = ledger();
        without_word.reported(0, StatusCode::Accepted);
        let lost = Conservation::of(&without_word, 0, unread, hub(), true);
        assert_eq!(lost.faults, ["1 statuses never came to the sender"]);
        let sender_is_dead = Unread { statuses: 1, ..unread };
        assert!(Conservation::of(&without_word, 0, sender_is_dead, hub(), true).holds());
    }
}
