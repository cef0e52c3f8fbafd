//! One run: an axis, its troubles, and the check of what is left.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use truc_store::{
    journal::{Embedded, Journal as _, Position, embedded::storage::AnyStorage},
    snapshot::SnapshotFolder,
};
use truc_tests::history::{check_records, state_at};
use turmoil::{Builder, Sim};

use crate::{
    agencies::{self, RECEIVERS, SENDERS},
    axis::{Axis, MachineOfHub},
    journal, stream,
    troubles::{self, Hosts},
};

/// How long things go wrong.
const TROUBLED: Duration = Duration::from_secs(20);
/// How long it may take until all that is owed has come, when nothing is wrong any more.
const REST: Duration = Duration::from_secs(180);
/// How long a hub may take to stop in good order.
const STOP: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(5);

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) documents: usize,
    pub(crate) troubles: usize,
    pub(crate) events: usize,
    pub(crate) trace: String,
    pub(crate) violations: Vec<String>,
}

/// Runs a seed; where `broken`, on what breaks its word.
pub(crate) fn run(seed: u64, aloud: bool, broken: bool) -> Outcome {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let shared = seed.is_multiple_of(2);
    let hubs = match shared {
        true => vec!["hub-1", "hub-2", "hub-3"],
        false => vec!["hub"],
    };
    let axis = Arc::new(Axis::new(&hubs, shared, aloud));
    if broken {
        axis.break_word();
    }
    let hosts = Hosts {
        hubs,
        agencies: SENDERS.iter().chain(&RECEIVERS).copied().collect(),
        stream: shared.then_some(stream::NAME),
    };
    let mut sim = network(&mut random);
    settle_in(&mut sim, &axis);
    let troubles = troubles::draw(&mut random, &hosts, TROUBLED);
    let mut coming = troubles.iter().peekable();
    while sim.elapsed() < TROUBLED {
        while let Some(event) = coming.next_if(|event| event.at <= sim.elapsed()) {
            event.what.happen(&mut sim, &axis, &mut random);
        }
        step(&mut sim, &axis);
    }
    for event in coming {
        event.what.happen(&mut sim, &axis, &mut random);
    }
    come_to_rest(&mut sim, &axis);
    stop(&mut sim, &axis);
    drop(sim);
    check(&axis);
    let (events, trace) = axis.known.trace();
    Outcome {
        documents: axis.known.receipts().len(),
        troubles: troubles.len(),
        events,
        trace,
        violations: axis.known.violations(),
    }
}

fn network<'a>(random: &mut ChaCha8Rng) -> Sim<'a> {
    Builder::new()
        .rng_seed(random.random())
        .tick_duration(TICK)
        .simulation_duration(TROUBLED + REST + STOP)
        .min_message_latency(Duration::from_micros(100))
        .max_message_latency(Duration::from_millis(random.random_range(2..100)))
        .tcp_capacity(4096)
        .enable_random_order()
        .build()
}

fn settle_in(sim: &mut Sim<'_>, axis: &Arc<Axis>) {
    for number in 0..axis.machines.len() {
        let of = Arc::clone(axis);
        sim.host(axis.machines[number].name, move || Arc::clone(&of).hub(number));
    }
    if let Some(stored) = axis.stream.clone() {
        sim.host(stream::NAME, move || stream::serve(Arc::clone(&stored)));
    }
    for code in SENDERS {
        let of = Arc::clone(axis);
        sim.host(code, move || agencies::send(Arc::clone(&of), code));
    }
    for code in RECEIVERS {
        let of = Arc::clone(axis);
        sim.host(code, move || {
            let of = Arc::clone(&of);
            async move {
                agencies::receive(of, code).await;
                Ok(())
            }
        });
    }
}

fn step(sim: &mut Sim<'_>, axis: &Axis) {
    axis.known.set_now(sim.elapsed());
    if let Err(error) = sim.step() {
        axis.known.violated(format!("a host failed: {error}"));
    }
}

fn come_to_rest(sim: &mut Sim<'_>, axis: &Axis) {
    axis.calm();
    let begun = sim.elapsed();
    loop {
        let owed = axis.known.owed();
        if owed.is_empty() {
            return;
        }
        if sim.elapsed() - begun > REST {
            axis.known
                .violated(format!("{} are owed and do not come: {owed:?}", owed.len()));
            return;
        }
        for _ in 0..50 {
            step(sim, axis);
        }
    }
}

/// Hubs stop in good order, so that their last word stands in the journal.
fn stop(sim: &mut Sim<'_>, axis: &Axis) {
    axis.machines.iter().for_each(MachineOfHub::stop);
    let begun = sim.elapsed();
    while !axis
        .machines
        .iter()
        .all(|machine| machine.stopped.load(Ordering::Relaxed))
    {
        if sim.elapsed() - begun > STOP {
            axis.known.violated("a hub does not stop".to_owned());
            return;
        }
        step(sim, axis);
    }
}

/// What is left after a last power loss that takes all that was not synced; where hubs share a journal, all have come to the same.
fn check(axis: &Axis) {
    let mut journals = Vec::new();
    for machine in &axis.machines {
        machine.disk.crash(|| false);
        let opened = match axis.stream {
            Some(_) => Embedded::open(&machine.folder.path().join("journal"), journal::options()),
            None => Embedded::open_on(Arc::new(AnyStorage::new(machine.disk.clone())), journal::options()),
        };
        let journal = match opened {
            Ok(journal) => journal,
            Err(error) => {
                axis.known
                    .violated(format!("the journal of {} does not open: {error}", machine.name));
                continue;
            }
        };
        let snapshots = SnapshotFolder::open(machine.folder.path().join("state"));
        let snapshot = snapshots.and_then(|folder| folder.load_latest());
        // A hub may be told to stop before it has followed the others to the end.
        let next = journal.head().next.0;
        let mut receipts = axis.known.receipts();
        receipts.retain(|receipt| axis.stream.is_none() || receipt.position < next);
        holds(axis, machine.name, || {
            check_records(&journal.reader(), snapshot.expect("a saved state").as_ref(), &receipts);
        });
        journals.push(journal);
    }
    let furthest = journals.iter().map(|journal| journal.head().next.0).max().unwrap_or(0);
    if axis.known.receipts().iter().any(|receipt| receipt.position >= furthest) {
        axis.known.violated(format!(
            "there are receipts beyond {furthest}, where the last journal ends"
        ));
    }
    let Some(last) = journals.iter().map(|journal| Position(journal.head().next.0 - 1)).min() else {
        return;
    };
    holds(axis, "hubs", || {
        let states = journals.iter().map(|journal| state_at(&journal.reader(), last));
        let ends: Vec<_> = states.map(|state| (state.chain, state.digest())).collect();
        assert!(
            ends.windows(2).all(|pair| pair[0] == pair[1]),
            "they disagree at {last}"
        );
    });
}

fn holds(axis: &Axis, who: &str, check: impl FnOnce()) {
    if let Err(panic) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)) {
        let what = panic.downcast_ref::<String>().cloned();
        axis.known.violated(format!("{who}: {}", what.unwrap_or_default()));
    }
}
