//! Three hubs and three NATS servers, and the worst that can happen to any one of them in the middle of the load: killed, paused, cut
//! off. The others go on meanwhile. At the end each hub's history is checked, and all hubs agree. `TRUC_CLUSTER_ROUNDS` says how
//! often (5; `make soak` 100), `TRUC_SEED` which run.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;
use truc_agency::{ConnectOptions, wait_until_ready};
use truc_store::journal::{Embedded, EmbeddedOptions, Journal as _, Position};
use truc_tests::{
    history::{Known, check_journal, check_mailboxes, load, state_at},
    link::Link,
    nats::{Nats, free_port, signal},
};

/// Longer than any fault, so that what is handed out is not handed out again while its receiver looks for another hub.
const LEASE: Duration = Duration::from_secs(15);
/// Far longer than the axis stands still for any fault.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long a trouble lasts at most where the axis goes on sooner, ms.
const LONGEST: u64 = 4_000;

/// A hub that can be killed and come back.
struct Hub {
    folder: TempDir,
    port: u16,
    /// Its lines to the servers.
    links: Vec<Link>,
    journal: String,
    process: Option<Child>,
}

impl Hub {
    async fn start(nats: &Nats) -> Self {
        let mut links = Vec::new();
        for server in &nats.servers {
            links.push(Link::to(server.port()).await);
        }
        let ports: Vec<_> = links.iter().map(|link| link.port).collect();
        let mut hub = Self {
            folder: TempDir::new().expect("a folder"),
            port: free_port(),
            links,
            journal: nats.address_by(&ports, "axis"),
            process: None,
        };
        hub.run();
        hub
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn run(&mut self) {
        // Nobody waits here until it has caught up: the others go on.
        let child = Command::new(env!("CARGO_BIN_EXE_hub-process"))
            .arg(self.folder.path())
            .arg(self.port.to_string())
            .env("TRUC_JOURNAL", &self.journal)
            .stdout(Stdio::null())
            .spawn()
            .expect("the hub's process");
        self.process = Some(child);
    }

    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("SIGKILL");
            process.wait().expect("its end");
        }
    }

    /// Leaves its folder behind, for who looks for the cause.
    fn keep(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        self.folder.path().to_owned()
    }

    fn signal(&self, name: &str) {
        if let Some(process) = &self.process {
            signal(name, &process.id().to_string());
        }
    }

    fn set_whole(&self, whole: bool) {
        self.links.iter().for_each(|link| link.set_whole(whole));
    }

    async fn ready(&self) {
        wait_until_ready(ConnectOptions::new(self.endpoint()), PATIENCE)
            .await
            .expect("a hub that serves");
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Clone, Copy, Debug)]
enum Trouble {
    HubKilled(usize),
    HubPaused(usize),
    HubCutOff(usize),
    ServerKilled(usize),
    ServerPaused(usize),
}

impl Trouble {
    /// First each in turn, then any.
    fn of(round: usize, random: &mut impl rand::Rng) -> Self {
        let (kind, whom) = match round {
            0..5 => (round, round % 3),
            _ => (random.random_range(0..5), random.random_range(0..3)),
        };
        match kind {
            0 => Self::HubKilled(whom),
            1 => Self::ServerKilled(whom),
            2 => Self::HubPaused(whom),
            3 => Self::ServerPaused(whom),
            _ => Self::HubCutOff(whom),
        }
    }

    fn begin(self, hubs: &mut [Hub], nats: &mut Nats) {
        match self {
            Self::HubKilled(whom) => hubs[whom].kill(),
            Self::HubPaused(whom) => hubs[whom].signal("STOP"),
            Self::HubCutOff(whom) => hubs[whom].set_whole(false),
            Self::ServerKilled(whom) => nats.servers[whom].kill(),
            Self::ServerPaused(whom) => nats.servers[whom].pause(),
        }
    }

    async fn end(self, hubs: &mut [Hub], nats: &mut Nats) {
        match self {
            Self::HubKilled(whom) => hubs[whom].run(),
            Self::HubPaused(whom) => hubs[whom].signal("CONT"),
            Self::HubCutOff(whom) => hubs[whom].set_whole(true),
            Self::ServerKilled(whom) => nats.servers[whom].start(),
            Self::ServerPaused(whom) => nats.servers[whom].resume(),
        }
        // One at a time: two servers of three are a majority, one is none.
        healthy(nats).await;
        for hub in hubs {
            hub.ready().await;
        }
    }
}

async fn healthy(nats: &Nats) {
    let begun = Instant::now();
    while !nats.servers.iter().all(truc_tests::nats::Server::is_healthy) {
        assert!(begun.elapsed() < PATIENCE, "a NATS server did not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until(known: &Known, receipts: usize, what: &str) {
    let begun = Instant::now();
    while known.receipts.lock().len() < receipts {
        assert!(begun.elapsed() < PATIENCE, "no receipts any more: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(usual)
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "who sees it fail runs it again with this seed")]
async fn no_receipt_is_broken_whatever_happens_to_any_one() {
    let seed = setting("TRUC_SEED", 20_200_900);
    println!("TRUC_SEED={seed}");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut nats = Nats::start(3);
    healthy(&nats).await;
    let mut hubs = Vec::new();
    for _ in 0..3 {
        hubs.push(Hub::start(&nats).await);
    }
    for hub in &hubs {
        hub.ready().await;
    }
    let endpoints: Vec<_> = hubs.iter().map(Hub::endpoint).collect();
    let known = Arc::new(Known::default());
    let load = tokio::spawn(load(endpoints.join(","), Arc::clone(&known), LEASE));
    let rounds = usize::try_from(setting("TRUC_CLUSTER_ROUNDS", 5)).expect("a number");
    for round in 0..rounds {
        let trouble = Trouble::of(round, &mut random);
        let before = known.receipts.lock().len();
        let (calm, meanwhile) = (random.random_range(50..400), random.random_range(50..400));
        let lasts = Duration::from_millis(random.random_range(0..LONGEST));
        until(&known, before + calm, "before the next trouble").await;
        let begun = Instant::now();
        trouble.begin(&mut hubs, &mut nats);
        until(&known, before + calm + meanwhile, "the others do not go on").await;
        let went_on = begun.elapsed();
        // Some are over before anyone noticed, some after everyone did.
        tokio::time::sleep(lasts.saturating_sub(went_on)).await;
        trouble.end(&mut hubs, &mut nats).await;
        println!(
            "round {round}: {trouble:?}; {meanwhile} receipts meanwhile in {went_on:.1?}, mended after {:.1?}",
            begun.elapsed()
        );
        assert!(!load.is_finished(), "the load ended by itself");
    }
    load.abort();
    drop(load.await);
    if let Err(owed) = check_mailboxes(&endpoints.join(","), &known, LEASE).await {
        hubs.iter_mut().for_each(Hub::kill);
        let kept: Vec<_> = hubs.iter_mut().map(Hub::keep).collect();
        panic!("{owed}; the hubs' folders are kept: {kept:?}");
    }
    assert!(known.received.load(Ordering::Relaxed) > 0 && !known.acknowledged.lock().is_empty());

    // All stop; each copy of the journal tells the same history.
    hubs.iter_mut().for_each(Hub::kill);
    let mut states = Vec::new();
    let ends: Vec<_> = hubs.iter().map(|hub| end_of(hub.folder.path())).collect();
    let last = *ends.iter().min().expect("three");
    for hub in &hubs {
        check_journal(hub.folder.path(), &known);
        let state = state_at(&open(hub.folder.path()).reader(), last);
        states.push((state.chain, state.digest()));
    }
    assert!(
        states.windows(2).all(|pair| pair[0] == pair[1]),
        "the hubs disagree at position {last}"
    );
}

fn open(folder: &Path) -> Embedded {
    Embedded::open(&folder.join("journal"), EmbeddedOptions::default()).expect("a journal")
}

fn end_of(folder: &Path) -> Position {
    Position(open(folder).head().next.0 - 1)
}
