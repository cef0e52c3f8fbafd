//! What the two signatures of an envelope are refused for.

use std::sync::Arc;

use jiff::Timestamp;
use truc_proto::v1 as pb;
use truc_signature::{
    Authority, Capacity, CertificateRequest, Identity, SeededWallet, SigningKey, Subject, sign_envelope,
};
use truc_tests::{Axis, SEED, Told, letter};

/// Sends a letter of `H54` that somebody signed, and its seal sealed.
async fn signed_by(axis: &Axis, person: Option<&Identity>) -> Told {
    let header = letter("H54", &["G22"]).encode();
    let envelope = sign_envelope(header.into(), person, &axis.seal("H54"), Vec::new(), true);
    axis.refused("H54", envelope).await
}

/// Sends a good letter of `H54` after a change to the envelope.
async fn envelope_with(axis: &Axis, change: impl FnOnce(&mut pb::Envelope)) -> Told {
    let mut envelope = axis.sign(&letter("H54", &["G22"]), Vec::new());
    change(&mut envelope);
    axis.refused("H54", envelope).await
}

fn person(axis: &Axis, not_before: &str, not_after: &str) -> Identity {
    let key = SigningKey::derive(SEED, "a person for some time");
    let time = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let chain = axis.wallet.authority().issue(&CertificateRequest {
        subject: Subject::Person {
            agency: "H54".parse().expect("a code"),
            full_name: "Lê Thị Bình".to_owned(),
            position: String::new(),
            capacity: Capacity::Head,
        },
        key: key.public(),
        not_before: time(not_before),
        not_after: time(not_after),
    });
    Identity::new(key, chain.expect("a certificate"))
}

/// The signature that holds over another header.
fn other_signature(axis: &Axis, of: impl Fn(pb::Envelope) -> Option<pb::Signature>) -> Option<pb::Signature> {
    of(axis.sign(&letter("H54", &["G22"]), Vec::new()))
}

pub(crate) async fn none(axis: &Axis) -> Told {
    signed_by(axis, None).await
}

pub(crate) async fn of_wrong_length(axis: &Axis) -> Told {
    envelope_with(axis, |envelope| {
        let seal = envelope.seal.as_mut().expect("a seal");
        seal.signature = seal.signature.slice(..63);
    })
    .await
}

pub(crate) async fn of_other_bytes(axis: &Axis) -> Told {
    let other = other_signature(axis, |envelope| envelope.personal_signature);
    envelope_with(axis, |envelope| envelope.personal_signature = other).await
}

pub(crate) async fn under_another_root(axis: &Axis) -> Told {
    let authority = Arc::new(Authority::from_seed(b"an authority that nobody trusts").expect("an authority"));
    let wallet = SeededWallet::new(authority, SEED);
    let agency = "H54".parse().expect("a code");
    let head = wallet
        .person(&agency, Capacity::Head, "Nguyễn Văn An")
        .expect("a person");
    signed_by(axis, Some(&head)).await
}

pub(crate) async fn by_a_seal(axis: &Axis) -> Told {
    signed_by(axis, Some(&axis.seal("H54"))).await
}

pub(crate) async fn expired(axis: &Axis) -> Told {
    signed_by(
        axis,
        Some(&person(axis, "2018-01-01T00:00:00Z", "2019-12-31T23:59:59Z")),
    )
    .await
}

pub(crate) async fn not_yet_valid(axis: &Axis) -> Told {
    signed_by(
        axis,
        Some(&person(axis, "2050-01-01T00:00:00Z", "2051-12-31T23:59:59Z")),
    )
    .await
}

pub(crate) async fn revoked(axis: &Axis) -> Told {
    let agency = "H54".parse().expect("a code");
    let person = axis
        .wallet
        .person(&agency, Capacity::Head, "Phạm Văn Cường")
        .expect("a person");
    let mut header = letter("H54", &["G22"]);
    header.signer.full_name = "Phạm Văn Cường".to_owned();
    let good = sign_envelope(
        header.encode().into(),
        Some(&person),
        &axis.seal("H54"),
        Vec::new(),
        true,
    );
    axis.agency("H54").send(good).await.expect("good until it is revoked");
    let directory = axis.operator().directory();
    let revoked = directory
        .revoke_certificate(person.fingerprint(), None, "Mất khóa")
        .await;
    revoked.expect("a revocation");
    signed_by(axis, Some(&person)).await
}

pub(crate) async fn of_another_agency(axis: &Axis) -> Told {
    signed_by(axis, Some(&axis.head("H05"))).await
}

pub(crate) async fn sealed_by_another_agency(axis: &Axis) -> Told {
    let header = letter("H54", &["G22"]).encode();
    let envelope = sign_envelope(
        header.into(),
        Some(&axis.head("H54")),
        &axis.seal("H05"),
        Vec::new(),
        true,
    );
    axis.refused("H54", envelope).await
}

pub(crate) async fn not_competent(axis: &Axis) -> Told {
    // The document shows no prefix, so it is the head's to sign.
    let agency = "H54".parse().expect("a code");
    let deputy = axis
        .wallet
        .person(&agency, Capacity::Deputy, "Trần Văn Dũng")
        .expect("a person");
    signed_by(axis, Some(&deputy)).await
}

pub(crate) async fn by_another_person_of_the_agency(axis: &Axis) -> Told {
    let agency = "H54".parse().expect("a code");
    let other = axis
        .wallet
        .person(&agency, Capacity::Head, "Trần Văn Dũng")
        .expect("a person");
    signed_by(axis, Some(&other)).await
}

pub(crate) async fn no_seal(axis: &Axis) -> Told {
    envelope_with(axis, |envelope| envelope.seal = None).await
}

pub(crate) async fn seal_of_other_bytes(axis: &Axis) -> Told {
    let other = other_signature(axis, |envelope| envelope.seal);
    envelope_with(axis, |envelope| envelope.seal = other).await
}
