use std::sync::Arc;

use proptest::prelude::*;
use prost::Message as _;
use truc_document::{Attachment, DocumentType, Signer};
use uuid::Uuid;

use super::*;
use crate::{
    Authority, Capacity, CertificateRequest, Identity, OpenedEnvelope, SeededWallet, SigningKey, Standalone, Subject,
    TrustStore, envelope_digest, sha256, sign_envelope,
};

const CONTENT: &[u8] = b"%PDF-1.4 content";

/// What a test may spoil before the envelope is made, and the world that it is judged in.
struct Case {
    header: Header,
    person: Option<Arc<Identity>>,
    seal: Arc<Identity>,
    inline: Vec<(Digest, Bytes)>,
    context: Standalone,
}

fn now() -> Timestamp {
    "2020-09-15T08:00:00Z".parse().unwrap()
}

fn code(code: &str) -> AgencyCode {
    code.parse().unwrap()
}

fn wallet() -> SeededWallet {
    SeededWallet::new(Arc::new(Authority::from_seed(b"seed").unwrap()), b"seed")
}

impl Case {
    fn new() -> Self {
        let wallet = wallet();
        let sender = code("H54.12");
        let signer = Signer {
            competence: "KT. CHỦ TỊCH".to_owned(),
            position: "PHÓ CHỦ TỊCH".to_owned(),
            full_name: "Nguyễn Văn A".to_owned(),
        };
        let mut header = Header::new(
            Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
            sender.clone(),
            [code("H40")],
            5,
            "UBND-VX".parse().unwrap(),
            DocumentType::OfficialLetter,
            "Về việc kết nối trục liên thông văn bản",
            signer,
            now(),
        );
        header.attachments = vec![Attachment {
            sha256: sha256(CONTENT),
            size: CONTENT.len() as u64,
            name: "cong-van.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            description: String::new(),
        }];
        let trust = TrustStore::new(vec![wallet.authority().root()]).unwrap();
        Self {
            header,
            person: Some(wallet.person(&sender, Capacity::Deputy, "Nguyễn Văn A").unwrap()),
            seal: wallet.seal(&sender, "UBND huyện").unwrap(),
            inline: vec![(sha256(CONTENT), Bytes::from_static(CONTENT))],
            context: Standalone::new(trust, now()),
        }
    }

    fn envelope(&self) -> pb::Envelope {
        let header = Bytes::from(self.header.encode());
        sign_envelope(header, self.person.as_deref(), &self.seal, self.inline.clone(), true)
    }

    fn verdict(&self) -> Verdict {
        verify(&self.envelope(), &self.header, &self.context)
    }

    /// Exactly these checks fail, for these reasons.
    #[track_caller]
    fn fails(&self, expected: &[(Check, Reason, &str)]) {
        fails(&self.verdict(), expected);
    }
}

#[track_caller]
fn fails(verdict: &Verdict, expected: &[(Check, Reason, &str)]) {
    let failed: Vec<(Check, Reason, &str)> = verdict
        .checks()
        .iter()
        .filter_map(|(check, outcome)| match outcome {
            Outcome::Failed(refusal) => Some((*check, refusal.reason, refusal.field.as_str())),
            Outcome::Passed | Outcome::Skipped(_) => None,
        })
        .collect();
    assert_eq!(failed, expected);
    let checks: Vec<Check> = verdict.checks().iter().map(|(check, _)| *check).collect();
    assert_eq!(checks, Check::ALL, "each check once, in order, whatever happens");
    assert_eq!(verdict.is_good(), expected.is_empty());
    assert_eq!(
        verdict.refusal().map(|refusal| refusal.reason),
        expected.first().map(|(_, reason, _)| *reason)
    );
}

#[test]
fn a_good_envelope_passes_everything() {
    let verdict = Case::new().verdict();
    fails(&verdict, &[]);
    assert!(verdict.checks().iter().all(|(_, outcome)| *outcome == Outcome::Passed));
    assert_eq!(verdict.standing(), Some(SignatureStanding::Signed));
}

#[test]
fn registered_certificates_need_not_come_along() {
    let mut case = Case::new();
    let bare = sign_envelope(
        case.header.encode().into(),
        case.person.as_deref(),
        &case.seal,
        vec![],
        false,
    );
    fails(
        &verify(&bare, &case.header, &case.context),
        &[
            (
                Check::PersonalCertificateTrusted,
                Reason::CertificateUntrusted,
                "personal_signature.certificates",
            ),
            (
                Check::SealCertificateTrusted,
                Reason::CertificateUntrusted,
                "seal.certificates",
            ),
        ],
    );
    for identity in [case.person.clone().unwrap(), case.seal.clone()] {
        case.context.register(&identity.chain().certificates).unwrap();
    }
    fails(&verify(&bare, &case.header, &case.context), &[]);
}

#[test]
fn made_in_the_future() {
    let mut case = Case::new();
    case.header.created_at = now() + jiff::SignedDuration::from_secs(300);
    case.fails(&[]);
    case.header.created_at += jiff::SignedDuration::from_nanos(1);
    case.fails(&[(Check::ClockSkew, Reason::ClockSkew, "header.created_at")]);
    case.header.created_at = "2019-01-01T00:00:00Z".parse().unwrap();
    case.fails(&[]);
}

#[test]
fn attachments_are_what_the_header_names() {
    let field = "inline_attachments[0]";
    let mut case = Case::new();
    case.inline[0].1 = Bytes::from_static(b"%PDF-1.4 CONTENT");
    case.fails(&[(Check::AttachmentDigests, Reason::DigestMismatch, field)]);
    case.inline[0].1 = Bytes::from_static(b"short");
    case.fails(&[(Check::AttachmentDigests, Reason::DigestMismatch, field)]);
    case.inline[0] = (sha256(b"other"), Bytes::from_static(b"other"));
    case.fails(&[(Check::AttachmentDigests, Reason::DigestMismatch, field)]);
    case.inline.clear();
    case.fails(&[]);
}

#[test]
fn unsigned_by_policy() {
    let mut case = Case::new();
    case.person = None;
    case.fails(&[(
        Check::PersonalSignaturePresent,
        Reason::SignatureMissing,
        "personal_signature",
    )]);
    let skip = Outcome::Skipped(Skip::WaitsFor(Check::PersonalSignaturePresent));
    assert_eq!(case.verdict().outcome(Check::PersonalSignature), Some(&skip));
    assert_eq!(case.verdict().standing(), None);

    for (policy, standing) in [
        (SigningPolicy::Pilot, SignatureStanding::UnsignedPilot),
        (SigningPolicy::Off, SignatureStanding::UnsignedOff),
    ] {
        case.context.policy = policy;
        case.fails(&[]);
        assert_eq!(case.verdict().standing(), Some(standing));
        let skip = Outcome::Skipped(Skip::Policy(policy));
        assert_eq!(case.verdict().outcome(Check::PersonalSignature), Some(&skip));
    }
}

#[test]
fn a_signature_that_nobody_asked_for_must_hold_all_the_same() {
    let mut case = Case::new();
    case.context.policy = SigningPolicy::Off;
    assert_eq!(case.verdict().standing(), Some(SignatureStanding::Signed));
    let mut envelope = case.envelope();
    envelope.personal_signature.as_mut().unwrap().signature = Bytes::from_static(&[1; 64]);
    let verdict = verify(&envelope, &case.header, &case.context);
    fails(
        &verdict,
        &[(
            Check::PersonalSignature,
            Reason::SignatureInvalid,
            "personal_signature.signature",
        )],
    );
}

#[test]
fn another_header_than_was_signed() {
    let case = Case::new();
    let mut envelope = case.envelope();
    let mut header = case.header.clone();
    header.number = 6;
    envelope.header = header.encode().into();
    fails(
        &verify(&envelope, &header, &case.context),
        &[
            (
                Check::PersonalSignature,
                Reason::SignatureInvalid,
                "personal_signature.signature",
            ),
            (Check::Seal, Reason::SealInvalid, "seal.signature"),
        ],
    );
}

#[test]
fn no_seal() {
    let case = Case::new();
    let mut envelope = case.envelope();
    envelope.seal = None;
    let verdict = verify(&envelope, &case.header, &case.context);
    fails(&verdict, &[(Check::SealPresent, Reason::SealMissing, "seal")]);
    assert_eq!(
        verdict.outcome(Check::Seal),
        Some(&Outcome::Skipped(Skip::WaitsFor(Check::SealPresent)))
    );
}

#[test]
fn certificates_have_their_time() {
    let mut case = Case::new();
    let outside = |reason| {
        [
            (Check::PersonalCertificateValid, reason, "personal_signature.key_id"),
            (Check::SealCertificateValid, reason, "seal.key_id"),
        ]
    };
    case.header.created_at = "2016-01-01T00:00:00Z".parse().unwrap();
    case.context.now = "2017-12-31T23:59:59.999Z".parse().unwrap();
    case.fails(&outside(Reason::CertificateNotYetValid));
    case.context.now = "2018-01-01T00:00:00Z".parse().unwrap();
    case.fails(&[]);
    // notAfter counts whole seconds, its own one included.
    case.context.now = "2035-12-31T23:59:59.999Z".parse().unwrap();
    case.fails(&[]);
    case.context.now = "2036-01-01T00:00:00Z".parse().unwrap();
    case.fails(&outside(Reason::CertificateExpired));
}

#[test]
fn revoked_from_an_instant_on() {
    let mut case = Case::new();
    let person = case.person.as_ref().unwrap().fingerprint();
    let later = now() + jiff::SignedDuration::from_nanos(1);
    case.context.revoked.insert(person, later);
    case.fails(&[]);
    case.context.revoked.insert(person, now());
    case.fails(&[(
        Check::PersonalCertificateNotRevoked,
        Reason::CertificateRevoked,
        "personal_signature.key_id",
    )]);
    case.context.revoked.insert(case.seal.fingerprint(), now());
    assert_eq!(case.verdict().refusals().count(), 2);
}

#[test]
fn signer_and_seal_of_another_agency() {
    let mut case = Case::new();
    case.person = Some(wallet().person(&code("H40"), Capacity::Deputy, "Nguyễn Văn A").unwrap());
    case.fails(&[(
        Check::SignerOfAgency,
        Reason::SignerNotOfAgency,
        "personal_signature.key_id",
    )]);
    case.seal = wallet().seal(&code("H40"), "UBND tỉnh").unwrap();
    case.fails(&[
        (
            Check::SignerOfAgency,
            Reason::SignerNotOfAgency,
            "personal_signature.key_id",
        ),
        (Check::SealOfAgency, Reason::SignerNotOfAgency, "seal.key_id"),
    ]);
}

#[test]
fn the_two_forms_of_a_code_are_one_agency() {
    let mut case = Case::new();
    case.header.sender = code("000.00.12.H54");
    case.fails(&[]);
    case.header.sender = code("000.00.13.H54");
    assert_eq!(case.verdict().refusals().count(), 2);
}

#[test]
fn competence_is_what_the_certificate_gives() {
    let mut case = Case::new();
    case.header.signer.competence = "TM. ỦY BAN NHÂN DÂN".to_owned();
    let not_competent = [(
        Check::SignerCompetent,
        Reason::SignerNotCompetent,
        "header.signer.competence",
    )];
    case.fails(&not_competent);
    case.header.signer.competence = "TL. CHỦ TỊCH".to_owned();
    case.fails(&not_competent);
    case.person = Some(wallet().person(&code("H54.12"), Capacity::Head, "Lê Thị C").unwrap());
    case.fails(&[(
        Check::SignerCompetent,
        Reason::SignerNotCompetent,
        "header.signer.full_name",
    )]);
    case.header.signer.full_name = "LÊ THỊ C".to_owned();
    case.fails(&[]);
}

#[test]
fn kinds_are_not_exchanged() {
    let mut case = Case::new();
    let (person, seal) = (case.person.clone().unwrap(), case.seal.clone());
    case.person = Some(seal);
    case.seal = person;
    case.fails(&[
        (
            Check::PersonalCertificateTrusted,
            Reason::CertificateUntrusted,
            "personal_signature.key_id",
        ),
        (
            Check::SealCertificateTrusted,
            Reason::CertificateUntrusted,
            "seal.key_id",
        ),
    ]);
    let system = wallet().system(&code("H54.12"), "Quản lý văn bản").unwrap();
    case = Case {
        seal: system,
        ..Case::new()
    };
    case.fails(&[(
        Check::SealCertificateTrusted,
        Reason::CertificateUntrusted,
        "seal.key_id",
    )]);
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let mut case = Case::new();
    let elsewhere = Authority::from_seed(b"elsewhere").unwrap();
    let key = SigningKey::from_seed([1; 32]);
    let request = CertificateRequest {
        subject: Subject::Seal {
            agency: code("H54.12"),
            name: "UBND huyện".to_owned(),
        },
        key: key.public(),
        not_before: "2018-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2030-01-01T00:00:00Z".parse().unwrap(),
    };
    case.seal = Arc::new(Identity::new(key, elsewhere.issue(&request).unwrap()));
    case.person = Some(wallet().person(&code("H40"), Capacity::ByOrder, "Trần Văn B").unwrap());
    case.context
        .revoked
        .insert(case.person.as_ref().unwrap().fingerprint(), now());
    case.inline[0].1 = Bytes::from_static(b"other");
    case.header.created_at = "2021-01-01T00:00:00Z".parse().unwrap();
    case.fails(&[
        (Check::ClockSkew, Reason::ClockSkew, "header.created_at"),
        (
            Check::AttachmentDigests,
            Reason::DigestMismatch,
            "inline_attachments[0]",
        ),
        (
            Check::PersonalCertificateNotRevoked,
            Reason::CertificateRevoked,
            "personal_signature.key_id",
        ),
        (
            Check::SignerOfAgency,
            Reason::SignerNotOfAgency,
            "personal_signature.key_id",
        ),
        (
            Check::SignerCompetent,
            Reason::SignerNotCompetent,
            "header.signer.competence",
        ),
        (
            Check::SealCertificateTrusted,
            Reason::CertificateUntrusted,
            "seal.certificates",
        ),
    ]);
}

#[test]
fn opened_and_verified() {
    let case = Case::new();
    let envelope = case.envelope();
    let verified = OpenedEnvelope::open(envelope.clone())
        .unwrap()
        .verify(&case.context)
        .unwrap();
    assert_eq!((verified.envelope(), verified.header()), (&envelope, &case.header));
    assert_eq!(verified.digest(), envelope_digest(&envelope));
    assert_eq!(verified.standing(), SignatureStanding::Signed);

    let mut unsealed = envelope;
    unsealed.seal = None;
    let refused = OpenedEnvelope::open(unsealed)
        .unwrap()
        .verify(&case.context)
        .unwrap_err();
    assert_eq!(refused.refusal.reason, Reason::SealMissing);
    assert_eq!(refused.opened.header(), &case.header);
    assert_eq!(refused.verdict.refusal(), Some(&refused.refusal));
}

#[track_caller]
fn not_opened(change: impl FnOnce(&mut pb::Envelope), reason: Reason, field: &str) {
    let mut envelope = Case::new().envelope();
    change(&mut envelope);
    let refusal = OpenedEnvelope::open(envelope).unwrap_err();
    assert_eq!((refusal.reason, refusal.field.as_str()), (reason, field), "{refusal}");
}

#[test]
fn bad_form_is_not_opened() {
    fn person(envelope: &mut pb::Envelope) -> &mut pb::Signature {
        envelope.personal_signature.as_mut().unwrap()
    }
    fn seal(envelope: &mut pb::Envelope) -> &mut pb::Signature {
        envelope.seal.as_mut().unwrap()
    }
    let bytes = |length: usize| Bytes::from(vec![0; length]);
    not_opened(
        |envelope| person(envelope).key_id = bytes(31),
        Reason::Malformed,
        "personal_signature.key_id",
    );
    not_opened(
        |envelope| person(envelope).signature = bytes(0),
        Reason::Malformed,
        "personal_signature.signature",
    );
    not_opened(
        |envelope| seal(envelope).signature = bytes(65),
        Reason::Malformed,
        "seal.signature",
    );
    not_opened(
        |envelope| seal(envelope).certificates = vec![bytes(1); 5],
        Reason::TooLarge,
        "seal.certificates",
    );
    not_opened(
        |envelope| person(envelope).certificates[1] = bytes(8 * 1024 + 1),
        Reason::TooLarge,
        "personal_signature.certificates[1]",
    );
    let twice = |envelope: &mut pb::Envelope| {
        let again = envelope.inline_attachments[0].clone();
        envelope.inline_attachments.push(again);
    };
    not_opened(twice, Reason::Malformed, "inline_attachments");
    not_opened(
        |envelope| envelope.inline_attachments[0].sha256 = bytes(33),
        Reason::Malformed,
        "inline_attachments[0].sha256",
    );
    not_opened(
        |envelope| envelope.inline_attachments[0].content = bytes((1 << 20) + 1),
        Reason::TooLarge,
        "inline_attachments",
    );
    let refusal = OpenedEnvelope::open(pb::Envelope::default()).unwrap_err();
    assert_eq!(refusal.reason, Reason::Malformed);
}

#[test]
fn the_same_content_twice_is_not_opened() {
    let mut case = Case::new();
    let mut second = case.header.attachments[0].clone();
    second.sha256 = sha256(b"second");
    case.header.attachments.push(second);
    case.inline.push(case.inline[0].clone());
    let refusal = OpenedEnvelope::open(case.envelope()).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::Malformed, "inline_attachments[1]")
    );
}

#[test]
fn an_unopened_envelope_of_bad_form_fails_and_no_more() {
    let case = Case::new();
    let mut envelope = case.envelope();
    envelope.seal.as_mut().unwrap().key_id = Bytes::from_static(b"short");
    envelope.personal_signature.as_mut().unwrap().signature = Bytes::from_static(b"short");
    fails(
        &verify(&envelope, &case.header, &case.context),
        &[
            (
                Check::PersonalSignature,
                Reason::SignatureInvalid,
                "personal_signature.signature",
            ),
            (Check::SealCertificateTrusted, Reason::Malformed, "seal.key_id"),
        ],
    );
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(envelope) = pb::Envelope::decode(&bytes[..]) {
            prop_assert!(OpenedEnvelope::open(envelope).is_err());
        }
    }

    /// Nothing that was signed or is pinned by a digest can be changed; only how certificates travel can.
    #[test]
    fn one_changed_byte_is_noticed(at in any::<prop::sample::Index>(), by in 1_u8..) {
        let case = Case::new();
        let envelope = case.envelope();
        let mut bytes = envelope.encode_to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        let Ok(changed) = pb::Envelope::decode(&bytes[..]) else { return Ok(()) };
        let Ok(opened) = OpenedEnvelope::open(changed) else { return Ok(()) };
        if let Ok(verified) = opened.verify(&case.context) {
            prop_assert_eq!(verified.digest(), envelope_digest(&envelope));
        }
    }
}
