//! Which proposals go into one group: what waits, and under load some of what is about to come.
//!
//! A sync and the wake-ups that follow it cost the same for one record as for a hundred. When documents come faster than they can
//! be verified, those that are finished would trickle in one by one and each small group would pay that price anew; so the
//! writer then waits until a share of what is under way is here. It waits only for documents that the hub holds already, and
//! never longer than [`WAIT_MAX`]. With few documents under way the share is nothing; then groups are at least [`PACE`] apart, and
//! with hardly any under way nothing waits at all.

use std::{
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use truc_store::record::Change;

use crate::proposal::Proposal;

/// Records in a group: the answer to the first waits for the last.
const RECORDS_MAX: usize = 1024;
/// Bytes of envelopes in a group, about.
pub(crate) const BYTES_MAX: usize = 8 << 20;
/// So many documents under way are hardly any: a hub with no more does not wait.
const IDLE: usize = 4;
/// Beyond that, the time between the beginnings of two groups, at least. Half of it is what a document waits, on average.
const PACE: Duration = Duration::from_millis(1);
/// So many documents under way are few: none of them is waited for.
const FEW: usize = 16;
/// Of this many documents beyond, one is waited for: what a document waits here is a small part of what it waits anyway.
const SHARE: usize = 8;
/// Documents that are waited for, at most: beyond it, a larger group saves hardly anything.
const DOCUMENTS_MAX: usize = 128;
/// The longest wait.
const WAIT_MAX: Duration = Duration::from_millis(15);
/// Between two looks. Sleeping lets those who propose go on without waking this thread for each.
const LOOK: Duration = Duration::from_micros(500);

/// A group that is being put together.
pub(crate) struct Gathering {
    group: Vec<Proposal>,
    documents: usize,
    bytes: usize,
    bytes_max: usize,
}

impl Gathering {
    /// Begins with a first one; no more are taken once there are `bytes_max` bytes.
    pub(crate) fn begin(first: Proposal, bytes_max: usize) -> Self {
        let mut gathering = Self {
            group: Vec::new(),
            documents: 0,
            bytes: 0,
            bytes_max,
        };
        gathering.take(first);
        gathering
    }

    /// The group, after one that began at `last`. `under_way` tells how many documents the hub has read and not answered.
    pub(crate) fn finish(
        mut self,
        proposals: &mut mpsc::UnboundedReceiver<Proposal>,
        last: Instant,
        under_way: impl Fn() -> usize,
    ) -> Vec<Proposal> {
        let early = PACE.saturating_sub(last.elapsed());
        if !early.is_zero() && under_way() > IDLE && !proposals.is_closed() {
            thread::sleep(early);
        }
        self.drain(proposals);
        let begun = Instant::now();
        while !self.is_full()
            && self.documents < (under_way().saturating_sub(FEW) / SHARE).min(DOCUMENTS_MAX)
            && begun.elapsed() < WAIT_MAX
            && !proposals.is_closed()
        {
            thread::sleep(LOOK);
            self.drain(proposals);
        }
        self.group
    }

    /// The group, of what is there already.
    pub(crate) fn at_once(mut self, proposals: &mut mpsc::UnboundedReceiver<Proposal>) -> Vec<Proposal> {
        self.drain(proposals);
        self.group
    }

    fn drain(&mut self, proposals: &mut mpsc::UnboundedReceiver<Proposal>) {
        while !self.is_full() {
            let Ok(next) = proposals.try_recv() else { return };
            self.take(next);
        }
    }

    fn take(&mut self, proposal: Proposal) {
        self.bytes += proposal.change.encoded_len();
        if matches!(proposal.change, Change::DocumentSent(_)) {
            self.documents += 1;
        }
        self.group.push(proposal);
    }

    fn is_full(&self) -> bool {
        self.group.len() >= RECORDS_MAX || self.bytes >= self.bytes_max
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use truc_store::record::wire;

    use super::*;

    fn proposal(change: Change) -> Proposal {
        Proposal {
            change,
            header: None,
            reply: Box::new(|_| ()),
        }
    }

    fn document() -> Proposal {
        proposal(Change::DocumentSent(wire::DocumentSent::default()))
    }

    fn long_ago() -> Instant {
        Instant::now().checked_sub(PACE).unwrap_or_else(|| unreachable!())
    }

    fn other() -> Proposal {
        proposal(Change::Lease(wire::Lease::default()))
    }

    #[test]
    fn a_hub_that_is_not_busy_takes_what_is_there_and_looks_once() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        sender.send(other()).unwrap_or_else(|_| unreachable!());
        let looks = Cell::new(0);
        let group = Gathering::begin(document(), BYTES_MAX).finish(&mut receiver, long_ago(), || {
            looks.set(looks.get() + 1);
            FEW
        });
        assert_eq!((group.len(), looks.get()), (2, 1));
    }

    #[test]
    fn a_busy_hub_waits_for_its_share_and_no_longer() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let looks = Cell::new(0);
        // Each look brings one document more, out of sixteen more than a few: two are waited for.
        let group = Gathering::begin(other(), BYTES_MAX).finish(&mut receiver, long_ago(), || {
            looks.set(looks.get() + 1);
            sender.send(document()).unwrap_or_else(|_| unreachable!());
            FEW + 2 * SHARE
        });
        assert_eq!((group.len(), looks.get()), (1 + 2, 3));
    }

    #[test]
    fn groups_keep_their_distance_once_there_is_something_to_do() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        sender.send(other()).unwrap_or_else(|_| unreachable!());
        let last = Instant::now();
        let group = Gathering::begin(document(), BYTES_MAX).finish(&mut receiver, last, || IDLE + 1);
        assert!(last.elapsed() >= PACE);
        assert_eq!(group.len(), 2);
    }

    #[test]
    fn a_group_has_an_end() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        for _ in 0..2 * RECORDS_MAX {
            sender.send(other()).unwrap_or_else(|_| unreachable!());
        }
        let group = Gathering::begin(other(), BYTES_MAX).finish(&mut receiver, long_ago(), || 100_000);
        assert_eq!(group.len(), RECORDS_MAX);
    }

    #[test]
    fn documents_that_never_come_are_not_waited_for_long() {
        let (_sender, mut receiver) = mpsc::unbounded_channel();
        let group = Gathering::begin(document(), BYTES_MAX).finish(&mut receiver, long_ago(), || 100_000);
        assert_eq!(group.len(), 1);
    }
}
