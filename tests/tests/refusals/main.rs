//! Every reason that a hub can give, provoked over the wire and read as any client in any language reads it.

mod envelopes;
mod mailboxes;
mod signatures;

use std::{collections::BTreeSet, pin::Pin};

use truc_document::Reason;
use truc_hub::DOMAIN;
use truc_tests::{Axis, Told};

/// One way to be refused, and what is said then.
struct Provocation {
    reason: Reason,
    /// As in `BadRequest`; empty where no field is at fault.
    field: &'static str,
    /// Told in an answer about many things, by `Refusal` and not by a status.
    within_answer: bool,
    provoke: for<'a> fn(&'a Axis) -> Pin<Box<dyn Future<Output = Told> + 'a>>,
}

macro_rules! provocations {
    ($($reason:ident $field:literal by $provoke:path $(, $within:ident an answer)?;)+) => {
        &[$(Provocation {
            reason: Reason::$reason,
            field: $field,
            within_answer: stringify!($($within)?).len() > 0,
            provoke: |axis| Box::pin($provoke(axis)),
        }),+]
    };
}

const PROVOCATIONS: &[Provocation] = provocations! {
    Malformed "header.subject" by envelopes::without_subject;
    Malformed "seal.signature" by signatures::of_wrong_length;
    Malformed "document_id" by mailboxes::track_no_uuid;
    TooLarge "header.subject" by envelopes::with_long_subject;
    TooLarge "inline_attachments" by envelopes::with_much_inline;
    Unauthenticated "" by envelopes::without_credential;
    NotYourAgency "header.sender" by envelopes::in_the_name_of_another;
    NotYourAgency "" by envelopes::by_the_operator;
    SenderUnknown "header.sender" by envelopes::from_nobody;
    SenderNotConnected "header.sender" by envelopes::from_unconnected;
    RecipientUnknown "header.recipients[1].agency" by envelopes::to_nobody;
    RecipientNotConnected "header.recipients[1].agency" by envelopes::to_unconnected;
    RecipientDuplicated "header.recipients[1].agency" by envelopes::to_one_twice;
    CodeInvalid "header.recipients[0].agency" by envelopes::to_no_code;
    SecretForbidden "header.secrecy" by envelopes::secret;
    DigestMismatch "inline_attachments[0]" by envelopes::with_other_content;
    DigestMismatch "start" by envelopes::upload_of_other_content;
    AttachmentMissing "header.attachments[0]" by envelopes::without_content;
    ClockSkew "header.created_at" by envelopes::from_the_future;
    DocumentIdReused "header.document_id" by envelopes::with_the_id_of_another;
    ReferenceUnknown "header.in_reply_to[0]" by envelopes::in_reply_to_nothing;
    ReferenceUnknown "document_id" by mailboxes::track_unknown;
    NotYourDocument "header.act_targets[0]" by envelopes::recall_of_anothers;
    NotYourDocument "document_id" by mailboxes::track_anothers;
    AlreadyRecalled "header.act_targets[0]" by envelopes::recall_twice;
    Overloaded "" by envelopes::to_a_full_hub;
    FaultInjected "" by envelopes::into_a_fault;

    SignatureMissing "personal_signature" by signatures::none;
    SignatureInvalid "personal_signature.signature" by signatures::of_other_bytes;
    CertificateUntrusted "personal_signature.certificates" by signatures::under_another_root;
    CertificateUntrusted "personal_signature.key_id" by signatures::by_a_seal;
    CertificateExpired "personal_signature.key_id" by signatures::expired;
    CertificateNotYetValid "personal_signature.key_id" by signatures::not_yet_valid;
    CertificateRevoked "personal_signature.key_id" by signatures::revoked;
    SignerNotOfAgency "personal_signature.key_id" by signatures::of_another_agency;
    SignerNotOfAgency "seal.key_id" by signatures::sealed_by_another_agency;
    SignerNotCompetent "header.signer.competence" by signatures::not_competent;
    SignerNotCompetent "header.signer.full_name" by signatures::by_another_person_of_the_agency;
    SealMissing "seal" by signatures::no_seal;
    SealInvalid "seal.signature" by signatures::seal_of_other_bytes;

    StatusInvalid "status" by mailboxes::status_out_of_order;
    DeliveryUnknown "" by mailboxes::acknowledge_nothing, within an answer;
    DeliveryUnknown "" by mailboxes::acknowledge_anothers, within an answer;
    LeaseExpired "" by mailboxes::acknowledge_too_late, within an answer;
    ClockSkew "to" by mailboxes::time_backwards;
};

#[tokio::test(flavor = "multi_thread")]
async fn each_is_told_with_its_reason_code_and_field() {
    let axis = Axis::start().await;
    for expected in PROVOCATIONS {
        let Provocation { reason, field, .. } = expected;
        let told = (expected.provoke)(&axis).await;
        assert_eq!(told.reason, reason.as_str(), "{told:?}");
        assert_eq!(told.field, *field, "{told:?}");
        assert_eq!(told.code, reason.grpc_code(), "{told:?}");
        assert_eq!(
            told.domain,
            if expected.within_answer { "" } else { DOMAIN },
            "{told:?}"
        );
        assert_eq!(told.retry_after.is_some(), *reason == Reason::Overloaded, "{told:?}");
        assert!(told.message.len() > 15, "{told:?}");
    }
    axis.stop().await;
}

#[test]
fn every_reason_of_this_release_is_provoked() {
    let provoked: BTreeSet<_> = PROVOCATIONS.iter().map(|provocation| provocation.reason).collect();
    let all: BTreeSet<_> = Reason::ALL.iter().copied().collect();
    assert_eq!(provoked, all);
}
