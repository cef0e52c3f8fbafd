//! `truc-simulation SEED [--aloud] [--broken]`: agencies, hubs and their disks in one thread and under one clock, where all that can go wrong goes wrong
//! by the seed. With `--broken` disks lie about their syncs and the stream forgets, which has to come out. The same seed gives the same run, event for event; its last line has a digest of all. A process runs one seed, since
//! chance and clock are replaced for the whole of it.

mod agencies;
mod axis;
mod frame;
mod journal;
mod known;
mod network;
mod run;
mod stream;
mod troubles;

use std::process::ExitCode;

use rand::SeedableRng as _;

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the tests")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(seed) = arguments.first().and_then(|seed| seed.parse().ok()) else {
        eprintln!("usage: truc-simulation SEED [--aloud] [--broken]");
        return ExitCode::from(2);
    };
    let asked = |option: &str| arguments.iter().any(|argument| argument == option);
    let (aloud, broken) = (asked("--aloud"), asked("--broken"));
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_default_env() {
        tracing_subscriber::fmt().with_env_filter(filter).without_time().init();
    }
    mad_turmoil::rand::set_rng(rand::rngs::StdRng::seed_from_u64(seed));
    let _clocks = mad_turmoil::time::SimClocksGuard::init();
    // A thread whose tables are keyed by that chance from the first.
    let ran = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || run::run(seed, aloud, broken));
    let Ok(Ok(outcome)) = ran.map(std::thread::JoinHandle::join) else {
        eprintln!("seed {seed}: panicked");
        return ExitCode::FAILURE;
    };
    let run::Outcome {
        documents,
        troubles,
        events,
        trace,
        violations,
    } = outcome;
    println!("seed {seed}: {documents} documents, {troubles} troubles, {events} events, {trace}");
    for violation in &violations {
        println!("  {violation}");
    }
    match violations.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
