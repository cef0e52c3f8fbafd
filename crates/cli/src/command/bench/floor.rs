//! The floor of a document: two strict Ed25519 verifications and SHA-256 of its content.

use std::{hint::black_box, time::Instant};

use truc_signature::{SigningKey, dsse, sha256};

/// Rounds; the fastest quarter counts, so that neighbours on the machine weigh little.
const ROUNDS: usize = 40;
const EACH: usize = 50;

/// Microseconds.
pub(super) fn measure(content_bytes: usize) -> f64 {
    let key = SigningKey::from_seed([7; 32]);
    let header = [1; 400];
    let signature = dsse::sign(&key, dsse::HEADER_PAYLOAD_TYPE, &header);
    let content = vec![2; content_bytes];
    let public = key.public();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            for _ in 0..EACH {
                for _ in 0..2 {
                    let verified = dsse::verify(&public, dsse::HEADER_PAYLOAD_TYPE, black_box(&header), &signature);
                    debug_assert!(black_box(verified).is_ok(), "its own signature");
                }
                black_box(sha256(black_box(&content)));
            }
            started.elapsed().as_secs_f64() * 1e6 / EACH as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[..ROUNDS / 4].iter().sum::<f64>() / (ROUNDS / 4) as f64
}
