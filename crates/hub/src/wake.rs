//! Who waits for a mailbox: long polls and subscriptions.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::Notify;
use truc_store::state::AgencyIndex;

#[derive(Default)]
pub(crate) struct Wakers(Mutex<HashMap<AgencyIndex, (Arc<Notify>, usize)>>);

/// Waits for one mailbox until dropped.
pub(crate) struct Waiting<'a> {
    wakers: &'a Wakers,
    agency: AgencyIndex,
    pub(crate) notify: Arc<Notify>,
}

impl Wakers {
    pub(crate) fn wait_for(&self, agency: AgencyIndex) -> Waiting<'_> {
        let mut waiting = self.0.lock();
        let (notify, count) = waiting.entry(agency).or_default();
        *count += 1;
        Waiting {
            wakers: self,
            agency,
            notify: Arc::clone(notify),
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
            if let Some((notify, _)) = waiting.get(agency) {
                notify.notify_waiters();
            }
        }
    }

    /// Time has moved, or the hub stops: everybody looks again.
    pub(crate) fn wake_all(&self) {
        self.0.lock().values().for_each(|(notify, _)| notify.notify_waiters());
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
