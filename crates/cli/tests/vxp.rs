//! Systems that speak the VXP library's calls: a client in Python with all of the library's habits, over loopback, against
//! the real binary.

mod truc;

#[path = "vxp/clock.rs"]
mod clock;
#[path = "vxp/nation.rs"]
mod nation;
#[path = "vxp/poison.rs"]
mod poison;
#[path = "vxp/signing.rs"]
mod signing;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use truc::Terminal;

/// Two systems with two agencies each.
const SYSTEMS: [(&str, &str); 2] = [("vxp.one", "H54,H40"), ("vxp.two", "H25,H44")];

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vxp").join(name)
}

/// The client needs nothing but the standard library.
fn python(name: &str, arguments: &[String]) -> Command {
    let mut command = Command::new("python3");
    command
        .arg(script(name))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null());
    command
}

/// Endpoint, and id and secret of each system.
fn systems(terminal: &Terminal) -> Vec<String> {
    let mut arguments = vec![format!("{}/vxp", terminal.address())];
    for (name, agencies) in SYSTEMS {
        let added = terminal.json(&["system", "add", name, "--agencies", agencies]);
        arguments.extend([name.to_owned(), added["secret"].as_str().expect("a secret").to_owned()]);
    }
    arguments
}

/// Runs a client against a silent sandbox to its end, at which it must say so.
#[track_caller]
fn check(name: &str, end: &str) {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let said = run(name, &systems(&terminal));
    assert!(said.ends_with(end), "{said}");
}

/// Runs a client that must end well, and gives what it says.
#[track_caller]
fn run(name: &str, arguments: &[String]) -> String {
    let output = python(name, arguments).output().expect("python3");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    said
}

#[test]
fn a_document_goes_between_two_systems_and_back() {
    check("exchange.py", "all as the wire says\n");
}

#[test]
fn recall_update_and_replacement_are_seen_at_the_other_side() {
    check("acts.py", "all acts are seen\n");
}

#[test]
fn refusals_are_said_in_both_languages() {
    check("languages.py", "both languages\n");
}

#[test]
fn a_provincial_platform_is_spoken_too() {
    check("provincial.py", "all as the platform says\n");
}

#[test]
fn a_thousand_packages_outlive_the_death_of_the_hub() {
    let terminal = Terminal::new();
    let sandbox = terminal.up(&["--silent"]);
    let arguments = systems(&terminal);
    let address = terminal.address().replace("http://", "");
    let mut client = python("thousand.py", &arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut said = BufReader::new(client.stdout.take().expect("its output"));
    let mut line = String::new();
    said.read_line(&mut line).expect("a line");
    assert_eq!(line, "half\n", "the client ended early");
    sandbox.kill();
    let _sandbox = terminal.up_at(&address, &["--silent"]);
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    let ended = client.wait().expect("its end");
    assert!(ended.success(), "{rest}");
    assert!(rest.starts_with("1000 packages, each once"), "{rest}");
}

#[test]
fn the_sandbox_has_a_ready_system_for_the_library() {
    let terminal = Terminal::new();
    let sandbox = terminal.up(&["--silent"]);
    assert_eq!(
        terminal.setting("service.endpoint"),
        format!("{}/vxp", terminal.address())
    );
    let secret = terminal.setting("secret");
    let listed = terminal.good(&["system", "list", "--format", "json"]);
    let systems: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(
        (&systems[0]["system"], &systems[0]["agencies"][0]),
        (&"vxp.sandbox".into(), &"H26.99".into())
    );
    assert!(!listed.contains(&secret), "secrets are shown once only");
    assert!(
        !std::fs::read_to_string(terminal.path(".truc/vxp/systems.toml"))
            .unwrap()
            .contains(&secret)
    );
    drop(sandbox);
    let _sandbox = terminal.up(&["--silent"]);
    assert_eq!(terminal.setting("secret"), secret, "the system stays");
}

#[test]
fn a_document_from_grpc_is_written_as_a_package() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    terminal.write("quy chế.txt", "Dự thảo quy chế");
    let subject = "Góp ý dự thảo quy chế";
    let sent = terminal.json(&[
        "send",
        "--as",
        "H54",
        "--to",
        "H26.99",
        "--subject",
        subject,
        "--attach",
        "quy chế.txt",
    ]);
    let arguments = ["service.endpoint", "systemid", "secret"].map(|key| terminal.setting(key));
    let arguments = [&arguments[..], &["Dự thảo quy chế".to_owned()]].concat();
    let output = python("from_grpc.py", &arguments).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        document.trim(),
        sent["document_id"],
        "its DocumentId is its id on the axis"
    );
    let fetched = terminal.json(&["fetch", "--as", "H54", "--ack"]);
    let statuses: Vec<&Value> = fetched["deliveries"]
        .as_array()
        .expect("deliveries")
        .iter()
        .map(|delivery| &delivery["status"])
        .collect();
    assert_eq!(statuses, ["01", "03"]);
}
