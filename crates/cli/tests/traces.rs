//! `truc record`: what a hub carried, on one file, with contents, redacted or without. `truc replay`: the same on another hub.

mod truc;

#[path = "traces/replay.rs"]
mod replay;

use std::collections::BTreeSet;

use serde_json::Value;
use truc::{Terminal, repository};

fn lines(terminal: &Terminal, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(terminal.path(name)).expect("the trace");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn events<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

/// Runs a small scenario whose hub is kept, and starts a hub on its journal.
fn hub_that_carried(terminal: &Terminal) -> (truc::HubProcess, Value) {
    let scenario = repository("simulations/seven-provinces-2020.toml");
    let ran = terminal.json(&["run", &scenario, "--limit", "20", "--data", "kept"]);
    (hub_of(terminal, "kept"), ran)
}

/// Starts a hub on a folder's journal, on an empty one where there is none.
fn hub_of(terminal: &Terminal, folder: &str) -> truc::HubProcess {
    terminal.good(&["pki", "init", "--out", folder]);
    let config = format!("{folder}/hub.toml");
    terminal.hub(&["--config", &config, "--listen", "127.0.0.1:0"])
}

/// Records what the hub of a folder carried.
fn record(terminal: &Terminal, hub: &truc::HubProcess, folder: &str, out: &str, more: &[&str]) -> Value {
    let arguments = ["record", "--hub", &hub.endpoint, "--data", folder, "--out", out];
    terminal.json(&[&arguments[..], more].concat())
}

#[test]
fn trace_has_all_that_the_hub_carried() {
    let terminal = Terminal::new();
    let (hub, ran) = hub_that_carried(&terminal);
    let record = |out: &str, more: &[&str]| record(&terminal, &hub, "kept", out, more);
    let recorded = record("keep.jsonl", &[]);
    assert_eq!(recorded["documents"], ran["accepted"]);
    let keep = lines(&terminal, "keep.jsonl");
    assert_eq!(keep[0], serde_json::json!({"truc_trace": 1, "contents": "keep"}));
    let documents = events(&keep, "document");
    assert_eq!(recorded["documents"], documents.len());
    assert_eq!(recorded["statuses"], events(&keep, "status").len());
    assert!(!events(&keep, "status").is_empty() && !events(&keep, "acknowledged").is_empty());
    for document in &documents {
        let named = document["header"]["attachments"].as_array().expect("attachments");
        let named: BTreeSet<_> = named
            .iter()
            .map(|it| it["sha256"].as_str().expect("a digest"))
            .collect();
        let carried = document["contents"].as_object().expect("contents");
        assert_eq!(named, carried.keys().map(String::as_str).collect(), "{document}");
    }

    // What is taken was sent before, each by a recipient, and once.
    let mut taken = BTreeSet::new();
    for line in events(&keep, "acknowledged") {
        for document in line["documents"].as_array().into_iter().flatten() {
            let sent = documents
                .iter()
                .find(|sent| sent["header"]["document_id"] == *document)
                .expect("a document");
            let recipients = sent["header"]["recipients"].as_array().expect("recipients");
            assert!(
                recipients.iter().any(|recipient| recipient["agency"] == line["agency"]),
                "{line}"
            );
            assert!(
                taken.insert((
                    document.as_str().expect("an id"),
                    line["agency"].as_str().expect("a code")
                )),
                "{line}"
            );
        }
    }

    // The same again is the same, and goes on where it is asked to.
    record("again.jsonl", &[]);
    assert_eq!(lines(&terminal, "again.jsonl"), keep);
    let next = (recorded["position"].as_u64().expect("a position") + 1).to_string();
    assert_eq!(record("rest.jsonl", &["--from", &next])["position"], 0);
    assert_eq!(lines(&terminal, "rest.jsonl").len(), 1);

    // Without contents, and with other words.
    record("none.jsonl", &["--contents", "none"]);
    let none = lines(&terminal, "none.jsonl");
    let headers = |lines: &[Value]| -> Vec<Value> {
        events(lines, "document")
            .iter()
            .map(|line| line["header"].clone())
            .collect()
    };
    assert_eq!(headers(&none), headers(&keep));
    assert!(
        events(&none, "document")
            .iter()
            .all(|line| line.get("contents").is_none())
    );
    record("redact.jsonl", &["--contents", "redact"]);
    let redacted = std::fs::read_to_string(terminal.path("redact.jsonl")).expect("the trace");
    for header in headers(&keep) {
        for told in [
            &header["subject"],
            &header["signer"]["full_name"],
            &header["attachments"][0]["sha256"],
        ] {
            assert!(!redacted.contains(&format!("{told}")), "{told}");
        }
        assert!(redacted.contains(header["document_id"].as_str().expect("an id")));
    }
}
