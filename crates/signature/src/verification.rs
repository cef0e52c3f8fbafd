//! Verification: all that must hold before a document is taken, as a pure function with a verdict on each check, so that
//! a user sees all that is wrong and not the first thing.
//!
//! The hub, the command line and offline tools run this very code. It costs two strict Ed25519 verifications, the SHA-256
//! of what is carried along, and about 1 µs.

mod attachments;
mod certificates;
mod check;
mod clock;
mod near_miss;
mod signer;
pub(crate) mod standalone;
mod verdict;

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use truc_document::{AgencyCode, Header, Reason, Refusal, SignatureStanding, SigningPolicy};
use truc_proto::v1 as pb;

pub use self::{
    check::Check,
    verdict::{Outcome, Skip, Verdict},
};
use crate::{Digest, SubjectKind, TrustedCertificate, dsse};

/// What verification must know of the world: as of one instant and one position of the journal, so that the same
/// answers give the same verdict.
pub trait Context {
    /// The certificate of a `key_id`, from a cache, the directory, or the chain that came along (empty when none did).
    ///
    /// # Errors
    /// CERTIFICATE_UNTRUSTED, as [`crate::TrustStore::certify_named`] says it.
    fn certificate(&self, key_id: &Digest, chain: &[Bytes]) -> Result<Arc<TrustedCertificate>, Refusal>;

    /// From when on a certificate is revoked, if it is.
    fn revoked_at(&self, fingerprint: &Digest) -> Option<Timestamp>;

    /// What is asked of the personal signature on the sender's documents.
    fn policy(&self) -> SigningPolicy;

    /// Hub time.
    fn now(&self) -> Timestamp;

    /// The agency that a certificate names is the sender. The two legal forms of a code are told to be the same where
    /// one can be written in the other; a context with a directory may know more.
    fn is_sender(&self, certified: &AgencyCode, sender: &AgencyCode) -> bool {
        certified == sender
            || (certified.form() != sender.form()
                && certified
                    .to_current()
                    .is_some_and(|code| sender.to_current() == Some(code)))
    }
}

/// What both signatures are over.
struct Message<'a> {
    /// The header's bytes as they came.
    payload: &'a [u8],
    /// Their DSSE encoding.
    encoded: Vec<u8>,
}

impl<'a> Message<'a> {
    fn new(payload: &'a [u8]) -> Self {
        Self {
            payload,
            encoded: dsse::pae(dsse::HEADER_PAYLOAD_TYPE, payload),
        }
    }
}

/// One of the two signatures: its field, its checks and its reasons.
struct Role {
    kind: SubjectKind,
    field: &'static str,
    trusted: Check,
    valid: Check,
    not_revoked: Check,
    of_agency: Check,
    holds: Check,
    does_not_hold: Reason,
}

const PERSON: Role = Role {
    kind: SubjectKind::Person,
    field: "personal_signature",
    trusted: Check::PersonalCertificateTrusted,
    valid: Check::PersonalCertificateValid,
    not_revoked: Check::PersonalCertificateNotRevoked,
    of_agency: Check::SignerOfAgency,
    holds: Check::PersonalSignature,
    does_not_hold: Reason::SignatureInvalid,
};

const SEAL: Role = Role {
    kind: SubjectKind::Seal,
    field: "seal",
    trusted: Check::SealCertificateTrusted,
    valid: Check::SealCertificateValid,
    not_revoked: Check::SealCertificateNotRevoked,
    of_agency: Check::SealOfAgency,
    holds: Check::Seal,
    does_not_hold: Reason::SealInvalid,
};

/// Runs every check on an envelope. `header` must be what `Header::decode` makes of `envelope.header`;
/// [`crate::OpenedEnvelope`] sees to that. Whether attachments that are not carried along are there is the store's to say.
pub fn verify(envelope: &pb::Envelope, header: &Header, context: &impl Context) -> Verdict {
    let now = context.now();
    let mut verdict = Verdict::new();
    verdict.judge(Check::ClockSkew, clock::check(header, now));
    verdict.judge(
        Check::AttachmentDigests,
        attachments::check(&envelope.inline_attachments, header),
    );

    // Both signatures are over the same bytes.
    let message = Message::new(&envelope.header);
    let policy = context.policy();
    match (&envelope.personal_signature, policy) {
        (Some(signature), _) => {
            verdict.judge(Check::PersonalSignaturePresent, Ok(()));
            check_signature(&mut verdict, &PERSON, signature, &message, header, context, now);
        }
        (None, SigningPolicy::Required) => {
            let refusal = Refusal::new(
                Reason::SignatureMissing,
                format!(
                    "`{}` must have its documents signed by a competent person; this one is not",
                    header.sender
                ),
            );
            verdict.judge(Check::PersonalSignaturePresent, Err(refusal.field(PERSON.field)));
            verdict.skip(&Check::OF_PERSON, Skip::WaitsFor(Check::PersonalSignaturePresent));
        }
        (None, SigningPolicy::Pilot) => verdict.excuse(policy, SignatureStanding::UnsignedPilot),
        (None, SigningPolicy::Off) => verdict.excuse(policy, SignatureStanding::UnsignedOff),
    }

    match &envelope.seal {
        Some(seal) => {
            verdict.judge(Check::SealPresent, Ok(()));
            check_signature(&mut verdict, &SEAL, seal, &message, header, context, now);
        }
        None => {
            let message = format!(
                "the seal of `{}` is not there; no policy does without it",
                header.sender
            );
            verdict.judge(
                Check::SealPresent,
                Err(Refusal::new(Reason::SealMissing, message).field(SEAL.field)),
            );
            verdict.skip(&Check::OF_SEAL, Skip::WaitsFor(Check::SealPresent));
        }
    }
    verdict
}

/// The checks on one signature that is there. All but the first need the certificate.
fn check_signature(
    verdict: &mut Verdict,
    role: &Role,
    signature: &pb::Signature,
    message: &Message<'_>,
    header: &Header,
    context: &impl Context,
    now: Timestamp,
) {
    let certificate = match certificates::find(role, signature, context) {
        Ok(certificate) => certificate,
        Err(refusal) => {
            verdict.judge(role.trusted, Err(refusal));
            let others = if role.kind == SubjectKind::Person {
                &Check::OF_PERSON[1..]
            } else {
                &Check::OF_SEAL[1..]
            };
            verdict.skip(others, Skip::WaitsFor(role.trusted));
            return;
        }
    };
    verdict.judge(role.trusted, Ok(()));
    verdict.judge(role.valid, certificates::check_valid(role, &certificate, now));
    let revoked_at = context.revoked_at(&certificate.fingerprint);
    verdict.judge(role.not_revoked, certificates::check_not_revoked(role, revoked_at, now));
    verdict.judge(
        role.of_agency,
        signer::check_agency(role, &certificate, header, context),
    );
    if let Some(capacity) = certificate.capacity {
        verdict.judge(
            Check::SignerCompetent,
            signer::check_competence(capacity, &certificate.common_name, header),
        );
    }
    let holds = dsse::verify_encoded(&certificate.key, &message.encoded, &signature.signature).map_err(|error| {
        let (expected, found) = near_miss::explain(&certificate, message, &signature.signature);
        Refusal::new(
            role.does_not_hold,
            format!("{error}: the header was changed, or signed with another key"),
        )
        .field(format!("{}.signature", role.field))
        .with("expected", expected)
        .with("found", found)
    });
    verdict.judge(role.holds, holds);
}

#[cfg(test)]
mod tests;
