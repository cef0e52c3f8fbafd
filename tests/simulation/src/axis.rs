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
use truc_hub::{Hub, HubConfig, Machine, OpenError, Threads};
use truc_store::journal::{JournalError, embedded::simulated::Disk};
use truc_tests::config;

use crate::{journal, known::Known, network, stream::Stored};

/// Where wall time begins, µs since 1970: 2026-01-05T01:00:00Z.
pub(crate) const BEGIN: i64 = 1_767_574_800_000_000;
/// Few, so that a run saves its state several times.
const SNAPSHOT_RECORDS: u64 = 25;
/// Before who could not start tries again.
const PAUSE: Duration = Duration::from_millis(500);

/// All that outlives a crash.
pub(crate) struct Axis {
    pub(crate) known: Known,
    pub(crate) machines: Vec<MachineOfHub>,
    /// Where hubs share their journal: what its stream has.
    pub(crate) stream: Option<Arc<Stored>>,
    /// Senders go on sending.
    busy: AtomicBool,
}

/// What a hub runs on, and what of it outlives a crash.
pub(crate) struct MachineOfHub {
    pub(crate) name: &'static str,
    pub(crate) folder: TempDir,
    pub(crate) disk: Disk,
    /// How far the wall clock is wrong, µs.
    pub(crate) astray: Arc<AtomicI64>,
    /// Set while its disk does not do what it should: then it may fail to start.
    pub(crate) troubled: AtomicBool,
    stop: Mutex<CancellationToken>,
    stopping: AtomicBool,
    pub(crate) stopped: AtomicBool,
}

impl Axis {
    pub(crate) fn new(names: &[&'static str], shared: bool, aloud: bool) -> Self {
        Self {
            stream: shared.then(Arc::default),
            known: Known::new(aloud),
            machines: names.iter().map(|name| MachineOfHub::new(name)).collect(),
            busy: AtomicBool::new(true),
        }
    }

    pub(crate) fn hubs(&self) -> impl Iterator<Item = &'static str> {
        self.machines.iter().map(|machine| machine.name)
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// From now on what should be kept is not: the axis must not come through it unnoticed.
    pub(crate) fn break_word(&self) {
        self.machines.iter().for_each(|machine| machine.disk.lie());
        if let Some(stream) = &self.stream {
            stream.forget();
        }
    }

    /// No more is sent.
    pub(crate) fn calm(&self) {
        self.busy.store(false, Ordering::Relaxed);
    }

    /// Runs a hub as a machine does that starts it again whenever it ended.
    pub(crate) async fn hub(self: Arc<Self>, number: usize) -> turmoil::Result {
        let machine = &self.machines[number];
        loop {
            let stop = CancellationToken::new();
            *machine.stop.lock() = stop.clone();
            if machine.stopping.load(Ordering::Relaxed) {
                stop.cancel();
            }
            match Hub::open(self.config(machine)).await {
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

    fn config(self: &Arc<Self>, machine: &MachineOfHub) -> HubConfig {
        let astray = Arc::clone(&machine.astray);
        let wall = move || {
            let elapsed = turmoil::sim_elapsed().unwrap_or_default().as_micros() as i64;
            BEGIN + elapsed + astray.load(Ordering::Relaxed)
        };
        HubConfig {
            journal: match self.stream {
                Some(_) => journal::shared(self, machine),
                None => journal::own(machine),
            },
            machine: Machine {
                threads: Threads::Callers,
                wall: Arc::new(wall),
                snapshot_records: SNAPSHOT_RECORDS,
            },
            ..config(machine.folder.path())
        }
    }

    fn not_open(&self, machine: &MachineOfHub, error: &OpenError) {
        let excused = match error {
            OpenError::Journal(JournalError::Io { .. } | JournalError::NoRoom { .. } | JournalError::Poisoned) => {
                machine.troubled.load(Ordering::Relaxed)
            }
            OpenError::First(_) => machine.troubled.load(Ordering::Relaxed) || self.stream.is_some(),
            // What can't be excused was said where it is known.
            OpenError::Shared(_) => true,
            // One that could not write its first records may still be at its last.
            OpenError::Lock(_) => self.stream.is_some(),
            _ => false,
        };
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
            stopping: AtomicBool::default(),
            stopped: AtomicBool::default(),
        }
    }

    /// Takes all that its hub has in files.
    pub(crate) fn wipe(&self) {
        for name in ["attachments", "journal", "state"] {
            drop(std::fs::remove_dir_all(self.folder.path().join(name)));
        }
        drop(std::fs::remove_file(self.folder.path().join("journal.note")));
    }

    /// Tells its hub to stop in good order.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.stop.lock().cancel();
    }
}
