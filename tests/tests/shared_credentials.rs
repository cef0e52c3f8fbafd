//! A hub with a credentials file, at a server whose accounts and users an operator signed (JWT and NKEY).

use std::path::{Path, PathBuf};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;
use truc_cluster::{Address, JetStream};
use truc_signature::SigningKey;
use truc_tests::{Axis, letter, nats::Nats, next};

/// What a key is for: the first byte of its text.
const OPERATOR: u8 = 14 << 3;
const ACCOUNT: u8 = 0;
const USER: u8 = 20 << 3;
const SEED: u8 = 18 << 3;

/// A key as NATS has it.
struct Nkey {
    kind: u8,
    seed: [u8; 32],
    key: SigningKey,
}

impl Nkey {
    fn new(kind: u8, number: u8) -> Self {
        let seed = [number; 32];
        let key = SigningKey::from_seed(seed);
        Self { kind, seed, key }
    }

    fn public(&self) -> String {
        text(&[&[self.kind], &self.key.public().as_bytes()[..]].concat())
    }

    fn seed(&self) -> String {
        let kind = [SEED | self.kind >> 5, (self.kind & 31) << 3];
        text(&[&kind[..], &self.seed].concat())
    }

    /// Says something of another key, signed.
    fn certify(&self, of: &Self, name: &str, says: &Value) -> String {
        let claims = json!({
            "jti": name, "iat": 1_700_000_000, "iss": self.public(), "name": name, "sub": of.public(), "nats": says,
        });
        let header = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
        let [header, claims] = [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Base 32 of bytes and their CRC-16.
fn text(bytes: &[u8]) -> String {
    let crc = bytes.iter().fold(0_u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            let carried = crc & 0x8000 != 0;
            crc << 1 ^ if carried { 0x1021 } else { 0 }
        })
    });
    let bits: Vec<u8> = [bytes, &crc.to_le_bytes()]
        .concat()
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1))
        .collect();
    let digit = |bits: &[u8]| {
        let number = (0..5).fold(0, |number, at| number << 1 | bits.get(at).copied().unwrap_or(0));
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(number)])
    };
    bits.chunks(5).map(digit).collect()
}

fn limits() -> Value {
    json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
        "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1,
    })
}

/// The credentials file of a user of an account.
fn credentials(folder: &Path, account: &Nkey, number: u8) -> PathBuf {
    let user = Nkey::new(USER, number);
    let says = json!({ "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1, "type": "user", "version": 2 });
    let jwt = account.certify(&user, "hub", &says);
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        user.seed()
    );
    let path = folder.join(format!("{number}.creds"));
    std::fs::write(&path, text).expect("a file");
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_with_credentials_of_the_account_is_let_in_and_no_other() {
    let folder = TempDir::new().expect("a folder");
    let operator = Nkey::new(OPERATOR, 1);
    let [account, system, stranger] = [2, 3, 4].map(|number| Nkey::new(ACCOUNT, number));
    let says = json!({ "type": "operator", "version": 2 });
    let mut settings = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n",
        operator.certify(&operator, "operator", &says),
        system.public()
    );
    let permissions = json!({ "pub": {}, "sub": {} });
    let mut says = json!({ "limits": limits(), "default_permissions": permissions, "type": "account", "version": 2 });
    for (of, name) in [(&account, "axis"), (&system, "system")] {
        if name == "system" {
            // A system account stores nothing.
            for kind in ["mem_storage", "disk_storage", "streams", "consumer"] {
                says["limits"][kind] = 0.into();
            }
        }
        settings += &format!("  {}: {}\n", of.public(), operator.certify(of, name, &says));
    }
    let nats = Nats::start_one(&(settings + "}\n"));
    let address = |credentials: &Path| format!("{}&credentials={}", nats.address("axis"), credentials.display());

    let axis = Axis::join(&address(&credentials(folder.path(), &account, 5))).await;
    let signed = axis.sign(&letter("G22", &["H54"]), Vec::new());
    axis.agency("G22").send(signed).await.expect("a receipt");
    assert_eq!(next(&axis.agency("H54")).await.len(), 1);
    axis.stop().await;

    let absent = folder.path().join("absent.creds");
    let empty = folder.path().join("empty.creds");
    std::fs::write(&empty, "nothing").expect("a file");
    for (credentials, why) in [
        (
            &credentials(folder.path(), &stranger, 6),
            "no such user, password or credentials",
        ),
        (&absent, "absent.creds`"),
        (&empty, "empty.creds`"),
    ] {
        let address: Address = address(credentials).parse().expect("an address");
        let error = JetStream::open(&address, &folder.path().join("data")).await.err();
        let error = error.expect("it is not let in").to_string();
        assert!(error.contains(why), "{error}");
    }
}
