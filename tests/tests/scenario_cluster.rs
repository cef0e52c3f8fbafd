//! The seven provinces of September 2020 over three hubs and three NATS servers, any one of which is killed, paused, cut off or without
//! room all the while: the run ends as if nothing had been. `TRUC_CLUSTER_ROUNDS` says how often (1; `make soak` 100), `TRUC_SEED`
//! which run.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _};
use tokio_util::sync::CancellationToken;
use truc_agency::{ConnectOptions, Credential, Hub as Connection};
use truc_signature::TokenIssuer;
use truc_simulator::{
    RunOptions, Scenario,
    run::{Progress, run},
    traffic::PlanOptions,
};
use truc_tests::{
    cluster::{Cluster, LONGEST, PATIENCE},
    history::{Known, check_journal},
    setting, token_key, wallet,
};

/// Documents a working day, times this: steps of hundreds, and more days than any number of rounds takes.
const SCALE: f64 = 20.0;
/// Steps of a run in which something is sent: before a trouble, and at most while it lasts.
const STEPS: (u64, u64) = (1, 3);

/// How far a run is, and how far it may go. It waits within a step, so that a long trouble does not see it at its end.
#[derive(Default)]
struct Pace {
    sent: AtomicU64,
    steps: AtomicU64,
    allowed: AtomicU64,
}

impl Pace {
    /// Told after each step, on a thread of the run.
    fn step(&self, sent: u64) {
        if sent == self.sent.swap(sent, Ordering::Relaxed) {
            return;
        }
        self.steps.fetch_add(1, Ordering::Relaxed);
        // Whatever else this thread has to do, another does meanwhile.
        tokio::task::block_in_place(|| {
            while self.steps.load(Ordering::Relaxed) >= self.allowed.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(2));
            }
        });
    }

    /// Lets it go on by so many steps, and waits for the first.
    async fn go_on(&self, by: u64, what: &str) {
        let (begun, before) = (Instant::now(), self.steps.load(Ordering::Relaxed));
        self.allowed.store(before + 1 + by, Ordering::Relaxed);
        while self.steps.load(Ordering::Relaxed) == before {
            assert!(begun.elapsed() < PATIENCE, "the run does not go on: {what}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "who sees it fail runs it again with this seed")]
async fn the_seven_provinces_come_through_whatever_happens_to_any_one() {
    let seed = setting("TRUC_SEED", 20_200_901);
    println!("TRUC_SEED={seed}");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../simulations/seven-provinces-2020.toml");
    let scenario = Scenario::load(&path).expect("the scenario");
    let topology = scenario.load_topology().expect("its topology");
    let mut cluster = Cluster::start(env!("CARGO_BIN_EXE_hub-process"), Some(scenario.begins())).await;
    let connection = Connection::connect(ConnectOptions::new(cluster.endpoints()))
        .await
        .expect("a connection");
    let rounds = setting("TRUC_CLUSTER_ROUNDS", 1);
    let pace = Arc::new(Pace::default());
    let (told, stop) = (Arc::clone(&pace), CancellationToken::new());
    let options = RunOptions {
        plan: PlanOptions {
            scale: Some(SCALE),
            ..PlanOptions::default()
        },
        progress: Some(Arc::new(move |progress: &Progress| told.step(progress.sent))),
        stop: stop.clone(),
        ..RunOptions::new(
            connection,
            Credential::Issuer(Arc::new(TokenIssuer::new(&token_key()))),
            wallet(),
        )
    };
    let running = tokio::spawn(async move { run(&scenario, &topology, options).await });
    for round in 0..rounds {
        // Begins with the troubles that come last elsewhere.
        let trouble = cluster.trouble(round as usize + 5, &mut random);
        pace.go_on(STEPS.0, "before the next trouble").await;
        let lasts = Duration::from_millis(random.random_range(0..LONGEST));
        let begun = Instant::now();
        cluster.begin(trouble);
        pace.go_on(STEPS.1, "the others do not go on").await;
        let went_on = begun.elapsed();
        tokio::time::sleep(lasts.saturating_sub(went_on)).await;
        cluster.end(trouble).await;
        println!(
            "round {round}: {trouble:?}; went on after {went_on:.1?}, mended after {:.1?}, {} documents so far",
            begun.elapsed(),
            pace.sent.load(Ordering::Relaxed)
        );
        assert!(!running.is_finished(), "the run ended by itself: {:?}", running.await);
    }
    stop.cancel();
    pace.allowed.store(u64::MAX, Ordering::Relaxed);
    let outcome = running.await.expect("no panic").expect("a run");
    cluster.kill();
    // It stopped in the middle: some deliveries wait. None is lost, and none came twice.
    let sums = &outcome.conservation;
    let whole = sums.accepted == sums.delivered + sums.refused + sums.withdrawn + sums.waiting
        && [sums.lost, sums.twice, sums.altered, sums.statuses_twice, sums.foreign] == [0; 5]
        && sums.documents == sums.hub.documents;
    assert!(
        whole && outcome.unexpected.is_empty(),
        "{sums:#?}\n{:#?}; the hubs' folders are kept: {:?}",
        outcome.unexpected,
        cluster.keep()
    );
    assert!(sums.delivered > 0, "{sums:#?}");
    println!("{sums:?}");
    for hub in &cluster.hubs {
        check_journal(&hub.folder(), &Known::default());
    }
    cluster.check_agreement();
}
