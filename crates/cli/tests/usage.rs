//! Commands that need no hub: help, mistakes, completions, keys, tokens, topologies, scenarios.

mod truc;

use truc::{Terminal, repository};

const COMMANDS: [&str; 25] = [
    "up",
    "hub",
    "run",
    "record",
    "replay",
    "report",
    "send",
    "inbox",
    "fetch",
    "ack",
    "status",
    "track",
    "verify",
    "edxml",
    "stats",
    "pki",
    "agency",
    "fault",
    "token",
    "verify-journal",
    "wait",
    "topology",
    "scenario",
    "bench",
    "completions",
];

#[test]
fn help_names_every_command_and_each_has_its_own() {
    let terminal = Terminal::new();
    let help = terminal.good(&["--help"]);
    for command in COMMANDS {
        assert!(
            help.lines().any(|line| line.split_whitespace().next() == Some(command)),
            "{command}: {help}"
        );
        assert!(terminal.good(&[command, "--help"]).contains("Usage: truc"), "{command}");
    }
    assert!(!help.contains('\u{1b}'), "no colour where nobody watches");
}

#[track_caller]
fn check_mistake(arguments: &[&str], said: &str) {
    let done = Terminal::new().run(arguments);
    assert_eq!(done.code, 2, "{done:?}");
    assert_eq!(done.stdout, "", "{done:?}");
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    assert!(done.stderr.contains(said), "{done:?}");
}

#[test]
fn mistakes_are_one_sentence_and_exit_2() {
    check_mistake(&["sned"], "a similar subcommand exists: 'send'");
    check_mistake(&["send", "--to", "H54"], "--subject");
    check_mistake(&["send", "--to", "h54", "--subject", "x"], "agency code `h54`");
    check_mistake(
        &["send", "--to", "H54", "--subject", "x", "--urgency", "gấp"],
        "hỏa tốc",
    );
    check_mistake(&["send", "--to", "H54", "--subject", "x"], "start one with `truc up`");
    check_mistake(&["inbox"], "start one with `truc up`");
    check_mistake(&["track", "1"], "truc track --help");
    check_mistake(&["token", "H54"], "has no keys");
    check_mistake(
        &["track", "01900000-0000-7000-8000-000000000000", "--format", "csv"],
        "format `csv`",
    );
    check_mistake(&["verify", "missing.pb"], "missing.pb");
    check_mistake(&["verify-journal", "missing"], "missing");
    check_mistake(&["run", "missing.toml"], "missing.toml");
    check_mistake(&["hub", "--config", "missing.toml"], "missing.toml");
    check_mistake(&["wait", "--timeout", "soon"], "such as `30s`");
    check_mistake(&["record", "--out", "t.jsonl"], "the operator's credential");
    check_mistake(&["record", "--out", "t.jsonl", "--contents", "some"], "`redact`");
    check_mistake(&["replay", "missing.jsonl"], "missing.jsonl");
    check_mistake(&["replay", "t.jsonl", "--speed", "60x"], "`x60`");
    check_mistake(&["replay", "t.jsonl", "--ids", "new"], "`fresh`");
    check_mistake(&["pki"], "`issue`");
}

#[test]
fn hub_that_is_not_there_is_exit_3() {
    // Port 9 (discard) is nobody's on a machine for tests.
    let terminal = Terminal::new();
    for arguments in [
        &["wait", "--hub", "http://127.0.0.1:9", "--timeout", "50ms"][..],
        &["stats", "--hub", "http://127.0.0.1:9", "--as", "H54", "--token", "x"],
    ] {
        let done = terminal.run(arguments);
        assert_eq!(done.code, 3, "{done:?}");
        assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    }
}

#[test]
fn completions_are_made_for_every_shell() {
    let terminal = Terminal::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            terminal.good(&["completions", shell]).contains("verify-journal"),
            "{shell}"
        );
    }
}

#[test]
fn misspelt_key_of_a_scenario_is_told_with_file_line_and_the_nearest() {
    let terminal = Terminal::new();
    let scenario = std::fs::read_to_string(repository("simulations/seven-provinces-2020.toml")).expect("the scenario");
    let at = 1 + scenario
        .lines()
        .position(|line| line.starts_with("calendar"))
        .expect("a key");
    terminal.write("mine.toml", scenario.replacen("\ncalendar", "\ncalender", 1));
    for command in [&["run", "mine.toml"][..], &["scenario", "check", "mine.toml"]] {
        let done = terminal.run(command);
        assert_eq!((done.code, done.stderr.lines().count()), (2, 1), "{done:?}");
        let said = format!("`mine.toml:{at}:1`: unknown key `calender`; did you mean `calendar`?");
        assert!(done.stderr.contains(&said), "{done:?}");
    }
}

#[test]
fn scenario_of_the_repository_is_good() {
    let checked = Terminal::new().json(&[
        "scenario",
        "check",
        &repository("simulations/seven-provinces-2020.toml"),
    ]);
    assert_eq!(checked["periods"].as_array().expect("periods").len(), 2);
}

#[test]
fn topology_is_made_and_checked() {
    let terminal = Terminal::new();
    terminal.write(
        "units.csv",
        "level,gso_code,parent_gso_code,name\nprovince,34,,Tỉnh Thái Bình\ndistrict,344,34,Huyện Vũ Thư\n",
    );
    terminal.write(
        "provinces.csv",
        "agency_code,gso_code,name,gso_code_after_july_2025,agency_code_source\nH54,34,Tỉnh Thái Bình,33,verified\n",
    );
    let made = terminal.good(&[
        "topology",
        "make",
        "--units",
        "units.csv",
        "--provinces",
        "provinces.csv",
        "--province",
        "H54:pilot:5",
    ]);
    terminal.write("topology.toml", &made);
    let checked = terminal.json(&["topology", "check", "topology.toml"]);
    assert_eq!(checked["by_party"][1]["agencies"], 1);
    assert_eq!(checked["by_party"][3]["agencies"], 1);

    terminal.write("topology.toml", made.replacen("signing-policy", "signing-polcy", 1));
    let done = terminal.run(&["topology", "check", "topology.toml"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("did you mean `signing-policy`?"), "{done:?}");
}

#[test]
fn topology_is_imported_from_csv_and_faults_are_told_by_line() {
    let terminal = Terminal::new();
    terminal.write(
        "directory.csv",
        "name,code,level\nỦy ban nhân dân tỉnh,H54,province\nỦy ban nhân dân xã,H54.101,commune\n",
    );
    let imported = terminal.json(&["topology", "import", "directory.csv", "--out", "mine.toml"]);
    assert_eq!(imported["agencies"], 2);
    assert_eq!(terminal.json(&["topology", "check", "mine.toml"]), imported);

    terminal.write("directory.csv", "name,code,level\nỦy ban nhân dân xã,H54.101,comune\n");
    let done = terminal.run(&["topology", "import", "directory.csv", "--out", "other.toml"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("`directory.csv:2`: level `comune`"), "{done:?}");
}

#[test]
fn topologies_of_the_binary_are_found_by_name() {
    let terminal = Terminal::new();
    let checked = terminal.json(&["topology", "check", "vietnam-34"]);
    assert_eq!(checked["by_party"][4]["agencies"], 3321);
    let done = terminal.run(&["topology", "check", "vietnam-35"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("did you mean `vietnam-34`?"), "{done:?}");
}

#[test]
fn keys_of_a_seed_are_the_same_everywhere_and_certificates_lead_to_the_root() {
    let (one, other) = (Terminal::new(), Terminal::new());
    for terminal in [&one, &other] {
        terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
        terminal.good(&[
            "pki",
            "issue",
            "H54",
            "--name",
            "Thái Bình",
            "--data",
            "house",
            "--out",
            "h54",
            "--token",
            "1h",
        ]);
    }
    for name in ["house/hub.pem", "house/token.key", "h54/signer.pem", "h54/seal.key"] {
        assert_eq!(
            std::fs::read(one.path(name)).expect("a file"),
            std::fs::read(other.path(name)).expect("a file"),
            "{name}"
        );
    }
    let shown = one.json(&["pki", "show", "h54/signer.pem", "--root", "house/root.pem"]);
    assert_eq!(
        (&shown["trust"]["trusted"], &shown["trust"]["kind"]),
        (&true.into(), &"person".into())
    );
    assert_eq!(shown["trust"]["agency"], "H54");

    one.good(&["pki", "init", "--out", "elsewhere", "--seed", "6"]);
    let done = one.run(&["pki", "show", "h54/signer.pem", "--root", "elsewhere/root.pem"]);
    assert_eq!(done.code, 1, "{done:?}");

    let crl = one.good(&[
        "pki",
        "crl",
        "--authority",
        "persons",
        "--data",
        "house",
        "--revoke",
        "h54/signer.pem",
    ]);
    assert!(crl.starts_with("-----BEGIN X509 CRL-----"), "{crl}");
    let done = one.run(&[
        "pki",
        "crl",
        "--authority",
        "agencies",
        "--data",
        "house",
        "--revoke",
        "h54/signer.pem",
    ]);
    assert_eq!(done.code, 2, "{done:?}");
}

#[test]
fn token_names_its_bearer() {
    let terminal = Terminal::new();
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    assert_eq!(terminal.json(&["token", "H54", "--data", "house"])["subject"], "H54");
    let token = terminal.good(&["token", "--operator", "--key", "house/token.key"]);
    assert_eq!(token.trim().split('.').count(), 3, "{token}");
}

#[test]
fn hub_refuses_to_be_reached_by_others_without_tls_and_keys_that_are_misspelt() {
    let terminal = Terminal::new();
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    let done = terminal.run(&["hub", "--config", "house/hub.toml", "--listen", "0.0.0.0:0"]);
    assert_eq!((done.code, done.stderr.lines().count()), (2, 1), "{done:?}");
    assert!(done.stderr.contains("without TLS"), "{done:?}");

    let config = std::fs::read_to_string(terminal.path("house/hub.toml")).expect("the configuration");
    terminal.write("house/hub.toml", config.replacen("token-key", "token-kye", 1));
    let done = terminal.run(&["hub", "--config", "house/hub.toml"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(
        done.stderr
            .contains("unknown key `token-kye`; did you mean `token-key`?"),
        "{done:?}"
    );
}

#[test]
fn language_is_chosen_by_option_and_environment() {
    let terminal = Terminal::new();
    let vietnamese = terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    assert!(vietnamese.contains("Chạy Trục"), "{vietnamese}");
    let english = terminal
        .command()
        .env("TRUC_LANG", "en")
        .args(["pki", "init", "--out", "house"])
        .output()
        .expect("truc");
    assert!(String::from_utf8_lossy(&english.stdout).contains("Run the hub"));
}
