//! The sandbox as its user lives in it: up, send, fetch, acknowledge, verify, count, down.

mod truc;

use serde_json::Value;
use truc::Terminal;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {value}"))
}

/// What a sent document's receiver reported, once it has finished: fetched until 06 or 02 came.
fn answers(terminal: &Terminal, document: &str) -> Vec<String> {
    let mut statuses = Vec::new();
    while !statuses.iter().any(|status| status == "06" || status == "02") {
        let fetched = terminal.json(&["fetch", "--wait", "30s", "--ack"]);
        let deliveries = fetched["deliveries"].as_array().expect("deliveries");
        assert!(!deliveries.is_empty(), "nobody answered; so far {statuses:?}");
        for delivery in deliveries
            .iter()
            .filter(|delivery| text(delivery, "document_id") == document)
        {
            statuses.push(text(delivery, "status").to_owned());
        }
    }
    statuses
}

#[test]
fn first_document_is_answered_counted_and_recounted() {
    let terminal = Terminal::new();
    let sandbox = terminal.up(&[]);
    terminal.write("công văn.pdf", "%PDF-1.4");
    let receipt = terminal.json(&[
        "send",
        "--to",
        "H54",
        "--subject",
        "Về việc thử nghiệm",
        "--urgency",
        "hỏa tốc",
        "--attach",
        "công văn.pdf",
    ]);
    let document = text(&receipt, "document_id");
    let statuses = answers(&terminal, document);
    assert_eq!(statuses.first().map(String::as_str), Some("01"));

    let life = terminal.json(&["track", document]);
    assert_eq!(text(&life, "sender"), "H26.99");
    assert_eq!(text(&life["recipients"][0], "delivery"), "acknowledged");
    let counted = terminal.json(&["stats", "--by", "province"]);
    let rows = counted["rows"].as_array().expect("rows");
    let sent = rows
        .iter()
        .find(|row| row["province"] == "H26")
        .expect("the sender's province");
    assert_eq!(sent["sent"], 1);

    let ended = sandbox.interrupt();
    assert_eq!(ended.code(), Some(0), "{ended:?}");
    assert!(!terminal.path(".truc/sandbox.toml").exists());
    let verified = terminal.json(&["verify-journal", ".truc"]);
    assert_eq!((&verified["clean"], &verified["documents"]), (&true.into(), &1.into()));
}

#[test]
fn what_was_fetched_is_verified_offline_and_damage_is_told() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    terminal.write("giấy mời.txt", "Kính mời");
    let receipt = terminal.json(&[
        "send",
        "--as",
        "H54",
        "--to",
        "H26.99",
        "--subject",
        "Mời họp",
        "--attach",
        "giấy mời.txt",
    ]);
    let document = text(&receipt, "document_id").to_owned();
    assert_eq!(terminal.json(&["inbox"])["waiting"], 1);
    terminal.good(&["fetch", "--out", "in"]);

    // Handed out and not acknowledged: seen again by `inbox`, taken for good by `ack`.
    let inbox = terminal.json(&["inbox"]);
    assert_eq!((&inbox["waiting"], &inbox["leased"]), (&0.into(), &1.into()));
    assert_eq!(text(&inbox["fetched"][0], "document_id"), document);
    terminal.good(&["ack", "--all"]);
    assert_eq!(terminal.json(&["inbox"])["fetched"].as_array().map(Vec::len), Some(0));

    let file = format!("in/{document}/envelope.pb");
    let verdict = terminal.json(&["verify", &file]);
    assert_eq!(verdict["good"], true, "{verdict}");
    let attachment = terminal.path(&format!("in/{document}/01-giấy mời.txt"));
    assert_eq!(
        std::fs::read(&attachment).expect("the attachment"),
        "Kính mời".as_bytes()
    );

    let mut envelope = std::fs::read(terminal.path(&file)).expect("the envelope");
    let subject = "Mời họp".as_bytes();
    let at = envelope
        .windows(subject.len())
        .position(|window| window == subject)
        .expect("the subject");
    envelope[at] = b'N';
    terminal.write(&file, envelope);
    std::fs::write(&attachment, "Khác").expect("the attachment");
    let done = terminal.run(&["verify", &file, "--format", "json"]);
    assert_eq!(done.code, 1, "{done:?}");
    let verdict: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let reasons: Vec<&str> = verdict["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter_map(|check| check["reason"].as_str())
        .collect();
    assert_eq!(reasons, ["SIGNATURE_INVALID", "SEAL_INVALID", "DIGEST_MISMATCH"]);
}

#[test]
fn refusal_is_told_with_its_reason_and_what_to_do() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let done = terminal.run(&["send", "--to", "H99", "--subject", "x"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{done:?}");
    assert!(done.stderr.contains("RECIPIENT_UNKNOWN"), "{done:?}");
    assert_eq!(done.stderr.lines().count(), 2, "{done:?}");

    let english = terminal.run(&["send", "--to", "H54", "--subject", "x", "--unsigned", "--lang", "en"]);
    assert_eq!(english.code, 1);
    assert!(english.stderr.contains("SIGNATURE_MISSING"), "{english:?}");
    assert!(english.stderr.contains("Have the competent person sign"), "{english:?}");
}

#[test]
fn recall_is_told_to_its_sender() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let sent = terminal.json(&["send", "--to", "H54", "--subject", "Sai nội dung"]);
    let document = text(&sent, "document_id");
    terminal.json(&[
        "send",
        "--to",
        "H54",
        "--subject",
        "Thu hồi",
        "--recall",
        document,
        "--reason",
        "Sai nội dung",
    ]);
    let life = terminal.json(&["track", document]);
    assert_eq!(
        (&life["frozen"], text(&life["recipients"][0], "delivery")),
        (&true.into(), "withdrawn")
    );
    let notice = terminal.json(&["fetch", "--ack"]);
    assert_eq!(text(&notice["deliveries"][0], "kind"), "notice");
}

#[test]
fn address_book_is_read_by_all_and_written_by_the_operator() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    assert_eq!(
        text(&terminal.json(&["agency", "show", "000.00.00.H54"]), "code"),
        "H54"
    );
    let central = terminal.good(&["agency", "list", "--level", "central", "--format", "csv"]);
    // A heading, those of the topology, and the magic ones.
    assert_eq!(central.lines().count(), 1 + 22 + 7);
    terminal.good(&[
        "agency",
        "add",
        "H26.98",
        "--name",
        "Cơ quan thử nghiệm 2",
        "--level",
        "province",
        "--parent",
        "H26",
    ]);
    let changed = terminal.json(&["agency", "update", "H26.98", "--policy", "off", "--connected", "false"]);
    assert_eq!(
        (text(&changed, "signing_policy"), &changed["connected"]),
        ("off", &false.into())
    );
    let token = terminal.good(&["token", "H54"]);
    let done = terminal.run(&[
        "agency",
        "update",
        "H26.98",
        "--policy",
        "pilot",
        "--token",
        token.trim(),
    ]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stderr.contains("NOT_YOUR_AGENCY"), "{done:?}");
}

#[test]
fn killed_sandbox_comes_back_with_what_it_had() {
    let terminal = Terminal::new();
    let sandbox = terminal.up(&["--silent"]);
    let sent = terminal.json(&["send", "--to", "H54", "--subject", "Còn đó"]);
    sandbox.kill();
    let done = terminal.run(&["track", text(&sent, "document_id")]);
    assert_eq!(done.code, 3, "{done:?}");
    std::fs::remove_file(terminal.path(".truc/sandbox.toml")).expect("what the killed one left");

    // The agencies answer what was sent before.
    let _sandbox = terminal.up(&[]);
    assert_eq!(
        text(&terminal.json(&["track", text(&sent, "document_id")]), "subject"),
        "Còn đó"
    );
    answers(&terminal, text(&sent, "document_id"));
}

#[test]
fn second_sandbox_in_the_same_folder_is_refused() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let done = terminal.run(&["up", "--listen", "127.0.0.1:0"]);
    assert_eq!((done.code, done.stderr.lines().count()), (2, 1), "{done:?}");
    terminal.good(&["wait"]);
}

#[test]
fn tls_is_taken_from_the_sandbox_without_options() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--tls"]);
    let sent = terminal.json(&["send", "--to", "H54", "--subject", "Qua TLS"]);
    // The agencies that answer find the root by themselves too.
    answers(&terminal, text(&sent, "document_id"));
    // By the certificate of the agency's system, without a token.
    std::fs::remove_file(terminal.path(".truc/agencies/H26.99/token")).expect("a token");
    let identity = [
        "send",
        "--identity",
        ".truc/agencies/H26.99",
        "--to",
        "H54",
        "--subject",
        "Qua mTLS",
    ];
    terminal.json(&identity);
    terminal.good(&["stats"]);
    let running = std::fs::read_to_string(terminal.path(".truc/sandbox.toml")).expect("where it runs");
    let plain = running
        .split('"')
        .find(|part| part.starts_with("https://"))
        .expect("TLS");
    let plain = plain.replacen("https://", "http://", 1);
    let done = terminal.run(&["wait", "--hub", &plain, "--timeout", "200ms"]);
    assert_eq!(done.code, 3, "{done:?}");
}

#[test]
fn sandbox_beyond_loopback_needs_tls() {
    let terminal = Terminal::new();
    let done = terminal.run(&["up", "--listen", "0.0.0.0:0", "--silent"]);
    assert_eq!((done.code, done.stderr.lines().count()), (2, 1), "{done:?}");
    assert!(done.stderr.contains("without TLS"), "{done:?}");
}

#[test]
fn hub_beyond_loopback_serves_who_knows_its_root() {
    let terminal = Terminal::new();
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    let hub = terminal.hub(&["--config", "house/hub.toml", "--listen", "0.0.0.0:0", "--tls"]);
    let operator = ["--hub", &hub.endpoint, "--data", "house"];
    for (code, name) in [("H54", "Thái Bình"), ("H40", "Nam Định")] {
        let add = ["agency", "add", code, "--name", name, "--level", "province"];
        terminal.good(&[&add[..], &operator].concat());
        terminal.good(&["pki", "issue", code, "--name", name, "--data", "house"]);
    }
    let send = [
        "send",
        "--identity",
        "H54",
        "--to",
        "H40",
        "--subject",
        "Qua mTLS",
        "--hub",
        &hub.endpoint,
    ];
    let done = terminal.run(&send);
    assert_eq!(done.code, 2, "whom to trust must be said: {done:?}");
    terminal.json(&[&send[..], &["--ca", "house/root.pem"]].concat());
    let as_other = [
        "inbox",
        "--identity",
        "H40",
        "--hub",
        &hub.endpoint,
        "--ca",
        "house/root.pem",
    ];
    assert_eq!(terminal.json(&as_other)["waiting"], 1);
}

#[test]
fn revoked_certificates_are_shown_and_their_lists_saved() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let signer = ".truc/agencies/H26.99/signer.pem";
    terminal.good(&["pki", "revoke", signer, "--reason", "Mất khóa"]);
    let done = terminal.run(&["send", "--to", "H54", "--subject", "x"]);
    assert!(done.stderr.contains("CERTIFICATE_REVOKED"), "{done:?}");
    let shown = terminal.json(&["pki", "revoked", "--out", "lists.pem"]);
    // One of the magic agencies has a revoked signer from the beginning.
    let revoked = shown["revoked"].as_array().expect("a list");
    let ours = revoked.iter().find(|revoked| text(revoked, "reason") == "Mất khóa");
    let serial = text(ours.expect("ours"), "serial");
    let serials = shown["lists"][0]["serials"].as_array().expect("serials");
    assert!(revoked.len() == 2 && serials.len() == 2, "{shown}");
    assert!(serials.iter().any(|listed| listed == serial), "{shown}");
    let verify = "openssl verify -crl_check -CAfile .truc/root.pem -CRLfile lists.pem -untrusted";
    let openssl = |file: &str| {
        let mut command = std::process::Command::new("sh");
        command
            .args(["-c", &format!("{verify} {file} {file}")])
            .current_dir(terminal.path(""));
        let output = command.output().expect("openssl");
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (good, said) = openssl(signer);
    assert!(!good && said.contains("certificate revoked"), "{said}");
    let (good, said) = openssl(".truc/agencies/H26.99/seal.pem");
    assert!(good, "{said}");
}
