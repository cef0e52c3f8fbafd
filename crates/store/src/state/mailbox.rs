//! Mailbox (hộp thư đến): what waits for one agency, urgent first, then by arrival.

use std::collections::BTreeSet;

/// Order within a mailbox: rank of urgency, then delivery id, which is the order of arrival.
type Slot = (u8, u64);

/// What waits and what is handed out, of one agency. Made anew from the deliveries when the state is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    waiting: BTreeSet<Slot>,
    /// Leases by their end, µs.
    leased: BTreeSet<(i64, u64)>,
}

impl Mailbox {
    /// The mailbox of these slots and leases, in any order.
    pub(crate) fn of(waiting: Vec<Slot>, leased: Vec<(i64, u64)>) -> Self {
        Self {
            waiting: waiting.into_iter().collect(),
            leased: leased.into_iter().collect(),
        }
    }

    /// Ids of what waits, in its order.
    pub fn in_order(&self) -> impl Iterator<Item = u64> {
        self.waiting.iter().map(|(_, id)| *id)
    }

    /// Ranks of urgency of which something waits, most urgent first.
    pub(crate) fn ranks(&self) -> impl Iterator<Item = u8> {
        let from = |rank: Option<u8>| {
            let first = self.waiting.range((rank?, 0)..).next();
            first.map(|(rank, _)| *rank)
        };
        std::iter::successors(from(Some(0)), move |rank| from(rank.checked_add(1)))
    }

    /// Ids of what waits of one rank, in the order of arrival.
    pub(crate) fn of_rank(&self, rank: u8) -> impl Iterator<Item = u64> {
        self.waiting.range((rank, 0)..=(rank, u64::MAX)).map(|(_, id)| *id)
    }

    /// Deliveries that nobody holds, those with a lease that ran out not counted.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Deliveries handed out.
    #[must_use]
    pub fn leased(&self) -> usize {
        self.leased.len()
    }

    /// Deliveries that a lease at `now` (µs) could hand out.
    #[must_use]
    pub fn available(&self, now: i64) -> usize {
        let expired = self.leased.iter().take_while(|(until, _)| *until <= now);
        self.waiting.len() + expired.count()
    }

    /// End of the lease that ends first, µs.
    #[must_use]
    pub fn next_expiry(&self) -> Option<i64> {
        self.leased.first().map(|(until, _)| *until)
    }

    /// All deliveries that are waiting or leased, by id, in no particular order.
    pub fn open(&self) -> impl Iterator<Item = u64> {
        self.waiting
            .iter()
            .map(|(_, id)| *id)
            .chain(self.leased.iter().map(|(_, id)| *id))
    }

    pub(crate) fn put(&mut self, rank: u8, id: u64) {
        self.waiting.insert((rank, id));
    }

    pub(crate) fn take_first(&mut self) -> Option<u64> {
        self.waiting.pop_first().map(|(_, id)| id)
    }

    pub(crate) fn remove_waiting(&mut self, rank: u8, id: u64) -> bool {
        self.waiting.remove(&(rank, id))
    }

    pub(crate) fn lease(&mut self, until: i64, id: u64) {
        self.leased.insert((until, id));
    }

    pub(crate) fn release(&mut self, until: i64, id: u64) -> bool {
        self.leased.remove(&(until, id))
    }

    /// The first lease that ended at `now` (µs) or before.
    pub(crate) fn take_expired(&mut self, now: i64) -> Option<u64> {
        let (until, id) = *self.leased.first()?;
        (until <= now).then(|| {
            self.leased.remove(&(until, id));
            id
        })
    }
}
