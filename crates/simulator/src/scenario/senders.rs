//! Senders: who sends more than others.

use std::collections::BTreeMap;

use serde::Deserialize;
use truc_document::AgencyCode;

use crate::{AgencyEntry, token::Token, topology::Party};

/// Weights that multiply: an agency of a party and a province with 3 and 2 sends six times what others of its rank do.
/// Within each flow few agencies send most, whatever stands here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Senders {
    /// By kind of agency; 1 for those that are absent.
    #[serde(default)]
    pub by_party: BTreeMap<Token<Party>, u32>,
    /// By the code that an agency counts under; 1 for those that are absent.
    #[serde(default)]
    pub by_province: BTreeMap<Token<AgencyCode>, u32>,
}

impl Senders {
    /// The weight of an agency.
    pub fn weight_of(&self, entry: &AgencyEntry) -> u64 {
        let of_party = self.by_party.get(&Token(entry.party())).copied().unwrap_or(1);
        let of_province = self
            .by_province
            .get(&Token(entry.province.clone()))
            .copied()
            .unwrap_or(1);
        u64::from(of_party) * u64::from(of_province)
    }
}
