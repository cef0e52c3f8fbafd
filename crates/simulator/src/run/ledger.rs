//! Ledger: the run's own books. What each receipt owes to whom, and what came.

use std::collections::HashMap;

use truc_document::StatusCode;
use uuid::Uuid;

/// Index of one delivery owed.
pub(super) type SlotIndex = usize;

/// One document at one recipient.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Index in the plan.
    pub(super) document: usize,
    /// Index of the agency.
    pub(super) recipient: usize,
    pub(super) state: SlotState,
    /// Statuses reported by the recipient, 01 by the hub for it; one bit each.
    reported: u32,
    /// Of those, come to the sender.
    returned: u32,
}

/// Where a delivery stands in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SlotState {
    /// A receipt promises it.
    Owed,
    /// Taken by its recipient, under that number.
    Taken {
        /// The hub's number.
        delivery_id: u64,
    },
    /// Taken out of the mailbox by a recall.
    Withdrawn,
}

/// What came of entering an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// As promised.
    Taken(SlotIndex),
    /// It had been taken before: the promise “once” is broken.
    Twice,
    /// Nothing that this run sent to that recipient.
    Foreign,
}

/// A document with a receipt.
#[derive(Clone, Copy, Debug)]
struct Entry {
    first: SlotIndex,
    count: usize,
    /// Of the header as it was sent.
    header: [u8; 32],
}

#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    slots: Vec<Slot>,
    documents: HashMap<Uuid, Entry>,
    pub(super) twice: u64,
    pub(super) altered: u64,
    pub(super) foreign: u64,
    pub(super) statuses: u64,
    pub(super) statuses_twice: u64,
    settled: u64,
}

impl Ledger {
    /// A receipt came: its document is owed to all its recipients. The same receipt again changes nothing.
    pub(super) fn owe(&mut self, document_id: Uuid, document: usize, recipients: &[usize], header: [u8; 32]) {
        if self.documents.contains_key(&document_id) {
            return;
        }
        let entry = Entry {
            first: self.slots.len(),
            count: recipients.len(),
            header,
        };
        self.documents.insert(document_id, entry);
        self.slots.extend(recipients.iter().map(|recipient| Slot {
            document,
            recipient: *recipient,
            state: SlotState::Owed,
            reported: 0,
            returned: 0,
        }));
    }

    /// A recipient took a delivery for good.
    pub(super) fn taken(&mut self, document_id: Uuid, recipient: usize, delivery_id: u64) -> Arrival {
        let Some(index) = self.find(document_id, recipient) else {
            self.foreign += 1;
            return Arrival::Foreign;
        };
        let slot = &mut self.slots[index];
        match slot.state {
            SlotState::Owed => {
                slot.state = SlotState::Taken { delivery_id };
                slot.reported |= bit(StatusCode::Arrived);
                self.settled += 1;
                Arrival::Taken(index)
            }
            // What was withdrawn must not come either.
            SlotState::Taken { .. } | SlotState::Withdrawn => {
                self.twice += 1;
                Arrival::Twice
            }
        }
    }

    /// What a recipient got must be what was sent.
    pub(super) fn compare(&mut self, document_id: Uuid, header: [u8; 32]) {
        if self
            .documents
            .get(&document_id)
            .is_some_and(|entry| entry.header != header)
        {
            self.altered += 1;
        }
    }

    /// The hub told the sender that a delivery was taken out of its mailbox.
    pub(super) fn withdrawn(&mut self, document_id: Uuid, recipient: usize) {
        if let Some(index) = self.find(document_id, recipient)
            && self.slots[index].state == SlotState::Owed
        {
            self.slots[index].state = SlotState::Withdrawn;
            self.settled += 1;
        }
    }

    /// The hub took a status from a recipient.
    pub(super) fn reported(&mut self, slot: SlotIndex, status: StatusCode) {
        self.statuses += 1;
        self.slots[slot].reported |= bit(status);
    }

    /// The sender got word of a status.
    pub(super) fn returned(&mut self, document_id: Uuid, recipient: usize, status: StatusCode) {
        let Some(index) = self.find(document_id, recipient) else {
            self.foreign += 1;
            return;
        };
        let slot = &mut self.slots[index];
        if slot.returned & bit(status) != 0 {
            self.statuses_twice += 1;
        }
        slot.returned |= bit(status);
    }

    /// Whether a document has a receipt.
    pub(super) fn knows(&self, document_id: Uuid) -> bool {
        self.documents.contains_key(&document_id)
    }

    pub(super) fn find(&self, document_id: Uuid, recipient: usize) -> Option<SlotIndex> {
        let Entry { first, count, .. } = *self.documents.get(&document_id)?;
        (first..first + count).find(|index| self.slots[*index].recipient == recipient)
    }

    pub(super) fn slot(&self, index: SlotIndex) -> &Slot {
        &self.slots[index]
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn documents(&self) -> u64 {
        self.documents.len() as u64
    }

    /// Deliveries taken or withdrawn.
    pub(super) fn settled(&self) -> u64 {
        self.settled
    }
}

impl Slot {
    pub(super) fn has_reported(&self, status: StatusCode) -> bool {
        self.reported & bit(status) != 0
    }

    /// Statuses of which the sender has no word yet.
    pub(super) fn unreturned(&self) -> u32 {
        (self.reported & !self.returned).count_ones()
    }
}

fn bit(status: StatusCode) -> u32 {
    1 << (status.wire() & 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(1);

    #[test]
    fn a_delivery_is_taken_once() {
        let mut ledger = Ledger::default();
        ledger.owe(A, 0, &[5, 6], [0; 32]);
        ledger.owe(A, 0, &[5, 6], [0; 32]);
        assert_eq!(ledger.slots().len(), 2);
        assert_eq!(ledger.taken(A, 6, 77), Arrival::Taken(1));
        assert_eq!(ledger.taken(A, 6, 77), Arrival::Twice);
        assert_eq!(ledger.taken(A, 7, 78), Arrival::Foreign);
        assert_eq!(ledger.taken(Uuid::from_u128(2), 5, 79), Arrival::Foreign);
        assert_eq!((ledger.twice, ledger.foreign, ledger.settled()), (1, 2, 1));
    }

    #[test]
    fn withdrawn_deliveries_must_not_come() {
        let mut ledger = Ledger::default();
        ledger.owe(A, 0, &[5], [0; 32]);
        ledger.withdrawn(A, 5);
        ledger.withdrawn(A, 5);
        assert_eq!((ledger.slot(0).state, ledger.settled()), (SlotState::Withdrawn, 1));
        assert_eq!(ledger.taken(A, 5, 1), Arrival::Twice);
    }

    #[test]
    fn statuses_return_once() {
        let mut ledger = Ledger::default();
        ledger.owe(A, 0, &[5], [0; 32]);
        ledger.taken(A, 5, 1);
        ledger.reported(0, StatusCode::Accepted);
        assert_eq!(ledger.slot(0).unreturned(), 2);
        ledger.returned(A, 5, StatusCode::Arrived);
        ledger.returned(A, 5, StatusCode::Accepted);
        assert_eq!(ledger.slot(0).unreturned(), 0);
        ledger.returned(A, 5, StatusCode::Accepted);
        assert_eq!(ledger.statuses_twice, 1);
    }
}
