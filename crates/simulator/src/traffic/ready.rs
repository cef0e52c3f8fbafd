//! The ready scenarios give the same bytes on every machine and in every release.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::*;

/// What each file of `simulations/` gives: SHA-256 over headers, contents and signers of about 60 documents. Whoever changes a
/// scenario, or how traffic is drawn, changes a line here.
const TRACES: [(&str, &str); 8] = [
    (
        "bad-signatures",
        "6027bf5de7af6ba944de76a50443ebea18a793c29a8d1d7c757df13dde4828ec",
    ),
    (
        "dead-endpoints",
        "c034b6cadf79042d951c336f0a7a890797355e07745065730c4e5c3f0ca40db1",
    ),
    (
        "merger-2025",
        "a5736777643580caff969dec1d77d43799f04500245745660da4f61444f53b64",
    ),
    (
        "morning-peak",
        "dff26175280b11a8092ca5caae476b0a769e54fa8aeda3ce18d88c29d577d13e",
    ),
    (
        "national-year",
        "4596173fb8335f68ffdcd88072357629b010b6992c63ee7bbc8ac3c07d945bbf",
    ),
    (
        "seven-provinces-2020",
        "51ab07a169f3d2914ff23f4d4f10cb4956a73043a2b75882926c39a20d4468bf",
    ),
    (
        "storm-warning",
        "cba918c2191529d000b3077d48f73d4c8bcdc3fef7ea832d4c7a07841fa0b1b6",
    ),
    (
        "year-end-reports",
        "2841ce70b0ae26d1d9415b32ca66f9b35012d7bb757419b97d56ff11a1fdee4f",
    ),
];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../simulations/{name}.toml"))
}

fn trace(name: &str) -> String {
    let scenario = Scenario::load(&file(name)).unwrap();
    let topology = scenario.load_topology().unwrap();
    let options = PlanOptions {
        limit: Some(60),
        ..PlanOptions::default()
    };
    let traffic = Traffic::plan(&scenario, &topology, options).unwrap();
    let mut hash = Sha256::new();
    for planned in traffic.planned() {
        let letter = traffic.letter(planned);
        hash.update(letter.header.encode());
        letter.contents.iter().for_each(|content| hash.update(content));
        hash.update(format!("{:?} {:?}", letter.personal, planned.flaw));
    }
    hex::encode(hash.finalize())
}

#[test]
fn traces_are_what_they_were() {
    let now = TRACES.map(|(name, _)| (name, trace(name)));
    let then = TRACES.map(|(name, digest)| (name, digest.to_owned()));
    assert_eq!(now, then);
}

#[test]
fn a_trace_is_the_same_twice() {
    for (name, _) in TRACES {
        assert_eq!(trace(name), trace(name), "{name}");
    }
}

#[test]
fn every_ready_scenario_has_its_trace() {
    let mut files: Vec<String> = std::fs::read_dir(file("x").parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, TRACES.map(|(name, _)| name));
}

/// How quickly a year is planned and its letters are made: `cargo test --release -p truc-simulator speed -- --ignored
/// --nocapture`. It asserts what holds on any machine; the times are to be read.
#[test]
#[ignore = "a measurement, for release builds"]
#[expect(clippy::print_stderr, reason = "figures to be read")]
fn speed_of_planning_and_of_letters() {
    let scenario = Scenario::load(&file("national-year")).unwrap();
    let topology = scenario.load_topology().unwrap();
    let begun = std::time::Instant::now();
    let traffic = Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap();
    let took = begun.elapsed();
    let documents = traffic.planned().len();
    let deliveries: usize = traffic.planned().iter().map(|planned| planned.recipients.len()).sum();
    eprintln!(
        "planned {documents} documents, {deliveries} deliveries in {took:.2?}: {} bytes a document",
        traffic.bytes_planned() / documents
    );
    assert!((1_550_000..1_700_000).contains(&documents));
    assert!((35..37).contains(&(deliveries * 10 / documents)));
    for bytes in [1500, 3000, 30_000] {
        let begun = std::time::Instant::now();
        let mut size = 0;
        for planned in traffic.planned().iter().step_by(documents / 20_000) {
            let planned = Planned {
                bytes,
                ..planned.clone()
            };
            size += traffic
                .letter(&planned)
                .contents
                .iter()
                .map(bytes::Bytes::len)
                .sum::<usize>();
        }
        eprintln!(
            "{:.1} µs a letter of {} bytes",
            begun.elapsed().as_secs_f64() * 1e6 / 20_000.0,
            size / 20_000
        );
    }
}
