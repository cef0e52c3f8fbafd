//! Dead endpoint: an agency that is connected and in the directory, and whose system never fetches anything.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Kind, Office, Received, Step};
use crate::{chance::Chance, share::Share};

/// `[behaviour.dead-endpoint]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeadEndpoint {
    /// Share of deliveries that are never picked up, about so much: a few agencies, drawn by seed, for which it was
    /// planned. In the field it was 5.5 % (3,639 of 66,666 deliveries to 59 agencies of a city in 2014), nearly all of it at six.
    #[serde(default)]
    pub deliveries: Share,
}

impl DeadEndpoint {
    /// The agencies that are dead, of those that so many deliveries are planned for: as few as a draw by weight gives, and
    /// together no more than the share.
    pub(crate) fn among(&self, planned: &[u64], seed: u64) -> BTreeSet<usize> {
        let all: u64 = planned.iter().sum();
        let mut left =
            u64::try_from(u128::from(all) * u128::from(self.deliveries.millionths()) / 1_000_000).unwrap_or(0);
        let mut weights = planned.to_vec();
        let mut chance = Chance::new(seed, "dead endpoints");
        let mut dead = BTreeSet::new();
        loop {
            // Whoever gets more than is left would make the share too large.
            for weight in weights.iter_mut().filter(|weight| **weight > left) {
                *weight = 0;
            }
            if weights.iter().all(|weight| *weight == 0) {
                return dead;
            }
            let agency = chance.weighted(weights.iter().copied());
            dead.insert(agency);
            left -= std::mem::take(&mut weights[agency]);
        }
    }
}

impl Kind for DeadEndpoint {
    fn opens(&self, _office: &Office, _received: Received<'_>, _sent: Timestamp) -> Option<Timestamp> {
        None
    }

    fn handling(&self, _office: &Office, _received: Received<'_>, _taken: Timestamp) -> Vec<Step> {
        Vec::new()
    }
}
