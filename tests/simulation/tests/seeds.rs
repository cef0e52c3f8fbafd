//! Many seeds, each in a process of its own. `TRUC_SEEDS` says how many (200; `make soak` 10,000), `TRUC_FIRST_SEED` where they begin. A
//! seed that fails is named, and `cargo run -p truc-simulation -- SEED --aloud` does the same again, event for event.

use std::{
    process::{Command, Output},
    sync::Mutex,
    thread,
};

fn simulate(seed: u64, options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_truc-simulation"))
        .arg(seed.to_string())
        .args(options)
        .output()
        .expect("the simulation runs")
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(usual)
}

fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr]
        .map(String::from_utf8_lossy)
        .concat()
}

/// What the seeds said that did not end well; as many at once as there are cores.
fn failures(seeds: impl Iterator<Item = u64> + Send, options: &[&str]) -> Vec<String> {
    let (seeds, failed) = (Mutex::new(seeds), Mutex::new(Vec::new()));
    let next = || seeds.lock().expect("no panic").next();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(seed) = next() {
                    let output = simulate(seed, options);
                    if !output.status.success() {
                        failed.lock().expect("no panic").push(text(&output));
                    }
                }
            });
        }
    });
    failed.into_inner().expect("no panic")
}

#[test]
fn every_promise_is_kept_whatever_the_seed_makes_go_wrong() {
    let first = setting("TRUC_FIRST_SEED", 1);
    let failed = failures(first..first + setting("TRUC_SEEDS", 200), &[]);
    assert!(
        failed.is_empty(),
        "{} seeds failed; `cargo run -p truc-simulation -- SEED --aloud` shows one:\n{}",
        failed.len(),
        failed.concat()
    );
}

#[test]
fn a_seed_does_the_same_twice() {
    for seed in 1..=10 {
        let (once, twice) = (text(&simulate(seed, &["--aloud"])), text(&simulate(seed, &["--aloud"])));
        assert!(once == twice, "seed {seed}:\n{once}\n{twice}");
        assert_ne!(once, text(&simulate(seed + 1, &["--aloud"])));
    }
}

#[test]
fn disks_that_lie_and_a_stream_that_forgets_come_out() {
    let failed = failures(1..=40, &["--broken"]);
    let found = |what: &str| failed.iter().any(|one| one.contains(what));
    assert!(
        found("the journal of hub") || found("hub: "),
        "no lying disk was found: {failed:?}"
    );
    assert!(found("hub-"), "no forgetful stream was found: {failed:?}");
}
