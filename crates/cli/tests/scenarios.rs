//! The ready scenarios, shortened, through the real binary; thresholds and exit codes.

mod truc;

use std::io::BufRead as _;

use serde_json::Value;
use truc::{Terminal, interrupt, repository};

fn ready(name: &str) -> String {
    repository(&format!("simulations/{name}.toml"))
}

/// Runs a shortened scenario that must end well and gives its report.
#[track_caller]
fn run(name: &str, limit: &str) -> Value {
    let terminal = Terminal::new();
    let result = terminal.json(&["run", &ready(name), "--limit", limit]);
    assert_eq!(result["conservation_holds"], true, "{result:#}");
    assert!(result["accepted"].as_u64() > Some(0), "{result:#}");
    let thresholds = result["thresholds"].as_array().expect("thresholds");
    assert!(!thresholds.is_empty());
    for threshold in thresholds {
        assert_eq!(threshold["met"], true, "{threshold}");
    }
    result
}

#[test]
fn national_year() {
    let result = run("national-year", "50");
    assert_eq!(
        (&result["report"]["from"], &result["report"]["to"]),
        (&"2022-01-01".into(), &"2022-12-31".into())
    );
}

#[test]
fn morning_peak() {
    // Its first second or two: the rate is what it is.
    run("morning-peak", "30");
}

#[test]
fn storm_warning() {
    let result = run("storm-warning", "20");
    let deliveries = result["conservation"]["accepted"].as_u64().expect("a count");
    assert!(
        deliveries > 500,
        "a telegram goes to every commune that is connected: {deliveries}"
    );
}

#[test]
fn year_end_reports() {
    run("year-end-reports", "40");
}

#[test]
fn dead_endpoints() {
    let result = run("dead-endpoints", "60");
    let waiting = result["conservation"]["waiting"].as_u64().expect("a count");
    let deliveries = result["conservation"]["accepted"].as_u64().expect("a count");
    assert!(waiting > 0 && waiting * 5 < deliveries, "{waiting} of {deliveries}");
}

#[test]
fn merger_2025() {
    let result = run("merger-2025", "60");
    let merged = &result["merged"];
    assert!(merged["closed"].as_u64() > Some(9_000), "{merged}");
    assert!(merged["opened"].as_u64() > Some(0), "{merged}");
    assert!(merged["moved"].as_u64() > Some(0), "what waited went on: {merged}");
    assert_eq!(result["journal"]["clean"], true, "{}", result["journal"]);
}

#[test]
fn bad_signatures() {
    let result = run("bad-signatures", "150");
    let refused = result["refused"].as_object().expect("reasons");
    assert!(refused.len() >= 11, "{refused:?}");
}

/// A scenario with these thresholds in the place of its own.
fn with_thresholds(terminal: &Terminal, wants: &[&str]) {
    let text = std::fs::read_to_string(ready("seven-provinces-2020")).expect("the scenario");
    let topology = repository("simulations/topologies/seven-provinces.toml");
    let wants: String = wants
        .iter()
        .map(|want| format!("\n[[threshold]]\nwant = \"{want}\"\n"))
        .collect();
    let text = text.replace("topologies/seven-provinces.toml", &topology);
    terminal.write("mine.toml", text + &wants);
}

#[test]
fn missed_threshold_is_exit_1_and_told_with_what_was_measured() {
    let terminal = Terminal::new();
    with_thresholds(&terminal, &["accepted >= 5", "receipt-p99 < 0ms"]);
    let done = terminal.run(&["run", "mine.toml", "--limit", "15", "--lang", "en"]);
    assert_eq!(done.code, 1, "{done:?}");
    for said in ["accepted", ">= 5", "receipt-p99", "< 0ms"] {
        assert!(done.stdout.contains(said), "{said}: {}", done.stdout);
    }
    with_thresholds(&terminal, &["accepted >= 5"]);
    terminal.good(&["run", "mine.toml", "--limit", "15"]);
}

#[test]
fn bad_file_is_exit_2_with_its_place() {
    let terminal = Terminal::new();
    with_thresholds(&terminal, &["receipt-p98 < 50ms"]);
    for command in [&["run", "mine.toml"][..], &["scenario", "check", "mine.toml"]] {
        let done = terminal.run(command);
        assert_eq!((done.code, done.stderr.lines().count()), (2, 1), "{done:?}");
        assert!(
            done.stderr.contains("`mine.toml:") && done.stderr.contains("did you mean"),
            "{done:?}"
        );
    }
}

#[test]
fn hub_that_is_not_there_is_exit_3() {
    let terminal = Terminal::new();
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    let hub = ["--hub", "http://127.0.0.1:9", "--data", "house"];
    let done = terminal.run(&[&["run", &ready("seven-provinces-2020"), "--limit", "5"][..], &hub].concat());
    assert_eq!(done.code, 3, "{done:?}");
}

#[test]
fn interrupted_run_reports_what_ran() {
    let terminal = Terminal::new();
    let mut process = terminal
        .command()
        .args(["run", &ready("seven-provinces-2020"), "--report", "out"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("a run");
    // The first line tells that it is on its way.
    let mut stderr = std::io::BufReader::new(process.stderr.take().expect("its messages"));
    stderr.read_line(&mut String::new()).expect("a line");
    interrupt(&process);
    assert_eq!(process.wait().expect("its end").code(), Some(130));
    let report = std::fs::read(terminal.path("out/report.json")).expect("the report");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    assert_eq!(
        (&report["stopped"], &report["conservation_holds"]),
        (&true.into(), &true.into())
    );
    assert!(report["accepted"].as_u64() > Some(0));
}

#[test]
fn every_ready_scenario_is_checked_and_explained() {
    let page = std::fs::read_to_string(repository("docs/scenarios.md")).expect("the page");
    for entry in std::fs::read_dir(repository("simulations")).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            assert!(page.contains(&format!("| `{name}` | ")), "{name}");
            let checked = Terminal::new().json(&["scenario", "check", &path.display().to_string()]);
            assert!(checked["documents"].as_u64() > Some(0), "{checked}");
        }
    }
}
