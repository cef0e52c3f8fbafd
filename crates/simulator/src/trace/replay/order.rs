//! Order: an event waits for those before it that it depends on, and for no others.
//!
//! What an event depends on is told by keys. It has a key alone, and then waits for all before it that have the key, or it
//! shares the key, and then waits for the last one that had it alone. A trace is read from its beginning, so an event waits only for
//! events that are under way already, and nothing can wait for itself.

use std::collections::HashMap;

use tokio_util::sync::{CancellationToken, DropGuard};
use truc_document::AgencyCode;
use uuid::Uuid;

/// So many events until keys are forgotten whose events are all done.
const SWEEP_EVERY: usize = 10_000;

/// What events depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// What an agency does, one thing after the other.
    Agency(AgencyCode),
    /// A document: sent alone, then shared by all that happens to it.
    Document(Uuid),
    /// Statuses and notices for an agency: shared by what makes them, had alone by what takes them.
    Words(AgencyCode),
}

/// Keys of one event.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) alone: Vec<Key>,
    pub(super) shared: Vec<Key>,
}

/// Events under way, by their keys.
#[derive(Debug, Default)]
pub(super) struct Order {
    under_way: HashMap<Key, Holders>,
    entered: usize,
}

#[derive(Debug, Default)]
struct Holders {
    /// The last event that has the key alone.
    alone: Option<CancellationToken>,
    /// Those after it that share the key.
    shared: Vec<CancellationToken>,
}

/// An event's place in the order. Dropped, it lets others go on.
#[derive(Debug)]
pub(super) struct Turn {
    before: Vec<CancellationToken>,
    _done: DropGuard,
}

impl Order {
    /// Puts an event behind all that came before.
    pub(super) fn enter(&mut self, keys: Keys) -> Turn {
        self.entered += 1;
        if self.entered.is_multiple_of(SWEEP_EVERY) {
            self.under_way.retain(|_, holders| holders.is_held());
        }
        let done = CancellationToken::new();
        let mut before = Vec::new();
        for key in &keys.alone {
            if let Some(holders) = self.under_way.get(key) {
                before.extend(holders.alone.iter().chain(&holders.shared).cloned());
            }
        }
        for key in &keys.shared {
            let alone = self.under_way.get(key).and_then(|holders| holders.alone.as_ref());
            before.extend(alone.cloned());
        }
        before.retain(|earlier| !earlier.is_cancelled());
        for key in keys.alone {
            let holders = Holders {
                alone: Some(done.clone()),
                shared: Vec::new(),
            };
            self.under_way.insert(key, holders);
        }
        for key in keys.shared {
            let shared = &mut self.under_way.entry(key).or_default().shared;
            shared.retain(|earlier| !earlier.is_cancelled());
            shared.push(done.clone());
        }
        Turn {
            before,
            _done: done.drop_guard(),
        }
    }
}

impl Holders {
    fn is_held(&self) -> bool {
        self.alone
            .iter()
            .chain(&self.shared)
            .any(|holder| !holder.is_cancelled())
    }
}

impl Turn {
    /// Until all before it are done.
    pub(super) async fn come(&mut self) {
        for earlier in self.before.drain(..) {
            earlier.cancelled().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn key(number: u128) -> Key {
        Key::Document(Uuid::from_u128(number))
    }

    fn alone(number: u128) -> Keys {
        Keys {
            alone: vec![key(number)],
            ..Keys::default()
        }
    }

    fn shared(number: u128) -> Keys {
        Keys {
            shared: vec![key(number)],
            ..Keys::default()
        }
    }

    fn has_come(turn: &mut Turn) -> bool {
        // What was waited for in vain is waited for again.
        let before = turn.before.clone();
        let come = turn.come().now_or_never().is_some();
        turn.before = before;
        come
    }

    #[test]
    fn alone_waits_for_all_and_shared_for_the_last_alone() {
        let mut order = Order::default();
        let mut sent = order.enter(alone(1));
        let mut first = order.enter(shared(1));
        let mut second = order.enter(shared(1));
        let mut recalled = order.enter(alone(1));
        let mut late = order.enter(shared(1));
        assert!(has_come(&mut sent));
        for turn in [&mut first, &mut second, &mut recalled, &mut late] {
            assert!(!has_come(turn));
        }
        drop(sent);
        assert!(has_come(&mut first) && has_come(&mut second));
        assert!(!has_come(&mut recalled) && !has_come(&mut late));
        drop(second);
        assert!(!has_come(&mut recalled));
        drop(first);
        assert!(has_come(&mut recalled) && !has_come(&mut late));
        drop(recalled);
        assert!(has_come(&mut late));
    }

    #[test]
    fn other_keys_do_not_wait_and_one_event_may_have_a_key_twice() {
        let mut order = Order::default();
        let _held = order.enter(alone(1));
        assert!(has_come(&mut order.enter(alone(2))));
        let both = Keys {
            alone: vec![key(3), key(3)],
            shared: vec![key(3)],
        };
        assert!(has_come(&mut order.enter(both)));
    }

    #[test]
    fn keys_of_events_that_are_done_are_forgotten() {
        let mut order = Order::default();
        let _held = order.enter(alone(0));
        for number in 1..SWEEP_EVERY as u128 {
            drop(order.enter(alone(number)));
        }
        assert_eq!(order.under_way.len(), 2);
    }
}
