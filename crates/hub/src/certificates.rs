//! Certificates by fingerprint: a chain costs 150 µs to check, so each is checked once.

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::sync::Cache;
use truc_document::Refusal;
use truc_signature::{Digest, TrustStore, TrustedCertificate};
use truc_store::state::Directory;

/// Certificates kept: two for each of 100,000 agencies would be 200 MB, and few of them send at a time.
const KEPT: usize = 20_000;

pub(crate) struct Certificates {
    trust: TrustStore,
    checked: Cache<Digest, Arc<TrustedCertificate>>,
}

impl Certificates {
    pub(crate) fn new(trust: TrustStore) -> Self {
        Self {
            trust,
            checked: Cache::new(KEPT),
        }
    }

    /// A certificate of which a chain was checked since this hub started, by chance: nothing may be decided by it.
    pub(crate) fn seen(&self, fingerprint: &Digest) -> Option<Arc<TrustedCertificate>> {
        self.checked.get(fingerprint)
    }

    /// The certificate that a signature names, from those seen before, those that came along, or the directory.
    pub(crate) fn find(
        &self,
        directory: &Directory,
        key_id: &Digest,
        chain: &[Bytes],
    ) -> Result<Arc<TrustedCertificate>, Refusal> {
        // Without a chain only what is registered counts: what this hub happens to have seen must not decide.
        let may_use = !chain.is_empty() || directory.certificate(key_id).is_some();
        if may_use && let Some(known) = self.checked.get(key_id) {
            return Ok(known);
        }
        let registered: Vec<Bytes>;
        let chain = match (chain.is_empty(), directory.certificate(key_id)) {
            (true, Some(certificate)) => {
                registered = std::iter::once(&certificate.der)
                    .chain(&certificate.issuers)
                    .cloned()
                    .collect();
                &registered
            }
            _ => chain,
        };
        let certificate = Arc::new(self.trust.certify_named(key_id, chain)?);
        // Fingerprints of refused chains are not kept: an attacker has as many as wanted.
        self.checked.insert(*key_id, Arc::clone(&certificate));
        Ok(certificate)
    }
}
