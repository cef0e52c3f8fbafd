//! Certificates by fingerprint: a chain costs 150 µs to check, so each is checked once.

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::sync::Cache;
use truc_document::Refusal;
use truc_signature::{Digest, TrustStore, TrustedCertificate, sha256};
use truc_store::state::Directory;

/// Certificates kept, of about 1.5 KB each: a nation's agencies with two or three signers that write at a time.
const KEPT: usize = 50_000;
/// Certificates of authorities kept: one stands above thousands of holders.
const ISSUERS_KEPT: usize = 1_000;

pub(crate) struct Certificates {
    trust: TrustStore,
    checked: Cache<Digest, Arc<TrustedCertificate>>,
    issuers: Cache<Digest, Bytes>,
}

impl Certificates {
    pub(crate) fn new(trust: TrustStore) -> Self {
        Self {
            trust,
            checked: Cache::new(KEPT),
            issuers: Cache::new(ISSUERS_KEPT),
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
        let mut certificate = self.trust.certify_named(key_id, chain)?;
        self.detach(&mut certificate);
        let certificate = Arc::new(certificate);
        // Fingerprints of refused chains are not kept: an attacker has as many as wanted.
        self.checked.insert(*key_id, Arc::clone(&certificate));
        Ok(certificate)
    }

    /// Gives a certificate bytes of its own: those that it came with are a part of a whole request, which would stay in
    /// memory for as long as it is kept.
    fn detach(&self, certificate: &mut TrustedCertificate) {
        certificate.der = Bytes::copy_from_slice(&certificate.der);
        for issuer in &mut certificate.issuers {
            let fingerprint = sha256(issuer);
            *issuer = self.issuers.get(&fingerprint).unwrap_or_else(|| {
                let own = Bytes::copy_from_slice(issuer);
                self.issuers.insert(fingerprint, own.clone());
                own
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use truc_signature::{Authority, Capacity, SeededWallet};

    use super::*;

    /// Each signer kept the whole request of its first document in memory, half a gigabyte for a nation.
    #[test]
    fn what_is_kept_holds_no_request_in_memory() {
        let authority = Arc::new(Authority::from_seed(&[7]).unwrap());
        let trust = TrustStore::new(vec![authority.root()]).unwrap();
        let wallet = SeededWallet::new(authority, [7]);
        let person = wallet.person(&"H26".parse().unwrap(), Capacity::Head, "Trần Thị Bình");
        let person = person.unwrap();
        let request: Bytes = person.chain().certificates.concat().into();
        let mut at = 0;
        let chain: Vec<Bytes> = person
            .chain()
            .certificates
            .iter()
            .map(|der| {
                at += der.len();
                request.slice(at - der.len()..at)
            })
            .collect();
        let certificates = Certificates::new(trust);
        let key_id = person.fingerprint();
        let found = certificates.find(&Directory::default(), &key_id, &chain).unwrap();
        drop(chain);
        assert!(request.is_unique());
        assert_eq!(found.issuers.len() + 1, person.chain().certificates.len());
        assert!(certificates.seen(&key_id).is_some());
    }
}
