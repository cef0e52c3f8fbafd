//! A whole axis for tests: a real hub on a real port, agencies of four levels, their keys. Nothing in a test is plumbing.

pub mod cluster;
pub mod disk;
pub mod formats;
pub mod history;
pub mod link;
pub mod nats;
pub mod python;
mod raw;

use std::{io::BufRead as _, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use truc_agency::{Agency, ConnectOptions, Credential, Delivery, FetchOptions, Hub as Connection, Operator, Tls};
use truc_document::{AgencyCode, Attachment, DocumentType, Header, Level, Signer, SigningPolicy, SystemKind};
use truc_hub::{Hub, HubConfig, JournalChoice, Limits, Listen, Machine, ServeError, TlsFiles};
use truc_proto::v1 as pb;
use truc_signature::{
    Authority, Capacity, Identity, SeededWallet, SigningKey, TokenIssuer, certificate_pem, sha256, sign_envelope,
};
use truc_store::state::ClockSetting;
use uuid::Uuid;

pub use raw::{Raw, Told, authorized, methods, told, told_within};

/// Seed of all keys.
pub const SEED: &[u8] = b"seed of the tests, 32 bytes long";

/// Agencies of every axis: a ministry, two provinces, a district, a commune; `H05` is on pilot, `H44` not connected.
pub const AGENCIES: &[(&str, Level, SigningPolicy, bool)] = &[
    ("G22", Level::Central, SigningPolicy::Required, true),
    ("H54", Level::Province, SigningPolicy::Required, true),
    ("H05", Level::Province, SigningPolicy::Pilot, true),
    ("H54.12", Level::District, SigningPolicy::Required, true),
    ("H54.12.03", Level::Commune, SigningPolicy::Required, true),
    ("H44", Level::Province, SigningPolicy::Required, false),
];

/// The wallet of all keys.
#[must_use]
pub fn wallet() -> Arc<SeededWallet> {
    let authority = Arc::new(Authority::from_seed(SEED).expect("an authority"));
    Arc::new(SeededWallet::new(authority, SEED))
}

/// A hub on a folder, with the agencies of the table.
#[must_use]
pub fn config(data: &Path) -> HubConfig {
    let wallet = wallet();
    let identity = wallet.hub("Trục", &["localhost".to_owned()]).expect("a certificate");
    let directory = AGENCIES
        .iter()
        .map(|&(code, level, policy, on)| agency(code, level, policy, on));
    HubConfig {
        data: data.to_owned(),
        roots: vec![wallet.authority().root()],
        identity: Identity::clone(&identity),
        authority: Some(Arc::clone(wallet.authority())),
        token_key: token_key().public(),
        journal: JournalChoice::Own,
        limits: Limits::default(),
        directory: directory.collect(),
        clock: None,
        machine: Machine::default(),
    }
}

/// A running hub and the keys of everybody.
pub struct Axis {
    /// Where it listens.
    pub endpoint: String,
    /// Keys and certificates.
    pub wallet: Arc<SeededWallet>,
    /// Mints tokens.
    pub issuer: Arc<TokenIssuer>,
    /// The connection that all agencies share.
    pub connection: Connection,
    data: Arc<TempDir>,
    stop: CancellationToken,
    served: JoinHandle<Result<(), ServeError>>,
}

/// Trusts the axis's root, and shows a certificate.
fn trusting(wallet: &SeededWallet, identity: Option<&Identity>) -> Tls {
    Tls {
        ca_pem: certificate_pem(&wallet.authority().root()),
        identity_pem: identity.map(|identity| (identity.chain().to_pem(), identity.key().to_pem())),
        domain: None,
    }
}

/// Key of the tokens.
#[must_use]
pub fn token_key() -> SigningKey {
    SigningKey::derive(SEED, "token")
}

/// An agency of the table.
#[must_use]
pub fn agency(code: &str, level: Level, policy: SigningPolicy, connected: bool) -> pb::Agency {
    let code: AgencyCode = code.parse().expect("a code of the table");
    pb::Agency {
        legacy_code: code.to_legacy().map(|code| code.to_string()).unwrap_or_default(),
        name: format!("Cơ quan {code}"),
        level: level.wire(),
        parent: String::new(),
        province: code.top().to_owned(),
        connected,
        signing_policy: policy.wire(),
        systems: vec![SystemKind::DocumentManagement.wire()],
        portal_services: 0,
        code: code.to_string(),
        ..Default::default()
    }
}

impl Axis {
    /// A new axis on wall time.
    pub async fn start() -> Self {
        Self::start_with(Limits::default(), None).await
    }

    /// A new axis with other limits, or with hub time that runs as set from an instant on.
    pub async fn start_with(limits: Limits, clock: Option<(ClockSetting, Timestamp)>) -> Self {
        let data = Arc::new(TempDir::new().expect("a folder"));
        Self::start_in(data, limits, clock, None, JournalChoice::Own).await
    }

    /// An axis on a folder that a hub has left.
    pub async fn start_on(data: TempDir) -> Self {
        Self::start_in(Arc::new(data), Limits::default(), None, None, JournalChoice::Own).await
    }

    /// A new axis that is reached by TLS only, and offers mTLS to certificates under its root.
    pub async fn start_tls() -> Self {
        let wallet = wallet();
        let server = wallet.hub("Trục", &["127.0.0.1".to_owned()]).expect("a certificate");
        let tls = TlsFiles {
            certificate: server.chain().to_pem(),
            key: server.key().to_pem(),
            client_roots: Some(certificate_pem(&wallet.authority().root())),
        };
        let data = Arc::new(TempDir::new().expect("a folder"));
        Self::start_in(data, Limits::default(), None, Some(tls), JournalChoice::Own).await
    }

    /// One more hub of the axis whose journal is at an address, with a folder of its own.
    pub async fn join(address: &str) -> Self {
        Self::join_in(Arc::new(TempDir::new().expect("a folder")), address).await
    }

    /// As [`Axis::join`], with the folder of a hub that was there before.
    pub async fn join_in(data: Arc<TempDir>, address: &str) -> Self {
        Self::start_in(data, Limits::default(), None, None, nats::shared(address)).await
    }

    /// As [`Axis::join`], of a hub that saves its state after so many records already.
    pub async fn join_saving(address: &str, records: u64) -> Self {
        let data = Arc::new(TempDir::new().expect("a folder"));
        let config = HubConfig {
            journal: nats::shared(address),
            machine: Machine {
                snapshot_records: records,
                ..Machine::default()
            },
            ..config(data.path())
        };
        Self::start_as(data, config, None).await
    }

    async fn start_in(
        data: Arc<TempDir>,
        limits: Limits,
        clock: Option<(ClockSetting, Timestamp)>,
        tls: Option<TlsFiles>,
        journal: JournalChoice,
    ) -> Self {
        let config = HubConfig {
            limits,
            clock,
            journal,
            ..config(data.path())
        };
        Self::start_as(data, config, tls).await
    }

    async fn start_as(data: Arc<TempDir>, config: HubConfig, tls: Option<TlsFiles>) -> Self {
        let wallet = wallet();
        let hub = Hub::open(config).await.expect("a hub");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let endpoint = format!("{scheme}://{}", listener.local_addr().expect("an address"));
        let mut options = ConnectOptions::new(&endpoint);
        if tls.is_some() {
            options = options.with_tls(trusting(&wallet, None));
        }
        let stop = CancellationToken::new();
        let served = tokio::spawn(hub.serve(
            Listen {
                listener,
                tls,
                pages: None,
                sandbox: None,
            },
            stop.clone(),
        ));
        let connection = Connection::connect(options).await.expect("a connection");
        let issuer = Arc::new(TokenIssuer::new(&token_key()));
        Self {
            endpoint,
            wallet,
            issuer,
            connection,
            data,
            stop,
            served,
        }
    }

    /// How to connect to an axis of [`Axis::start_tls`] with a client certificate.
    #[must_use]
    pub fn options_as(&self, identity: &Identity) -> ConnectOptions {
        ConnectOptions::new(&self.endpoint).with_tls(trusting(&self.wallet, Some(identity)))
    }

    /// Folder of the hub's data.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Stops the hub in good order and starts it anew on the same folder.
    pub async fn restart(self) -> Self {
        let data = Arc::clone(&self.data);
        self.stop().await;
        Self::start_in(data, Limits::default(), None, None, JournalChoice::Own).await
    }

    /// As [`Axis::restart`], but without the saved state: all of it is made anew from the journal.
    pub async fn replay(self) -> Self {
        let data = Arc::clone(&self.data);
        self.stop().await;
        std::fs::remove_dir_all(data.path().join("state")).expect("a saved state");
        Self::start_in(data, Limits::default(), None, None, JournalChoice::Own).await
    }

    /// Stops the hub in good order; everything accepted is durable. Gives its folder.
    pub async fn stop_keeping(self) -> Arc<TempDir> {
        let data = Arc::clone(&self.data);
        self.stop().await;
        data
    }

    /// Stops the hub in good order; everything accepted is durable.
    pub async fn stop(self) {
        self.stop.cancel();
        self.served.await.expect("no panic").expect("a clean stop");
    }

    /// As [`Axis::stop`], and gives the folder.
    pub async fn stop_and_keep(self) -> Arc<TempDir> {
        let data = Arc::clone(&self.data);
        self.stop().await;
        data
    }

    /// An agency with a good credential.
    #[must_use]
    pub fn agency(&self, code: &str) -> Agency {
        let code = code.parse().expect("a code");
        self.connection
            .agency(code, Credential::Issuer(Arc::clone(&self.issuer)))
    }

    /// The operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.connection.operator(Credential::Issuer(Arc::clone(&self.issuer)))
    }

    /// The seal of an agency.
    #[must_use]
    pub fn seal(&self, code: &str) -> Arc<Identity> {
        let agency = code.parse().expect("a code");
        self.wallet.seal(&agency, &format!("Cơ quan {code}")).expect("a seal")
    }

    /// The head of an agency, who may sign anything.
    #[must_use]
    pub fn head(&self, code: &str) -> Arc<Identity> {
        let agency = code.parse().expect("a code");
        self.wallet
            .person(&agency, Capacity::Head, "Nguyễn Văn An")
            .expect("a person")
    }

    /// A header signed by the head and sealed, with the inline content that it names.
    #[must_use]
    pub fn sign(&self, header: &Header, inline: Vec<([u8; 32], Bytes)>) -> pb::Envelope {
        self.sign_bytes(header.sender.as_str(), header.encode(), inline)
    }

    /// Bytes that need not be a header, signed by the head of an agency and sealed.
    #[must_use]
    pub fn sign_bytes(&self, from: &str, header: impl Into<Bytes>, inline: Vec<([u8; 32], Bytes)>) -> pb::Envelope {
        let (head, seal) = (self.head(from), self.seal(from));
        sign_envelope(header.into(), Some(&head), &seal, inline, true)
    }
}

/// A letter from one agency to others, made now.
#[must_use]
pub fn letter(from: &str, to: &[&str]) -> Header {
    let now = Timestamp::now();
    let id = Uuid::now_v7();
    let number = u64::from(id.as_fields().0 >> 8) + 1;
    let signer = Signer {
        full_name: "Nguyễn Văn An".to_owned(),
        position: "Chủ tịch".to_owned(),
        ..Signer::default()
    };
    let to = to.iter().map(|code| code.parse().expect("a code"));
    let (from, notation) = (from.parse().expect("a code"), "UBND-VX".parse().expect("a notation"));
    let subject = "V/v báo cáo tình hình triển khai";
    Header::new(
        id,
        from,
        to,
        number,
        notation,
        DocumentType::OfficialLetter,
        subject,
        signer,
        now,
    )
}

/// Adds content to a header, to be carried inline.
pub fn attach(header: &mut Header, content: &[u8]) -> ([u8; 32], Bytes) {
    let sha256 = sha256(content);
    header.attachments.push(Attachment {
        sha256,
        size: content.len() as u64,
        name: format!("van-ban-{}.txt", header.attachments.len() + 1),
        content_type: "text/plain".to_owned(),
        description: String::new(),
    });
    (sha256, Bytes::copy_from_slice(content))
}

/// A number from the environment, or the usual one.
#[must_use]
pub fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(usual)
}

/// The first line that a process prints: where it serves.
pub fn address_of(child: &mut std::process::Child) -> String {
    let mut address = String::new();
    std::io::BufReader::new(child.stdout.take().expect("its output"))
        .read_line(&mut address)
        .expect("its address");
    address.trim().to_owned()
}

/// What waits in a mailbox, waiting for a first one.
pub async fn next(agency: &Agency) -> Vec<Delivery> {
    let options = FetchOptions {
        deliveries_max: 100,
        wait: Some(Duration::from_secs(30)),
        ..FetchOptions::default()
    };
    let fetched = agency.fetch(options).await.expect("a mailbox");
    fetched
        .deliveries
        .into_iter()
        .map(|delivery| delivery.expect("a delivery that can be read"))
        .collect()
}
