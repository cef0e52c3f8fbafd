//! Registers: the number that each document gets, restarting at 1 each year (Decree 30/2020/NĐ-CP, Article 15).

use std::collections::HashMap;

use truc_document::zone::day_of;

use super::{Planned, planned::suffix};
use crate::{
    chance::Chance,
    topology::{AgencyEntry, Party},
};

/// Gives numbers in the order of sending. A register does not begin empty: the agency has written since January, which
/// nobody simulated, so about as many numbers as its kind uses are taken (invented).
pub(super) fn number(agencies: &[AgencyEntry], seed: u64, planned: &mut [Planned]) {
    let mut last: HashMap<(usize, i16), u32> = HashMap::new();
    let mut tried: HashMap<u64, u32> = HashMap::new();
    for document in planned {
        let own = document.key_with(suffix::NEW);
        // A document that was refused and is sent again in good order keeps the number that it has in the register.
        if document.key == own
            && let Some(number) = tried.remove(&own)
        {
            document.number = number;
            continue;
        }
        let day = day_of(document.at);
        let number = last
            .entry((document.sender, day.year()))
            .or_insert_with(|| taken(&agencies[document.sender], seed, day.year(), day.day_of_year()));
        *number += 1;
        document.number = *number;
        if document.flaw.is_some() {
            tried.insert(own, *number);
        }
    }
}

/// Numbers taken before the first simulated document of a year.
fn taken(entry: &AgencyEntry, seed: u64, year: i16, day_of_year: i16) -> u32 {
    let per_week = match entry.party() {
        Party::Central => 150,
        Party::Province => 100,
        Party::Department | Party::District => 40,
        Party::Commune => 10,
    };
    let percent = Chance::new(seed, &format!("register/{}/{year}", entry.code)).between(50, 150);
    let weeks = u64::try_from(day_of_year - 1).unwrap_or(0) / 7;
    u32::try_from(weeks * per_week * percent / 100).unwrap_or(0)
}
