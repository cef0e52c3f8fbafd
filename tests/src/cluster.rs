//! Three hubs over three NATS servers, each a process, and the troubles of any one of them.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rand::RngExt as _;
use tempfile::TempDir;
use truc_agency::{ConnectOptions, wait_until_ready};
use truc_store::journal::{Embedded, EmbeddedOptions, Journal as _, Position};

use crate::{
    disk::SmallDisk,
    history::state_at,
    link::Link,
    nats::{Nats, free_port, signal},
};

/// Far longer than the axis stands still for any trouble.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// How long a trouble lasts at most where the axis goes on sooner, ms.
pub const LONGEST: u64 = 4_000;
/// Room for all that a hub keeps in a long run; memory is taken only for what is there.
const DISK_MIB: u32 = 4096;

/// The whole of it.
pub struct Cluster {
    /// The servers.
    pub nats: Nats,
    /// The hubs.
    pub hubs: Vec<Hub>,
}

/// Where a hub keeps its files.
enum Place {
    /// A disk that can be filled.
    Disk(SmallDisk),
    /// Where there can be no such disk.
    Folder(TempDir),
}

/// A hub that can be killed and come back.
pub struct Hub {
    place: Place,
    program: &'static str,
    begins: Option<Timestamp>,
    port: u16,
    /// Its lines to the servers.
    links: Vec<Link>,
    journal: String,
    process: Option<Child>,
}

/// What goes wrong with one of them.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// kill -9.
    HubKilled(usize),
    /// kill -9.
    ServerKilled(usize),
    /// SIGSTOP.
    HubPaused(usize),
    /// SIGSTOP.
    ServerPaused(usize),
    /// No packet comes through to any server, and nobody is told.
    HubCutOff(usize),
    /// No room on its disk.
    HubFull(usize),
}

impl Cluster {
    /// Starts all; `program` is the hub's. With an instant, hub time begins then and is driven.
    pub async fn start(program: &'static str, begins: Option<Timestamp>) -> Self {
        let nats = Nats::start(3);
        healthy(&nats).await;
        let mut hubs = Vec::new();
        for _ in 0..3 {
            hubs.push(Hub::start(&nats, program, begins).await);
        }
        for hub in &hubs {
            hub.ready().await;
        }
        Self { nats, hubs }
    }

    /// Addresses of all hubs, as clients take them.
    #[must_use]
    pub fn endpoints(&self) -> String {
        let endpoints: Vec<_> = self.hubs.iter().map(Hub::endpoint).collect();
        endpoints.join(",")
    }

    /// First each trouble in turn, then any, of any one.
    pub fn trouble(&self, round: usize, random: &mut impl rand::Rng) -> Trouble {
        let kinds = match self.hubs[0].place {
            Place::Disk(_) => 6,
            Place::Folder(_) => 5,
        };
        let (kind, whom) = match round {
            0..6 => (round % kinds, round % 3),
            _ => (random.random_range(0..kinds), random.random_range(0..3)),
        };
        match kind {
            0 => Trouble::HubKilled(whom),
            1 => Trouble::ServerKilled(whom),
            2 => Trouble::HubPaused(whom),
            3 => Trouble::ServerPaused(whom),
            4 => Trouble::HubCutOff(whom),
            _ => Trouble::HubFull(whom),
        }
    }

    /// It goes wrong.
    pub fn begin(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::HubKilled(whom) => self.hubs[whom].kill(),
            Trouble::HubPaused(whom) => self.hubs[whom].signal("STOP"),
            Trouble::HubCutOff(whom) => self.hubs[whom].set_whole(false),
            Trouble::HubFull(whom) => self.hubs[whom].set_full(true),
            Trouble::ServerKilled(whom) => self.nats.servers[whom].kill(),
            Trouble::ServerPaused(whom) => self.nats.servers[whom].pause(),
        }
    }

    /// It is well again, and so are all: two servers of three are a majority, one is none.
    pub async fn end(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::HubKilled(whom) => self.hubs[whom].run(),
            Trouble::HubPaused(whom) => self.hubs[whom].signal("CONT"),
            Trouble::HubCutOff(whom) => self.hubs[whom].set_whole(true),
            Trouble::HubFull(whom) => self.hubs[whom].set_full(false),
            Trouble::ServerKilled(whom) => self.nats.servers[whom].start(),
            Trouble::ServerPaused(whom) => self.nats.servers[whom].resume(),
        }
        healthy(&self.nats).await;
        for hub in &self.hubs {
            hub.ready().await;
        }
    }

    /// Kills all hubs; each has its folder still.
    pub fn kill(&mut self) {
        self.hubs.iter_mut().for_each(Hub::kill);
    }

    /// The folders of killed hubs, left behind for who looks for the cause.
    pub fn keep(&mut self) -> Vec<PathBuf> {
        self.hubs.iter_mut().map(Hub::keep).collect()
    }

    /// Killed hubs have the same state, as far as all of them have come.
    pub fn check_agreement(&self) {
        let journals = self
            .hubs
            .iter()
            .map(|hub| Embedded::open(&hub.folder().join("journal"), EmbeddedOptions::default()).expect("a journal"));
        let journals: Vec<_> = journals.collect();
        let ends = journals.iter().map(|journal| Position(journal.head().next.0 - 1));
        let last = ends.min().expect("three");
        let states = journals.iter().map(|journal| state_at(&journal.reader(), last));
        let states: Vec<_> = states.map(|state| (state.chain, state.digest())).collect();
        assert!(
            states.windows(2).all(|pair| pair[0] == pair[1]),
            "the hubs disagree at position {last}"
        );
    }
}

impl Hub {
    async fn start(nats: &Nats, program: &'static str, begins: Option<Timestamp>) -> Self {
        let mut links = Vec::new();
        for server in &nats.servers {
            links.push(Link::to(server.port()).await);
        }
        let ports: Vec<_> = links.iter().map(|link| link.port).collect();
        let place = SmallDisk::new(DISK_MIB).map(Place::Disk);
        let mut hub = Self {
            place: place.unwrap_or_else(|| Place::Folder(TempDir::new().expect("a folder"))),
            program,
            begins,
            port: free_port(),
            links,
            journal: nats.address_by(&ports, "axis"),
            process: None,
        };
        hub.run();
        hub
    }

    /// Its folder, for who looks at it from outside.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        match &self.place {
            Place::Disk(disk) => disk.inside(),
            Place::Folder(folder) => folder.path().to_owned(),
        }
    }

    /// Where it serves.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn run(&mut self) {
        let (mut command, folder): (Command, &Path) = match &self.place {
            Place::Disk(disk) => (disk.command(self.program), disk.path()),
            Place::Folder(folder) => (Command::new(self.program), folder.path()),
        };
        // Nobody waits here until it has caught up: the others go on.
        let child = command
            .arg(folder)
            .arg(self.port.to_string())
            .args(self.begins.map(|begins| begins.to_string()))
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

    fn keep(&mut self) -> PathBuf {
        match &mut self.place {
            Place::Folder(folder) => {
                folder.disable_cleanup(true);
                folder.path().to_owned()
            }
            Place::Disk(disk) => {
                let kept = TempDir::new().expect("a folder").keep();
                let copied = Command::new("cp").arg("-r").arg(disk.inside()).arg(&kept).status();
                assert!(copied.is_ok_and(|status| status.success()), "no copy");
                kept
            }
        }
    }

    fn signal(&self, name: &str) {
        if let Some(process) = &self.process {
            signal(name, &process.id().to_string());
        }
    }

    fn set_whole(&self, whole: bool) {
        self.links.iter().for_each(|link| link.set_whole(whole));
    }

    fn set_full(&self, full: bool) {
        if let Place::Disk(disk) = &self.place {
            match full {
                true => disk.fill(),
                false => disk.free(),
            }
        }
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

async fn healthy(nats: &Nats) {
    let begun = Instant::now();
    while !nats.servers.iter().all(crate::nats::Server::is_healthy) {
        assert!(begun.elapsed() < PATIENCE, "a NATS server did not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
