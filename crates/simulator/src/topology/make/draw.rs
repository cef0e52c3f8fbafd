//! Which agencies are connected, and which take part in something.

use truc_document::Level;

use super::ShareByLevel;
use crate::{
    chance::Chance,
    topology::{AgencyEntry, Party},
};

/// Marks so many agencies of each level as `share` says, drawn by seed among those that `may` be, People's Committees of
/// provinces first.
pub(super) fn draw(
    entries: &mut [AgencyEntry],
    seed: u64,
    purpose: &str,
    share: ShareByLevel,
    may: impl Fn(&AgencyEntry) -> bool,
    mark: impl Fn(&mut AgencyEntry),
) {
    let levels = [
        (Level::Province, share.province),
        (Level::District, share.district),
        (Level::Commune, share.commune),
    ];
    for (level, share) in levels {
        let of_level: Vec<usize> = (0..entries.len()).filter(|at| entries[*at].level == level).collect();
        let count = share.count_of(of_level.len());
        let (first, rest): (Vec<usize>, Vec<usize>) = of_level
            .into_iter()
            .filter(|at| may(&entries[*at]))
            .partition(|at| entries[*at].party() == Party::Province);
        let mut chance = Chance::new(seed, &format!("topology/{purpose}/{level}"));
        let drawn = chance.sample(rest, count.saturating_sub(first.len()));
        for at in first.into_iter().take(count).chain(drawn) {
            mark(&mut entries[at]);
        }
    }
}
