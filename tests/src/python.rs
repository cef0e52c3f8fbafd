//! Python for tests that drive clients written in it.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The folder with the clients and `requirements.txt`.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python")
}

/// The interpreter of a virtual environment with what `requirements.txt` names; made anew when that has changed. One test
/// at a time makes it, in whichever process.
#[must_use]
pub fn interpreter() -> PathBuf {
    let environment = folder().join(".venv");
    let lock = File::create(folder().join(".venv.lock")).expect("a lock");
    lock.lock().expect("the lock");
    let wanted = fs::read(folder().join("requirements.txt")).expect("requirements.txt");
    let installed = environment.join("installed.txt");
    let python = environment.join("bin/python");
    // The interpreter is a link to that of the machine, which may have gone since.
    if python.exists() && fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&environment));
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(folder().join("requirements.txt")));
    fs::write(installed, wanted).expect("a note of what is installed");
    python
}

fn run(command: &mut Command) {
    let output = match command.stdin(Stdio::null()).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            panic!(
                "python3 was not found: install Python 3.11 or later with venv and pip (Debian: apt install python3-venv)"
            )
        }
        other => other.expect("a process"),
    };
    assert!(
        output.status.success(),
        "{command:?} ended with {}; it needs Python 3.11 or later with venv and pip (Debian: apt install python3-venv): {}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
