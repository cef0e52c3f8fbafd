//! Agenda: what is to be done when.

use std::{cmp::Reverse, collections::BinaryHeap};

use jiff::{SignedDuration, Timestamp};

/// Events by time; those of one time in the order in which they were put in.
#[derive(Debug)]
pub(super) struct Agenda<E> {
    events: BinaryHeap<Reverse<Entry<E>>>,
    next: u64,
}

#[derive(Debug)]
struct Entry<E> {
    at: Timestamp,
    order: u64,
    event: E,
}

impl<E> Agenda<E> {
    pub(super) fn new() -> Self {
        Self {
            events: BinaryHeap::new(),
            next: 0,
        }
    }

    pub(super) fn put(&mut self, at: Timestamp, event: E) {
        self.events.push(Reverse(Entry {
            at,
            order: self.next,
            event,
        }));
        self.next += 1;
    }

    /// When the next event is.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.events.peek().map(|Reverse(entry)| entry.at)
    }

    /// Takes all events up to an instant, in order.
    pub(super) fn take_until(&mut self, until: Timestamp) -> Vec<(Timestamp, E)> {
        let mut taken = Vec::new();
        while self.next_at().is_some_and(|at| at <= until) {
            if let Some(Reverse(entry)) = self.events.pop() {
                taken.push((entry.at, entry.event));
            }
        }
        taken
    }

    /// Takes all events within `step` of the first one, in order.
    pub(super) fn take_step(&mut self, step: SignedDuration) -> Vec<(Timestamp, E)> {
        let Some(first) = self.next_at() else { return Vec::new() };
        let end = first.saturating_add(step).unwrap_or(Timestamp::MAX);
        let mut taken = Vec::new();
        while self.next_at().is_some_and(|at| at < end || at == first) {
            if let Some(Reverse(entry)) = self.events.pop() {
                taken.push((entry.at, entry.event));
            }
        }
        taken
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_step_begins_with_its_first_event_and_keeps_the_order() {
        let mut agenda = Agenda::new();
        for (seconds, name) in [(100, 'c'), (70, 'b'), (10, 'a'), (70, 'B')] {
            agenda.put(at(seconds), name);
        }
        let minute = SignedDuration::from_secs(60);
        let names = |step: Vec<(Timestamp, char)>| step.into_iter().map(|(_, name)| name).collect::<String>();
        assert_eq!(names(agenda.take_step(minute)), "a");
        agenda.put(at(80), 'n');
        assert_eq!(agenda.next_at(), Some(at(70)));
        assert_eq!(names(agenda.take_step(minute)), "bBnc");
        assert!(agenda.take_step(minute).is_empty());
    }
}
