//! An axis under simulation: its hubs, their disks, and what their clocks say.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use truc_hub::{Hub, HubConfig, JournalChoice, Machine, OpenError, Threads};
use truc_store::journal::{
    EmbeddedOptions, JournalError,
    embedded::{simulated::Disk, storage::AnyStorage},
};
use truc_tests::config;

use crate::{known::Known, network};

/// Where wall time begins, µs since 1970: 2026-01-05T01:00:00Z.
pub const BEGIN: i64 = 1_767_574_800_000_000;
/// Small, so that a run fills several.
const SEGMENT_BYTES: u64 = 48 << 10;
/// Few, so that a run saves its state several times.
const SNAPSHOT_RECORDS: u64 = 25;
/// Before who could not start tries again.
const PAUSE: Duration = Duration::from_millis(500);

/// All that outlives a crash.
pub struct Axis {
    pub known: Known,
    pub machines: Vec<MachineOfHub>,
    /// Senders go on sending.
    busy: AtomicBool,
}

/// What a hub runs on, and what of it outlives a crash.
pub struct MachineOfHub {
    pub name: &'static str,
    pub folder: TempDir,
    pub disk: Disk,
    /// How far the wall clock is wrong, µs.
    pub astray: Arc<AtomicI64>,
    /// Set while its disk does not do what it should: then it may fail to start.
    pub troubled: AtomicBool,
    stop: Mutex<CancellationToken>,
    pub stopped: AtomicBool,
}

impl Axis {
    pub fn new(names: &[&'static str], aloud: bool) -> Self {
        Self {
            known: Known::new(aloud),
            machines: names.iter().map(|name| MachineOfHub::new(name)).collect(),
            busy: AtomicBool::new(true),
        }
    }

    pub fn hubs(&self) -> impl Iterator<Item = &'static str> {
        self.machines.iter().map(|machine| machine.name)
    }

    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// No more is sent.
    pub fn calm(&self) {
        self.busy.store(false, Ordering::Relaxed);
    }

    /// Runs a hub as a machine does that starts it again whenever it ended.
    pub async fn hub(self: Arc<Self>, number: usize) -> turmoil::Result {
        let machine = &self.machines[number];
        loop {
            let stop = CancellationToken::new();
            *machine.stop.lock() = stop.clone();
            match Hub::open(machine.config()).await {
                Ok(hub) => {
                    self.known.event(&format!("{} serves", machine.name));
                    let served = hub.serve_over(network::incoming().await?, stop.clone()).await;
                    self.known.event(&format!("{} has stopped: {served:?}", machine.name));
                    if stop.is_cancelled() && served.is_ok() {
                        machine.stopped.store(true, Ordering::Relaxed);
                        return Ok(());
                    }
                }
                Err(error) => self.not_open(machine, &error),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn not_open(&self, machine: &MachineOfHub, error: &OpenError) {
        let excused = machine.troubled.load(Ordering::Relaxed)
            && matches!(
                error,
                OpenError::Journal(JournalError::Io { .. } | JournalError::NoRoom { .. } | JournalError::Poisoned)
                    | OpenError::First(_)
            );
        let what = format!("{} does not start: {error}", machine.name);
        match excused {
            true => self.known.event(&what),
            false => self.known.violated(what),
        }
    }
}

impl MachineOfHub {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            folder: TempDir::new().expect("a folder"),
            disk: Disk::default(),
            astray: Arc::default(),
            troubled: AtomicBool::default(),
            stop: Mutex::default(),
            stopped: AtomicBool::default(),
        }
    }

    fn config(&self) -> HubConfig {
        let astray = Arc::clone(&self.astray);
        let wall = move || {
            let elapsed = turmoil::sim_elapsed().unwrap_or_default().as_micros() as i64;
            BEGIN + elapsed + astray.load(Ordering::Relaxed)
        };
        HubConfig {
            journal: JournalChoice::On(AnyStorage::new(self.disk.clone()), Self::journal()),
            machine: Machine {
                threads: Threads::Callers,
                wall: Arc::new(wall),
                snapshot_records: SNAPSHOT_RECORDS,
            },
            ..config(self.folder.path())
        }
    }

    /// Settings of its journal.
    pub fn journal() -> EmbeddedOptions {
        EmbeddedOptions {
            segment_bytes: SEGMENT_BYTES,
            background: false,
            sync: true,
        }
    }

    /// Tells its hub to stop in good order.
    pub fn stop(&self) {
        self.stop.lock().cancel();
    }
}
