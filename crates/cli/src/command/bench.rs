//! `truc bench`: a hub in a process of its own under load, its CPU measured from outside, each figure beside the floor of
//! the same run: two strict verifications and one hash.

mod floor;
mod hub_process;
mod report;
mod vxp;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use clap::Args;
use jiff::Timestamp;
use tempfile::TempDir;
use truc_agency::{ConnectOptions, Hub};
use truc_simulator::{
    Topology,
    load::{Idle, Load, LoadOptions, LoadOutcome, Mode, Nation, carry_large, introduce},
};

use self::{hub_process::HubProcess, report::Figure};
use crate::{
    exit::{Exit, Failure},
    keys::Keys,
    output::Output,
};

/// Measures a hub on this machine: CPU a document streamed and unary, an extra recipient, latency, 10 and 10,000
/// agencies, packages through the VXP gateway, a full journal, restart after kill -9, memory. The figures to compare are the ratios: the floor is measured
/// in the same run.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    /// Documents of a measurement
    #[arg(long, default_value_t = 40_000)]
    documents: usize,
    /// Documents in the journal for the figures of a full one
    #[arg(long, default_value_t = 1_000_000)]
    full: usize,
    /// Only the whole country: every agency of vietnam-63 connected and idle; nothing is written
    #[arg(long)]
    nation: bool,
    /// Where the table goes
    #[arg(long, value_name = "FILE", default_value = "docs/benchmarks.md")]
    out: PathBuf,
    /// Serve the hub that is measured (used by the command itself)
    #[arg(long, hide = true, value_name = "DIR")]
    serve: Option<PathBuf>,
    /// Agencies of that hub
    #[arg(long, hide = true, default_value_t = 10)]
    agencies: usize,
    /// Serve a VXP gateway to this hub instead
    #[arg(long, hide = true, value_name = "URL")]
    gateway_to: Option<String>,
    /// Measure the VXP gateway alone and print its rows
    #[arg(long)]
    vxp: bool,
    /// Topology of that hub, instead
    #[arg(long, hide = true, value_name = "NAME")]
    topology: Option<PathBuf>,
}

/// Key of the load's keys: not a secret, so that every run signs the same.
const SEED: u64 = 2020;
/// The large attachment, MiB.
const LARGE_MIB: u64 = 200;

impl Bench {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        if let Some(folder) = self.serve {
            match self.gateway_to {
                Some(hub) => vxp::serve(&folder, hub).await?,
                None => hub_process::serve(&folder, self.agencies, self.topology.as_deref()).await?,
            }
            return Ok(Exit::Good);
        }
        let folder = TempDir::new().map_err(Failure::input)?;
        if self.vxp {
            let figures = vxp::figures(&folder, self.documents, output).await?;
            output.raw(&report::render(&figures))?;
            return Ok(Exit::Good);
        }
        // First of all, while this process is still small: its memory is a figure too.
        let mut figures = nation(&folder, output).await?;
        if self.nation {
            output.raw(&report::render(&figures))?;
            return Ok(Exit::Good);
        }
        let small = self.small(&folder, output, &mut figures).await?;
        self.many_agencies(&folder, output, &mut figures, &small).await?;
        figures.extend(vxp::figures(&folder, self.documents, output).await?);
        self.full_journal(&folder, output, &mut figures, &small).await?;
        let report = report::render(&figures);
        output.raw(&report)?;
        std::fs::write(&self.out, report::page(&figures, &self.out)?).map_err(Failure::input)?;
        Ok(Exit::Good)
    }

    async fn small(&self, folder: &TempDir, output: &Output, figures: &mut Vec<Figure>) -> Result<Measured, Failure> {
        let mut hub = HubProcess::start(&folder.path().join("small"), 10)?;
        figures.push(Figure::at_rest(hub.memory_mib()));
        figures.push(Figure::ready(hub.ready));
        let load = LoadOptions {
            documents: self.documents,
            ..LoadOptions::default()
        };
        output.tell("streamed, 1 recipient");
        let streamed = measure(&mut hub, load.clone(), 1).await?;
        figures.push(Figure::document(
            "streamed: accepted, stored, delivered, acknowledged",
            &streamed,
            1.5,
        ));
        output.tell("streamed, 5 recipients");
        let options = LoadOptions {
            documents: self.documents / 2,
            fan_out: 5,
            seed: 2,
            ..load.clone()
        };
        let five = measure(&mut hub, options, 2).await?;
        figures.push(Figure::recipient((five.cpu_us - streamed.cpu_us) / 4.0));
        output.tell("unary");
        let options = LoadOptions {
            documents: self.documents / 2,
            mode: Mode::Unary,
            in_flight: 256,
            seed: 3,
            ..load.clone()
        };
        let unary = measure(&mut hub, options, 3).await?;
        figures.push(Figure::document(
            "unary: Send, Fetch, Acknowledge, one document a call",
            &unary,
            2.4,
        ));
        output.tell("latency at half load");
        let rate = streamed.outcome.documents as f64 / streamed.outcome.took.as_secs_f64() / 2.0;
        let options = LoadOptions {
            documents: self.documents / 2,
            rate: Some(rate),
            seed: 4,
            ..load
        };
        let half = measure(&mut hub, options, 4).await?;
        figures.extend(Figure::latency(&half, rate));
        output.tell("a large attachment");
        figures.push(large_attachment(&hub).await?);
        Ok(streamed)
    }

    async fn many_agencies(
        &self,
        folder: &TempDir,
        output: &Output,
        figures: &mut Vec<Figure>,
        small: &Measured,
    ) -> Result<(), Failure> {
        output.tell("10,000 agencies, each sends");
        let mut hub = HubProcess::start(&folder.path().join("many"), 10_000)?;
        let documents = self.documents.max(20_000);
        let options = LoadOptions {
            documents,
            agencies: 10_000,
            seed: 5,
            ..LoadOptions::default()
        };
        let many = measure(&mut hub, options, 5).await?;
        figures.push(Figure::document(
            "streamed, 10,000 agencies, each sends and receives",
            &many,
            1.5,
        ));
        output.tell("10,000 agencies, ten send");
        let connection = connect(&hub).await?;
        let idle = Idle::subscribe(&connection, &keys()?.token_issuer().into(), 10..10_000);
        hub.settle().await;
        let options = LoadOptions {
            documents: self.documents,
            seed: 7,
            ..LoadOptions::default()
        };
        let ten = measure(&mut hub, options, 7).await?;
        drop(idle);
        figures.push(Figure::flat(
            "streamed, 10,000 agencies subscribed, ten of them send and receive",
            &ten,
            small,
        ));
        Ok(())
    }

    async fn full_journal(
        &self,
        folder: &TempDir,
        output: &Output,
        figures: &mut Vec<Figure>,
        small: &Measured,
    ) -> Result<(), Failure> {
        let data = folder.path().join("full");
        let mut hub = HubProcess::start(&data, 10)?;
        output.tell(&format!("filling a journal with {} documents", self.full));
        let mut left = self.full;
        let mut seed = 100;
        while left > 0 {
            let documents = left.min(100_000);
            let options = LoadOptions {
                documents,
                seed,
                ..LoadOptions::default()
            };
            measure(&mut hub, options, seed).await?;
            (left, seed) = (left - documents, seed + 1);
        }
        output.tell("a full journal");
        let options = LoadOptions {
            documents: self.documents,
            seed: 6,
            ..LoadOptions::default()
        };
        let full = measure(&mut hub, options, 6).await?;
        figures.push(Figure::flat(
            &format!("streamed, {} documents in the journal", self.full),
            &full,
            small,
        ));
        figures.push(Figure::loaded(hub.memory_peak_mib(), self.full));
        drop(hub);
        output.tell("restart after kill -9");
        let hub = HubProcess::start(&data, 10)?;
        figures.push(Figure::restarted(hub.ready, self.full));
        Ok(())
    }
}

/// One load with what it cost the hub.
pub(crate) struct Measured {
    outcome: LoadOutcome,
    /// CPU of the hub a document, µs.
    cpu_us: f64,
    /// The floor as measured right before and after, µs.
    floor_us: f64,
}

fn keys() -> Result<Keys, Failure> {
    Keys::of(Keys::seed_of_number(SEED))
}

fn failed(error: truc_simulator::load::LoadError) -> Failure {
    Failure::new(Exit::Failed, error)
}

async fn connect(hub: &HubProcess) -> Result<Hub, Failure> {
    Hub::connect(ConnectOptions::new(&hub.endpoint).with_connections(4))
        .await
        .map_err(|error| Failure::new(Exit::Unreachable, error))
}

/// The whole country on one hub, its agencies in this process.
async fn nation(folder: &TempDir, output: &Output) -> Result<Vec<Figure>, Failure> {
    output.tell("the agencies of vietnam-63, connected and idle");
    let started = Instant::now();
    let hub = HubProcess::start_topology(&folder.path().join("nation"), "vietnam-63")?;
    let topology = Topology::named(Path::new("vietnam-63")).map_err(Failure::input)?;
    let (keys, connection) = (keys()?, connect(&hub).await?);
    let issuer = keys.token_issuer().into();
    let nation = Nation::connect(&topology, &connection, &issuer, keys.wallet())
        .await
        .map_err(failed)?;
    let took = started.elapsed();
    hub.settle().await;
    let figures = Figure::nation(nation.agencies, took, hub.memory_mib(), hub_process::own_memory_mib());
    drop(nation);
    Ok(figures)
}

/// What an attachment takes of the hub's memory on its way.
async fn large_attachment(hub: &HubProcess) -> Result<Figure, Failure> {
    let keys = keys()?;
    let connection = connect(hub).await?;
    hub.settle().await;
    hub.reset_memory_peak();
    let before = hub.memory_mib();
    carry_large(
        &connection,
        &keys.token_issuer().into(),
        keys.wallet(),
        LARGE_MIB << 20,
        Timestamp::now(),
    )
    .await
    .map_err(failed)?;
    Ok(Figure::large(LARGE_MIB as f64, hub.memory_peak_mib() - before))
}

async fn measure(hub: &mut HubProcess, options: LoadOptions, salt: u64) -> Result<Measured, Failure> {
    let keys = keys()?;
    let (bytes, agencies) = (options.content_bytes, options.agencies);
    // Ids come from time and seed: each load has its own.
    let now = Timestamp::now();
    let load = Load::prepare(LoadOptions { seed: salt, ..options }, keys.wallet(), now).map_err(failed)?;
    let connection = connect(hub).await?;
    let issuer = keys.token_issuer().into();
    if !hub.introduced {
        introduce(agencies, keys.wallet(), &connection, &issuer)
            .await
            .map_err(failed)?;
        hub.introduced = true;
    }
    let before = floor::measure(bytes);
    let cpu = hub.cpu();
    let outcome = load.run(&connection, &issuer).await.map_err(failed)?;
    let used = hub.cpu().saturating_sub(cpu);
    let after = floor::measure(bytes);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let cpu_us = used.as_secs_f64() * 1e6 / outcome.documents as f64;
    Ok(Measured {
        outcome,
        cpu_us,
        floor_us: f64::midpoint(before, after),
    })
}
