//! The examples for developers, run as docs/integrating.md says: credentials, send, receive, status; and a client that has no
//! `.proto` files.

mod truc;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;
use truc::{Terminal, repository};
use truc_tests::python;

/// Who wants to read an example wants to read all of it.
const LINES_MAX: usize = 79;

/// A sandbox's hub and the folders of two of its agencies, as examples take them.
fn arguments(terminal: &Terminal) -> [String; 3] {
    let folder = |code| terminal.path(&format!(".truc/agencies/{code}")).display().to_string();
    let (sender, recipient) = (folder("H26.99"), folder("H54"));
    terminal.good(&[
        "pki",
        "issue",
        "H54",
        "--name",
        "UBND tỉnh Thái Bình",
        "--token",
        "1h",
        "--out",
        &recipient,
    ]);
    [terminal.address(), sender, recipient]
}

/// Runs a command to its good end and gives what it printed.
#[track_caller]
fn printed(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; see README.md on what is needed"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{said}{complained}",
        output.status
    );
    said
}

/// Runs an example against a silent sandbox. It must tell the way of one document, and the hub must know the same.
#[track_caller]
fn check(source: &str, terminal: &Terminal, example: &mut Command) {
    let lines = fs::read_to_string(repository(source))
        .expect("the example")
        .lines()
        .count();
    assert!(lines <= LINES_MAX, "{source} has {lines} lines");
    let said = printed(example);
    let mut told = said.lines();
    let mut next = |begin: &str| {
        let line = told.next().unwrap_or_default();
        let rest = line.strip_prefix(begin);
        rest.unwrap_or_else(|| panic!("{source}: `{line}` instead of `{begin}` in\n{said}"))
    };
    let document = next("sent ").split(' ').next().expect("an id").to_owned();
    next(&format!("received {document} "));
    next(&format!("status {document} 01 H54"));
    next(&format!("status {document} 03 H54"));
    assert_eq!(told.next(), None, "{source}: more than was sent in\n{said}");

    let life = terminal.json(&["track", &document]);
    let at = &life["recipients"][0];
    assert_eq!(
        (&at["agency"], &at["delivery"], &at["status"]),
        (&"H54".into(), &"acknowledged".into(), &"03".into()),
        "{source}: {life}"
    );
    for agency in ["H26.99", "H54"] {
        let left = terminal.json(&["fetch", "--as", agency]);
        assert_eq!(left["deliveries"].as_array().map(Vec::len), Some(0), "{source}: {left}");
    }
}

#[test]
fn python() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let source = "examples/python/send_and_receive.py";
    let mut example = Command::new(python::interpreter());
    example.arg(repository(source)).args(arguments(&terminal));
    check(source, &terminal, example.env("PYTHONDONTWRITEBYTECODE", "1"));
}

#[test]
fn typescript() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let source = "examples/typescript/send_and_receive.ts";
    let folder = repository("examples/typescript");
    let npm = || {
        let mut npm = Command::new("npm");
        npm.current_dir(&folder).env("NO_UPDATE_NOTIFIER", "1");
        npm
    };
    let (wanted, installed) = ("package-lock.json", "node_modules/installed-lock.json");
    let read = |name| fs::read(Path::new(&folder).join(name));
    if read(installed).ok() != Some(read(wanted).expect("the lock")) {
        printed(npm().args(["ci", "--no-audit", "--no-fund"]));
        fs::copy(Path::new(&folder).join(wanted), Path::new(&folder).join(installed)).expect("a note");
    }
    printed(npm().args(["run", "--silent", "generate"]));
    printed(npm().args(["run", "--silent", "check"]));
    let mut example = npm();
    example.args(["start", "--silent", "--"]).args(arguments(&terminal));
    check(source, &terminal, &mut example);
}

/// Builds the example in Rust and says where it is.
fn built() -> String {
    // Of the whole workspace, so that its features are those of a test of all of it and nothing is built twice.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--quiet",
        "--locked",
        "--workspace",
        "--example",
        "send_and_receive",
    ]);
    cargo
        .arg("--message-format=json-render-diagnostics")
        .current_dir(repository(""));
    // What Cargo tells a test of its own package would look like a change of the environment to build scripts.
    let told = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ];
    for (name, _) in std::env::vars() {
        if told.iter().any(|begin| name.starts_with(begin)) {
            cargo.env_remove(&name);
        }
    }
    let said = printed(&mut cargo);
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let made = messages.filter(|message| message["target"]["name"] == "send_and_receive");
    let made = made
        .filter_map(|message| message["executable"].as_str().map(str::to_owned))
        .next_back();
    made.unwrap_or_else(|| panic!("no example in {said}"))
}

#[test]
fn rust() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let mut example = Command::new(built());
    let source = "crates/agency/examples/send_and_receive.rs";
    check(source, &terminal, example.args(arguments(&terminal)));
}

#[test]
fn vxp() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let source = "examples/vxp/send_and_receive.sh";
    let added = terminal.json(&["system", "add", "vxp.two", "--agencies", "H54"]);
    let mut example = Command::new("bash");
    example
        .arg(repository(source))
        .arg(terminal.path(".truc/collaboration.properties"))
        .args(["vxp.two", added["secret"].as_str().expect("a secret")]);
    check(source, &terminal, &mut example);
}

#[test]
fn without_proto_files() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let token = fs::read_to_string(terminal.path(".truc/agencies/H26.99/token")).expect("a token");
    let address = terminal.address();
    let mut client = Command::new(python::interpreter());
    client
        .arg(python::folder().join("explore.py"))
        .args([address.trim_start_matches("http://"), token.trim()])
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let said = printed(&mut client);
    assert!(said.ends_with("all found without a file\n"), "{said}");
}
