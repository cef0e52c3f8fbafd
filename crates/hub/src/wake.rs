//! Who waits for a mailbox, long polls and subscriptions, and who among them asks for what is there.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::sync::Notify;
use truc_store::state::AgencyIndex;

#[derive(Default)]
pub(crate) struct Wakers(Mutex<HashMap<AgencyIndex, (Arc<Awaited>, usize)>>);

/// A mailbox that somebody waits for.
#[derive(Default)]
struct Awaited {
    notify: Notify,
    /// Deliveries that leases under way will take: no second waiter asks for those.
    claimed: AtomicUsize,
    /// A waiter found everything claimed: it has to be told when the claim is over.
    turned_away: AtomicBool,
}

/// Waits for one mailbox until dropped.
pub(crate) struct Waiting<'a> {
    wakers: &'a Wakers,
    agency: AgencyIndex,
    awaited: Arc<Awaited>,
}

/// Up to so many deliveries are being leased by who holds this.
pub(crate) struct Claim {
    awaited: Arc<Awaited>,
    deliveries: usize,
}

impl Wakers {
    pub(crate) fn wait_for(&self, agency: AgencyIndex) -> Waiting<'_> {
        let mut waiting = self.0.lock();
        let (awaited, count) = waiting.entry(agency).or_default();
        *count += 1;
        Waiting {
            wakers: self,
            agency,
            awaited: Arc::clone(awaited),
        }
    }

    pub(crate) fn wake(&self, agencies: &mut Vec<AgencyIndex>) {
        agencies.sort_unstable();
        agencies.dedup();
        let waiting = self.0.lock();
        if waiting.is_empty() {
            return;
        }
        for agency in agencies.iter() {
            if let Some((awaited, _)) = waiting.get(agency) {
                awaited.notify.notify_waiters();
            }
        }
    }

    /// Time has moved, or the hub stops: everybody looks again.
    pub(crate) fn wake_all(&self) {
        self.0
            .lock()
            .values()
            .for_each(|(awaited, _)| awaited.notify.notify_waiters());
    }
}

impl Waiting<'_> {
    /// Told whenever something may have come.
    pub(crate) fn notify(&self) -> &Notify {
        &self.awaited.notify
    }

    /// Of `available` deliveries, up to `max` that nobody else is about to lease; none when others are faster.
    pub(crate) fn claim(&self, available: usize, max: usize) -> Option<Claim> {
        let free = |claimed: usize| {
            let deliveries = available.saturating_sub(claimed).min(max);
            (deliveries > 0).then_some(deliveries)
        };
        let claimed = &self.awaited.claimed;
        let before = claimed.fetch_update(Ordering::AcqRel, Ordering::Acquire, |claimed| {
            free(claimed).map(|deliveries| claimed + deliveries)
        });
        match before.ok().and_then(free) {
            Some(deliveries) => Some(Claim {
                awaited: Arc::clone(&self.awaited),
                deliveries,
            }),
            None => {
                if available > 0 {
                    self.awaited.turned_away.store(true, Ordering::Release);
                }
                None
            }
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.wakers.0.lock();
        if let Some((_, count)) = waiting.get_mut(&self.agency) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.agency);
            }
        }
    }
}

impl Claim {
    /// Deliveries claimed, at least one.
    pub(crate) fn deliveries(&self) -> usize {
        self.deliveries
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.awaited.claimed.fetch_sub(self.deliveries, Ordering::AcqRel);
        if self.awaited.turned_away.swap(false, Ordering::AcqRel) {
            self.awaited.notify.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn what_one_claims_no_other_asks_for() {
        let wakers = Wakers::default();
        let (one, other) = (wakers.wait_for(7), wakers.wait_for(7));
        let claim = one.claim(3, 2).map(|claim| (claim.deliveries(), claim));
        assert_eq!(claim.as_ref().map(|(deliveries, _)| *deliveries), Some(2));
        assert_eq!(other.claim(3, 10).map(|claim| claim.deliveries()), Some(1));
        assert!(other.claim(2, 10).is_none(), "both are claimed");
        drop(claim);
        assert_eq!(other.claim(2, 10).map(|claim| claim.deliveries()), Some(2));
    }

    #[tokio::test]
    async fn who_was_turned_away_is_told_when_the_claim_is_over() {
        let wakers = Wakers::default();
        let (one, other) = (wakers.wait_for(7), wakers.wait_for(7));
        let claim = one.claim(1, 1);
        assert!(claim.is_some());
        let mut told = Box::pin(other.notify().notified());
        assert!(told.as_mut().now_or_never().is_none());
        assert!(other.claim(1, 1).is_none());
        drop(claim);
        assert!(told.now_or_never().is_some());
    }

    #[test]
    fn an_empty_mailbox_turns_nobody_away() {
        let wakers = Wakers::default();
        let waiting = wakers.wait_for(7);
        assert!(waiting.claim(0, 10).is_none());
        assert!(!waiting.awaited.turned_away.load(Ordering::Acquire));
    }
}
