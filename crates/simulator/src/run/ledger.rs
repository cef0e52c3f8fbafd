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
    /// Closed agencies, each with the one that took over.
    heirs: HashMap<usize, usize>,
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
        let Some(index) = self.spoken_of(document_id, recipient, status) else {
            self.foreign += 1;
            return;
        };
        let slot = &mut self.slots[index];
        if slot.returned & bit(status) != 0 {
            self.statuses_twice += 1;
        }
        slot.returned |= bit(status);
    }

    /// The delivery that word of a status is about: of several that the agency stands for one of which the sender has no word yet.
    fn spoken_of(&self, document_id: Uuid, agency: usize, status: StatusCode) -> Option<SlotIndex> {
        let known = self.find(document_id, agency)?;
        let new = |slot: &Slot| slot.reported & !slot.returned & bit(status) != 0;
        if new(&self.slots[known]) {
            return Some(known);
        }
        let other = self.held(document_id, agency).find(|(_, slot)| new(slot));
        Some(other.map_or(known, |(index, _)| index))
    }

    /// Whether a document has a receipt.
    pub(super) fn knows(&self, document_id: Uuid) -> bool {
        self.documents.contains_key(&document_id)
    }

    /// The delivery of a document to an agency or to a closed one that it stands for; by the hub's rule, of several one that is
    /// owed before one that was taken, and its own before another's.
    pub(super) fn find(&self, document_id: Uuid, agency: usize) -> Option<SlotIndex> {
        let settled = |state| match state {
            SlotState::Owed => 0,
            SlotState::Taken { .. } => 1,
            SlotState::Withdrawn => 2,
        };
        self.held(document_id, agency)
            .min_by_key(|(index, slot)| (settled(slot.state), slot.recipient != agency, *index))
            .map(|(index, _)| index)
    }

    /// All deliveries of a document to an agency and to those that it stands for.
    fn held(&self, document_id: Uuid, agency: usize) -> impl Iterator<Item = (SlotIndex, &Slot)> {
        let entry = self.documents.get(&document_id);
        let slots = entry.map_or(0..0, |entry| entry.first..entry.first + entry.count);
        slots
            .map(|index| (index, &self.slots[index]))
            .filter(move |(_, slot)| slot.recipient == agency || self.heir(slot.recipient) == agency)
    }

    /// Who stands for an agency now: itself, or the one that took over.
    pub(super) fn heir(&self, agency: usize) -> usize {
        self.heirs.get(&agency).copied().unwrap_or(agency)
    }

    /// Agencies have closed, of one successor in the order of their indexes. What is owed to one of them goes on to its successor,
    /// unless that has, or took, the same document: then it was withdrawn, of which the sender gets word. Gives how many were.
    pub(super) fn merged(&mut self, heirs: HashMap<usize, usize>) -> u64 {
        let mut folded = 0;
        for Entry { first, count, .. } in self.documents.values() {
            let slots = &mut self.slots[*first..first + count];
            let mut closing: Vec<usize> = (0..*count)
                .filter(|at| slots[*at].state == SlotState::Owed && heirs.contains_key(&slots[*at].recipient))
                .collect();
            closing.sort_unstable_by_key(|at| slots[*at].recipient);
            for at in closing {
                let closed = slots[at].recipient;
                let heir = heirs[&closed];
                let stands_for = |other: usize| other == heir || (other < closed && heirs.get(&other) == Some(&heir));
                let otherwise = slots.iter().enumerate().any(|(other, slot)| {
                    other != at && slot.state != SlotState::Withdrawn && stands_for(slot.recipient)
                });
                if otherwise {
                    slots[at].state = SlotState::Withdrawn;
                    folded += 1;
                }
            }
        }
        self.settled += folded;
        self.heirs = heirs;
        folded
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

    /// Whether a status says more than the last that was reported.
    pub(super) fn goes_on_with(&self, status: StatusCode) -> bool {
        bit(status) > self.reported
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
    fn what_is_owed_to_the_closed_comes_to_the_successor_once() {
        const B: Uuid = Uuid::from_u128(2);
        const C: Uuid = Uuid::from_u128(3);
        let mut ledger = Ledger::default();
        ledger.owe(A, 0, &[6, 5, 7], [0; 32]);
        ledger.owe(B, 1, &[5, 9], [0; 32]);
        ledger.owe(C, 2, &[5, 6], [0; 32]);
        ledger.taken(C, 5, 70);
        // 5 and 6 close in favour of 9: of A that of 5 goes on, of B the successor has its own, of C 5 took it.
        assert_eq!(ledger.merged(HashMap::from([(5, 9), (6, 9)])), 3);
        assert_eq!((ledger.heir(5), ledger.heir(7)), (9, 7));
        assert_eq!(ledger.taken(A, 9, 77), Arrival::Taken(1));
        assert_eq!(ledger.taken(A, 9, 78), Arrival::Twice);
        assert_eq!(ledger.taken(B, 9, 79), Arrival::Taken(4));
        assert_eq!(ledger.slot(3).state, SlotState::Withdrawn);
        assert_eq!(ledger.find(C, 9), Some(5), "the successor reports on what was taken");
        assert_eq!(ledger.taken(C, 9, 80), Arrival::Twice);
    }

    #[test]
    fn word_of_the_successor_is_of_what_the_sender_has_no_word_of() {
        let mut ledger = Ledger::default();
        // What 5 has open goes on, though 6, which closes later, took the same document.
        ledger.owe(A, 0, &[6, 5], [0; 32]);
        ledger.taken(A, 6, 70);
        ledger.returned(A, 6, StatusCode::Arrived);
        assert_eq!(ledger.merged(HashMap::from([(5, 9), (6, 9)])), 0);
        assert_eq!(ledger.taken(A, 9, 71), Arrival::Taken(1));
        ledger.returned(A, 9, StatusCode::Arrived);
        let unreturned = |ledger: &Ledger| ledger.slots().iter().map(Slot::unreturned).sum::<u32>();
        assert_eq!((ledger.statuses_twice, unreturned(&ledger)), (0, 0));
        ledger.returned(A, 9, StatusCode::Arrived);
        assert_eq!(ledger.statuses_twice, 1);
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
