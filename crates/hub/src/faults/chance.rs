//! Chance that comes in as an argument: the same seed, name and number give the same draws, on every machine.

use sha2::{Digest as _, Sha256};

/// Two draws for one question to a rule.
#[derive(Debug)]
pub(super) struct Chance(std::vec::IntoIter<u64>);

impl Chance {
    /// The draws of a rule's `number`th question.
    pub(super) fn new(seed: u64, name: &str, number: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"truc fault v1\0");
        hash.update(seed.to_le_bytes());
        hash.update(number.to_le_bytes());
        hash.update(name.as_bytes());
        let digest = hash.finalize();
        let words = digest.chunks_exact(8).map(|word| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(word);
            u64::from_le_bytes(bytes)
        });
        Self(words.collect::<Vec<_>>().into_iter())
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0.next().unwrap_or_default()
    }

    /// From 0 up to, and never, 1.
    pub(super) fn fraction(&mut self) -> f64 {
        // The 53 bits that a float holds exactly.
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Never with 0, always with 1.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.fraction() < probability
    }
}
