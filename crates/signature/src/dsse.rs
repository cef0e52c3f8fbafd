//! Signing the bytes that you carry: the DSSE v1 pre-authentication encoding.
//!
//! The signature covers what the bytes are (the payload type) as well as the bytes, so a receipt can never pass for a
//! header. Nothing is serialized anew to be signed or verified; no language needs a canonical form.
//!
//! `PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in decimal digits of bytes.
//! See <https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md>.

use ed25519_dalek::Signature;

use crate::{SigningKey, VerifyingKey};

/// Payload type of a serialized `truc.v1.Header`.
pub const HEADER_PAYLOAD_TYPE: &str = "application/vnd.truc.v1.header";
/// Payload type of the root of a tree of receipt statements, 32 bytes.
pub const RECEIPT_PAYLOAD_TYPE: &str = "application/vnd.truc.v1.receipt";
/// Payload type of a checkpoint of the journal.
pub const CHECKPOINT_PAYLOAD_TYPE: &str = "application/vnd.truc.v1.checkpoint";

/// The signature does not hold under strict verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature does not hold over these bytes with this key")]
pub struct BadSignature;

/// The bytes that are signed for `payload` of type `payload_type`.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(payload.len() + payload_type.len() + 32);
    message.extend_from_slice(b"DSSEv1 ");
    push_decimal(&mut message, payload_type.len());
    message.push(b' ');
    message.extend_from_slice(payload_type.as_bytes());
    message.push(b' ');
    push_decimal(&mut message, payload.len());
    message.push(b' ');
    message.extend_from_slice(payload);
    message
}

/// Signs `payload` as being of type `payload_type`.
pub fn sign(key: &SigningKey, payload_type: &str, payload: &[u8]) -> [u8; 64] {
    key.sign(&pae(payload_type, payload))
}

/// Verifies strictly: no key or R of small order, canonical R and S, the equation without cofactor. A legal signature
/// must verify the same way for everyone, for ever; batch verification does not promise that and is not used.
pub fn verify(key: &VerifyingKey, payload_type: &str, payload: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
    verify_encoded(key, &pae(payload_type, payload), signature)
}

/// As [`verify`], over a message that [`pae`] made: two signatures over one payload share its encoding.
pub fn verify_encoded(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
    let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
    key.verify_strict(message, &signature).map_err(|_| BadSignature)
}

fn push_decimal(out: &mut Vec<u8>, number: usize) {
    // 20 digits hold any 64-bit number. `write!` would do the same at five times the cost, on every document.
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = number;
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encoding_is_that_of_the_specification() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }

    #[test]
    fn a_signature_holds_for_one_type_only() {
        let key = SigningKey::from_seed([1; 32]);
        let signature = sign(&key, HEADER_PAYLOAD_TYPE, b"payload");
        assert_eq!(
            verify(&key.public(), HEADER_PAYLOAD_TYPE, b"payload", &signature),
            Ok(())
        );
        assert_eq!(
            verify(&key.public(), RECEIPT_PAYLOAD_TYPE, b"payload", &signature),
            Err(BadSignature)
        );
        assert_eq!(
            verify(&key.public(), HEADER_PAYLOAD_TYPE, b"payloaD", &signature),
            Err(BadSignature)
        );
        let other = SigningKey::from_seed([2; 32]).public();
        assert_eq!(
            verify(&other, HEADER_PAYLOAD_TYPE, b"payload", &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn a_signature_of_another_length_is_refused() {
        let key = SigningKey::from_seed([1; 32]);
        let mut signature = sign(&key, HEADER_PAYLOAD_TYPE, b"payload").to_vec();
        signature.push(0);
        assert_eq!(
            verify(&key.public(), HEADER_PAYLOAD_TYPE, b"payload", &signature),
            Err(BadSignature)
        );
        assert_eq!(
            verify(&key.public(), HEADER_PAYLOAD_TYPE, b"payload", &signature[..63]),
            Err(BadSignature)
        );
        assert_eq!(
            verify(&key.public(), HEADER_PAYLOAD_TYPE, b"payload", &[]),
            Err(BadSignature)
        );
    }

    proptest! {
        #[test]
        fn one_flipped_bit_breaks_it(payload in prop::collection::vec(any::<u8>(), 1..200), bit in 0..512_usize) {
            let key = SigningKey::from_seed([1; 32]);
            let mut signature = sign(&key, HEADER_PAYLOAD_TYPE, &payload);
            prop_assert!(verify(&key.public(), HEADER_PAYLOAD_TYPE, &payload, &signature).is_ok());
            signature[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify(&key.public(), HEADER_PAYLOAD_TYPE, &payload, &signature).is_err());
        }

        #[test]
        fn lengths_are_decimal(payload in prop::collection::vec(any::<u8>(), 0..3000)) {
            let expected = [format!("DSSEv1 4 type {} ", payload.len()).as_bytes(), &payload].concat();
            prop_assert_eq!(pae("type", &payload), expected);
        }
    }
}
