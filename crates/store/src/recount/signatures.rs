//! Signatures of documents, verified as the hub verified them: by the directory before the record and its hub time.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use truc_document::{AgencyCode, Header, Refusal, SigningPolicy};
use truc_proto::v1::Envelope;
use truc_signature::{Context, Digest, TrustStore, TrustedCertificate, sha256, verify};

use crate::state::State;

pub(super) struct Signatures<'a> {
    trust: &'a TrustStore,
    /// Checked once each: a chain costs 150 µs.
    checked: RefCell<HashMap<Digest, Arc<TrustedCertificate>>>,
    /// Chains that came along with earlier documents.
    seen: HashMap<Digest, Vec<Bytes>>,
    /// Documents verified.
    pub(super) verified: u64,
}

impl<'a> Signatures<'a> {
    pub(super) fn new(trust: &'a TrustStore) -> Self {
        Self {
            trust,
            checked: RefCell::default(),
            seen: HashMap::new(),
            verified: 0,
        }
    }

    /// Notes the certificates that came along.
    pub(super) fn see(&mut self, envelope: &Envelope) {
        for signature in [&envelope.personal_signature, &envelope.seal].into_iter().flatten() {
            if let Some(certificate) = signature.certificates.first() {
                let chain = || signature.certificates.clone();
                self.seen.entry(sha256(certificate)).or_insert_with(chain);
            }
        }
    }

    /// What fails, a sentence each.
    pub(super) fn check(&mut self, state: &State, at: Timestamp, envelope: &Envelope, header: &Header) -> Vec<String> {
        self.see(envelope);
        self.verified += 1;
        let sender = state.agency(&header.sender).map(|(_, agency)| agency.policy);
        let known = Known {
            all: self,
            state,
            policy: sender.unwrap_or(SigningPolicy::Required),
            now: at.max(state.time()),
        };
        let verdict = verify(envelope, header, &known);
        verdict
            .refusals()
            .map(|refusal| format!("document is not signed as it must be: {refusal}"))
            .collect()
    }
}

/// What verification may know.
struct Known<'a> {
    all: &'a Signatures<'a>,
    state: &'a State,
    policy: SigningPolicy,
    now: Timestamp,
}

impl Context for Known<'_> {
    fn certificate(&self, key_id: &Digest, chain: &[Bytes]) -> Result<Arc<TrustedCertificate>, Refusal> {
        if let Some(checked) = self.all.checked.borrow().get(key_id) {
            return Ok(Arc::clone(checked));
        }
        let registered = self.state.directory.certificate(key_id);
        let certificate = match (chain, registered, self.all.seen.get(key_id)) {
            ([], Some(registered), _) => {
                let mut chain = vec![registered.der.clone()];
                chain.extend(registered.issuers.iter().cloned());
                self.all.trust.certify_named(key_id, &chain)
            }
            ([], None, Some(seen)) => self.all.trust.certify_named(key_id, seen),
            (chain, ..) => self.all.trust.certify_named(key_id, chain),
        };
        let certificate = Arc::new(certificate?);
        self.all.checked.borrow_mut().insert(*key_id, Arc::clone(&certificate));
        Ok(certificate)
    }

    fn revoked_at(&self, fingerprint: &Digest) -> Option<Timestamp> {
        self.state
            .directory
            .revocation(fingerprint)
            .map(|revocation| revocation.at)
    }

    fn policy(&self) -> SigningPolicy {
        self.policy
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn is_sender(&self, certified: &AgencyCode, sender: &AgencyCode) -> bool {
        let found = self.state.directory.find(certified);
        certified == sender || (found.is_some() && found == self.state.directory.find(sender))
    }
}
