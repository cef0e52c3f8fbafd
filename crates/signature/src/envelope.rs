//! Making envelopes (gói tin), and the digest by which the same envelope is known again.

use bytes::Bytes;
use truc_proto::v1 as pb;

use crate::{Digest, Identity, digest::sha256_of_parts, dsse};

const DIGEST_DOMAIN: &str = "truc/v1/envelope";

/// Signs header bytes and puts the envelope together. The bytes must be those of `Header::encode`, made once.
///
/// `inline` are contents of attachments that the header names, each with its SHA-256. `with_certificates` sends the
/// chains along, which a hub needs where the certificates are not registered with it.
pub fn sign_envelope(
    header: Bytes,
    person: Option<&Identity>,
    seal: &Identity,
    inline: Vec<(Digest, Bytes)>,
    with_certificates: bool,
) -> pb::Envelope {
    let message = dsse::pae(dsse::HEADER_PAYLOAD_TYPE, &header);
    let sign = |identity: &Identity| pb::Signature {
        key_id: Bytes::copy_from_slice(&identity.fingerprint()),
        signature: Bytes::copy_from_slice(&identity.key().sign(&message)),
        certificates: if with_certificates {
            identity.chain().certificates.clone()
        } else {
            Vec::new()
        },
    };
    let inline_attachments = inline
        .into_iter()
        .map(|(sha256, content)| pb::InlineAttachment {
            sha256: Bytes::copy_from_slice(&sha256),
            content,
        })
        .collect();
    pb::Envelope {
        personal_signature: person.map(sign),
        seal: Some(sign(seal)),
        header,
        inline_attachments,
    }
}

/// What makes two envelopes the same: SHA-256 over `truc/v1/envelope`, the header, and key_id and signature of the person
/// (empty where there is none) and of the seal; each part after its length in 8 bytes, big-endian.
///
/// Certificates and inline contents are not in it: how they travel may change from one try to the next, and the header
/// holds the digests of all contents.
pub fn envelope_digest(envelope: &pb::Envelope) -> Digest {
    let parts = |signature: &'_ Option<pb::Signature>| match signature {
        Some(signature) => (signature.key_id.clone(), signature.signature.clone()),
        None => (Bytes::new(), Bytes::new()),
    };
    let (person, seal) = (parts(&envelope.personal_signature), parts(&envelope.seal));
    sha256_of_parts(
        DIGEST_DOMAIN,
        &[&envelope.header, &person.0, &person.1, &seal.0, &seal.1],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CertificateChain, SigningKey};

    fn identity(seed: u8) -> Identity {
        let chain = CertificateChain {
            certificates: vec![Bytes::from(vec![seed; 9])],
        };
        Identity::new(SigningKey::from_seed([seed; 32]), chain)
    }

    #[test]
    fn digest_is_of_what_is_kept() {
        let (person, seal) = (identity(1), identity(2));
        let header = Bytes::from_static(b"header");
        let bare = sign_envelope(header.clone(), Some(&person), &seal, vec![], false);
        let full = sign_envelope(
            header.clone(),
            Some(&person),
            &seal,
            vec![([7; 32], header.clone())],
            true,
        );
        assert_eq!(envelope_digest(&bare), envelope_digest(&full));
        let differing = [
            sign_envelope(header.clone(), None, &seal, vec![], false),
            sign_envelope(header.clone(), Some(&seal), &seal, vec![], false),
            sign_envelope(header, Some(&person), &person, vec![], false),
            sign_envelope(Bytes::from_static(b"headeR"), Some(&person), &seal, vec![], false),
        ];
        for other in &differing {
            assert_ne!(envelope_digest(other), envelope_digest(&bare));
        }
    }
}
