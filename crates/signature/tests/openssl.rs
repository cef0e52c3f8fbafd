//! What is made here, judged by OpenSSL (3.0 or newer must be installed): an independent reader of keys, certificates,
//! signatures and revocation lists.

// Helpers of tests unwrap as tests do; clippy exempts only the test functions themselves.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use bytes::Bytes;
use jiff::Timestamp;
use truc_signature::{
    Authority, Capacity, Identity, IssuingAuthority, RevokedSerial, SeededWallet, TrustStore, certificate_pem, crl_pem,
    dsse, sign_envelope, sign_receipts,
};

struct Bench {
    folder: tempfile::TempDir,
    wallet: SeededWallet,
}

impl Bench {
    fn new() -> Self {
        let authority = Arc::new(Authority::from_seed(b"openssl").unwrap());
        Self {
            folder: tempfile::tempdir().unwrap(),
            wallet: SeededWallet::new(authority, b"openssl"),
        }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn root(&self) -> PathBuf {
        self.file("root.pem", certificate_pem(&self.wallet.authority().root()))
    }

    fn person(&self) -> Arc<Identity> {
        self.wallet
            .person(&"H54".parse().unwrap(), Capacity::Head, "Nguyễn Văn A")
            .unwrap()
    }

    /// `openssl pkeyutl -verify -rawin` wants a regular file: no pipe.
    fn verifies(&self, certificate: &Path, message: &[u8], signature: &[u8]) -> bool {
        let (message, signature) = (self.file("message", message), self.file("signature", signature));
        let arguments = ["pkeyutl", "-verify", "-rawin", "-certin", "-inkey"];
        let output = Command::new("openssl")
            .args(arguments)
            .arg(certificate)
            .arg("-in")
            .arg(message)
            .arg("-sigfile")
            .arg(signature)
            .output()
            .expect("openssl is installed");
        output.status.success()
    }
}

fn openssl(arguments: &[&str]) -> Output {
    Command::new("openssl")
        .args(arguments)
        .output()
        .expect("openssl is installed")
}

#[track_caller]
fn succeeds(arguments: &[&str]) -> String {
    let output = openssl(arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn signatures_verify() {
    let bench = Bench::new();
    let person = bench.person();
    let seal = bench
        .wallet
        .seal(&"H54".parse().unwrap(), "UBND tỉnh Thái Bình")
        .unwrap();
    let header = Bytes::from_static(b"any header bytes");
    let envelope = sign_envelope(header.clone(), Some(&person), &seal, vec![], true);
    let message = dsse::pae(dsse::HEADER_PAYLOAD_TYPE, &header);
    for signature in [envelope.personal_signature.unwrap(), envelope.seal.unwrap()] {
        let certificate = bench.file("certificate.pem", certificate_pem(&signature.certificates[0]));
        assert!(bench.verifies(&certificate, &message, &signature.signature));
        assert!(
            !bench.verifies(&certificate, &header, &signature.signature),
            "the bare header is not what was signed"
        );
    }
}

#[test]
fn receipts_verify() {
    let bench = Bench::new();
    let hub = bench.wallet.hub("Trục", &["localhost".to_owned()]).unwrap();
    let receipts = sign_receipts(&[Bytes::from_static(b"statement")], hub.key(), hub.fingerprint());
    let leaf = truc_signature::sha256(b"\0statement");
    let message = dsse::pae(dsse::RECEIPT_PAYLOAD_TYPE, &leaf);
    let certificate = bench.file("hub.pem", certificate_pem(&hub.chain().certificates[0]));
    assert!(bench.verifies(&certificate, &message, &receipts[0].signature));
}

#[test]
fn chains_verify() {
    let bench = Bench::new();
    let wallet = &bench.wallet;
    let agency = "H54".parse().unwrap();
    let identities = [
        bench.person(),
        wallet.seal(&agency, "UBND tỉnh Thái Bình").unwrap(),
        wallet.system(&agency, "Quản lý văn bản").unwrap(),
        wallet
            .hub("Trục", &["localhost".to_owned(), "127.0.0.1".to_owned()])
            .unwrap(),
        wallet.operator("Quản trị").unwrap(),
    ];
    let root = bench.root();
    for identity in &identities {
        let holder = bench.file("holder.pem", certificate_pem(&identity.chain().certificates[0]));
        let issuer = bench.file("issuer.pem", certificate_pem(&identity.chain().certificates[1]));
        let arguments = [
            "verify",
            "-x509_strict",
            "-CAfile",
            text(&root),
            "-untrusted",
            text(&issuer),
            text(&holder),
        ];
        succeeds(&arguments);
        assert!(
            !openssl(&["verify", "-CAfile", text(&root), text(&holder)])
                .status
                .success()
        );
    }
    let hub = bench.file("hub.pem", certificate_pem(&identities[3].chain().certificates[0]));
    let issuer = bench.file("issuer.pem", certificate_pem(&identities[3].chain().certificates[1]));
    let served = [
        "-purpose",
        "sslserver",
        "-verify_ip",
        "127.0.0.1",
        "-CAfile",
        text(&root),
        "-untrusted",
        text(&issuer),
    ];
    succeeds(&[&["verify"], &served[..], &[text(&hub)]].concat());
}

#[test]
fn names_can_be_read() {
    let bench = Bench::new();
    let holder = bench.file("holder.pem", bench.person().chain().to_pem());
    let printed = succeeds(&["x509", "-in", text(&holder), "-noout", "-text", "-nameopt", "utf8"]);
    for part in [
        "CN=Nguyễn Văn A",
        "URI:urn:truc:agency:H54",
        "URI:urn:truc:capacity:head",
        "Digital Signature, Non Repudiation",
        "ED25519",
    ] {
        assert!(printed.contains(part), "{part} in {printed}");
    }
}

#[test]
fn private_keys_can_be_read() {
    let bench = Bench::new();
    let person = bench.person();
    let key = bench.file("key.pem", person.key().to_pem());
    let public = succeeds(&["pkey", "-in", text(&key), "-pubout", "-outform", "PEM"]);
    let holder = bench.file("holder.pem", certificate_pem(&person.chain().certificates[0]));
    assert_eq!(succeeds(&["x509", "-in", text(&holder), "-noout", "-pubkey"]), public);
}

#[test]
fn revocation_lists_can_be_read() {
    let bench = Bench::new();
    let authority = bench.wallet.authority();
    let person = bench.person();
    let trust = TrustStore::new(vec![authority.root()]).unwrap();
    let serial = trust.certify(&person.chain().certificates).unwrap().serial;
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let (this_update, next_update) = (time("2020-01-01T00:00:00Z"), time("2050-01-01T00:00:00Z"));
    let revoked = [RevokedSerial {
        serial: serial.clone(),
        revoked_at: time("2019-06-01T12:00:00Z"),
    }];
    let list = authority
        .crl(IssuingAuthority::Persons, 3, &revoked, this_update, next_update)
        .unwrap();
    assert_eq!(
        list,
        authority
            .crl(IssuingAuthority::Persons, 3, &revoked, this_update, next_update)
            .unwrap()
    );

    let list = bench.file("crl.pem", crl_pem(&list));
    let issuer = bench.file(
        "issuer.pem",
        certificate_pem(&authority.certificate(IssuingAuthority::Persons)),
    );
    let printed = succeeds(&["crl", "-in", text(&list), "-noout", "-text", "-CAfile", text(&issuer)]);
    assert!(printed.contains(&hex::encode_upper(&serial)), "{printed}");
    assert!(printed.contains("Jun  1 12:00:00 2019 GMT"), "{printed}");

    // OpenSSL takes the list at its word: the person is out, another one is not.
    let root = bench.root();
    let holder = bench.file("holder.pem", certificate_pem(&person.chain().certificates[0]));
    let arguments = [
        "verify",
        "-crl_check",
        "-CAfile",
        text(&root),
        "-untrusted",
        text(&issuer),
        "-CRLfile",
        text(&list),
    ];
    let output = openssl(&[&arguments[..], &[text(&holder)]].concat());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("certificate revoked"),
        "{output:?}"
    );
    let other = bench
        .wallet
        .person(&"H40".parse().unwrap(), Capacity::Head, "Trần Văn B")
        .unwrap();
    let other = bench.file("other.pem", certificate_pem(&other.chain().certificates[0]));
    succeeds(&[&arguments[..], &[text(&other)]].concat());
}
