//! Topologies that stand in the binary, so that it runs from anywhere.

use std::path::Path;

use super::Topology;
use crate::strict_toml::{InvalidFile, LoadError, nearest};

/// Name and text of each.
pub const SHIPPED: [(&str, &str); 3] = [
    (
        "seven-provinces",
        include_str!("../../../../simulations/topologies/seven-provinces.toml"),
    ),
    (
        "vietnam-34",
        include_str!("../../../../simulations/topologies/vietnam-34.toml"),
    ),
    (
        "vietnam-63",
        include_str!("../../../../simulations/topologies/vietnam-63.toml"),
    ),
];

/// By name, or else from a file. A file of that very name counts first, so that nothing hides a user's own.
pub(super) fn load(name: &Path) -> Result<Topology, LoadError> {
    let shipped = name
        .to_str()
        .and_then(|name| SHIPPED.iter().find(|(known, _)| *known == name));
    if let Some((name, text)) = shipped.filter(|_| !name.exists()) {
        return Ok(Topology::parse(name, text)?);
    }
    match Topology::load(name) {
        Err(LoadError::Unreadable { path, source }) if is_bare(name) => {
            let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "neither a file ({source}) nor a topology of the binary; those are {}",
                names.join(", ")
            );
            let text = path.display().to_string();
            Err(InvalidFile {
                nearest: nearest(&text, &names).map(str::to_owned),
                ..InvalidFile::whole(&text, message)
            }
            .into())
        }
        loaded => loaded,
    }
}

/// A word and no path to a file.
fn is_bare(name: &Path) -> bool {
    name.components().count() == 1 && name.extension().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Party;

    fn count(name: &str, party: Party) -> usize {
        let topology = Topology::named(Path::new(name)).unwrap();
        topology.agencies().filter(|entry| entry.party() == party).count()
    }

    #[test]
    fn the_nation_is_whole_before_and_since_the_merger() {
        assert_eq!(count("vietnam-63", Party::Province), 63);
        assert_eq!(count("vietnam-63", Party::District), 705);
        assert_eq!(count("vietnam-63", Party::Commune), 10_599);
        assert_eq!(count("vietnam-34", Party::Province), 34);
        assert_eq!(count("vietnam-34", Party::District), 0);
        assert_eq!(count("vietnam-34", Party::Commune), 3_321);
        let all = Topology::named(Path::new("vietnam-63")).unwrap().agencies().len();
        assert!((14_000..16_000).contains(&all), "{all}");
    }

    #[test]
    fn the_merger_leads_from_the_one_to_the_other() {
        let merger = crate::topology::Merger::of_july_2025().unwrap();
        let [before, since] = ["vietnam-63", "vietnam-34"].map(|name| Topology::named(Path::new(name)).unwrap());
        for entry in before.agencies() {
            let successor = merger.successor(&entry.code);
            // Who goes on is there since, who does not has a successor that is.
            assert_eq!(
                successor.is_none(),
                since.agency(&entry.code).is_some(),
                "{}",
                entry.code
            );
            assert!(
                successor.is_none_or(|code| since.agency(code).is_some()),
                "{}",
                entry.code
            );
        }
        assert!(merger.closing().all(|(code, _)| before.agency(code).is_some()));
    }

    #[test]
    fn a_name_that_is_none_is_told_with_those_that_are() {
        let error = Topology::named(Path::new("vietnam-64")).unwrap_err().to_string();
        assert!(error.contains("seven-provinces, vietnam-34, vietnam-63"), "{error}");
        assert!(error.contains("did you mean"), "{error}");
    }
}
