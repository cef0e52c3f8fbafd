//! When deliveries were acknowledged: word of it (status 01) goes to the sender at once, and would otherwise be read from the journal
//! each time.

use std::collections::VecDeque;

use parking_lot::Mutex;
use truc_store::journal::Position;

/// Acknowledgements that are remembered: 16 bytes each.
const REMEMBERED: usize = 32_768;

/// Position of an acknowledgement's record and its time (µs), in order.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<VecDeque<(Position, i64)>>);

impl Arrivals {
    /// Positions come in their order.
    pub(crate) fn keep(&self, position: Position, at: i64) {
        let mut recent = self.0.lock();
        if recent.len() == REMEMBERED {
            recent.pop_front();
        }
        recent.push_back((position, at));
    }

    /// Hub time of the record, µs; `None` when it was long ago.
    pub(crate) fn at(&self, position: Position) -> Option<i64> {
        let recent = self.0.lock();
        let found = recent.binary_search_by_key(&position, |(position, _)| *position).ok()?;
        recent.get(found).map(|(_, at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_remembered() {
        let arrivals = Arrivals::default();
        for n in 0..REMEMBERED as u64 + 1 {
            arrivals.keep(Position(2 * n), n as i64);
        }
        assert_eq!(arrivals.at(Position(0)), None);
        assert_eq!(arrivals.at(Position(2)), Some(1));
        assert_eq!(arrivals.at(Position(3)), None);
        assert_eq!(arrivals.at(Position(2 * REMEMBERED as u64)), Some(REMEMBERED as i64));
    }
}
