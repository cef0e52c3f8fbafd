//! The connection to a hub: made once, shared by many agencies.

use std::{
    error::Error as _,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use truc_document::AgencyCode;
use truc_signature::Caller;

use crate::{
    agency::Agency,
    causes::with_causes,
    credential::{Bearer, Credential},
    multiplex::Line,
    operator::Operator,
    retry::RetryPolicy,
    session::Session,
    way::Way,
};

/// A stream that is not read holds back this much at most.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
/// All streams of a connection together.
const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// Fewer, larger frames: 2.0 instead of 2.7 µs a message on full streams.
const FRAME_BYTES_MAX: u32 = 256 * 1024;
/// Without keep-alive a connection whose peer vanished hangs for ever.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// The same where several hubs are named.
const KEEP_ALIVE_INTERVAL_OF_MANY: Duration = Duration::from_secs(2);
const KEEP_ALIVE_TIMEOUT_OF_MANY: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Room for calls that wait for the connection.
const CALLS_QUEUED_MAX: usize = 4096;

/// Where a hub is, and how to reach it.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// `http://host:port`, or `https://host:port` for TLS. Of several hubs over one journal all, separated by commas: where one
    /// fails the next is asked.
    pub endpoint: String,
    /// For `https`: whom to trust, and the certificate to show. The system's roots are not used.
    pub tls: Option<Tls>,
    /// HTTP/2 connections, 1 at least, and with several hubs one to each; agencies are spread over them. One carries thousands of
    /// agencies.
    pub connections: usize,
    /// How transient failures are met by all calls over it.
    pub retry: RetryPolicy,
}

/// TLS of a connection; all in PEM.
#[derive(Clone)]
pub struct Tls {
    /// Root of the hub's certificate.
    pub ca_pem: String,
    /// For mTLS: the system certificate with its issuers, and its private key (PKCS#8).
    pub identity_pem: Option<(String, String)>,
    /// Name in the hub's certificate, where it is not the host of the endpoint.
    pub domain: Option<String>,
}

/// Without the private key.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("identity", &self.identity_pem.is_some())
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The endpoint is no http or https URI.
    #[error("hub address `{endpoint}` is no http:// or https:// URI: {cause}")]
    Endpoint {
        /// As given.
        endpoint: String,
        /// What is wrong with it.
        cause: String,
    },
    /// `https` without `tls`, `http` with it, or PEM that cannot be read.
    #[error("TLS settings for `{endpoint}` cannot be used: {cause}")]
    Tls {
        /// As given.
        endpoint: String,
        /// What is wrong.
        cause: String,
    },
    /// Nobody answers there.
    #[error("hub at `{endpoint}` could not be reached: {cause}; check the address and that the hub is running")]
    Unreachable {
        /// As given.
        endpoint: String,
        /// What the attempt met.
        cause: String,
    },
}

/// A hub, seen from a client. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Hub {
    ways: Arc<[Way]>,
    next: Arc<AtomicUsize>,
    retry: RetryPolicy,
    /// Shared streams, where calls go over such; one channel each.
    lines: Arc<[Arc<Line>]>,
}

impl ConnectOptions {
    /// One connection without TLS settings, with the default retry policy.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            tls: None,
            connections: 1,
            retry: RetryPolicy::default(),
        }
    }

    /// Sets `tls`.
    pub fn with_tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Sets `connections`.
    pub fn with_connections(self, connections: usize) -> Self {
        Self { connections, ..self }
    }

    /// Sets `retry`.
    pub fn with_retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    /// One for each hub.
    pub(crate) fn transports(&self) -> Result<Vec<Endpoint>, ConnectError> {
        let addresses: Vec<_> = self.endpoint.split(',').map(str::trim).collect();
        let several = addresses.len() > 1;
        addresses
            .into_iter()
            .map(|address| self.transport(address, several))
            .collect()
    }

    fn transport(&self, address: &str, several: bool) -> Result<Endpoint, ConnectError> {
        let wrong = |cause: String| ConnectError::Endpoint {
            endpoint: address.to_owned(),
            cause,
        };
        // A hub that hangs is left the sooner where there is another.
        let (interval, timeout) = match several {
            true => (KEEP_ALIVE_INTERVAL_OF_MANY, KEEP_ALIVE_TIMEOUT_OF_MANY),
            false => (KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT),
        };
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|error| wrong(with_causes(error.to_string(), error.source())))?;
        let secure = match endpoint.uri().scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong("the scheme is missing or another".to_owned())),
        };
        let endpoint = endpoint
            .connect_timeout(CONNECT_TIMEOUT)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .max_frame_size(FRAME_BYTES_MAX)
            .http2_keep_alive_interval(interval)
            .keep_alive_timeout(timeout)
            .keep_alive_while_idle(true)
            .tcp_nodelay(true)
            .buffer_size(CALLS_QUEUED_MAX);
        let unusable = |cause: String| ConnectError::Tls {
            endpoint: self.endpoint.clone(),
            cause,
        };
        match (&self.tls, secure) {
            (None, false) => Ok(endpoint),
            (Some(tls), true) => endpoint
                .tls_config(tls.config())
                .map_err(|error| unusable(with_causes(error.to_string(), error.source()))),
            (None, true) => Err(unusable(
                "https needs the root that issued the hub's certificate".to_owned(),
            )),
            // A client that meant to be private must not go out in the open for want of an `s`.
            (Some(_), false) => Err(unusable("they need https://".to_owned())),
        }
    }
}

impl From<&str> for ConnectOptions {
    fn from(endpoint: &str) -> Self {
        Self::new(endpoint)
    }
}

impl From<String> for ConnectOptions {
    fn from(endpoint: String) -> Self {
        Self::new(endpoint)
    }
}

impl Tls {
    fn config(&self) -> ClientTlsConfig {
        let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&self.ca_pem));
        if let Some((certificates, key)) = &self.identity_pem {
            config = config.identity(Identity::from_pem(certificates, key));
        }
        if let Some(domain) = &self.domain {
            config = config.domain_name(domain);
        }
        config
    }
}

impl Hub {
    /// Connects; fails where nobody answers. A connection that breaks later is made anew by the next call, at another hub where
    /// there are several.
    pub async fn connect(options: impl Into<ConnectOptions>) -> Result<Self, ConnectError> {
        let options = options.into();
        let transports = options.transports()?;
        let count = options.connections.max(transports.len());
        let ways = futures::future::try_join_all((0..count).map(|first| reach(&transports, first)));
        let ways = ways.await.map_err(|error| ConnectError::Unreachable {
            endpoint: options.endpoint.clone(),
            cause: with_causes(error.to_string(), error.source()),
        })?;
        Ok(Self::by(ways, options.retry))
    }

    /// As `connect`, but connects with the first call: for a client that starts before its hub. Must be called within
    /// a tokio runtime.
    pub fn connect_lazily(options: impl Into<ConnectOptions>) -> Result<Self, ConnectError> {
        let options = options.into();
        let transports = options.transports()?;
        let lazily = || transports.iter().map(Endpoint::connect_lazy).collect();
        let count = options.connections.max(transports.len());
        let ways = (0..count).map(|first| Way::new(lazily(), first)).collect();
        Ok(Self::by(ways, options.retry))
    }

    /// Over channels made elsewhere, such as those of a simulated network.
    ///
    /// # Panics
    /// Without any channel.
    pub fn over(channels: Vec<Channel>, retry: RetryPolicy) -> Self {
        let ways = channels.into_iter().map(|channel| Way::new(vec![channel], 0)).collect();
        Self::by(ways, retry)
    }

    /// As [`Hub::over`], where each channel leads to another hub of one axis: who fails at one goes on at the next.
    ///
    /// # Panics
    /// Without any channel.
    pub fn among(channels: Vec<Channel>, retry: RetryPolicy) -> Self {
        let ways = (0..channels.len()).map(|first| Way::new(channels.clone(), first));
        Self::by(ways.collect(), retry)
    }

    fn by(ways: Vec<Way>, retry: RetryPolicy) -> Self {
        assert!(!ways.is_empty(), "a hub needs at least one channel");
        Self {
            ways: ways.into(),
            next: Arc::default(),
            retry,
            lines: Arc::default(),
        }
    }

    /// The same hub, whose agencies from now on make their calls over `streams` streams that they share, instead of each call
    /// on its own: a fraction of the cost where thousands of agencies call, which is what `Send`, `Fetch` without `wait`,
    /// `Acknowledge` and `ReportStatuses` do. Agencies that prove themselves by mTLS have none.
    #[must_use]
    pub fn multiplexed(&self, streams: usize) -> Self {
        let ways = self.ways.iter().cycle().take(streams);
        Self {
            lines: ways.map(|way| Arc::new(Line::new(way.clone()))).collect(),
            ..self.clone()
        }
    }

    /// An agency on this hub. Nothing is sent yet.
    pub fn agency(&self, code: AgencyCode, credential: Credential) -> Agency {
        let session = self.session(Caller::Agency(code.clone()), credential);
        Agency::new(code, session)
    }

    /// The operator of this hub. Nothing is sent yet.
    pub fn operator(&self, credential: Credential) -> Operator {
        Operator::new(self.session(Caller::Operator, credential))
    }

    fn session(&self, caller: Caller, credential: Credential) -> Session {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let way = self.ways[turn % self.ways.len()].clone();
        let line = match caller {
            Caller::Agency(_) if !self.lines.is_empty() => Some(Arc::clone(&self.lines[turn % self.lines.len()])),
            _ => None,
        };
        Session::new(way, Bearer::new(caller, credential), self.retry.clone(), line)
    }
}

/// A way that begins at the first hub that answers, from that number on.
async fn reach(transports: &[Endpoint], first: usize) -> Result<Way, tonic::transport::Error> {
    let mut channels: Vec<_> = transports.iter().map(Endpoint::connect_lazy).collect();
    let mut at = first % transports.len();
    for left in (0..transports.len()).rev() {
        match transports[at].connect().await {
            Ok(channel) => {
                channels[at] = channel;
                break;
            }
            Err(error) if left == 0 => return Err(error),
            Err(_) => at = (at + 1) % transports.len(),
        }
    }
    Ok(Way::new(channels, at))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;
    use tonic::transport::{Server, ServerTlsConfig};
    use truc_services::exchange_service_server::ExchangeServiceServer;
    use truc_signature::{Authority, SeededWallet, certificate_pem};

    use super::*;
    use crate::test_hub::{TestHub, envelope};

    #[track_caller]
    fn check(endpoint: &str, tls: Option<Tls>, expected: &str) {
        let options = ConnectOptions {
            tls,
            ..ConnectOptions::new(endpoint)
        };
        let error = options.transports().map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn unusable_settings_are_told_apart() {
        let tls = || {
            Some(Tls {
                ca_pem: String::new(),
                identity_pem: None,
                domain: None,
            })
        };
        check("localhost:8180", None, "`localhost:8180` is no http:// or https:// URI");
        check("ftp://localhost", None, "is no http:// or https:// URI");
        check("not a uri", None, "is no http:// or https:// URI");
        check("http://a,localhost", None, "`localhost` is no http");
        check("https://localhost", None, "https needs the root");
        check("http://localhost", tls(), "need https://");
    }

    /// A hub that lets in only whom the authority knows, and what a client of it needs.
    async fn secure_hub(hub: &TestHub, authority: &Arc<Authority>) -> ConnectOptions {
        let wallet = SeededWallet::new(Arc::clone(authority), "wallet");
        let root = certificate_pem(&authority.root());
        let own = wallet.hub("hub", &["localhost".to_owned()]).unwrap();
        let server = ServerTlsConfig::new()
            .identity(Identity::from_pem(own.chain().to_pem(), own.key().to_pem()))
            .client_ca_root(Certificate::from_pem(&root));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut server = Server::builder().tls_config(server).unwrap();
        let server = server.add_service(ExchangeServiceServer::new(hub.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let system = wallet.system(&"H54".parse().unwrap(), "VNPT iOffice").unwrap();
        let identity_pem = Some((system.chain().to_pem(), system.key().to_pem()));
        let domain = Some("localhost".to_owned());
        ConnectOptions::new(format!("https://127.0.0.1:{port}"))
            .with_tls(Tls {
                ca_pem: root,
                identity_pem,
                domain,
            })
            .with_retry(RetryPolicy::once())
    }

    #[tokio::test]
    async fn agency_is_known_by_its_certificate() {
        let hub = TestHub::new();
        let options = secure_hub(&hub, &Arc::new(Authority::from_seed(b"one").unwrap())).await;
        let agency = Hub::connect(options)
            .await
            .unwrap()
            .agency("H54".parse().unwrap(), Credential::Mtls);
        agency.send(envelope(1)).await.unwrap();
        assert_eq!(hub.authorizations(), [None]);
    }

    #[tokio::test]
    async fn hub_of_another_authority_is_not_trusted() {
        let options = secure_hub(&TestHub::new(), &Arc::new(Authority::from_seed(b"one").unwrap())).await;
        let other = Authority::from_seed(b"other").unwrap();
        let tls = Tls {
            ca_pem: certificate_pem(&other.root()),
            ..options.tls.clone().unwrap()
        };
        let error = Hub::connect(options.with_tls(tls)).await.map(|_| ()).unwrap_err();
        assert!(matches!(error, ConnectError::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }

    #[tokio::test]
    async fn client_without_certificate_is_not_let_in() {
        let hub = TestHub::new();
        let options = secure_hub(&hub, &Arc::new(Authority::from_seed(b"one").unwrap())).await;
        let tls = Tls {
            identity_pem: None,
            ..options.tls.clone().unwrap()
        };
        let hub_client = Hub::connect_lazily(options.with_tls(tls)).unwrap();
        let agency = hub_client.agency("H54".parse().unwrap(), Credential::Token("token".to_owned()));
        agency.send(envelope(1)).await.unwrap_err();
        assert!(hub.seen().is_empty());
    }

    #[test]
    fn private_key_is_not_printed() {
        let tls = Tls {
            ca_pem: "CA".into(),
            identity_pem: Some(("C".into(), "SECRET".into())),
            domain: None,
        };
        let options = ConnectOptions::new("https://hub").with_tls(tls);
        assert!(!format!("{options:?}").contains("SECRET"));
    }
}
