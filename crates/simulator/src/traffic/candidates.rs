//! Candidates: whom a sender may write to in a flow, as a list that all its senders share, less what is not for this one.

use crate::chance::Chance;

/// With so many to draw the list is copied; with fewer what was moved is remembered, which costs nothing by the list's
/// length.
const COPIED_FROM: usize = 64;

/// A view of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidates<'a> {
    list: &'a [usize],
    without: Without<'a>,
}

/// Places in a list that are left out, in ascending order.
#[derive(Clone, Copy, Debug)]
enum Without<'a> {
    One(usize),
    Many(&'a [usize]),
}

impl<'a> Candidates<'a> {
    pub(super) fn all(list: &'a [usize]) -> Self {
        Self::less(list, &[])
    }

    /// All but those at these places, in ascending order.
    pub(super) fn less(list: &'a [usize], places: &'a [usize]) -> Self {
        Self {
            list,
            without: Without::Many(places),
        }
    }

    /// All but one agency, if it is in the list, which is in ascending order.
    pub(super) fn less_one(list: &'a [usize], agency: usize) -> Self {
        match list.binary_search(&agency) {
            Ok(place) => Self {
                list,
                without: Without::One(place),
            },
            Err(_) => Self::all(list),
        }
    }

    pub(super) fn len(self) -> usize {
        self.list.len()
            - match self.without {
                Without::One(_) => 1,
                Without::Many(places) => places.len(),
            }
    }

    /// The candidate at a place among those that are not left out.
    fn get(self, at: usize) -> usize {
        let before = match self.without {
            Without::One(place) => usize::from(place <= at),
            Without::Many(places) => before(places, at),
        };
        self.list[at + before]
    }

    /// `count` of them without repeats, in the order in which they were drawn; all where there are fewer. The draws are
    /// those of [`Chance::sample`] on the same list.
    pub(super) fn sample(self, count: usize, chance: &mut Chance) -> Box<[usize]> {
        let length = self.len();
        let count = count.min(length);
        if count >= COPIED_FROM {
            let all: Vec<usize> = (0..length).map(|at| self.get(at)).collect();
            return chance.sample(all, count).into_boxed_slice();
        }
        let mut moved: Vec<(usize, usize)> = Vec::with_capacity(count);
        let mut drawn = Vec::with_capacity(count);
        for at in 0..count {
            let other = at + chance.index(length - at);
            let now_at = |place: usize, moved: &[(usize, usize)]| {
                let found = moved.iter().rev().find(|(there, _)| *there == place);
                found.map_or(place, |(_, what)| *what)
            };
            drawn.push(self.get(now_at(other, &moved)));
            let displaced = now_at(at, &moved);
            moved.push((other, displaced));
        }
        drawn.into_boxed_slice()
    }
}

/// How many places are left out before the one that is at `at` without them.
fn before(places: &[usize], at: usize) -> usize {
    let (mut low, mut high) = (0, places.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if places[middle] - middle <= at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The traffic of a seed is that of the plain way.
        #[test]
        fn draws_are_those_of_a_list_of_its_own(
            seed: u64,
            size in 1_usize..200,
            gaps in prop::collection::btree_set(0_usize..200, 0..20),
            count in 0_usize..220,
        ) {
            let list: Vec<usize> = (0..size).map(|at| at * 3 + 1).collect();
            let without: Vec<usize> = gaps.into_iter().filter(|at| *at < size).collect();
            let own: Vec<usize> = (0..size).filter(|at| !without.contains(at)).map(|at| list[at]).collect();
            let candidates = Candidates::less(&list, &without);
            prop_assert_eq!(candidates.len(), own.len());
            let drawn = candidates.sample(count, &mut Chance::new(seed, "c"));
            prop_assert_eq!(drawn.to_vec(), Chance::new(seed, "c").sample(own, count));
            let own: Vec<usize> = list.iter().copied().filter(|agency| *agency != 4).collect();
            let drawn = Candidates::less_one(&list, 4).sample(count, &mut Chance::new(seed, "c"));
            prop_assert_eq!(drawn.to_vec(), Chance::new(seed, "c").sample(own, count));
        }
    }
}
