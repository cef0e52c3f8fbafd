//! The hub that is measured, in a process of its own, and a gateway in another: CPU and memory as the kernel counts them.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use truc_hub::{HubConfig, JournalChoice, Limits, Machine};
use truc_simulator::{AgencyEntry, Topology, load};

use super::SEED;
use crate::{
    embedded::{EmbeddedHub, bind},
    exit::{Exit, Failure},
    keys::Keys,
};

/// Killed with SIGKILL when dropped.
pub(super) struct HubProcess {
    child: Child,
    pub(super) endpoint: String,
    /// From starting the process until it serves.
    pub(super) ready: Duration,
    /// It knows the certificates of the load's agencies.
    pub(super) introduced: bool,
}

/// What the process itself does.
pub(super) async fn serve(folder: &Path, agencies: usize, topology: Option<&Path>) -> Result<(), Failure> {
    let directory = match topology {
        Some(name) => {
            let topology = Topology::named(name).map_err(Failure::input)?;
            topology.agencies().map(AgencyEntry::to_wire).collect()
        }
        None => load::directory(agencies),
    };
    let keys = Keys::of(Keys::seed_of_number(SEED))?;
    let config = HubConfig {
        data: folder.to_owned(),
        roots: vec![keys.root()],
        identity: keys.hub(&["localhost".to_owned()])?,
        authority: None,
        token_key: keys.token_key().public(),
        journal: JournalChoice::Own,
        limits: Limits::default(),
        directory,
        clock: None,
        machine: Machine::default(),
    };
    let hub = EmbeddedHub::start(config, bind("127.0.0.1:0")?, None, None, None).await?;
    writeln!(std::io::stdout(), "{}", hub.endpoint).map_err(|_| Failure::output_closed())?;
    hub.until_stopped().await
}

impl HubProcess {
    pub(super) fn start(folder: &Path, agencies: usize) -> Result<Self, Failure> {
        Self::spawn(&["--agencies", &agencies.to_string()], folder)
    }

    /// With the agencies of a topology instead.
    pub(super) fn start_topology(folder: &Path, name: &str) -> Result<Self, Failure> {
        Self::spawn(&["--topology", name], folder)
    }

    /// A VXP gateway to a hub.
    pub(super) fn start_gateway(folder: &Path, hub: &str) -> Result<Self, Failure> {
        Self::spawn(&["--gateway-to", hub], folder)
    }

    fn spawn(arguments: &[&str], folder: &Path) -> Result<Self, Failure> {
        let started = Instant::now();
        let mut child = Command::new(std::env::current_exe().map_err(Failure::input)?)
            .arg("bench")
            .args(arguments)
            .arg("--serve")
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::input)?;
        let mut endpoint = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut endpoint)
                .map_err(Failure::input)?;
        }
        if endpoint.is_empty() {
            return Err(Failure::new(Exit::Failed, "what is to be measured did not start"));
        }
        Ok(Self {
            child,
            endpoint: endpoint.trim().to_owned(),
            ready: started.elapsed(),
            introduced: false,
        })
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default()
    }

    /// User and system time so far; the kernel counts in ticks of 10 ms.
    pub(super) fn cpu(&self) -> Duration {
        let stat = self.read("stat");
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let ticks = after_name
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum::<u64>();
        Duration::from_millis(ticks * 10)
    }

    /// Forgets the peak of memory so far.
    pub(super) fn reset_memory_peak(&self) {
        // Without it the peak is of the whole life, so that a figure is worse than it is and never better.
        drop(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5"));
    }

    /// Waits until what goes on in the hub is over.
    pub(super) async fn settle(&self) {
        let mut before = self.cpu();
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let now = self.cpu();
            if now.saturating_sub(before) <= Duration::from_millis(10) {
                return;
            }
            before = now;
        }
    }

    pub(super) fn memory_mib(&self) -> f64 {
        self.status("VmRSS:")
    }

    pub(super) fn memory_peak_mib(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, key: &str) -> f64 {
        mib_of(&self.read("status"), key)
    }
}

/// Memory of this very process, MiB.
pub(super) fn own_memory_mib() -> f64 {
    mib_of(
        &std::fs::read_to_string("/proc/self/status").unwrap_or_default(),
        "VmRSS:",
    )
}

fn mib_of(status: &str, key: &str) -> f64 {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .unwrap_or_default();
    let kib = line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        // Gone already is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
