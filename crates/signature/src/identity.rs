//! Identity: a private key with the certificate of its public half.

use crate::{CertificateChain, Digest, SigningKey};

/// Who signs: a person, an agency with its seal, a system, the hub or an operator.
#[derive(Clone, Debug)]
pub struct Identity {
    key: SigningKey,
    chain: CertificateChain,
    fingerprint: Digest,
}

impl Identity {
    /// Puts key and chain together. Whether they belong together shows at the first verification.
    pub fn new(key: SigningKey, chain: CertificateChain) -> Self {
        let fingerprint = chain.fingerprint();
        Self {
            key,
            chain,
            fingerprint,
        }
    }

    /// The private key.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The certificate and its issuers.
    pub fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    /// SHA-256 of the certificate: what signatures name as `key_id`.
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }
}
