//! A context that is all in memory: for the command line, offline checks and tests.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use truc_document::{Refusal, SigningPolicy};

use super::Context;
use crate::{Digest, TrustStore, TrustedCertificate};

/// Roots, what is known besides, a policy and an instant.
#[derive(Debug)]
pub struct Standalone {
    /// The roots.
    pub trust: TrustStore,
    /// Certificates that need not come along, by fingerprint.
    pub registered: HashMap<Digest, Arc<TrustedCertificate>>,
    /// Revoked certificates by fingerprint, and from when on.
    pub revoked: HashMap<Digest, Timestamp>,
    /// The sender's.
    pub policy: SigningPolicy,
    /// The instant at which everything is judged: for a document that a hub took, that of its receipt.
    pub now: Timestamp,
}

impl Standalone {
    /// Knows the roots only, and asks for a personal signature.
    pub fn new(trust: TrustStore, now: Timestamp) -> Self {
        Self {
            trust,
            registered: HashMap::new(),
            revoked: HashMap::new(),
            policy: SigningPolicy::Required,
            now,
        }
    }

    /// Certifies a chain and keeps it, so that it need not come along.
    ///
    /// # Errors
    /// CERTIFICATE_UNTRUSTED, as [`TrustStore::certify`].
    pub fn register(&mut self, chain: &[Bytes]) -> Result<Arc<TrustedCertificate>, Refusal> {
        let certificate = Arc::new(self.trust.certify(chain)?);
        self.registered
            .insert(certificate.fingerprint, Arc::clone(&certificate));
        Ok(certificate)
    }
}

impl Context for Standalone {
    fn certificate(&self, key_id: &Digest, chain: &[Bytes]) -> Result<Arc<TrustedCertificate>, Refusal> {
        match self.registered.get(key_id) {
            Some(certificate) => Ok(Arc::clone(certificate)),
            None => self.trust.certify_named(key_id, chain).map(Arc::new),
        }
    }

    fn revoked_at(&self, fingerprint: &Digest) -> Option<Timestamp> {
        self.revoked.get(fingerprint).copied()
    }

    fn policy(&self) -> SigningPolicy {
        self.policy
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}
