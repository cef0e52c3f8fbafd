//! Public keys, taken from bytes that deserve no trust.

pub use ed25519_dalek::VerifyingKey;

/// Bytes that must not be taken as a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVerifyingKey {
    /// Not the length of an Ed25519 key.
    #[error("public key has {length} bytes, an Ed25519 key has 32")]
    Length {
        /// Bytes given.
        length: usize,
    },
    /// Not a point of the curve, or one written in a second way (y not below 2^255 − 19).
    #[error("public key is no point of the curve in its one form")]
    Encoding,
    /// A point of small order: one signature would hold for many messages.
    #[error("public key is of small order")]
    Weak,
}

/// Reads a public key. Refuses what would make a signature ambiguous: weak keys, and a second spelling of a key.
pub fn verifying_key(bytes: &[u8]) -> Result<VerifyingKey, InvalidVerifyingKey> {
    let bytes: &[u8; 32] = bytes
        .try_into()
        .map_err(|_| InvalidVerifyingKey::Length { length: bytes.len() })?;
    if !is_canonical(bytes) {
        return Err(InvalidVerifyingKey::Encoding);
    }
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| InvalidVerifyingKey::Encoding)?;
    if key.is_weak() {
        Err(InvalidVerifyingKey::Weak)
    } else {
        Ok(key)
    }
}

/// y, the lower 255 bits, is below 2^255 − 19. The curve library reduces a larger one silently.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    high & 0x7f != 0x7f || middle.iter().any(|&byte| byte != 0xff) || *low < 0xed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    fn point(low: u8, high: u8) -> [u8; 32] {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (low, high);
        bytes
    }

    #[test]
    fn good_keys_are_taken() {
        let key = SigningKey::from_seed([1; 32]).public();
        assert_eq!(verifying_key(key.as_bytes()), Ok(key));
    }

    #[test]
    fn a_second_spelling_is_refused() {
        for low in 0xed..=0xff {
            for high in [0x7f, 0xff] {
                assert_eq!(verifying_key(&point(low, high)), Err(InvalidVerifyingKey::Encoding));
            }
        }
    }

    #[test]
    fn small_order_points_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let of_order_two = point(0xec, 0x7f);
        let of_order_four = [0; 32];
        let of_order_eight = hex::decode("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa").unwrap();
        for weak in [&identity[..], &of_order_two, &of_order_four, &of_order_eight] {
            assert_eq!(
                verifying_key(weak),
                Err(InvalidVerifyingKey::Weak),
                "{}",
                hex::encode(weak)
            );
        }
    }

    #[test]
    fn wrong_lengths_are_refused() {
        assert_eq!(verifying_key(&[1; 31]), Err(InvalidVerifyingKey::Length { length: 31 }));
        assert_eq!(verifying_key(&[]), Err(InvalidVerifyingKey::Length { length: 0 }));
    }
}
