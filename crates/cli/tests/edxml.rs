//! edXML packages on the command line: checked, sent, written, and sent on.

mod truc;

use serde_json::Value;
use truc::{Terminal, repository};

fn sample(name: &str) -> String {
    repository(&format!("crates/document/tests/edxml/samples/{name}.edxml"))
}

fn codes(findings: &Value) -> Vec<&str> {
    let findings = findings.as_array().expect("findings");
    findings
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect()
}

/// A package of the sandbox's own agencies: `from` writes to `to`.
fn package(terminal: &Terminal, name: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(sample("letter")).expect("a sample");
    let text = text
        .replace(
            "<edXML:OrganId>000.00.00.H98</edXML:OrganId>",
            &format!("<edXML:OrganId>{from}</edXML:OrganId>"),
        )
        .replace(
            "<edXML:OrganId>000.01.98.H98</edXML:OrganId>",
            &format!("<edXML:OrganId>{to}</edXML:OrganId>"),
        );
    terminal.write(name, text);
}

#[test]
fn findings_are_told_in_both_languages_and_for_programs() {
    let terminal = Terminal::new();
    let (letter, junk) = (sample("letter"), sample("junk-before"));
    let checked = terminal.json(&["edxml", "check", &letter, &junk, &sample("status-fourteen")]);
    let files = checked["files"].as_array().expect("files");
    assert_eq!(codes(&files[0]["findings"]), ["SIGNATURE_PLACEHOLDER"]);
    assert_eq!(
        codes(&files[1]["findings"]),
        ["JUNK_BEFORE_DECLARATION", "SIGNATURE_PLACEHOLDER"]
    );
    assert_eq!(
        (&files[1]["findings"][0]["line"], &files[1]["findings"][0]["found"]),
        (&1.into(), &"1212".into())
    );
    assert_eq!(
        (&files[2]["kind"], &files[2]["findings"][0]["code"]),
        (&"status".into(), &"STATUS_14".into())
    );
    let vietnamese = terminal.good(&["edxml", "check", &junk]);
    assert!(vietnamese.contains("có ký tự thừa trước khai báo XML"), "{vietnamese}");
    let english = terminal.good(&["edxml", "check", &junk, "--lang", "en"]);
    assert!(english.contains("bytes before the XML declaration"), "{english}");
}

#[test]
fn what_can_not_be_read_is_told_with_its_place() {
    let terminal = Terminal::new();
    let arguments = [
        "edxml",
        "check",
        &sample("letter"),
        &sample("placeholder-content"),
        "--lang",
        "en",
    ];
    let done = terminal.run(&arguments);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stdout.contains(":101:91: UNREADABLE BASE64_INVALID"), "{done:?}");
    let done = terminal.run(&["edxml", "check", "missing.edxml"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("missing.edxml"), "{done:?}");
}

#[test]
fn verify_says_what_a_package_is_worth() {
    let terminal = Terminal::new();
    let outcomes = |name: &str, code: i32| {
        let done = terminal.run(&["verify", &sample(name), "--format", "json"]);
        assert_eq!(done.code, code, "{done:?}");
        let verdict: Value = serde_json::from_str(&done.stdout).expect("JSON");
        let checks = verdict["checks"].as_array().expect("checks").clone();
        checks
            .iter()
            .map(|check| check["outcome"].as_str().expect("an outcome").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(outcomes("update", 0), ["passed", "passed", "skipped"]);
    assert_eq!(
        outcomes("letter", 1),
        ["passed", "passed", "failed"],
        "a placeholder signature"
    );
    assert_eq!(
        outcomes("unbound-prefix", 1),
        ["passed", "failed", "skipped"],
        "no ContentType"
    );
    assert_eq!(outcomes("placeholder-content", 1), ["failed"]);
    assert_eq!(outcomes("status-accepted", 0), ["passed", "passed"]);
    let text = terminal.run(&["verify", &sample("letter")]).stdout;
    assert!(text.contains("chữ ký XML") && text.contains("KHÔNG ĐẠT"), "{text}");
}

#[test]
fn a_package_travels_and_comes_out_again() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    package(&terminal, "letter.edxml", "000.00.00.H54", "H26.99");
    let sent = terminal.json(&["edxml", "import", "letter.edxml", "--as", "H54", "--save", "sent.pb"]);
    assert_eq!(sent["recipients"], 1, "{sent}");
    let document = sent["document_id"].as_str().expect("an id").to_owned();
    assert_eq!(terminal.json(&["verify", "sent.pb"])["good"], true);

    // Sent again it has the same id, which is taken.
    let again = terminal.run(&["edxml", "import", "letter.edxml", "--as", "H54"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("DOCUMENT_ID_REUSED"), "{again:?}");
    let other = terminal.run(&["edxml", "import", "letter.edxml"]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.stderr.contains("--as 000.00.00.H54"), "{other:?}");

    // The receiver gets it, and writes it as a package again.
    terminal.good(&["fetch", "--out", "in", "--ack"]);
    let envelope = format!("in/{document}/envelope.pb");
    let exported = terminal.json(&["edxml", "export", &envelope, "--out", "from-file.edxml"]);
    assert_eq!(exported["edxml_document_id"], "000.00.00.H98,2020/09/01,05/UBND-VX");
    let from_hub = terminal.json(&[
        "edxml",
        "export",
        &document,
        "--profile",
        "bkav",
        "--out",
        "from-hub.edxml",
    ]);
    assert_eq!(from_hub["attachments"], 2);
    let checked = terminal.json(&["edxml", "check", "from-file.edxml", "from-hub.edxml"]);
    assert_eq!(checked["files"][0]["profile"], "vnpt");
    assert_eq!(codes(&checked["files"][0]["findings"]), ["SIGNATURE_ABSENT"]);
    assert_eq!(checked["files"][1]["profile"], "bkav");

    // A status about it finds it by its id.
    let status = std::fs::read_to_string(sample("status-accepted")).expect("a sample");
    let status = status.replace("000.01.98.H98", "H26.99").replace(
        "<edXML:OrganId>000.00.00.H98</edXML:OrganId>",
        "<edXML:OrganId>000.00.00.H54</edXML:OrganId>",
    );
    terminal.write("status.edxml", status);
    let reported = terminal.json(&["edxml", "import", "status.edxml"]);
    assert_eq!(
        (&reported["document_id"], &reported["status"]),
        (&document.as_str().into(), &"03".into())
    );
    let life = terminal.json(&["track", &document]);
    assert_eq!(life["recipients"][0]["status"], "03", "{life}");
}
