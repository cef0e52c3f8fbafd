//! GetDocument: the signed bytes of a document, and what each check says of its signatures.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use tonic::Status;
use truc_document::{AgencyCode, Refusal, SignatureStanding, SigningPolicy};
use truc_proto::v1 as pb;
use truc_signature::{Caller, Context, Digest, OpenedEnvelope, Outcome, Skip, TrustedCertificate, verify};
use truc_store::state::{Directory, timestamp, wire_time};

use super::{document_id, party_to};
use crate::{core::Core, services::directory::certificate_to_wire};

pub(super) fn get_document(
    core: &Core,
    caller: &Caller,
    request: &pb::GetDocumentRequest,
) -> Result<pb::GetDocumentResponse, Status> {
    let id = document_id(&request.document_id)?;
    let entry = party_to(core, caller, id)?;
    let directory = Arc::clone(&core.state.read().directory);
    let lost = || Status::data_loss("the journal can't be read");
    let envelope = core.bodies.get(&core.reader, entry.position).ok_or_else(lost)?;
    let context = AtAcceptance {
        core,
        directory: &directory,
        policy: policy(entry.standing),
        at: timestamp(entry.accepted_at),
    };
    let opened = OpenedEnvelope::open(envelope).map_err(|_| lost())?;
    let verdict = verify(opened.envelope(), opened.header(), &context);
    let certificate = |signature: &Option<pb::Signature>| context.told(signature.as_ref()?);
    let envelope = opened.envelope();
    Ok(pb::GetDocumentResponse {
        accepted_at: Some(wire_time(entry.accepted_at)),
        position: entry.position.0,
        signature_standing: entry.standing.into(),
        checks: verdict
            .checks()
            .iter()
            .map(|(check, outcome)| tell(check.title(), check.vietnamese(), outcome))
            .collect(),
        person: certificate(&envelope.personal_signature),
        seal: certificate(&envelope.seal),
        envelope: Some(pb::Envelope {
            inline_attachments: Vec::new(),
            ..envelope.clone()
        }),
    })
}

/// The policy under which an accepted document stands as it does.
fn policy(standing: u8) -> SigningPolicy {
    if i32::from(standing) == SignatureStanding::UnsignedPilot.wire() {
        SigningPolicy::Pilot
    } else if i32::from(standing) == SignatureStanding::UnsignedOff.wire() {
        SigningPolicy::Off
    } else {
        SigningPolicy::Required
    }
}

fn tell(title: &str, vietnamese: &str, outcome: &Outcome) -> pb::SignatureCheck {
    let (outcome, refusal, skipped) = match outcome {
        Outcome::Passed => (pb::CheckOutcome::Passed, None, String::new()),
        Outcome::Failed(refusal) => (
            pb::CheckOutcome::Failed,
            Some(pb::Refusal::from(refusal)),
            String::new(),
        ),
        Outcome::Skipped(Skip::WaitsFor(other)) => (pb::CheckOutcome::Skipped, None, format!("waits for: {other}")),
        Outcome::Skipped(Skip::Policy(policy)) => (
            pb::CheckOutcome::Skipped,
            None,
            format!("not asked for: policy {policy}"),
        ),
    };
    pb::SignatureCheck {
        title: title.to_owned(),
        title_vi: vietnamese.to_owned(),
        outcome: outcome as i32,
        refusal,
        skipped,
    }
}

/// What is known now about the instant at which the document was taken.
struct AtAcceptance<'a> {
    core: &'a Core,
    directory: &'a Directory,
    policy: SigningPolicy,
    at: Timestamp,
}

impl AtAcceptance<'_> {
    fn told(&self, signature: &pb::Signature) -> Option<pb::Certificate> {
        let key_id: Digest = signature.key_id[..].try_into().ok()?;
        let found = self.certificate(&key_id, &signature.certificates).ok()?;
        Some(pb::Certificate {
            revoked_at: self
                .directory
                .revocation(&key_id)
                .map(|revocation| wire_time(revocation.at.as_microsecond())),
            ..certificate_to_wire(&found)
        })
    }
}

impl Context for AtAcceptance<'_> {
    fn certificate(&self, key_id: &Digest, chain: &[Bytes]) -> Result<Arc<TrustedCertificate>, Refusal> {
        self.core.certificates.find(self.directory, key_id, chain)
    }

    fn revoked_at(&self, fingerprint: &Digest) -> Option<Timestamp> {
        self.directory.revocation(fingerprint).map(|revocation| revocation.at)
    }

    fn policy(&self) -> SigningPolicy {
        self.policy
    }

    fn now(&self) -> Timestamp {
        self.at
    }

    fn is_sender(&self, certified: &AgencyCode, sender: &AgencyCode) -> bool {
        certified == sender || {
            let found = self.directory.find(certified);
            found.is_some() && found == self.directory.find(sender)
        }
    }
}
