//! The contract read by others: a client in Python, with its own protobuf, gRPC, X.509 and Ed25519, made from proto/.

use std::{fs, path::Path, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use prost::Message as _;
use tempfile::TempDir;
use truc_proto::v1 as pb;
use truc_signature::{Caller, Identity, sign_receipts};
use truc_tests::{Axis, python};

const SENDER: &str = "G22";
const RECIPIENT: &str = "H54";
const TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// An odd number, so that one leaf goes up without a partner.
const RECEIPTS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_agrees() {
    let interpreter = python::interpreter();
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

    let mut client = tokio::process::Command::new(interpreter);
    client
        .arg(python::folder().join("client.py"))
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
