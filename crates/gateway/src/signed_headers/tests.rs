use tempfile::TempDir;

use super::*;
use crate::systems::{NewSystem, SigningMode};

const NOW: &str = "2026-11-24T00:00:00Z";

struct Call {
    _folder: TempDir,
    systems: Systems,
    secret: String,
    headers: HeaderMap,
}

fn hmac(secret: &str, text: &str) -> String {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hmac.update(text.as_bytes());
    hex::encode(hmac.finalize().into_bytes())
}

impl Call {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let systems = Systems::open(folder.path()).unwrap();
        let new = NewSystem {
            id: "vxp.one".to_owned(),
            agencies: vec!["H54".parse().unwrap()],
            signing: SigningMode::Custodial,
        };
        let secret = systems.add(new).unwrap().secret.expose().to_owned();
        Self {
            _folder: folder,
            systems,
            secret,
            headers: HeaderMap::new(),
        }
    }

    /// Sets a header, with the library's prefix.
    fn set(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = format!("XroadVnpt-{name}").parse().unwrap();
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// Signs these headers as the library does.
    fn sign(mut self, pairs: &[(&str, &str)]) -> Self {
        let fields: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("\"XroadVnpt-{name}\":{}", serde_json::to_string(value).unwrap()))
            .collect();
        let text = format!("{{{}}}", fields.join(","));
        for (name, value) in pairs {
            self = self.set(name, value);
        }
        let names: Vec<&str> = pairs.iter().map(|(name, _)| *name).collect();
        let mac = hmac(&self.secret, &text);
        self.set("sign-header-key", &names.join(";"))
            .set("sign-header", &text)
            .set("hash-header", &mac)
    }

    fn check(&self, age_max: Option<Duration>) -> Result<Signed, Fault> {
        check(&self.headers, &self.systems, age_max, NOW.parse().unwrap())
    }

    #[track_caller]
    fn refused(&self, field: &str) {
        let fault = self.check(None).unwrap_err();
        assert_eq!(
            (fault.code, &*fault.field),
            (ErrorCode::CredentialInvalid, field),
            "{fault}"
        );
    }
}

fn good() -> Call {
    Call::new().sign(&[
        ("systemid", "vxp.one"),
        ("timestamp", "24112025T035536+0704"),
        ("Content-Type", "application/json"),
        ("docId", "0000000000000001aabbccdd"),
    ])
}

#[test]
fn captured_call_of_the_library() {
    let text = r#"{"XroadVnpt-systemid":"vxp.saas.03","XroadVnpt-timestamp":"24112026T035536+0704","XroadVnpt-Content-Type":"application/json"}"#;
    let mac = "a4d78e502edb25a86e52b18a342f40166400f050478089325a22847ce5fc124d";
    assert_eq!(verify(b"c2VjcmV0LWZvci10ZXN0cw==", text, mac), Some(()));
    assert_eq!(verify(b"c2VjcmV0LWZvci10ZXN0cx==", text, mac), None);
    assert_eq!(verify(b"c2VjcmV0LWZvci10ZXN0cw==", text, &mac[2..]), None);
}

#[test]
fn a_year_old_timestamp_is_good_unless_an_age_is_set() {
    let signed = good().check(None).unwrap();
    assert_eq!(signed.system.id, "vxp.one");
    assert_eq!(signed.get("DOCID"), Some("0000000000000001aabbccdd"));
    assert_eq!(signed.get("from"), None);
    let fault = good().check(Some(Duration::from_secs(300))).unwrap_err();
    assert_eq!(fault.code, ErrorCode::TimeInvalid);
}

#[test]
fn headers_that_nobody_signed_are_not_seen() {
    let signed = good().set("from", "H54").check(None).unwrap();
    assert_eq!(signed.get("from"), None);
    assert_eq!(signed.need("from").unwrap_err().field, "from");
}

#[test]
fn whatever_was_changed_under_way_is_refused() {
    good()
        .set("docId", "0000000000000002aabbccdd")
        .refused("XroadVnpt-docId");
    good()
        .set("sign-header-key", "systemid;timestamp;from")
        .refused("XroadVnpt-from");
    good()
        .set("hash-header", &"0".repeat(64))
        .refused("XroadVnpt-hash-header");
    good().set("hash-header", "không").refused("XroadVnpt-hash-header");
    good().set("systemid", "vxp.two").refused("XroadVnpt-hash-header");
    good()
        .set("sign-header-key", "systemid")
        .refused("XroadVnpt-sign-header-key");
    let other = Call {
        secret: "another secret".to_owned(),
        ..Call::new()
    };
    other
        .sign(&[("systemid", "vxp.one"), ("timestamp", "24112026T035536+0704")])
        .refused("XroadVnpt-hash-header");
}

#[test]
fn what_can_not_be_read_is_refused() {
    Call::new().refused("XroadVnpt-systemid");
    Call::new()
        .sign(&[("systemid", "vxp.one"), ("timestamp", "hôm qua")])
        .refused("XroadVnpt-timestamp");
    let call = Call::new()
        .set("systemid", "vxp.one")
        .set("sign-header-key", "systemid");
    let mac = hmac(&call.secret, "[1]");
    call.set("sign-header", "[1]")
        .set("hash-header", &mac)
        .refused("XroadVnpt-sign-header");
}

#[test]
fn who_is_unknown_and_who_signs_wrongly_are_told_the_same() {
    let unknown = good().set("systemid", "vxp.two").check(None).unwrap_err();
    let wrong = good().set("hash-header", &"0".repeat(64)).check(None).unwrap_err();
    assert_eq!(unknown, wrong);
}
