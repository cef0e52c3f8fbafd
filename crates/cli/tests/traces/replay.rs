//! A trace that is replayed and recorded again is the trace.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
};

use serde_json::{Value, json};

use super::{events, hub_of, hub_that_carried, lines, record};
use crate::truc::{self, Terminal};

/// As text, in one order: agencies and what happens at the same moment may be told in another.
fn sorted(lines: &[Value]) -> Vec<String> {
    let mut told: Vec<_> = lines.iter().map(ToString::to_string).collect();
    told.sort();
    told
}

/// Without what cannot be sent again.
fn without_refused(lines: Vec<Value>) -> Vec<Value> {
    lines.into_iter().filter(|line| line["event"] != "refused").collect()
}

/// Agencies that only what was refused names.
fn without_agencies(lines: &[Value]) -> Vec<Value> {
    lines.iter().filter(|line| line["event"] != "agency").cloned().collect()
}

fn number(of: &Value) -> u64 {
    of.as_u64().expect("a number")
}

/// Who wrote what to whom, and what became of it, with documents named by what they say and not by their ids.
fn told_without_ids(lines: &[Value]) -> Vec<String> {
    let name = |document: &Value| {
        let header = &document["header"];
        json!([
            header["sender"],
            header["recipients"],
            header["notation"],
            header["number"],
            header["subject"]
        ])
        .to_string()
    };
    let documents = events(lines, "document");
    let names: BTreeMap<&str, String> = documents
        .iter()
        .map(|line| (line["header"]["document_id"].as_str().expect("an id"), name(line)))
        .collect();
    let named = |id: &Value| names[id.as_str().expect("an id")].clone();
    let mut told = Vec::new();
    for line in lines {
        match line["event"].as_str().unwrap_or_default() {
            "document" => {
                let targets = line["header"]["act_targets"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(&named);
                told.push(format!("{} {:?}", name(line), targets.collect::<Vec<_>>()));
            }
            "acknowledged" => {
                let documents = line["documents"].as_array().into_iter().flatten().map(&named);
                let mut documents: Vec<_> = documents.collect();
                documents.sort();
                told.push(format!("{} took {documents:?} and {}", line["agency"], line["words"]));
            }
            "status" => told.push(format!(
                "{} {} {} {}",
                line["agency"],
                named(&line["document_id"]),
                line["status"],
                line["description"]
            )),
            _ => {}
        }
    }
    told.sort();
    told
}

#[test]
fn replayed_and_recorded_again_a_trace_is_the_same() {
    let terminal = Terminal::new();
    let (hub, _) = hub_that_carried(&terminal);
    let recorded = record(&terminal, &hub, "kept", "keep.jsonl", &[]);
    let arguments = ["replay", "keep.jsonl", "--speed", "max", "--data", "replayed"];
    let replayed = terminal.json(&arguments);
    assert_eq!(replayed["documents"], recorded["documents"]);
    assert_eq!(replayed["accepted"], recorded["documents"]);
    assert_eq!(replayed["statuses"], recorded["statuses"]);
    let taken = number(&replayed["taken"]) + number(&replayed["words_taken"]);
    assert_eq!(taken, number(&recorded["acknowledged"]));
    assert_eq!(
        (
            &replayed["words_missing"],
            &replayed["refused_unexpectedly"],
            &replayed["journal_clean"]
        ),
        (&json!(0), &json!({}), &json!(true)),
        "{replayed}"
    );

    let again = hub_of(&terminal, "replayed");
    record(&terminal, &again, "replayed", "again.jsonl", &[]);
    let before = without_refused(lines(&terminal, "keep.jsonl"));
    let after = lines(&terminal, "again.jsonl");
    assert_eq!(sorted(&without_agencies(&after)), sorted(&without_agencies(&before)));
    let agencies: BTreeSet<_> = before.iter().map(ToString::to_string).collect();
    for agency in events(&after, "agency") {
        assert!(agencies.contains(&agency.to_string()), "{agency}");
    }
}

#[test]
fn fresh_ids_make_other_documents_on_a_hub_that_has_the_first() {
    let terminal = Terminal::new();
    let (hub, _) = hub_that_carried(&terminal);
    let recorded = record(&terminal, &hub, "kept", "keep.jsonl", &[]);
    let to = [
        "replay",
        "keep.jsonl",
        "--speed",
        "max",
        "--hub",
        &hub.endpoint,
        "--data",
        "kept",
    ];
    let replayed = terminal.json(&[&to[..], &["--ids", "fresh"]].concat());
    assert_eq!(replayed["accepted"], recorded["documents"], "{replayed}");
    assert_eq!(replayed.get("journal_clean"), None);

    let next = (number(&recorded["position"]) + 1).to_string();
    record(&terminal, &hub, "kept", "fresh.jsonl", &["--from", &next]);
    let (before, after) = (lines(&terminal, "keep.jsonl"), lines(&terminal, "fresh.jsonl"));
    let ids = |lines: &[Value]| -> BTreeSet<String> {
        let documents = events(lines, "document");
        documents
            .iter()
            .map(|line| line["header"]["document_id"].to_string())
            .collect()
    };
    assert!(ids(&before).is_disjoint(&ids(&after)));
    assert_eq!(told_without_ids(&after), told_without_ids(&without_refused(before)));

    // The recorded ones are there already: the hub gives their first receipts, and their deliveries were taken.
    let done = terminal.run(&[&to[..], &["--ids", "recorded", "--lang", "en"]].concat());
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stdout.contains("Refused unexpectedly"), "{done:?}");
    assert!(
        done.stderr.contains("acknowledge `") && done.stderr.contains("is not in the mailbox"),
        "{done:?}"
    );
}

#[test]
fn without_contents_or_with_other_words_it_is_replayed_all_the_same() {
    let terminal = Terminal::new();
    let (hub, _) = hub_that_carried(&terminal);
    for contents in ["none", "redact"] {
        let (trace, folder, again) = (
            format!("{contents}.jsonl"),
            format!("{contents}-replayed"),
            format!("{contents}-again.jsonl"),
        );
        record(&terminal, &hub, "kept", &trace, &["--contents", contents]);
        let replayed = terminal.json(&["replay", &trace, "--speed", "max", "--data", &folder]);
        assert_eq!(replayed["refused_unexpectedly"], json!({}), "{replayed}");
        let hub = hub_of(&terminal, &folder);
        record(&terminal, &hub, &folder, &again, &[]);
        let (before, after) = (lines(&terminal, &trace), lines(&terminal, &again));
        let headers = |lines: &[Value]| -> Vec<Value> {
            let mut headers: Vec<_> = events(lines, "document")
                .iter()
                .map(|line| line["header"].clone())
                .collect();
            headers.sort_by_key(|header| header["document_id"].to_string());
            headers
        };
        let (mut before, mut after) = (headers(&before), headers(&after));
        assert!(!before.is_empty());
        // What stands in for a content has another digest, unless the redaction named that one.
        if contents == "none" {
            assert_ne!(after, before);
            for header in before.iter_mut().chain(&mut after) {
                for attachment in header["attachments"].as_array_mut().into_iter().flatten() {
                    attachment["sha256"].take();
                }
            }
        }
        assert_eq!(after, before);
    }
}

#[test]
fn timing_of_the_trace_is_kept_and_told() {
    let terminal = Terminal::new();
    let (hub, _) = hub_that_carried(&terminal);
    record(&terminal, &hub, "kept", "keep.jsonl", &[]);
    // The months of the trace in about a second.
    let replayed = terminal.json(&["replay", "keep.jsonl", "--speed", "x10000000"]);
    assert_eq!(replayed["refused_unexpectedly"], json!({}), "{replayed}");
    let lateness = &replayed["lateness"];
    assert!(lateness["p50_ms"].as_f64() <= lateness["max_ms"].as_f64(), "{replayed}");
    let at = |line: &Value| line["at"].as_str().map(str::to_owned);
    let all = lines(&terminal, "keep.jsonl");
    let times: Vec<_> = all.iter().filter_map(at).collect();
    let first: jiff::Timestamp = times.first().expect("an event").parse().expect("a time");
    let last: jiff::Timestamp = times.last().expect("an event").parse().expect("a time");
    let at_least = last.duration_since(first).as_secs_f64() / 1e7;
    assert!(
        replayed["took_seconds"].as_f64().expect("seconds") >= at_least,
        "{replayed}"
    );
    assert_eq!(replayed["hub_time"][0], json!(first.to_string()));
}

#[test]
fn broken_trace_is_told_with_its_line_before_anything_is_sent() {
    let terminal = Terminal::new();
    let (hub, _) = hub_that_carried(&terminal);
    record(&terminal, &hub, "kept", "keep.jsonl", &[]);
    let trace = std::fs::read_to_string(terminal.path("keep.jsonl")).expect("the trace");
    let count = trace.lines().count();
    terminal.write("broken.jsonl", &trace[..trace.len() - 10]);
    let done = terminal.run(&["replay", "broken.jsonl", "--data", "nothing"]);
    assert_eq!((done.code, done.stderr.lines().count()), (2, 1), "{done:?}");
    assert!(
        done.stderr.contains(&format!("`broken.jsonl:{count}`: EOF")),
        "{done:?}"
    );
    assert!(!terminal.path("nothing").exists());
}

#[test]
fn hub_that_lacks_the_agencies_and_hub_that_is_not_there_are_told() {
    let terminal = Terminal::new();
    let (hub, _) = hub_that_carried(&terminal);
    record(&terminal, &hub, "kept", "keep.jsonl", &[]);
    let empty = hub_of(&terminal, "empty");
    let done = terminal.run(&["replay", "keep.jsonl", "--hub", &empty.endpoint, "--data", "empty"]);
    assert_eq!((done.code, done.stderr.lines().count()), (2, 1), "{done:?}");
    assert!(
        done.stderr.contains("does not know") && done.stderr.contains("of the trace"),
        "{done:?}"
    );
    // Port 9 (discard) is nobody's on a machine for tests.
    let done = terminal.run(&["replay", "keep.jsonl", "--hub", "http://127.0.0.1:9", "--data", "empty"]);
    assert_eq!((done.code, done.stderr.lines().count()), (3, 1), "{done:?}");
}

#[test]
fn interrupted_replay_tells_what_was_sent() {
    let terminal = Terminal::new();
    let (hub, _) = hub_that_carried(&terminal);
    let recorded = record(&terminal, &hub, "kept", "keep.jsonl", &[]);
    let mut command = terminal.command();
    // Its own timing: the trace takes months.
    command.args([
        "replay",
        "keep.jsonl",
        "--hub",
        &hub.endpoint,
        "--data",
        "kept",
        "--ids",
        "fresh",
        "--format",
        "json",
    ]);
    let process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a replay");
    let next = (number(&recorded["position"]) + 1).to_string();
    while record(&terminal, &hub, "kept", "live.jsonl", &["--from", &next])["documents"] == 0 {
        std::thread::yield_now();
    }
    truc::interrupt(&process);
    let output = process.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(130));
    let replayed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(replayed["stopped"], true);
    let documents = number(&replayed["documents"]);
    assert!(
        documents > 0 && documents < number(&recorded["documents"]),
        "{replayed}"
    );
}
