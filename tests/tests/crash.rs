//! kill -9 in the middle of a run at full load, again and again. After each kill: every receipt's document stands in the
//! journal at its position with its digest, the journal is clean and its recount equal, and nothing comes again to who
//! acknowledged it. `TRUC_CRASH_ROUNDS` says how often (4; `make soak` 50), `TRUC_SEED` which run.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _};
use truc_tests::{
    address_of,
    history::{Known, check_journal, check_mailboxes, load},
};

/// So short that what was under way at a kill shows again soon.
const LEASE: Duration = Duration::from_secs(1);

struct HubProcess(Child, String);

impl HubProcess {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hub-process"))
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hub's process");
        let address = address_of(&mut child);
        Self(child, address)
    }

    fn kill(mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("its end");
    }
}

fn rounds() -> usize {
    std::env::var("TRUC_CRASH_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(4)
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "who sees it fail runs it again with this seed")]
async fn no_receipt_is_broken_by_kill_9() {
    let seed: u64 = std::env::var("TRUC_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_200_900);
    println!("TRUC_SEED={seed}");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let folder = tempfile::TempDir::new().expect("a folder");
    let known = Arc::new(Known::default());
    for round in 1..=rounds() {
        let hub = HubProcess::start(folder.path());
        let before = known.receipts.lock().len();
        let load = tokio::spawn(load(hub.1.clone(), Arc::clone(&known), LEASE));
        let enough = before + random.random_range(50..1500_usize);
        while known.receipts.lock().len() < enough {
            assert!(!load.is_finished(), "the load ended by itself in round {round}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        hub.kill();
        load.abort();
        drop(load.await);
        check_journal(folder.path(), &known);
    }
    let hub = HubProcess::start(folder.path());
    check_mailboxes(&hub.1, &known, LEASE).await.expect("all that is owed");
    hub.kill();
    check_journal(folder.path(), &known);
    assert!(known.received.load(Ordering::Relaxed) > 0 && !known.acknowledged.lock().is_empty());
}
