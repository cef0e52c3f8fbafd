//! The hubs of an axis: one is asked until it fails, then the next. They keep one journal, so a document keeps its id, a delivery its
//! lease, and whichever is asked gives the same answer.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tonic::transport::Channel;

/// One way to the axis. Cheap to clone; all clones turn together.
#[derive(Clone)]
pub(crate) struct Way(Arc<Inner>);

struct Inner {
    /// One for each hub.
    channels: Vec<Channel>,
    /// Turns so far.
    turn: AtomicUsize,
}

/// The hub that was asked, as of its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn(usize);

impl Way {
    /// Begins with the channel of that number.
    ///
    /// # Panics
    /// Without any channel.
    pub(crate) fn new(channels: Vec<Channel>, first: usize) -> Self {
        assert!(!channels.is_empty(), "a hub needs at least one channel");
        Self(Arc::new(Inner {
            channels,
            turn: AtomicUsize::new(first),
        }))
    }

    pub(crate) fn channel(&self) -> Channel {
        let turn = self.0.turn.load(Ordering::Relaxed);
        self.0.channels[turn % self.0.channels.len()].clone()
    }

    /// All but the one that is asked now.
    pub(crate) fn others(&self) -> Vec<Channel> {
        let asked = self.0.turn.load(Ordering::Relaxed) % self.0.channels.len();
        let others = self.0.channels.iter().enumerate().filter(|(at, _)| *at != asked);
        others.map(|(_, channel)| channel.clone()).collect()
    }

    pub(crate) fn turn(&self) -> Turn {
        Turn(self.0.turn.load(Ordering::Relaxed))
    }

    /// Whether there is more than one hub.
    pub(crate) fn has_others(&self) -> bool {
        self.0.channels.len() > 1
    }

    /// That hub failed: from now on the next is asked. Of many calls that failed at one hub only the first turns away from it.
    pub(crate) fn turn_from(&self, failed: Turn) {
        if !self.has_others() {
            return;
        }
        let next = failed.0.wrapping_add(1);
        let turned = self
            .0
            .turn
            .compare_exchange(failed.0, next, Ordering::Relaxed, Ordering::Relaxed);
        if turned.is_ok() {
            tracing::debug!(hub = next % self.0.channels.len(), "a hub failed; another is asked");
        }
    }
}

#[cfg(test)]
mod tests {
    use tonic::transport::Endpoint;

    use super::*;

    #[tokio::test]
    async fn many_failures_of_one_hub_are_one_turn() {
        let channel = || Endpoint::from_static("http://hub").connect_lazy();
        let way = Way::new(vec![channel(), channel()], 1);
        let first = way.turn();
        way.turn_from(first);
        let second = way.turn();
        assert_ne!(first, second);
        way.turn_from(first);
        assert_eq!(way.turn(), second);
        let alone = Way::new(vec![channel()], 0);
        alone.turn_from(alone.turn());
        assert_eq!(alone.turn(), Turn(0));
    }
}
