//! The VXP gateway under load: packages of 20 KiB through `sendEdoc`, `getEdoc` and `updateStatus`, by HTTP over loopback.
//!
//! Hub, gateway and client are three processes, so that each one's CPU is its own. In a sandbox hub and gateway share a
//! process; they speak gRPC over loopback there too.

mod client;
mod packages;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use truc_agency::ConnectOptions;
use truc_document::AgencyCode;
use truc_gateway::{NewSystem, SigningMode, System, Systems};
use truc_simulator::load::{self, LoadOptions, Mode};

use self::client::Client;
use super::{SEED, hub_process::HubProcess, measure, report::Figure};
use crate::{
    exit::{Exit, Failure},
    gateway::{self, Port, Settings},
    keys::Keys,
    output::Output,
};

/// Agencies; one half sends, the other receives.
const AGENCIES: usize = 10;
/// Bytes of a package.
const PACKAGE_BYTES: usize = 20 << 10;
/// Packages before anything is measured: signers get their keys, connections come about.
const WARM_UP: usize = 200;
/// Connections of the client, as a library with `max-connection=10` in each of two systems.
const CONNECTIONS: usize = 20;

/// What it took.
pub(super) struct Outcome {
    pub(super) packages: usize,
    /// Wall time of all calls.
    pub(super) took: Duration,
    /// CPU a package of the gateway, µs.
    pub(super) gateway_us: f64,
    /// CPU a package of the hub under the gateway, µs.
    pub(super) hub_us: f64,
    /// CPU a document of the hub for the same content over gRPC, unary, µs.
    pub(super) grpc_us: f64,
}

/// What the process of the gateway does.
pub(super) async fn serve(folder: &Path, hub: String) -> Result<(), Failure> {
    let gateway = gateway::open(Settings {
        folder: folder.to_owned(),
        keys: Keys::of(Keys::seed_of_number(SEED))?,
        operator: false,
        hub: ConnectOptions::new(hub),
    })?;
    let port = Port::bind("127.0.0.1:0")?;
    let endpoint = port.endpoint();
    port.serve(&gateway, CancellationToken::new())?;
    writeln!(std::io::stdout(), "{endpoint}").map_err(|_| Failure::output_closed())?;
    // Until it is killed.
    std::future::pending().await
}

/// Measures, and gives the rows.
pub(super) async fn figures(folder: &TempDir, documents: usize, output: &Output) -> Result<Vec<Figure>, Failure> {
    let packages = (documents / 8).clamp(100, 5_000);
    output.tell("packages of 20 KiB through the VXP gateway");
    let mut hub = HubProcess::start(&folder.path().join("vxp-hub"), AGENCIES)?;
    let over_grpc = LoadOptions {
        documents: packages,
        content_bytes: PACKAGE_BYTES,
        agencies: AGENCIES,
        mode: Mode::Unary,
        in_flight: CONNECTIONS,
        ..LoadOptions::default()
    };
    let grpc_us = measure(&mut hub, over_grpc, 8).await?.cpu_us;
    let place = folder.path().join("vxp");
    let halves = systems(&place)?;
    let gateway = HubProcess::start_gateway(&place, &hub.endpoint)?;
    let bench = Exchange {
        endpoint: gateway.endpoint.clone(),
        halves,
    };
    bench
        .run(packages::make(WARM_UP, &bench.halves, Timestamp::now())?)
        .await?;
    hub.settle().await;
    let made = packages::make(packages, &bench.halves, Timestamp::now())?;
    let (hub_before, gateway_before) = (hub.cpu(), gateway.cpu());
    let begun = Instant::now();
    bench.run(made).await?;
    let took = begun.elapsed();
    let each = |used: Duration| used.as_secs_f64() * 1e6 / packages as f64;
    Ok(Figure::gateway(&Outcome {
        packages,
        took,
        gateway_us: each(gateway.cpu().saturating_sub(gateway_before)),
        hub_us: each(hub.cpu().saturating_sub(hub_before)),
        grpc_us,
    }))
}

/// The system that sends and the one that receives, with their agencies.
fn systems(folder: &PathBuf) -> Result<[Arc<System>; 2], Failure> {
    let codes: Result<Vec<AgencyCode>, _> = load::directory(AGENCIES)
        .into_iter()
        .map(|agency| agency.code.parse())
        .collect();
    let codes = codes.map_err(Failure::input)?;
    let systems = Systems::open(folder).map_err(Failure::input)?;
    let add = |id: &str, agencies: &[AgencyCode]| {
        let system = NewSystem {
            id: id.to_owned(),
            agencies: agencies.to_vec(),
            signing: SigningMode::Custodial,
        };
        systems.add(system).map_err(Failure::input)
    };
    let (senders, receivers) = codes.split_at(AGENCIES / 2);
    Ok([add("bench.sends", senders)?, add("bench.receives", receivers)?])
}

/// A client of each half.
struct Exchange {
    endpoint: String,
    halves: [Arc<System>; 2],
}

impl Exchange {
    /// Sends all, lists them, gets and updates each; every answer must be good.
    async fn run(&self, packages: Vec<packages::Package>) -> Result<(), Failure> {
        let count = packages.len();
        let [sends, receives] = &self.halves;
        let senders = self.clients(sends).await?;
        spread(senders, packages, |mut client, package| async move {
            client.send(package.from.as_str(), package.bytes).await?;
            Ok(client)
        })
        .await?;
        let mut receivers = self.clients(receives).await?;
        let waiting = match receivers.first_mut() {
            Some(client) => client.received().await?,
            None => Vec::new(),
        };
        if waiting.len() != count {
            let message = format!("{} of {count} packages are in the list", waiting.len());
            return Err(Failure::new(Exit::Failed, message));
        }
        spread(receivers, waiting, |mut client, doc_id| async move {
            client.take(&doc_id).await?;
            Ok(client)
        })
        .await
    }

    async fn clients(&self, system: &Arc<System>) -> Result<Vec<Client>, Failure> {
        stream::iter(0..CONNECTIONS)
            .then(|_| Client::connect(&self.endpoint, system))
            .try_collect()
            .await
    }
}

/// Does one thing with each, on as many connections as there are clients, each in a task of its own.
async fn spread<T, W, D>(clients: Vec<Client>, things: Vec<T>, work: W) -> Result<(), Failure>
where
    T: Send + 'static,
    W: Fn(Client, T) -> D + Clone + Send + 'static,
    D: Future<Output = Result<Client, Failure>> + Send,
{
    let things = Arc::new(std::sync::Mutex::new(things.into_iter()));
    let mut tasks = tokio::task::JoinSet::new();
    for mut client in clients {
        let (things, work) = (Arc::clone(&things), work.clone());
        tasks.spawn(async move {
            loop {
                let next = things.lock().ok().and_then(|mut things| things.next());
                let Some(thing) = next else {
                    return Ok::<_, Failure>(());
                };
                client = work(client, thing).await?;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(|error| Failure::new(Exit::Failed, error))??;
    }
    Ok(())
}
