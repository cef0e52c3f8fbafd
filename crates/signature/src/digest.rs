//! SHA-256: the one digest of the axis. The processor has instructions for it, for SHA-512 it has none.

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// SHA-256 of `bytes`. Fingerprints of certificates (`key_id`) and digests of attachments are made so.
pub fn sha256(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// SHA-256 over parts, each after its length (8 bytes, big-endian), so that no two lists of parts share a digest.
pub(crate) fn sha256_of_parts(domain: &str, parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_join_to_the_same_bytes_differ() {
        assert_ne!(
            sha256_of_parts("d", &[b"ab", b"c"]),
            sha256_of_parts("d", &[b"a", b"bc"])
        );
        assert_ne!(sha256_of_parts("d", &[b"abc"]), sha256_of_parts("e", &[b"abc"]));
        assert_ne!(sha256_of_parts("d", &[b"abc"]), sha256_of_parts("d", &[b"abc", b""]));
    }
}
