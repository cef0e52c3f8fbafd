//! A refusal by the hub: only counted.

use super::Outcome;
use crate::{
    record::wire::DocumentRefused,
    state::{State, statistics::day_of},
};

pub(super) fn apply(state: &mut State, refused: &DocumentRefused) -> Outcome {
    let found = refused.agency.parse().ok().and_then(|code| state.directory.find(&code));
    let province = found
        .and_then(|index| state.directory.get(index))
        .map(|agency| agency.province);
    if let Some(province) = province {
        let key = (day_of(state.now), province, refused.reason.clone());
        *state.statistics.refusals.entry(key).or_default() += 1;
    }
    state.statistics.totals.refused += 1;
    Outcome::Noted
}
