//! A signature that does not hold: what it was to be, and what it turns out to be, for who wrote the client that made it.

use sha2::{Digest as _, Sha256};

use super::Message;
use crate::{TrustedCertificate, dsse};

/// Bytes of an Ed25519 signature.
const LENGTH: usize = 64;

/// Expected and found. It costs up to three verifications, on refusals only.
pub(super) fn explain(certificate: &TrustedCertificate, message: &Message<'_>, signature: &[u8]) -> (String, String) {
    let expected = format!(
        "Ed25519 with the key of certificate `{}` over the DSSE encoding of the header, {} bytes with SHA-256 `{}`",
        hex::encode(certificate.fingerprint),
        message.encoded.len(),
        hex::encode(Sha256::digest(&message.encoded)),
    );
    if signature.len() != LENGTH {
        let found = format!("{} bytes; a signature has {LENGTH}", signature.len());
        return (expected, found);
    }
    let holds = |over: &[u8]| dsse::verify_encoded(&certificate.key, over, signature).is_ok();
    let found = if holds(message.payload) {
        "it holds over the bare header; sign its DSSE encoding"
    } else if holds(&Sha256::digest(message.payload)) {
        "it holds over the SHA-256 of the bare header; sign the DSSE encoding itself"
    } else if holds(&Sha256::digest(&message.encoded)) {
        "it holds over the SHA-256 of the DSSE encoding; sign the encoding itself"
    } else {
        "it was made with another key, or over other bytes than those that came"
    };
    (expected, found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Authority, Capacity, SeededWallet, SigningKey};

    #[test]
    fn the_usual_mistakes_are_told_apart() {
        let authority = std::sync::Arc::new(Authority::from_seed(b"a seed of thirty-two bytes or so").unwrap());
        let root = authority.root();
        let wallet = SeededWallet::new(authority, b"a seed of thirty-two bytes or so");
        let head = wallet
            .person(&"H54".parse().unwrap(), Capacity::Head, "Nguyễn Văn An")
            .unwrap();
        let store = crate::TrustStore::new(vec![root]).unwrap();
        let certificate = store.certify(&head.chain().certificates).unwrap();
        let message = Message::new(b"header");
        let made = |over: &[u8]| explain(&certificate, &message, &head.key().sign(over)).1;
        assert!(made(b"header").contains("the bare header; sign"));
        assert!(made(&Sha256::digest(b"header")).contains("SHA-256 of the bare header"));
        assert!(made(&Sha256::digest(&message.encoded)).contains("SHA-256 of the DSSE encoding"));
        assert!(made(b"headeR").contains("another key, or over other bytes"));
        let other = SigningKey::from_seed([9; 32]).sign(&message.encoded);
        let (expected, found) = explain(&certificate, &message, &other);
        assert!(found.contains("another key"), "{found}");
        assert!(expected.contains(&hex::encode(certificate.fingerprint)), "{expected}");
        assert!(explain(&certificate, &message, &[0; 63]).1.contains("63 bytes"));
    }
}
