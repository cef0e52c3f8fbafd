//! Chance that comes in as an argument: the same seed and path give the same draws on every machine and in every release.
//!
//! Only whole numbers and the stream of ChaCha12 are used. Logarithms and the like differ in the last bit between
//! systems, and the distributions of `rand` may change between releases: either would change the traffic of a seed.

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};
use sha2::{Digest, Sha256};

use crate::share::Share;

/// A stream of draws. Each purpose takes one of its own, so that adding a draw somewhere moves nothing elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Chance(ChaCha12Rng);

impl Chance {
    /// The stream of a seed for the purpose that `path` names.
    pub(crate) fn new(seed: u64, path: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"truc simulator chance v1\0");
        hash.update(seed.to_le_bytes());
        hash.update(path.as_bytes());
        Self(ChaCha12Rng::from_seed(hash.finalize().into()))
    }

    /// A number below `bound`, each as likely; 0 where `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound < 2 {
            return 0;
        }
        // Numbers beyond the last whole multiple would favour the small ones, so they are drawn again.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = self.0.next_u64();
            if drawn < limit {
                return drawn % bound;
            }
        }
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// As `between`, with small numbers likelier: the smaller of two draws.
    pub(crate) fn skewed(&mut self, low: u64, high: u64) -> u64 {
        self.between(low, high).min(self.between(low, high))
    }

    /// True for that share of draws.
    pub(crate) fn happens(&mut self, share: Share) -> bool {
        self.below(1_000_000) < u64::from(share.millionths())
    }

    /// One of `choices`.
    ///
    /// # Panics
    /// Without any.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.index(choices.len())]
    }

    /// An index below `length`.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// An index drawn by weight; 0 where all weights are 0.
    pub(crate) fn weighted(&mut self, weights: impl IntoIterator<Item = u64> + Clone) -> usize {
        let mut left = self.below(weights.clone().into_iter().sum());
        for (index, weight) in weights.into_iter().enumerate() {
            if left < weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// `count` of `items` without repeats, in the order in which they were drawn; all of them where there are fewer.
    pub(crate) fn sample<T>(&mut self, mut items: Vec<T>, count: usize) -> Vec<T> {
        let count = count.min(items.len());
        for at in 0..count {
            let other = at + self.index(items.len() - at);
            items.swap(at, other);
        }
        items.truncate(count);
        items
    }

    /// So many bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn draws_are_those_of_every_machine() {
        let mut chance = Chance::new(2020, "test");
        let drawn: Vec<u64> = (0..6).map(|_| chance.below(1000)).collect();
        assert_eq!(drawn, PINNED);
    }

    /// Written down once; a change here changes the traffic of every seed.
    const PINNED: [u64; 6] = [287, 613, 871, 759, 47, 241];

    #[test]
    fn paths_part_the_streams() {
        assert_ne!(Chance::new(1, "a").bytes::<8>(), Chance::new(1, "b").bytes::<8>());
        assert_ne!(Chance::new(1, "a").bytes::<8>(), Chance::new(2, "a").bytes::<8>());
    }

    proptest! {
        #[test]
        fn draws_stay_within_their_bounds(seed: u64, low in 0_u64..1000, more in 0_u64..1000) {
            let mut chance = Chance::new(seed, "bounds");
            for _ in 0..20 {
                prop_assert!((low..=low + more).contains(&chance.between(low, low + more)));
                prop_assert!((low..=low + more).contains(&chance.skewed(low, low + more)));
            }
        }

        #[test]
        fn samples_repeat_nothing(seed: u64, size in 0_usize..50, count in 0_usize..60) {
            let mut drawn = Chance::new(seed, "sample").sample((0..size).collect(), count);
            prop_assert_eq!(drawn.len(), size.min(count));
            drawn.sort_unstable();
            drawn.dedup();
            prop_assert_eq!(drawn.len(), size.min(count));
        }

        #[test]
        fn nothing_of_weight_zero_is_drawn(seed: u64, weights in prop::collection::vec(0_u64..5, 1..8)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let drawn = Chance::new(seed, "weights").weighted(weights.iter().copied());
            prop_assert!(weights[drawn] > 0);
        }
    }
}
