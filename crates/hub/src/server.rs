//! Serving: gRPC, gRPC-Web, health and reflection on one port, until told to stop; then what is under way finishes.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use futures::Stream;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig, server::Connected};
use tonic_health::server::HealthReporter;
use tower::util::MapResponseLayer;
use truc_proto::v1::FILE_DESCRIPTOR_SET;
use truc_services::{
    directory_service_server::DirectoryServiceServer, exchange_service_server::ExchangeServiceServer,
    operations_service_server::OperationsServiceServer, sandbox_service_server::SandboxServiceServer,
    statistics_service_server::StatisticsServiceServer, training_service_server::TrainingServiceServer,
};

use crate::{
    config::{Listen, Sandbox, TlsFiles},
    listening::connections,
    services::{
        directory::DirectoryApi, exchange::Exchange, operations::Operations, sandbox::SandboxApi,
        statistics::StatisticsApi, training::TrainingApi,
    },
    start::Hub,
    unreadable::readable_response,
};

/// Asked of `grpc.health.v1` by this name, a hub says whether a receipt is certain to survive a power loss: it is NOT_SERVING where
/// the servers of a shared journal do not sync before they answer, or where that is not known. Its log says which.
pub const DURABILITY: &str = "truc.durability";

/// Largest message that ExchangeService reads; an envelope over its own limit is then refused as such.
const MESSAGE_BYTES_MAX: usize = 8 << 20;
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 4 << 20;
const FRAME_BYTES: u32 = 256 << 10;
/// Metadata of a call, with names and 32 bytes for each: tokens are a tenth of it.
const METADATA_BYTES_MAX: u32 = 16 << 10;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long calls may take to finish once the hub was told to stop. Streams of subscribers end at once.
const DRAIN: Duration = Duration::from_secs(10);

/// Why a hub does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Beyond loopback without TLS.
    #[error("`{0}` is reachable by others: without TLS a hub listens on loopback only; give it a certificate")]
    Insecure(SocketAddr),
    /// The listener is unusable.
    #[error("can't listen: {0}")]
    Listen(#[from] std::io::Error),
    /// Certificates, or the server itself.
    #[error("can't serve: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// Reflection.
    #[error("can't describe the API: {0}")]
    Reflection(String),
    /// The journal could not be written while serving.
    #[error("the journal could not be written; restart the hub to recover what is durable")]
    Poisoned,
}

/// What a port has beside the API.
#[derive(Default)]
struct Served {
    tls: Option<TlsFiles>,
    pages: Option<axum::Router>,
    sandbox: Option<Sandbox>,
}

fn tls(files: TlsFiles) -> ServerTlsConfig {
    let config = ServerTlsConfig::new()
        .identity(Identity::from_pem(files.certificate, files.key))
        .timeout(HANDSHAKE);
    match files.client_roots {
        Some(roots) => config
            .client_ca_root(Certificate::from_pem(roots))
            .client_auth_optional(true),
        None => config,
    }
}

impl Hub {
    /// Serves until `shutdown`; then what is under way finishes and everything accepted is durable.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn serve(self, listen: Listen, shutdown: CancellationToken) -> Result<(), ServeError> {
        let Listen {
            listener,
            tls,
            pages,
            sandbox,
        } = listen;
        let address = listener.local_addr()?;
        if tls.is_none() && !address.ip().is_loopback() {
            return Err(ServeError::Insecure(address));
        }
        listener.set_nonblocking(true)?;
        let incoming = connections(tokio::net::TcpListener::from_std(listener)?);
        self.serve_all(incoming, Served { tls, pages, sandbox }, shutdown).await
    }

    /// As [`Hub::serve`], over connections that come from elsewhere, such as a simulated network: the API alone, without TLS.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn serve_over<C>(
        self,
        incoming: impl Stream<Item = io::Result<C>> + Send + 'static,
        shutdown: CancellationToken,
    ) -> Result<(), ServeError>
    where
        C: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        self.serve_all(incoming, Served::default(), shutdown).await
    }

    async fn serve_all<C>(
        self,
        incoming: impl Stream<Item = io::Result<C>>,
        served: Served,
        shutdown: CancellationToken,
    ) -> Result<(), ServeError>
    where
        C: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        let (health, health_service) = tonic_health::server::health_reporter();
        health.set_serving::<ExchangeServiceServer<Exchange>>().await;
        // Who only asks whether the hub serves need not know this name; who has to know what a receipt is worth asks for it.
        health
            .set_service_status(DURABILITY, serving_status(self.core.durability.kept))
            .await;
        let described = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let reflection = described()
            .build_v1()
            .map_err(|error| ServeError::Reflection(error.to_string()))?;
        // What many clients still ask, grpcio-reflection of Python among them.
        let reflection_v1alpha = described()
            .build_v1alpha()
            .map_err(|error| ServeError::Reflection(error.to_string()))?;
        let mut server = Server::builder()
            .accept_http1(true)
            .tcp_nodelay(true)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(FRAME_BYTES)
            .http2_max_header_list_size(METADATA_BYTES_MAX)
            .max_concurrent_streams(self.core.limits.streams_per_connection)
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .http2_keepalive_timeout(Some(Duration::from_secs(20)));
        if let Some(files) = served.tls {
            server = server.tls_config(tls(files))?;
        }
        let core = &self.core;
        let exchange =
            ExchangeServiceServer::new(Exchange(Arc::clone(core))).max_decoding_message_size(MESSAGE_BYTES_MAX);
        let mut services = Routes::new(health_service)
            .add_service(reflection)
            .add_service(reflection_v1alpha)
            .add_service(exchange.max_encoding_message_size(usize::MAX))
            .add_service(DirectoryServiceServer::new(DirectoryApi(Arc::clone(core))))
            .add_service(StatisticsServiceServer::new(StatisticsApi(Arc::clone(core))))
            .add_service(OperationsServiceServer::new(Operations(Arc::clone(core))));
        if let Some(sandbox) = served.sandbox {
            let training = sandbox.training.clone();
            let core = Arc::clone(core);
            let sandbox = SandboxApi::new(core, sandbox);
            if let Some(training) = training {
                let sandbox = sandbox.clone();
                services = services.add_service(TrainingServiceServer::new(TrainingApi { sandbox, training }));
            }
            services = services.add_service(SandboxServiceServer::new(sandbox));
        }
        // gRPC-Web refuses whatever is not gRPC, so it stands around the services only, not around the pages.
        let services = services
            .into_axum_router()
            // Within gRPC-Web, which wraps what it is given.
            .layer(MapResponseLayer::new(readable_response))
            .layer(tonic_web::GrpcWebLayer::new());
        let router = server.add_routes(Routes::from(match served.pages {
            Some(pages) => services.merge(pages),
            None => services,
        }));
        let stopping = core.stopping.clone();
        let told = tokio::spawn(watch_health(
            health,
            self.core.poisoned.subscribe(),
            self.core.in_contact.subscribe(),
            shutdown,
            stopping.clone(),
        ));
        let serving = router.serve_with_incoming_shutdown(incoming, stopping.clone().cancelled_owned());
        tokio::pin!(serving);
        let served = tokio::select! {
            served = &mut serving => served,
            () = async { stopping.cancelled().await; tokio::time::sleep(DRAIN).await } => Ok(()),
        };
        stopping.cancel();
        told.abort();
        served?;
        self.stop().await
    }

    /// Everything proposed is durable, the state is saved.
    async fn stop(self) -> Result<(), ServeError> {
        drop(self.proposals);
        let ended = self.writer.ended().await;
        if *self.core.poisoned.borrow() || !ended {
            return Err(ServeError::Poisoned);
        }
        Ok(())
    }
}

/// Turns health to NOT_SERVING when the journal can't be written or the hub is told to stop, and while a shared journal is out of
/// reach.
async fn watch_health(
    health: HealthReporter,
    mut poisoned: tokio::sync::watch::Receiver<bool>,
    mut in_contact: tokio::sync::watch::Receiver<bool>,
    shutdown: CancellationToken,
    stopping: CancellationToken,
) {
    let stop = loop {
        let held = *in_contact.borrow_and_update();
        serve(&health, held).await;
        tokio::select! {
            _ = poisoned.wait_for(|poisoned| *poisoned) => break false,
            () = shutdown.cancelled() => break true,
            Ok(()) = in_contact.changed() => {}
        }
    };
    serve(&health, false).await;
    if !stop {
        shutdown.cancelled().await;
    }
    stopping.cancel();
}

async fn serve(health: &HealthReporter, serving: bool) {
    let status = serving_status(serving);
    match serving {
        true => health.set_serving::<ExchangeServiceServer<Exchange>>().await,
        false => health.set_not_serving::<ExchangeServiceServer<Exchange>>().await,
    }
    health.set_service_status("", status).await;
}

fn serving_status(serving: bool) -> tonic_health::ServingStatus {
    match serving {
        true => tonic_health::ServingStatus::Serving,
        false => tonic_health::ServingStatus::NotServing,
    }
}
