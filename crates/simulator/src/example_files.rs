//! Tests of the files in `simulations/`: each loads, and each is refused when a key of it is misspelt.

use std::path::{Path, PathBuf};

use crate::{Scenario, Topology, strict_toml::tests::with_stray_keys};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../simulations")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn topologies_load_and_refuse_stray_keys() {
    for path in files("topologies") {
        let text = std::fs::read_to_string(&path).unwrap();
        let topology = Topology::parse("t.toml", &text).unwrap();
        assert_eq!(
            Topology::parse("written.toml", &topology.to_toml()).unwrap(),
            topology,
            "{}",
            path.display()
        );
        for (table, stray) in with_stray_keys(&text) {
            let error = Topology::parse("t.toml", &stray).unwrap_err();
            // A map from names to values knows its keys by their form only.
            assert!(
                error.to_string().contains("stray-key"),
                "{} {table}: {error}",
                path.display()
            );
        }
    }
}

#[test]
fn scenarios_load_with_their_topology_and_refuse_stray_keys() {
    for path in files("") {
        let scenario = Scenario::load(&path).unwrap();
        scenario.load_topology().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for (table, stray) in with_stray_keys(&text) {
            let error = Scenario::parse("s.toml", &stray).unwrap_err();
            assert!(
                error.to_string().contains("stray-key"),
                "{} {table}: {error}",
                path.display()
            );
        }
    }
}

/// The file says which command made it; the numbers here are those of the administrative lists of 2020.
#[test]
fn seven_provinces_have_their_districts_and_communes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../simulations/topologies/seven-provinces.toml");
    let topology = Topology::load(&path).unwrap();
    let count = |province: &str, party| {
        topology
            .agencies()
            .filter(|entry| entry.province.as_str() == province && entry.party() == party)
            .count()
    };
    let expected = [
        ("H02", 10, 209),
        ("H05", 8, 126),
        ("H25", 6, 109),
        ("H40", 10, 226),
        ("H44", 13, 225),
        ("H54", 8, 260),
        ("H62", 9, 136),
    ];
    for (province, districts, communes) in expected {
        let counted = (
            count(province, crate::Party::District),
            count(province, crate::Party::Commune),
        );
        assert_eq!(counted, (districts, communes), "{province}");
    }
    assert_eq!(topology.provinces().count(), 7);
}
