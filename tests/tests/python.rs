//! The contract read by others: a client in Python, with its own protobuf, gRPC, X.509 and Ed25519, made from proto/.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use prost::Message as _;
use tempfile::TempDir;
use truc_proto::v1 as pb;
use truc_signature::{Caller, Identity, sign_receipts};
use truc_tests::Axis;

const SENDER: &str = "G22";
const RECIPIENT: &str = "H54";
const TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// An odd number, so that one leaf goes up without a partner.
const RECEIPTS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_agrees() {
    let python = virtual_environment();
    let axis = Axis::start().await;
    let folder = TempDir::new().expect("a folder");
    let hub = axis
        .wallet
        .hub("Trục", &["localhost".to_owned()])
        .expect("a certificate");
    let hub_certificate = folder.path().join("hub.pem");
    fs::write(&hub_certificate, hub.chain().to_pem()).expect("hub.pem");
    write_agency(&axis, &folder.path().join(SENDER));
    write_agency(&axis, &folder.path().join(RECIPIENT));
    write_receipts(&hub, &folder.path().join("receipts"));

    let mut client = tokio::process::Command::new(python);
    client
        .arg(python_folder().join("client.py"))
        .args(["--hub", axis.endpoint.trim_start_matches("http://")])
        .arg("--hub-certificate")
        .arg(hub_certificate)
        .arg("--sender")
        .arg(folder.path().join(SENDER))
        .arg("--recipient")
        .arg(folder.path().join(RECIPIENT))
        .arg("--receipts")
        .arg(folder.path().join("receipts"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true);
    let output = client.output().await.expect("a process");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the client ended with {} after\n{said}{complained}",
        output.status
    );
    assert!(
        said.ends_with("all as the contract says\n"),
        "the client did not go to its end:\n{said}"
    );
    axis.stop().await;
}

/// Keys, certificates and token of an agency, in the files that `truc pki issue` writes.
fn write_agency(axis: &Axis, folder: &Path) {
    let code = folder.file_name().and_then(|name| name.to_str()).expect("a code");
    fs::create_dir(folder).expect("a folder");
    for (name, identity) in [("signer", axis.head(code)), ("seal", axis.seal(code))] {
        fs::write(folder.join(format!("{name}.key")), identity.key().to_pem()).expect("a key");
        fs::write(folder.join(format!("{name}.pem")), identity.chain().to_pem()).expect("certificates");
    }
    let caller = Caller::Agency(code.parse().expect("a code"));
    let token = axis.issuer.issue(&caller, Timestamp::now(), TOKEN_LIFE);
    fs::write(folder.join("token"), token).expect("a token");
}

/// Receipts of one group commit. Whether documents of a client meet in a group is chance, so the paths are made here.
fn write_receipts(hub: &Identity, folder: &Path) {
    let statement = |position| pb::ReceiptStatement {
        position,
        ..pb::ReceiptStatement::default()
    };
    let statements: Vec<Bytes> = (1..=RECEIPTS)
        .map(|position| statement(position).encode_to_vec().into())
        .collect();
    fs::create_dir(folder).expect("a folder");
    for (index, receipt) in sign_receipts(&statements, hub.key(), hub.fingerprint())
        .iter()
        .enumerate()
    {
        fs::write(folder.join(index.to_string()), receipt.encode_to_vec()).expect("a receipt");
    }
}

/// The interpreter of a virtual environment with what `requirements.txt` names; made anew when that has changed.
fn virtual_environment() -> PathBuf {
    let folder = python_folder().join(".venv");
    let wanted = fs::read(python_folder().join("requirements.txt")).expect("requirements.txt");
    let installed = folder.join("installed.txt");
    let python = folder.join("bin/python");
    // The interpreter is a link to that of the machine, which may have gone since.
    if python.exists() && fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(python_folder().join("requirements.txt")));
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

fn python_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python")
}
