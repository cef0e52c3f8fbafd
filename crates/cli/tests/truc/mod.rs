//! The real binary, driven as a user drives it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// What one command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A folder of its own in which commands run, as in a terminal that has nothing set.
pub(crate) struct Terminal {
    folder: TempDir,
}

/// `truc up` in a terminal's folder. Killed when dropped.
pub(crate) struct Sandbox {
    process: Child,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("a file");
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_truc"));
        command.current_dir(self.folder.path());
        for name in [
            "TRUC_LANG",
            "TRUC_HUB",
            "TRUC_DATA",
            "TRUC_TOKEN",
            "TRUC_IDENTITY",
            "TRUC_LOG",
            "NO_COLOR",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command to its end, whatever comes of it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        let output = self.command().args(arguments).output().expect("the binary");
        Done {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Runs a command that must end well, and gives its output.
    #[track_caller]
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
        done.stdout
    }

    /// Runs a command that must end well with one JSON document.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.good(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&output).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output}"))
    }

    /// Starts a sandbox on a free port and waits until it serves.
    pub(crate) fn up(&self, arguments: &[&str]) -> Sandbox {
        self.up_at("127.0.0.1:0", arguments)
    }

    /// Starts a sandbox at an address and waits until it serves. What a killed one said of itself is taken away first.
    pub(crate) fn up_at(&self, address: &str, arguments: &[&str]) -> Sandbox {
        let _ = std::fs::remove_file(self.path(".truc/sandbox.toml"));
        let mut command = self.command();
        command.args(["up", "--listen", address, "--seed", "1"]).args(arguments);
        let process = command.stdout(Stdio::null()).spawn().expect("a sandbox");
        let sandbox = Sandbox { process };
        self.good(&["wait", "--timeout", "30s"]);
        sandbox
    }

    /// Address of the sandbox that runs here.
    pub(crate) fn address(&self) -> String {
        let running = std::fs::read_to_string(self.path(".truc/sandbox.toml")).expect("a sandbox that runs");
        let running: toml::Table = running.parse().expect("TOML");
        running["hub"].as_str().expect("an address").to_owned()
    }

    /// A setting of the VXP library for the sandbox's ready system.
    pub(crate) fn setting(&self, key: &str) -> String {
        let properties = std::fs::read_to_string(self.path(".truc/collaboration.properties")).expect("settings");
        let line = properties
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{key}=")));
        line.unwrap_or_else(|| panic!("no `{key}` in {properties}")).to_owned()
    }

    /// Starts a hub and reads from its output where it runs.
    pub(crate) fn hub(&self, arguments: &[&str]) -> HubProcess {
        let mut command = self.command();
        command.arg("hub").args(arguments).args(["--lang", "en"]);
        let mut process = command.stdout(Stdio::piped()).spawn().expect("a hub");
        let mut said = String::new();
        let stdout = process.stdout.as_mut().expect("its output");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        let endpoint = said.split_whitespace().last().expect("an address").to_owned();
        HubProcess { endpoint, process }
    }
}

/// `truc hub` in a terminal's folder. Killed when dropped.
pub(crate) struct HubProcess {
    /// Where it says that it runs.
    pub(crate) endpoint: String,
    process: Child,
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Sandbox {
    /// As Ctrl-C does; says how it ended.
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        interrupt(&self.process);
        self.process.wait().expect("its end")
    }

    /// Without any warning.
    pub(crate) fn kill(mut self) {
        self.process.kill().expect("kill");
        self.process.wait().expect("its end");
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends SIGINT, by the shell: it needs nothing installed.
pub(crate) fn interrupt(process: &Child) {
    let command = format!("kill -INT {}", process.id());
    let killed = Command::new("sh").args(["-c", &command]).status().expect("a shell");
    assert!(killed.success());
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
        .display()
        .to_string()
}
