//! The floor of a document: two strict Ed25519 verifications and SHA-256 of its content.
//!
//! Measured as the hub is: CPU time and not wall time, on all cores at once, and the mean of all rounds. A floor taken on an
//! idle machine, or from its best rounds only, would be one that no process under load can reach on a shared machine.

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant},
};

use truc_signature::{SigningKey, dsse, sha256};

/// How long each core is kept busy.
const BUSY: Duration = Duration::from_millis(1000);
const EACH: u32 = 20;

/// Microseconds of CPU a document, over all cores.
pub(super) fn measure(content_bytes: usize) -> f64 {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (documents, nanos) = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| scope.spawn(move || one_core(content_bytes)))
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    });
    nanos as f64 / 1000.0 / documents.max(1) as f64
}

/// Documents verified and the CPU time that they took, ns.
fn one_core(content_bytes: usize) -> (u64, u64) {
    let key = SigningKey::from_seed([7; 32]);
    let header = [1; 400];
    let signature = dsse::sign(&key, dsse::HEADER_PAYLOAD_TYPE, &header);
    let content = vec![2; content_bytes];
    let public = key.public();
    let (begun, before) = (Instant::now(), cpu_nanos());
    let mut documents = 0;
    while begun.elapsed() < BUSY {
        for _ in 0..EACH {
            for _ in 0..2 {
                let verified = dsse::verify(&public, dsse::HEADER_PAYLOAD_TYPE, black_box(&header), &signature);
                debug_assert!(black_box(verified).is_ok(), "its own signature");
            }
            black_box(sha256(black_box(&content)));
        }
        documents += u64::from(EACH);
    }
    match cpu_nanos().saturating_sub(before) {
        // A kernel that does not tell: wall time, which is the same on a machine of one's own.
        0 => (documents, begun.elapsed().as_nanos() as u64),
        nanos => (documents, nanos),
    }
}

/// CPU time of this thread as the scheduler counts it, ns.
fn cpu_nanos() -> u64 {
    let read = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    read.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
}
