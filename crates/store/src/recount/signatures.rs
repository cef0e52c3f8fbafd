//! Signatures of documents, verified as the hub verified them: by the directory before the record and its hub time. What
//! is known is noted in the order of the journal; the verification itself is done for many documents at once, on all cores.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use jiff::Timestamp;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use truc_document::{AgencyCode, Header, Refusal, SigningPolicy};
use truc_proto::v1::{Envelope, Signature};
use truc_signature::{Context, Digest, TrustStore, TrustedCertificate, sha256, verify};

use crate::{
    journal::Position,
    state::{Directory, State},
};

/// Documents that are verified together.
const TOGETHER: usize = 512;

/// What a document was signed with, or why that is no certificate to trust.
type Found = Result<Arc<TrustedCertificate>, Refusal>;

pub(super) struct Signatures<'a> {
    trust: &'a TrustStore,
    /// Checked once each: a chain costs 150 µs.
    checked: HashMap<Digest, Arc<TrustedCertificate>>,
    /// Chains that came along with earlier documents.
    seen: HashMap<Digest, Vec<Bytes>>,
    waiting: Vec<Waiting>,
    /// Documents verified.
    pub(super) verified: u64,
}

/// A document with what was known before it.
struct Waiting {
    position: Position,
    envelope: Envelope,
    header: Header,
    certificates: Vec<(Digest, Found)>,
    directory: Arc<Directory>,
    policy: SigningPolicy,
    now: Timestamp,
}

impl<'a> Signatures<'a> {
    pub(super) fn new(trust: &'a TrustStore) -> Self {
        Self {
            trust,
            checked: HashMap::new(),
            seen: HashMap::new(),
            waiting: Vec::new(),
            verified: 0,
        }
    }

    /// Notes the certificates that came along.
    pub(super) fn see(&mut self, envelope: &Envelope) {
        for signature in signatures(envelope) {
            if let Some(certificate) = signature.certificates.first() {
                let chain = || own(&signature.certificates);
                self.seen.entry(sha256(certificate)).or_insert_with(chain);
            }
        }
    }

    /// Notes a document, to be verified by what is known now; true where it is time to [`Self::verify`].
    pub(super) fn note(
        &mut self,
        state: &State,
        (position, at): (Position, Timestamp),
        envelope: &Envelope,
        header: &Header,
    ) -> bool {
        self.see(envelope);
        let sender = state.agency(&header.sender).map(|(_, agency)| agency.policy);
        let mut certificates = Vec::with_capacity(2);
        for signature in signatures(envelope) {
            if let Ok(key_id) = <Digest>::try_from(&signature.key_id[..]) {
                certificates.push((key_id, self.certify(state, &key_id, &signature.certificates)));
            }
        }
        self.waiting.push(Waiting {
            position,
            envelope: envelope.clone(),
            header: header.clone(),
            certificates,
            directory: Arc::clone(&state.directory),
            policy: sender.unwrap_or(SigningPolicy::Required),
            now: at.max(state.time()),
        });
        self.waiting.len() >= TOGETHER
    }

    /// Takes back the document noted last: it was not taken.
    pub(super) fn forget_last(&mut self) {
        self.waiting.pop();
    }

    /// What fails of the documents noted so far, a sentence each, in their order.
    pub(super) fn verify(&mut self) -> Vec<(Position, String)> {
        let waiting = std::mem::take(&mut self.waiting);
        self.verified += waiting.len() as u64;
        let failed: Vec<Vec<(Position, String)>> = waiting.into_par_iter().map(|document| document.failed()).collect();
        failed.into_iter().flatten().collect()
    }

    fn certify(&mut self, state: &State, key_id: &Digest, chain: &[Bytes]) -> Found {
        if let Some(checked) = self.checked.get(key_id) {
            return Ok(Arc::clone(checked));
        }
        let registered = state.directory.certificate(key_id);
        let certificate = match (chain, registered, self.seen.get(key_id)) {
            ([], Some(registered), _) => {
                let mut chain = vec![registered.der.clone()];
                chain.extend(registered.issuers.iter().cloned());
                self.trust.certify_named(key_id, &chain)
            }
            ([], None, Some(seen)) => self.trust.certify_named(key_id, seen),
            (chain, ..) => self.trust.certify_named(key_id, &own(chain)),
        };
        let certificate = Arc::new(certificate?);
        self.checked.insert(*key_id, Arc::clone(&certificate));
        Ok(certificate)
    }
}

/// Certificates in bytes of their own: those of a record would keep its whole group in memory.
fn own(certificates: &[Bytes]) -> Vec<Bytes> {
    certificates.iter().map(|der| Bytes::copy_from_slice(der)).collect()
}

fn signatures(envelope: &Envelope) -> impl Iterator<Item = &Signature> {
    [&envelope.personal_signature, &envelope.seal].into_iter().flatten()
}

impl Waiting {
    fn failed(&self) -> Vec<(Position, String)> {
        verify(&self.envelope, &self.header, self)
            .refusals()
            .map(|refusal| {
                let what = format!("document is not signed as it must be: {refusal}");
                (self.position, what)
            })
            .collect()
    }
}

impl Context for Waiting {
    fn certificate(&self, key_id: &Digest, chain: &[Bytes]) -> Found {
        match self.certificates.iter().find(|(known, _)| known == key_id) {
            Some((_, found)) => found.clone(),
            // Asked for only where the key id is none, which the form of an envelope forbids.
            None => Err(Refusal::new(
                truc_document::Reason::CertificateUntrusted,
                format!("{} certificates came with a key that names none", chain.len()),
            )),
        }
    }

    fn revoked_at(&self, fingerprint: &Digest) -> Option<Timestamp> {
        self.directory.revocation(fingerprint).map(|revocation| revocation.at)
    }

    fn policy(&self) -> SigningPolicy {
        self.policy
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn is_sender(&self, certified: &AgencyCode, sender: &AgencyCode) -> bool {
        let found = self.directory.find(certified);
        certified == sender || (found.is_some() && found == self.directory.find(sender))
    }
}
