//! A scenario whose hub is killed again and again: the run waits for it to come back and ends as if nothing had been.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use truc_agency::{ConnectOptions, Credential, Hub as Connection};
use truc_signature::TokenIssuer;
use truc_simulator::{
    RunOptions, Scenario,
    run::{Progress, run},
    traffic::PlanOptions,
};
use truc_tests::{address_of, token_key, wallet};

const KILLS: u64 = 4;
const DOCUMENTS: u64 = 200;

struct HubProcess(Child);

impl HubProcess {
    fn start(folder: &Path, port: u16, begins: Timestamp) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hub-process"))
            .arg(folder)
            .args([port.to_string(), begins.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hub's process");
        let address = address_of(&mut child);
        (Self(child), address)
    }
}

/// Killed, as by kill -9; also when the test fails.
impl Drop for HubProcess {
    fn drop(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("its end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn run_goes_on_when_its_hub_is_killed_and_comes_back() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../simulations/seven-provinces-2020.toml");
    let scenario = Scenario::load(&path).unwrap();
    let topology = scenario.load_topology().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (mut hub, endpoint) = HubProcess::start(folder.path(), 0, scenario.begins());
    let port: u16 = endpoint.rsplit(':').next().unwrap().parse().unwrap();
    let connection = Connection::connect(ConnectOptions::new(&endpoint)).await.unwrap();
    let sent = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&sent);
    let options = RunOptions {
        plan: PlanOptions {
            limit: Some(DOCUMENTS),
            ..PlanOptions::default()
        },
        progress: Some(Arc::new(move |progress: &Progress| {
            told.store(progress.sent, Ordering::Relaxed)
        })),
        ..RunOptions::new(
            connection,
            Credential::Issuer(Arc::new(TokenIssuer::new(&token_key()))),
            wallet(),
        )
    };
    let scenario_begins = scenario.begins();
    let running = tokio::spawn(async move { run(&scenario, &topology, options).await });
    for kill in 1..=KILLS {
        while sent.load(Ordering::Relaxed) < kill * DOCUMENTS / (KILLS + 1) {
            assert!(!running.is_finished(), "{:?}", running.await);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(hub);
        hub = HubProcess::start(folder.path(), port, scenario_begins).0;
    }
    let outcome = running.await.unwrap().unwrap();
    drop(hub);
    assert!(
        outcome.is_good(),
        "{:#?}\n{:#?}",
        outcome.conservation,
        outcome.unexpected
    );
    assert_eq!(outcome.conservation.waiting, 0);
    assert_eq!(
        outcome.accepted + outcome.refused.values().sum::<u64>(),
        outcome.planned
    );
}
