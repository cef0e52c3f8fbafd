//! `truc run`, small: the table, the check, the files, and the same seed twice.

mod truc;

use serde_json::Value;
use truc::{Terminal, interrupt, repository};

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

    // Once more, with the same seed: the same documents.
    let again = terminal.json(&["run", &scenario, "--limit", "40"]);
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
