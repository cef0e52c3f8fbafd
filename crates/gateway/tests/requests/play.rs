//! Plays requests, written down as text, through the whole of a gateway's router, before a hub that is away: all that is
//! parsed is parsed, and the first call to the hub ends it with code 39.
//!
//! A request is its first line, header lines, an empty line and the body. What only who knows the secret can write stands
//! as `sign` and is put in here: `XroadVnpt-hash-file`, `XroadVnpt-sign-header`, `XroadVnpt-hash-header` and
//! `X-SecretKey`. So what is behind the authentication is reached with any values of the headers.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Request, header::ACCEPT_ENCODING},
};
use hmac::{Hmac, Mac as _};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use truc_agency::{ConnectOptions, Credential, Hub, RetryPolicy};
use truc_gateway::{Gateway, NewSystem, Options, SigningMode, Systems, WalletSignatory};
use truc_signature::{Authority, SeededWallet};

/// Systems of the gateway, with their agencies.
const SYSTEMS: [(&str, &[&str]); 2] = [("vxp.one", &["H54", "H40"]), ("vxp.two", &["H25"])];
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";
const TO_BE_MADE: &[u8] = b"sign";

/// What each call of the library gives besides `status`, `ErrorCode` and `ErrorDesc`, good or not.
const KEYS: [(&str, Option<&str>); 12] = [
    ("/vxp/getAgenciesList", Some("data")),
    ("/vxp/getAgenciesListQD20", Some("data")),
    ("/vxp/getSynchronizeUnit", Some("data")),
    ("/vxp/registerAgency", None),
    ("/vxp/deleteAgency", None),
    ("/vxp/sendEdoc", Some("DocId")),
    ("/vxp/getReceivedEdocList", Some("data")),
    ("/vxp/getEdoc", Some("data")),
    ("/vxp/updateStatus", None),
    ("/vxp/getSentEdocList", Some("data")),
    ("/vxp/countReceiveEdoc", Some("count")),
    ("/vxp/countReceiveStatus", Some("count")),
];

/// A gateway to play to.
pub(crate) struct Stage {
    runtime: Runtime,
    router: Router,
    systems: Arc<Systems>,
    _folder: TempDir,
}

/// An answer.
pub(crate) struct Answer {
    /// Path of the request.
    pub(crate) path: String,
    /// Status of HTTP.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Stage {
    /// With its systems, in a folder of its own.
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Arc::new(Authority::from_seed(b"requests").expect("an authority"));
        let signatory = Arc::new(WalletSignatory::new(Arc::new(SeededWallet::new(authority, "requests"))));
        let gateway = runtime.block_on(async {
            let hub = Hub::connect_lazily(ConnectOptions::new(NOWHERE).with_retry(RetryPolicy::once()));
            let options = Options {
                operator: true,
                ..Options::new(folder.path(), Credential::Token("token".to_owned()), signatory)
            };
            Gateway::open(hub.expect("an address"), options).expect("a gateway")
        });
        for (id, agencies) in SYSTEMS {
            let system = NewSystem {
                id: id.to_owned(),
                agencies: agencies.iter().map(|code| code.parse().expect("a code")).collect(),
                signing: SigningMode::Custodial,
            };
            gateway.systems().add(system).expect("a system");
        }
        Self {
            router: gateway.router(),
            systems: Arc::clone(gateway.systems()),
            runtime,
            _folder: folder,
        }
    }

    /// The answer to a request; none where it is none that HTTP could carry.
    pub(crate) fn play(&self, text: &[u8]) -> Option<Answer> {
        let request = self.request(text)?;
        let path = request.uri().path().to_owned();
        let router = self.router.clone();
        Some(self.runtime.block_on(async {
            let response = router.oneshot(request).await.expect("an answer");
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            Answer {
                path,
                status,
                body: body.into(),
            }
        }))
    }

    fn request(&self, text: &[u8]) -> Option<Request<Body>> {
        let (head, body) = split(text);
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let first = std::str::from_utf8(lines.next()?).ok()?;
        let (method, target) = first.split_once(' ')?;
        let mut headers = HeaderMap::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            headers.append(HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        }
        // Answers are looked at as they are.
        headers.remove(ACCEPT_ENCODING);
        self.sign(&mut headers, body)?;
        let mut request = Request::builder().method(method).uri(target);
        *request.headers_mut()? = headers;
        request.body(Body::from(body.to_vec())).ok()
    }

    /// Puts in what only the owner of the secret can write, where it is asked for.
    fn sign(&self, headers: &mut HeaderMap, body: &[u8]) -> Option<()> {
        let asked =
            |headers: &HeaderMap, name: &str| headers.get(name).is_some_and(|value| value.as_bytes() == TO_BE_MADE);
        let text = |headers: &HeaderMap, name: &str| {
            let value = headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default();
            String::from_utf8_lossy(value).into_owned()
        };
        let secret = |id: &str| {
            let system = self.systems.find(id);
            system.map_or_else(String::new, |system| system.secret.expose().to_owned())
        };
        if asked(headers, "x-secretkey") {
            let secret = secret(&text(headers, "x-systemid"));
            headers.insert("x-secretkey", secret.parse().ok()?);
        }
        if asked(headers, "xroadvnpt-hash-file") {
            let file = body.strip_suffix(b"\r\n").unwrap_or(body);
            let digest = Sha256::digest(file);
            let digits: String = digest.iter().map(|byte| format!("{byte:x}")).collect();
            headers.insert("xroadvnpt-hash-file", digits.parse().ok()?);
        }
        if asked(headers, "xroadvnpt-sign-header") {
            let names = text(headers, "xroadvnpt-sign-header-key");
            let mut signed = Map::new();
            for name in names.split(';') {
                let value = text(headers, &format!("xroadvnpt-{name}"));
                signed.insert(format!("XroadVnpt-{name}"), Value::String(value));
            }
            let signed = Value::Object(signed).to_string();
            headers.insert(
                "xroadvnpt-sign-header",
                HeaderValue::from_bytes(signed.as_bytes()).ok()?,
            );
        }
        if asked(headers, "xroadvnpt-hash-header") {
            let secret = secret(&text(headers, "xroadvnpt-systemid"));
            let mut hmac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
            hmac.update(headers.get("xroadvnpt-sign-header")?.as_bytes());
            let mac = hex::encode(hmac.finalize().into_bytes());
            headers.insert("xroadvnpt-hash-header", mac.parse().ok()?);
        }
        Some(())
    }
}

/// Head and body.
fn split(text: &[u8]) -> (&[u8], &[u8]) {
    let mut begin = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let after = begin + line.len();
        if line.trim_ascii().is_empty() {
            return (&text[..begin], &text[after..]);
        }
        begin = after;
    }
    (text, &[])
}

impl Answer {
    /// A text of a JSON answer; empty where there is none.
    pub(crate) fn text(&self, key: &str) -> String {
        let answer: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        answer[key].as_str().unwrap_or_default().to_owned()
    }

    /// What holds of every answer, whatever came.
    ///
    /// # Panics
    /// It does not hold.
    pub(crate) fn check(&self) {
        assert!(
            [200, 404, 405, 413].contains(&self.status),
            "HTTP status {}",
            self.status
        );
        if self.status != 200 {
            return;
        }
        let answer: Value = serde_json::from_slice(&self.body).expect("JSON");
        if self.path.starts_with("/v1/") {
            let code = answer["errorCode"].as_str().expect("errorCode");
            assert!(code.parse::<u16>().is_ok_and(|code| code <= 23), "errorCode {code}");
            assert!(answer["docId"].is_string() || code == "0", "{answer}");
            return;
        }
        let (good, code) = (&answer["status"], answer["ErrorCode"].as_str().expect("ErrorCode"));
        assert!(
            answer["ErrorDesc"].as_str().is_some_and(|text| !text.is_empty()),
            "{answer}"
        );
        assert_eq!(good == "OK", code == "0", "{answer}");
        // Nothing that a caller says is an internal error: that is for what goes wrong here.
        assert_ne!(code, "20", "{answer}");
        let known = KEYS.iter().find(|(path, _)| *path == self.path);
        let key = known.and_then(|(_, key)| *key);
        assert!(
            key.is_none_or(|key| answer.get(key).is_some()),
            "a key is missing: {answer}"
        );
    }
}
