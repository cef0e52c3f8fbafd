//! Behaviours by kind of system, through the binary: dead endpoints that never fetch, reports with a cut-off.

mod truc;

use serde_json::Value;
use truc::{Terminal, repository};

/// The seven provinces with these tables, and with reports that have a cut-off.
fn scenario(terminal: &Terminal, tables: &str) -> String {
    let text = std::fs::read_to_string(repository("simulations/seven-provinces-2020.toml")).expect("the scenario");
    let text = text
        .replacen(
            "topologies/seven-provinces.toml",
            &repository("simulations/topologies/seven-provinces.toml"),
            1,
        )
        .replacen("[[flow]]", &format!("{tables}\n[[flow]]"), 1)
        .replacen(
            "to-system = \"reporting\"",
            "to-system = \"reporting\"\nperiodic = { every = \"month\", cut-off-day = 15, late = 0.5 }",
            1,
        );
    let path = terminal.path("scenario.toml");
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

#[test]
fn what_dead_endpoints_never_fetch_is_owed_and_not_lost() {
    let terminal = Terminal::new();
    let tables = "[behaviour.dead-endpoint]\ndeliveries = 0.055\n[behaviour.reporting]\nclosed-after-cut-off = true\n";
    let scenario = scenario(&terminal, tables);
    let text = terminal.good(&["run", &scenario, "--limit", "200", "--report", "out"]);
    assert!(text.contains("ĐẠT"), "{text}");
    let report: Value =
        serde_json::from_slice(&std::fs::read(terminal.path("out/report.json")).expect("the report")).expect("JSON");
    let count = |what: &str| report["conservation"][what].as_u64().expect("a count");
    assert_eq!(report["conservation_holds"], true);
    assert_eq!((count("lost"), count("statuses_lost")), (0, 0));
    let (waiting, accepted) = (count("waiting"), count("accepted"));
    assert_eq!(waiting, count("never_fetched"));
    assert!(
        (30..=80).contains(&(waiting * 1000 / accepted)),
        "{waiting} of {accepted} never fetched"
    );
}
