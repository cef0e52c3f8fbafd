//! Three hubs and three NATS servers, and the worst that can happen to any one of them in the middle of the load: killed, paused, cut
//! off, without room. The others go on meanwhile. At the end each hub's history is checked, and all hubs agree. `TRUC_CLUSTER_ROUNDS`
//! says how often (5; `make soak` 100), `TRUC_SEED` which run.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _};
use truc_tests::{
    cluster::{Cluster, LONGEST, PATIENCE},
    history::{Known, check_journal, check_mailboxes, load},
    setting,
};

/// Longer than any fault, so that what is handed out is not handed out again while its receiver looks for another hub.
const LEASE: Duration = Duration::from_secs(15);

async fn until(known: &Known, receipts: usize, what: &str) {
    let begun = Instant::now();
    while known.receipts.lock().len() < receipts {
        assert!(begun.elapsed() < PATIENCE, "no receipts any more: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "who sees it fail runs it again with this seed")]
async fn no_receipt_is_broken_whatever_happens_to_any_one() {
    let seed = setting("TRUC_SEED", 20_200_900);
    println!("TRUC_SEED={seed}");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut cluster = Cluster::start(env!("CARGO_BIN_EXE_hub-process"), None).await;
    let endpoints = cluster.endpoints();
    let known = Arc::new(Known::default());
    let load = tokio::spawn(load(endpoints.clone(), Arc::clone(&known), LEASE));
    let rounds = usize::try_from(setting("TRUC_CLUSTER_ROUNDS", 5)).expect("a number");
    for round in 0..rounds {
        let trouble = cluster.trouble(round, &mut random);
        let before = known.receipts.lock().len();
        let (calm, meanwhile) = (random.random_range(50..400), random.random_range(50..400));
        let lasts = Duration::from_millis(random.random_range(0..LONGEST));
        until(&known, before + calm, "before the next trouble").await;
        let begun = Instant::now();
        cluster.begin(trouble);
        until(&known, before + calm + meanwhile, "the others do not go on").await;
        let went_on = begun.elapsed();
        // Some are over before anyone noticed, some after everyone did.
        tokio::time::sleep(lasts.saturating_sub(went_on)).await;
        cluster.end(trouble).await;
        println!(
            "round {round}: {trouble:?}; {meanwhile} receipts meanwhile in {went_on:.1?}, mended after {:.1?}",
            begun.elapsed()
        );
        assert!(!load.is_finished(), "the load ended by itself");
    }
    load.abort();
    drop(load.await);
    let owed = check_mailboxes(&endpoints, &known, LEASE).await;
    // All stop; each copy of the journal tells the same history.
    cluster.kill();
    if let Err(owed) = owed {
        panic!("{owed}; the hubs' folders are kept: {:?}", cluster.keep());
    }
    assert!(known.received.load(Ordering::Relaxed) > 0 && !known.acknowledged.lock().is_empty());
    for hub in &cluster.hubs {
        check_journal(&hub.folder(), &known);
    }
    cluster.check_agreement();
}
