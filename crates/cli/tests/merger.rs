//! The merger of July 2025 during a run: who closed, where documents went, what senders were told, how counts read.

mod truc;

use serde_json::Value;
use truc::{Terminal, repository};

/// The ready scenario on a topology small enough for a test.
fn scenario() -> String {
    let text = std::fs::read_to_string(repository("simulations/merger-2025.toml")).expect("the scenario");
    let topology = repository("simulations/topologies/seven-provinces.toml");
    text.replace("topologies/vietnam-63.toml", &topology)
        .replace("documents-per-day = 150", "documents-per-day = 40")
}

#[test]
fn agencies_close_while_documents_are_on_their_way() {
    let terminal = Terminal::new();
    terminal.write("merger.toml", scenario());
    let result = terminal.json(&["run", "merger.toml"]);
    assert_eq!(result["conservation"]["faults"], Value::Array(Vec::new()));
    assert_eq!(result["journal"]["clean"], true, "{}", result["journal"]);
    assert_eq!(result["unexpected_count"], 0, "{}", result["unexpected"]);
    let count = |value: &Value| value.as_u64().expect("a count");
    assert!(
        count(&result["refused"]["RECIPIENT_NOT_CONNECTED"]) > 0,
        "old codes were tried"
    );
    let merged = &result["merged"];
    assert!(
        count(&merged["closed"]) > 1_000 && count(&merged["moved"]) > 0,
        "{merged}"
    );
}

#[test]
fn counts_read_by_old_and_by_new_provinces() {
    let terminal = Terminal::new();
    terminal.write("merger.toml", scenario());
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    let config = std::fs::read_to_string(terminal.path("house/hub.toml")).expect("the configuration");
    let clock = "[clock]\nmode = \"driven\"\nstart = \"2025-06-30T00:00:00+07:00\"\n";
    terminal.write("house/hub.toml", format!("{config}\n{clock}"));
    let hub = terminal.hub(&["--config", "house/hub.toml", "--listen", "127.0.0.1:0"]);
    let at = ["--hub", hub.endpoint.as_str(), "--data", "house"];
    let run = terminal.json(&[&["run", "merger.toml"][..], &at].concat());
    assert_eq!(run["conservation_holds"], true, "{run:#}");

    // Thái Bình went into Hưng Yên, which opened.
    let shown = terminal.json(&[&["agency", "show", "H54", "--as", "H31"][..], &at].concat());
    assert_eq!(
        (&shown["connected"], &shown["successor"]),
        (&false.into(), &"H31".into()),
        "{shown}"
    );
    let done = terminal.run(&[&["agency", "update", "H54", "--connected", "yes"][..], &at].concat());
    assert_eq!(
        (done.code, done.stderr.contains("`H31` took over")),
        (2, true),
        "{done:?}"
    );
    let again = terminal.json(&[&["agency", "merge"][..], &at].concat());
    assert_eq!((&again["closed"], &again["opened"]), (&0.into(), &0.into()), "{again}");

    let received = |basis: &str| -> (u64, bool) {
        let days = ["--from", "2025-06-30", "--to", "2025-07-31"];
        let read = ["stats", "--by", "province", "--as-of", basis, "--operator"];
        let stats = terminal.json(&[&read[..], &days, &at].concat());
        let rows = stats["rows"].as_array().unwrap_or_else(|| panic!("rows: {stats}"));
        let total = rows.iter().filter_map(|row| row["received"].as_u64()).sum();
        let in_thai_binh = rows
            .iter()
            .any(|row| row["province"] == "H54" && row["received"].as_u64() > Some(0));
        (total, in_thai_binh)
    };
    let (old, new) = (received("old"), received("new"));
    assert!(old.0 > 0 && old.1, "{old:?}");
    assert_eq!(new, (old.0, false));
}
