//! `truc run`, small: the table, the check, the files, and the same seed twice.

mod truc;

use serde_json::Value;
use truc::{HubProcess, Terminal, interrupt, repository};

#[test]
fn scenario_ends_with_the_table_the_check_and_a_verified_journal() {
    let terminal = Terminal::new();
    let scenario = repository("simulations/seven-provinces-2020.toml");
    let text = terminal.good(&["run", &scenario, "--limit", "40", "--report", "out", "--data", "kept"]);
    for said in [
        "Tỉnh đã kết nối trục",
        "Bảo toàn",
        "ĐẠT",
        "Nhật ký nguyên vẹn",
        "--seed 2020",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(terminal.path(name)).expect("the report")).expect("JSON")
    };
    let first = read("out/report.json");
    assert_eq!(
        (&first["conservation_holds"], &first["journal"]["clean"]),
        (&true.into(), &true.into())
    );
    let accepted = first["accepted"].as_u64().expect("a count");
    assert!(accepted > 0);
    assert_eq!(terminal.json(&["verify-journal", "kept"])["documents"], accepted);

    let page = std::fs::read_to_string(terminal.path("out/report.html")).expect("the page");
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"vi\">"), "{page}");
    for said in [
        "<h1>Bảy tỉnh, tháng 9 năm 2020</h1>",
        "Hạt giống 2020",
        "ĐẠT",
        "NGUYÊN VẸN",
        "tỉnh Thái Bình",
        "p99.9",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // It asks nobody for anything.
    for asks in ["http://", "https://", "url(", "<script", "<link", "<img", "@import"] {
        assert!(!page.contains(asks), "{asks}: {page}");
    }

    // Once more, with the same seed: the same documents.
    let again = ["run", &scenario, "--limit", "40", "--report", "again", "--lang", "en"];
    let again = terminal.json(&again);
    let page = std::fs::read_to_string(terminal.path("again/report.html")).expect("the page");
    assert!(
        page.contains("<html lang=\"en\">") && page.contains("Conservation"),
        "{page}"
    );
    assert!(!page.contains("Bảo toàn"), "{page}");
    assert_eq!(again["conservation"], first["conservation"]);
    assert_eq!(again["report"]["figures"], first["report"]["figures"]);
}

#[test]
fn run_can_be_interrupted() {
    let terminal = Terminal::new();
    let scenario = repository("simulations/seven-provinces-2020.toml");
    let mut process = terminal
        .command()
        .args(["run", &scenario, "--data", "kept"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("a run");
    // The first line tells that it is on its way.
    let mut line = String::new();
    let stderr = process.stderr.take().expect("its messages");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stderr), &mut line).expect("a line");
    interrupt(&process);
    assert_eq!(process.wait().expect("its end").code(), Some(130), "{line}");
    assert_eq!(terminal.json(&["verify-journal", "kept"])["clean"], true);
}

/// One day between provinces, all of it express and answered within minutes at any hour, on the clock that is asked for.
fn small(clock: &str, per_day: u32, quick: &str) -> String {
    let pace = |urgency| {
        let spans = ["reach", "accept", "assign", "process", "finish"].map(|stage| format!("{stage} = {quick}\n"));
        let spans = spans.concat();
        format!("[[behaviour.pace]]\nurgency = \"{urgency}\"\naround-the-clock = true\n{spans}\n")
    };
    let paces = ["normal", "urgent", "very-urgent", "express"].map(pace).concat();
    let topology = repository("simulations/topologies/seven-provinces.toml");
    format!(
        r#"
title = "Một ngày"
teaches = "Nothing: it is for tests."
topology = "{topology}"
seed = 7
[clock]
{clock}
[[period]]
title = "Một ngày"
from = 2020-09-01
to = 2020-09-01
documents-per-day = {per_day}
[arrival]
half-hours = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[signing]
unsigned = 0.0
[paper]
share = 0.0
[urgency]
normal = 0
urgent = 0
very-urgent = 0
express = 1
[content]
appendix = 0.0
sizes = [{{ bytes = 2000, weight = 1 }}]
[behaviour]
refused = 0.0
on-time = 1.0
late-days = [1, 1]
assigned = 0.5
processed = 0.5
look-for-word = "1s"
{paces}
[[flow]]
name = "Giữa các tỉnh"
weight = 1
from = ["province"]
to = ["province"]
reach = "any"
fan-out = [2, 4]
types = {{ official-letter = 1 }}
subjects = ["Phối hợp thử nghiệm"]
"#
    )
}

/// Everything that was planned came to its end and was counted.
#[track_caller]
fn assert_ran(result: &Value) {
    assert_eq!(
        (
            &result["conservation_holds"],
            &result["unexpected_count"],
            &result["conservation"]["waiting"]
        ),
        (&true.into(), &0.into(), &0.into()),
        "{result:#}"
    );
    assert!(result["accepted"].as_u64() > Some(0), "{result:#}");
    assert_eq!(result["accepted"], result["planned"], "{result:#}");
    // What the report shows is of the days on which it happened.
    assert_eq!(result["report"]["total"]["sent"], result["accepted"], "{result:#}");
}

#[test]
fn scaled_time_runs_a_day_in_seconds() {
    let terminal = Terminal::new();
    let clock = "mode = \"scaled\"\nfactor = 36000.0\nstep = \"1m\"";
    terminal.write("scaled.toml", small(clock, 30, "[\"1m\", \"10m\"]"));
    let result = terminal.json(&["run", "scaled.toml", "--data", "kept"]);
    assert_ran(&result);
    assert_eq!(result["report"]["from"], "2020-09-01");
    assert_eq!(terminal.json(&["verify-journal", "kept"])["clean"], true);
}

#[test]
fn speed_of_the_command_line_goes_before_the_scenarios() {
    let terminal = Terminal::new();
    // At its own speed the day would take a day.
    terminal.write(
        "day.toml",
        small("mode = \"scaled\"\nfactor = 1.0", 30, "[\"1m\", \"10m\"]"),
    );
    assert_ran(&terminal.json(&["run", "day.toml", "--speed", "max"]));
    assert_ran(&terminal.json(&["run", "day.toml", "--speed", "x36000", "--limit", "5"]));
    let wrong = terminal.run(&["run", "day.toml", "--speed", "fast"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("`max`"), "{wrong:?}");
}

#[test]
fn what_does_not_come_as_it_was_sent_breaks_conservation() {
    let terminal = Terminal::new();
    let (hub, run) = driven_house(&terminal);
    let at = ["--hub", &hub.endpoint, "--data", "house"];
    let fault = [
        "fault",
        "add",
        "byte",
        "--step",
        "delivery",
        "--corrupt",
        "header",
        "--count",
        "1",
    ];
    terminal.good(&[&fault[..], &at].concat());
    let done = terminal.run(&[&run[..], &at, &["--format", "json"]].concat());
    let result: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    assert_eq!(
        (done.code, &result["conservation_holds"]),
        (4, &false.into()),
        "{result:#}"
    );
    let faults = result["conservation"]["faults"].as_array().expect("sentences");
    assert!(!faults.is_empty(), "{result:#}");
}

#[test]
fn wall_time_runs_now() {
    let terminal = Terminal::new();
    let clock = "mode = \"wall\"\nstep = \"1s\"";
    // Moved to now its first document goes out now; another would come in the half hours of a day.
    terminal.write("wall.toml", small(clock, 1, "[\"0s\", \"1s\"]"));
    let result = terminal.json(&["run", "wall.toml", "--data", "kept"]);
    assert_ran(&result);
    assert_ne!(result["report"]["from"], "2020-09-01");
    assert_eq!(terminal.json(&["verify-journal", "kept"])["clean"], true);
}

/// A hub of its own process whose time a run may drive, and the run.
fn driven_house(terminal: &Terminal) -> (HubProcess, [&'static str; 2]) {
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    let config = std::fs::read_to_string(terminal.path("house/hub.toml")).expect("the configuration");
    let clock = "[clock]\nmode = \"driven\"\nstart = \"2020-08-31T00:00:00+07:00\"\n";
    terminal.write("house/hub.toml", format!("{config}\n{clock}"));
    terminal.write("driven.toml", small("mode = \"driven\"", 30, "[\"1m\", \"10m\"]"));
    let hub = terminal.hub(&["--config", "house/hub.toml", "--listen", "127.0.0.1:0"]);
    (hub, ["run", "driven.toml"])
}

#[test]
fn hub_of_another_process_takes_a_run() {
    let terminal = Terminal::new();
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    let config = std::fs::read_to_string(terminal.path("house/hub.toml")).expect("the configuration");
    let clock = "[clock]\nmode = \"driven\"\nstart = \"2020-08-31T00:00:00+07:00\"\n";
    terminal.write("house/hub.toml", format!("{config}\n{clock}"));
    terminal.write("driven.toml", small("mode = \"driven\"", 30, "[\"1m\", \"10m\"]"));
    for tls in [&[][..], &["--tls"]] {
        let arguments = ["--config", "house/hub.toml", "--listen", "127.0.0.1:0"];
        let hub = terminal.hub(&[&arguments[..], tls].concat());
        let seed = if tls.is_empty() { "1" } else { "2" };
        let run = [
            "run",
            "driven.toml",
            "--hub",
            &hub.endpoint,
            "--data",
            "house",
            "--seed",
            seed,
        ];
        let done = terminal.run(&[&run[..], &["--format", "json"]].concat());
        if tls.is_empty() {
            let result: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
            assert_ran(&result);
            assert_eq!(
                result["journal"],
                Value::Null,
                "a hub of others keeps its journal to itself"
            );
        } else {
            // Its time has passed the scenario's first day by now.
            assert_eq!(
                (done.code, done.stderr.contains("hub time is 2020-")),
                (2, true),
                "{done:?}"
            );
        }
        drop(hub);
        assert_eq!(terminal.json(&["verify-journal", "house"])["clean"], true);
    }
}
