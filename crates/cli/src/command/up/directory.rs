//! Who is on the sandbox's axis: a topology, and one agency of the user's own.

use std::path::Path;

use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};
use truc_proto::v1 as pb;
use truc_simulator::{AgencyEntry, Magic, Topology};

use crate::exit::Failure;

/// What there is where nothing else was asked for.
pub(super) fn seven_provinces() -> Result<Topology, Failure> {
    Topology::named(Path::new("seven-provinces")).map_err(Failure::input)
}

/// The agency that the user acts as. It is invented, and says so; its code is one that Hà Nội has not given.
pub(super) fn user() -> AgencyEntry {
    entry("H26.99", "Cơ quan thử nghiệm (giả định)", Some("H26"))
}

/// Agencies to register, those above before those below: the topology's, the user's, and the magic ones.
pub(super) fn of(topology: &Topology) -> Vec<pb::Agency> {
    let own = [entry("H26", "Ủy ban nhân dân thành phố Hà Nội", None), user()];
    let own: Vec<AgencyEntry> = own
        .into_iter()
        .chain(Magic::ALL.iter().map(|magic| magic.entry()))
        .collect();
    let missing = own.iter().filter(|own| topology.agency(&own.code).is_none());
    topology.agencies().chain(missing).map(AgencyEntry::to_wire).collect()
}

fn entry(code: &str, name: &str, parent: Option<&str>) -> AgencyEntry {
    let parse = |code: &str| -> AgencyCode { code.parse().unwrap_or_else(|_| unreachable!("constants above")) };
    let code = parse(code);
    AgencyEntry {
        legacy: code.to_legacy(),
        name: name.to_owned(),
        level: Level::Province,
        parent: parent.map(parse),
        province: parse("H26"),
        connected: true,
        signing_policy: SigningPolicy::Required,
        systems: vec![SystemKind::DocumentManagement],
        portal_services: 0,
        code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_agency_stands_beside_those_of_the_topology() {
        let topology = seven_provinces().unwrap();
        let agencies = of(&topology);
        assert_eq!(agencies.len(), topology.agencies().len() + 2 + Magic::ALL.len());
        let own: Vec<&str> = agencies
            .iter()
            .filter(|agency| agency.province == "H26")
            .map(|agency| &*agency.code)
            .collect();
        assert_eq!(own, ["H26", "H26.99"]);
    }
}
