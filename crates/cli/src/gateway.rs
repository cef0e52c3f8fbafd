//! A VXP gateway inside this process: on the hub's own port, and on another one on request.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use truc_agency::{ConnectOptions, Credential, Hub, RetryPolicy};
use truc_gateway::{Gateway, Options, WalletSignatory};

use crate::{embedded, exit::Failure, keys::Keys};

/// A system waits about as long before it tries again by itself.
const PATIENCE: Duration = Duration::from_secs(20);
/// HTTP/2 connections to the hub; one carries thousands of calls, two use two cores.
const CONNECTIONS: usize = 2;

/// What a gateway needs to know.
pub(crate) struct Settings {
    /// Folder of systems and of what was sent.
    pub(crate) folder: PathBuf,
    /// Whose agencies and signers it acts for.
    pub(crate) keys: Keys,
    /// Systems may register agencies.
    pub(crate) operator: bool,
    /// The hub.
    pub(crate) hub: ConnectOptions,
}

/// Opens a gateway to a hub that need not serve yet.
pub(crate) fn open(settings: Settings) -> Result<Gateway, Failure> {
    let retry = RetryPolicy {
        time_max: PATIENCE,
        ..RetryPolicy::default()
    };
    let options = settings.hub.with_connections(CONNECTIONS).with_retry(retry);
    let hub = Hub::connect_lazily(options)?;
    let credential: Credential = settings.keys.credential();
    let signatory = Arc::new(WalletSignatory::new(Arc::clone(settings.keys.wallet())));
    let options = Options {
        operator: settings.operator,
        ..Options::new(settings.folder, credential, signatory)
    };
    Gateway::open(hub, options).map_err(Failure::input)
}

/// A port of the gateway's own.
pub(crate) struct Port {
    listener: TcpListener,
    address: SocketAddr,
}

impl Port {
    /// Takes an address. Beyond loopback it stands open to whoever has the secret of a system, without TLS: said in the
    /// log, since systems of the real axis speak plain HTTP inside closed networks.
    pub(crate) fn bind(listen: &str) -> Result<Self, Failure> {
        let listener = embedded::bind(listen)?;
        listener.set_nonblocking(true).map_err(Failure::input)?;
        let address = listener.local_addr().map_err(Failure::input)?;
        if !address.ip().is_loopback() {
            tracing::warn!(%address, "the VXP port is open to the network without TLS");
        }
        Ok(Self { listener, address })
    }

    /// What a system writes as its endpoint.
    pub(crate) fn endpoint(&self) -> String {
        format!("{}/vxp", embedded::endpoint(self.address, false))
    }

    /// Serves until it is told to stop.
    pub(crate) fn serve(self, gateway: &Gateway, shutdown: CancellationToken) -> Result<(), Failure> {
        let listener = tokio::net::TcpListener::from_std(self.listener).map_err(Failure::input)?;
        let router = gateway.router();
        tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned());
            if let Err(error) = serving.await {
                tracing::error!(%error, "the VXP port broke down");
            }
        });
        Ok(())
    }
}
