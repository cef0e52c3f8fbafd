//! Timelines: for each event of a document the record that tells it, linked back to the event before. 8 bytes an event.

use super::{document::NONE, paged::Paged};
use crate::journal::Position;

/// One event. The upper half of its position is the same for four thousand million records, so it stands beside the list.
#[derive(Clone, Copy, Debug)]
struct EventLink {
    previous: u32,
    position_low: u32,
}

/// The events of all documents, in the order of their records.
#[derive(Clone, Default)]
pub struct Timelines {
    links: Paged<EventLink>,
    /// Upper halves of positions, each with the first event that it is of. None for 0.
    highs: Vec<(u32, u32)>,
}

impl Timelines {
    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Adds an event after the event `previous` of the same document, or none, and gives its index.
    pub(crate) fn push(&mut self, previous: u32, position: Position) -> u32 {
        let high = (position.0 >> 32) as u32;
        let index = self.links.len() as u32;
        if self.highs.last().map_or(0, |(_, last)| *last) != high {
            self.highs.push((index, high));
        }
        let position_low = position.0 as u32;
        self.links.push(EventLink { previous, position_low });
        index
    }

    /// The event before the one at an index, or none, and the record of that at the index.
    #[must_use]
    pub(crate) fn get(&self, index: u32) -> Option<(u32, Position)> {
        let link = self.links.get(index as usize)?;
        let begun = self.highs.partition_point(|(first, _)| *first <= index);
        let high = begun.checked_sub(1).map_or(0, |at| self.highs[at].1);
        Some((
            link.previous,
            Position(u64::from(high) << 32 | u64::from(link.position_low)),
        ))
    }

    /// All events in order, as [`Timelines::get`] gives them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, Position)> {
        (0..NONE).map_while(|index| self.get(index))
    }

    /// Positions of the records from the first event to the one at `last`.
    #[must_use]
    pub(crate) fn up_to(&self, last: u32) -> Vec<Position> {
        let mut positions = Vec::new();
        let mut next = last;
        while let Some((previous, position)) = self.get(next) {
            positions.push(position);
            next = previous;
        }
        positions.reverse();
        positions
    }

    /// Leads an event elsewhere.
    #[cfg(test)]
    pub(crate) fn relink(&mut self, index: u32, previous: u32) {
        self.links.get_mut(index as usize).unwrap().previous = previous;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_back_whole() {
        assert_eq!(size_of::<EventLink>(), 8);
        let mut timelines = Timelines::default();
        let positions = [
            3,
            u64::from(u32::MAX),
            1 << 32,
            (1 << 32) + 1,
            7 << 32,
            (7 << 32) + 9,
            u64::MAX,
        ];
        let mut last = [NONE; 2];
        for (at, position) in positions.iter().enumerate() {
            last[at % 2] = timelines.push(last[at % 2], Position(*position));
        }
        assert_eq!(timelines.highs.len(), 3);
        assert!(timelines.iter().map(|(_, position)| position.0).eq(positions));
        assert_eq!(timelines.up_to(last[0]), [3, 1 << 32, 7 << 32, u64::MAX].map(Position));
        assert_eq!(
            timelines.up_to(last[1]),
            [u64::from(u32::MAX), (1 << 32) + 1, (7 << 32) + 9].map(Position)
        );
        assert!(timelines.up_to(NONE).is_empty());
    }
}
