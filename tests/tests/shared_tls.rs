//! A hub and its NATS server over TLS, each with a certificate, and a user who may do what hubs do and nothing else.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::time::Instant;
use truc_cluster::{Address, JetStream};
use truc_store::journal::SharedJournal as _;
use truc_tests::{Axis, attach, letter, nats::Nats, next};

/// Who may do what: as docs/cluster.md says it.
const USERS: &str = r#"
authorization {
  users: [
    { user: hub, password: secret, permissions: {
      publish: ["axis.journal.*", "$JS.API.>", "$JS.FC.>", "$O.axis-attachments.>", "$O.axis-journal.>", "$O.axis-state.>"]
      subscribe: ["_INBOX.>"] } }
    { user: reader, password: secret, permissions: { publish: ["$JS.API.>"], subscribe: ["_INBOX.>"] } }
  ]
}
"#;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged() -> String {
    String::from_utf8_lossy(&LOG.lock().expect("no panic")).into_owned()
}

/// A certificate authority of the operators: NATS servers and hubs have theirs from wherever.
struct Root {
    issuer: Issuer<'static, KeyPair>,
    pem: PathBuf,
    folder: PathBuf,
}

impl Root {
    fn new(folder: &Path, name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = folder.join(format!("{name}.root.pem"));
        std::fs::write(&pem, params.self_signed(&key).expect("a root").pem()).expect("a file");
        Self {
            issuer: Issuer::new(params, key),
            pem,
            folder: folder.to_owned(),
        }
    }

    /// Files of a certificate for a purpose, and of its key.
    fn issue(&self, name: &str, purpose: ExtendedKeyUsagePurpose) -> [PathBuf; 2] {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
        params.extended_key_usages = vec![purpose];
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        [("certificate", certificate.pem()), ("key", key.serialize_pem())].map(|(what, text)| {
            let path = self.folder.join(format!("{name}.{what}.pem"));
            std::fs::write(&path, text).expect("a file");
            path
        })
    }

    fn query(&self) -> String {
        format!("ca={}", self.pem.display())
    }
}

fn query([certificate, key]: &[PathBuf; 2]) -> String {
    format!("certificate={}&key={}", certificate.display(), key.display())
}

struct Secured {
    nats: Nats,
    root: Root,
    folder: TempDir,
}

impl Secured {
    fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let root = Root::new(folder.path(), "operators");
        let [certificate, key] = root.issue("server", ExtendedKeyUsagePurpose::ServerAuth);
        let tls = format!(
            "tls {{ cert_file: {certificate:?}, key_file: {key:?}, ca_file: {:?}, verify: true }}\n",
            root.pem
        );
        Self {
            nats: Nats::start_one(&(tls + USERS)),
            root,
            folder,
        }
    }

    /// The address, by scheme and user, with more of its query.
    fn address(&self, who: &str, query: &[String]) -> String {
        let plain = self.nats.address("axis");
        [&[plain.replace("nats://", who)], query].concat().join("&")
    }

    fn hub(&self) -> String {
        query(&self.root.issue("hub", ExtendedKeyUsagePurpose::ClientAuth))
    }
}

/// Why a hub is not let in.
async fn refused(address: &str) -> String {
    let folder = TempDir::new().expect("a folder");
    let address: Address = address.parse().expect("an address");
    let opened = JetStream::open(&address, folder.path()).await;
    opened.err().expect("it is not let in").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_with_its_certificate_and_password_is_let_in() {
    let secured = Secured::start();
    let address = secured.address("tls://hub:secret@", &[secured.root.query(), secured.hub()]);
    let one = Axis::join_saving(&address, 10).await;
    let two = Axis::join(&address).await;
    let mut header = letter("G22", &["H54"]);
    let content = vec![5; 2 << 20];
    let (sha256, bytes) = attach(&mut header, &content);
    one.agency("G22").upload_bytes(bytes).await.expect("an upload");
    let signed = one.sign(&header, Vec::new());
    one.agency("G22").send(signed).await.expect("a receipt");
    assert_eq!(next(&two.agency("H54")).await.len(), 1);
    let mut downloaded = Vec::new();
    two.agency("H54")
        .download(header.document_id, sha256, &mut downloaded)
        .await
        .expect("the content");
    assert_eq!(downloaded, content);
    one.stop().await;
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_let_in_is_told_why() {
    let secured = Secured::start();
    let (ca, identity) = (secured.root.query(), secured.hub());
    let other = Root::new(secured.folder.path(), "others");
    let strange = query(&other.issue("strange", ExtendedKeyUsagePurpose::ClientAuth));
    let server = query(&secured.root.issue("not-a-client", ExtendedKeyUsagePurpose::ServerAuth));
    let absent = "ca=/nowhere/root.pem".to_owned();
    let (hub, wrong) = ("tls://hub:secret@", "tls://hub:wrong@");
    for (who, query, why) in [
        (hub, vec![&ca], "add `certificate=FILE&key=FILE`"),
        (
            hub,
            vec![&ca, &strange],
            "does not trust the root of this hub's certificate",
        ),
        (hub, vec![&ca, &server], "must be for clients"),
        (hub, vec![&other.query(), &identity], "must be the root of the server's"),
        (hub, vec![], "must be the root of the server's"),
        ("nats://hub:secret@", vec![], "must be the root of the server's"),
        (hub, vec![&absent, &identity], "`/nowhere/root.pem`"),
        (wrong, vec![&ca, &identity], "no such user, password"),
        ("tls://", vec![&ca, &identity], "no such user, password"),
    ] {
        let query: Vec<_> = query.into_iter().cloned().collect();
        let error = refused(&secured.address(who, &query)).await;
        assert!(error.contains(why), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hub_may_not_do_is_in_its_log() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log).init();
    let secured = Secured::start();
    let address = secured.address("tls://reader:secret@", &[secured.root.query(), secured.hub()]);
    let folder = TempDir::new().expect("a folder");
    let mut journal = JetStream::open(&address.parse().expect("an address"), folder.path())
        .await
        .expect("reading is allowed");
    journal.begin(&[Bytes::from_static(b"a record")]).expect("handed over");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !logged().contains("a NATS server refuses something error=nats: Permissions Violation for Publish") {
        assert!(Instant::now() < deadline, "{}", logged());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
