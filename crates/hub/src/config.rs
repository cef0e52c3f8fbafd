//! What a hub needs to know before it starts.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;
use truc_document::AgencyCode;
use truc_proto::v1 as pb;
use truc_signature::{Authority, Identity, TokenIssuer, VerifyingKey};
use truc_store::{
    journal::{EmbeddedOptions, SharedJournal, embedded::storage::AnyStorage},
    state::ClockSetting,
};

use crate::{threads::Threads, training::Training};

/// Settings of a hub.
pub struct HubConfig {
    /// Folder of the journal, the state and the attachments. One hub at a time.
    pub data: PathBuf,
    /// Trusted roots, DER.
    pub roots: Vec<Bytes>,
    /// The hub's key and certificate: they sign receipts and checkpoints.
    pub identity: Identity,
    /// The authority under one of the roots, where this hub may sign the revocation lists that it gives. Without it
    /// GetRevocationList has no CRLs.
    pub authority: Option<Arc<Authority>>,
    /// Key that bearer tokens are signed with.
    pub token_key: VerifyingKey,
    /// Where the order of all records is kept.
    pub journal: JournalChoice,
    /// Limits.
    pub limits: Limits,
    /// Agencies to register where the directory does not have them.
    pub directory: Vec<pb::Agency>,
    /// How hub time runs in a new journal, and from when; wall time when absent.
    pub clock: Option<(ClockSetting, Timestamp)>,
    /// What it runs on.
    pub machine: Machine,
}

/// What a hub runs on. A simulation puts its own in the place of it.
pub struct Machine {
    /// Whose threads.
    pub threads: Threads,
    /// The wall clock, µs since 1970.
    pub wall: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Records between two saved states, at least; later a twelfth of the journal, so that the cost a record stays.
    pub snapshot_records: u64,
}

impl Default for Machine {
    fn default() -> Self {
        let wall = || {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            i64::try_from(since.unwrap_or_default().as_micros()).unwrap_or(i64::MAX)
        };
        Self {
            threads: Threads::default(),
            wall: Arc::new(wall),
            snapshot_records: 150_000,
        }
    }
}

/// Where the order of all records is kept.
#[derive(Default)]
pub enum JournalChoice {
    /// In the hub's folder, by this hub alone.
    #[default]
    Own,
    /// By this hub alone, on a storage that stands elsewhere than in its folder.
    On(AnyStorage, EmbeddedOptions),
    /// With other hubs.
    Shared(OpenShared),
}

/// Opens a shared journal, whose copy stands in the `journal` of the hub's folder. Called when the hub has the folder for itself.
pub type OpenShared = Box<dyn FnOnce(&Path) -> BoxFuture<'_, Result<Box<dyn SharedJournal>, CantShare>> + Send>;

/// Why a shared journal can't be opened, in words for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CantShare(pub String);

/// How much at once. Over a limit a caller gets `OVERLOADED` and tries again.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Documents between their arrival and their answer.
    pub documents_in_flight: usize,
    /// Other changes that wait for the journal.
    pub changes_in_flight: usize,
    /// Streams on one connection.
    pub streams_per_connection: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            documents_in_flight: 4096,
            changes_in_flight: 16_384,
            streams_per_connection: 20_000,
        }
    }
}

/// Where a hub listens.
pub struct Listen {
    /// Bound already, so that the caller knows the port.
    pub listener: std::net::TcpListener,
    /// Needed beyond loopback.
    pub tls: Option<TlsFiles>,
    /// What else is served on the port, by paths that no gRPC service has; plain HTTP/1.1 too.
    pub pages: Option<axum::Router>,
    /// Lets who holds the access key act as any agency; absent where agencies are real.
    pub sandbox: Option<Sandbox>,
}

/// What SandboxService works with: an axis whose agencies are all simulated.
#[derive(Clone)]
pub struct Sandbox {
    /// Who knows it may enter. Whoever holds it can act for everybody.
    pub access_key: String,
    /// Certifies keys that were made elsewhere.
    pub authority: Arc<Authority>,
    /// Makes tokens that this hub takes.
    pub tokens: Arc<TokenIssuer>,
    /// The agency that is the user's own.
    pub suggested: AgencyCode,
    /// Agencies that somebody entered: they answer no longer by themselves.
    pub attended: watch::Sender<BTreeSet<AgencyCode>>,
    /// Lessons, where there are any.
    pub training: Option<Arc<dyn Training>>,
}

/// TLS of a hub, PEM.
pub struct TlsFiles {
    /// The server's certificate and its issuers.
    pub certificate: String,
    /// Its key, PKCS#8.
    pub key: String,
    /// Issuers of client certificates; mTLS is offered when there is one.
    pub client_roots: Option<String>,
}
