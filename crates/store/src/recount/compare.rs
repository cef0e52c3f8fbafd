//! The count made anew beside the state's own.

use std::{collections::BTreeMap, fmt::Display};

use super::tally::Tally;
use crate::state::{
    DeliveryState, State,
    statistics::{Counts, Pace, Totals, date_of},
};

/// What differs, a sentence each.
pub(super) fn differences(tally: &Tally, state: &State) -> Vec<String> {
    let statistics = &state.statistics;
    let mut found = Vec::new();
    totals(&tally.totals, &statistics.totals, &mut found);
    deliveries(state, &mut found);

    let province = |index: u16| state.directory.province(index).to_owned();
    let mut counts: BTreeMap<_, Counts> = BTreeMap::new();
    for (cell, count) in &statistics.cells {
        *counts.entry((date_of(cell.day), province(cell.province))).or_default() += count;
    }
    for (key, (anew, kept)) in both(&tally.counts, &counts) {
        for ((name, anew), (_, kept)) in anew.named().zip(kept.named()) {
            differ(|| format!("`{name}` of {} on {}", key.1, key.0), anew, kept, &mut found);
        }
    }
    let sum = |counts: &mut dyn Iterator<Item = &Counts>| {
        counts.fold(Counts::default(), |mut sum, counts| {
            sum += counts;
            sum
        })
    };
    let (by_cell, by_agency) = (
        sum(&mut statistics.cells.values()),
        sum(&mut statistics.agencies.values()),
    );
    for ((name, by_cell), (_, by_agency)) in by_cell.named().zip(by_agency.named()) {
        differ(|| format!("`{name}` by agency"), by_cell, by_agency, &mut found);
    }

    let refusals = statistics.refusals.iter();
    let refusals =
        refusals.map(|((day, index, reason), count)| ((date_of(*day), province(*index), reason.clone()), *count));
    for (key, (anew, kept)) in both(&tally.refusals, &refusals.collect()) {
        differ(
            || format!("refusals `{}` of {} on {}", key.2, key.1, key.0),
            anew,
            kept,
            &mut found,
        );
    }

    let pace = statistics.pace.iter().map(|((day, index, urgency, stage), pace)| {
        let key = (date_of(*day), province(*index), i32::from(*urgency), i32::from(*stage));
        (key, *pace)
    });
    for (key, (anew, kept)) in both(&tally.pace, &pace.collect()) {
        let what = || format!("pace of {} on {}, urgency {}, stage {}", key.1, key.0, key.2, key.3);
        let told = |pace: Pace| format!("{} in {} ms, {} ms at most", pace.count, pace.total_ms, pace.longest_ms);
        differ(what, told(anew), told(kept), &mut found);
    }
    found
}

/// Each key of either side with what stands under it there, in order.
fn both<K: Ord + Clone, V: Default + Copy>(one: &BTreeMap<K, V>, other: &BTreeMap<K, V>) -> BTreeMap<K, (V, V)> {
    let mut both: BTreeMap<K, (V, V)> = BTreeMap::new();
    for (key, value) in one {
        both.entry(key.clone()).or_default().0 = *value;
    }
    for (key, value) in other {
        both.entry(key.clone()).or_default().1 = *value;
    }
    both
}

fn differ<T: PartialEq + Display>(what: impl FnOnce() -> String, anew: T, kept: T, found: &mut Vec<String>) {
    if anew != kept {
        found.push(format!("{}: counted anew {anew}, the statistics say {kept}", what()));
    }
}

fn totals(anew: &Totals, kept: &Totals, found: &mut Vec<String>) {
    let Totals {
        documents,
        deliveries,
        acknowledged,
        refused_by_receiver,
        withdrawn,
        refused,
        statuses,
        // Known by the deliveries alone, see below.
        leased: _,
    } = *anew;
    for (name, anew, kept) in [
        ("documents", documents, kept.documents),
        ("deliveries", deliveries, kept.deliveries),
        ("acknowledged", acknowledged, kept.acknowledged),
        ("refused_by_receiver", refused_by_receiver, kept.refused_by_receiver),
        ("withdrawn", withdrawn, kept.withdrawn),
        ("refused", refused, kept.refused),
        ("statuses", statuses, kept.statuses),
    ] {
        differ(|| format!("total `{name}`"), anew, kept, found);
    }
}

/// Nothing lost, nothing twice: every delivery of a document is in one state, and the totals say the same.
fn deliveries(state: &State, found: &mut Vec<String>) {
    let (mut waiting, mut leased, mut acknowledged, mut withdrawn) = (0, 0, 0, 0);
    let documents = state.deliveries.iter().filter(|(_, delivery)| delivery.is_document());
    for (_, delivery) in documents {
        match delivery.state {
            DeliveryState::Waiting => waiting += 1,
            DeliveryState::Leased => leased += 1,
            DeliveryState::Acknowledged => acknowledged += 1,
            DeliveryState::Withdrawn => withdrawn += 1,
        }
    }
    let totals = state.totals();
    for (name, anew, kept) in [
        ("waiting", waiting, totals.waiting),
        ("leased", leased, totals.leased),
        ("acknowledged", acknowledged, totals.acknowledged),
        ("withdrawn", withdrawn, totals.withdrawn),
    ] {
        differ(|| format!("deliveries `{name}`"), anew, kept, found);
    }
}
