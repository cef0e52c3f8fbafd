//! A hub inside this process: opened, listening, and stopped in good order.

use std::net::{SocketAddr, TcpListener};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use truc_hub::{Hub, HubConfig, Listen, ServeError, TlsFiles};

use crate::exit::{Exit, Failure};

/// A hub that serves.
pub(crate) struct EmbeddedHub {
    /// `http://` or `https://`, with the port that it really has.
    pub(crate) endpoint: String,
    /// What stops with it.
    pub(crate) shutdown: CancellationToken,
    serving: JoinHandle<Result<(), ServeError>>,
}

/// Takes an address, so that a port that is in use is told before anything is opened. Port 0 takes any.
pub(crate) fn bind(listen: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).map_err(|error| {
        Failure::input(format!(
            "cannot listen on `{listen}`: {error}; port 0 takes any that is free"
        ))
    })
}

impl EmbeddedHub {
    /// Opens the hub and lets it serve.
    pub(crate) async fn start(
        config: HubConfig,
        listener: TcpListener,
        tls: Option<TlsFiles>,
        pages: Option<axum::Router>,
        sandbox: Option<truc_hub::Sandbox>,
    ) -> Result<Self, Failure> {
        let address = listener.local_addr().map_err(Failure::input)?;
        if tls.is_none() && !address.ip().is_loopback() {
            return Err(Failure::input(ServeError::Insecure(address)));
        }
        let endpoint = endpoint(address, tls.is_some());
        let hub = Hub::open(config).await.map_err(Failure::input)?;
        let shutdown = CancellationToken::new();
        let listen = Listen {
            listener,
            tls,
            pages,
            sandbox,
        };
        let serving = tokio::spawn(hub.serve(listen, shutdown.clone()));
        Ok(Self {
            endpoint,
            shutdown,
            serving,
        })
    }

    /// Lets calls under way finish and everything accepted become durable.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        self.shutdown.cancel();
        ended(self.serving.await)
    }

    /// Serves until somebody asks to stop; fails when it ends by itself.
    pub(crate) async fn until_stopped(mut self) -> Result<(), Failure> {
        tokio::select! {
            () = stop_asked() => self.stop().await,
            ended_early = &mut self.serving => {
                ended(ended_early)?;
                Err(Failure::new(Exit::Failed, "the hub ended without being asked to"))
            }
        }
    }
}

fn ended(result: Result<Result<(), ServeError>, tokio::task::JoinError>) -> Result<(), Failure> {
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::new(Exit::Failed, error)),
        Err(error) => Err(Failure::new(Exit::Failed, format!("the hub broke down: {error}"))),
    }
}

/// As a client writes it: any address at all is reached at loopback.
pub(crate) fn endpoint(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    if address.ip().is_unspecified() {
        format!("{scheme}://localhost:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

/// Until Ctrl-C or SIGTERM.
pub(crate) async fn stop_asked() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! { () = interrupted => {} () = terminated => {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_is_what_a_client_can_use() {
        assert_eq!(
            endpoint("127.0.0.1:7700".parse().unwrap(), false),
            "http://127.0.0.1:7700"
        );
        assert_eq!(endpoint("[::1]:1".parse().unwrap(), true), "https://[::1]:1");
        assert_eq!(
            endpoint("0.0.0.0:7700".parse().unwrap(), true),
            "https://localhost:7700"
        );
    }
}
