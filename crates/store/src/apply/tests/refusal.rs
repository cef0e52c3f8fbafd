//! Whatever depends on what came before is refused with its reason and field, and changes nothing.

use truc_document::{BusinessAct, Reason, SigningPolicy};
use uuid::Uuid;

use super::axis::*;

const NOBODY: &str = "H99";

#[test]
fn sender_unknown_or_not_connected() {
    let mut axis = Axis::new();
    let letter = axis.letter(NOBODY, &[NAM_DINH]);
    axis.refused(&letter, Reason::SenderUnknown, "header.sender");
    axis.alter(THAI_BINH, |agency| agency.connected = false);
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]);
    axis.refused(&letter, Reason::SenderNotConnected, "header.sender");
}

#[test]
fn recipient_unknown_not_connected_or_twice() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[NAM_DINH, NOBODY]);
    axis.refused(&letter, Reason::RecipientUnknown, "header.recipients[1].agency");
    axis.alter(COMMUNE, |agency| agency.connected = false);
    let letter = axis.letter(THAI_BINH, &[NAM_DINH, MINISTRY, COMMUNE]);
    axis.refused(&letter, Reason::RecipientNotConnected, "header.recipients[2].agency");
    // The two legal forms of one code: only the directory can tell.
    let letter = axis.letter(NAM_DINH, &["H54", MINISTRY, "000.00.00.H54"]);
    axis.refused(&letter, Reason::RecipientDuplicated, "header.recipients");
}

#[test]
fn references_unknown() {
    let mut axis = Axis::new();
    let (known, unknown) = (axis.sent(THAI_BINH, &[NAM_DINH]), Uuid::from_u128(7));
    let letter = axis
        .letter(THAI_BINH, &[NAM_DINH])
        .act(BusinessAct::Recall, &[known, unknown]);
    axis.refused(&letter, Reason::ReferenceUnknown, "header.act_targets[1]");
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]).answers(&[known, unknown]);
    axis.refused(&letter, Reason::ReferenceUnknown, "header.in_reply_to[1]");
}

#[test]
fn documents_of_others() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    for act in [BusinessAct::Recall, BusinessAct::Update, BusinessAct::Replace] {
        // A recipient may not act on it either.
        for sender in [MINISTRY, NAM_DINH] {
            let letter = axis.letter(sender, &[COMMUNE]).act(act, &[id]);
            axis.refused(&letter, Reason::NotYourDocument, "header.act_targets[0]");
        }
    }
    let letter = axis.letter(MINISTRY, &[THAI_BINH]).answers(&[id]);
    axis.refused(&letter, Reason::NotYourDocument, "header.in_reply_to[0]");
    for (sender, to) in [(NAM_DINH, THAI_BINH), (THAI_BINH, NAM_DINH)] {
        let letter = axis.letter(sender, &[to]).answers(&[id]);
        axis.send(&letter);
    }
}

#[test]
fn a_recalled_document_is_frozen() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    let recall = axis.letter(THAI_BINH, &[NAM_DINH]).act(BusinessAct::Recall, &[id]);
    axis.send(&recall);
    for act in [BusinessAct::Recall, BusinessAct::Update, BusinessAct::Replace] {
        let letter = axis.letter(THAI_BINH, &[NAM_DINH]).act(act, &[id]);
        axis.refused(&letter, Reason::AlreadyRecalled, "header.act_targets[0]");
    }
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]).answers(&[id]);
    axis.send(&letter);
}

#[test]
fn a_certificate_revoked_since_it_was_verified() {
    let mut axis = Axis::new();
    let before = axis.letter(THAI_BINH, &[NAM_DINH]);
    axis.send(&before);
    let now = axis.now;
    axis.revoke(key_id(THAI_BINH, true), now);
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]);
    axis.refused(&letter, Reason::CertificateRevoked, "personal_signature.key_id");
    axis.send(&letter.clone().unsigned());
    axis.revoke(key_id(THAI_BINH, false), now);
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]).unsigned();
    axis.refused(&letter, Reason::CertificateRevoked, "seal.key_id");
    assert!(axis.send(&before).repeated, "what was taken before stays good");
}

#[test]
fn a_revocation_counts_from_its_time_on() {
    let mut axis = Axis::new();
    let tomorrow = axis.now + jiff::SignedDuration::from_hours(24);
    axis.revoke(key_id(THAI_BINH, false), tomorrow);
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.wait(24 * 3600 - 1).sent(THAI_BINH, &[NAM_DINH]);
    let letter = axis.wait(1).letter(THAI_BINH, &[NAM_DINH]);
    axis.refused(&letter, Reason::CertificateRevoked, "seal.key_id");
}

#[test]
fn a_policy_tightened_since_it_was_verified() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]).unsigned();
    axis.send(&letter);
    axis.alter(THAI_BINH, |agency| {
        agency.signing_policy = SigningPolicy::Required.wire()
    });
    assert!(axis.send(&letter).repeated);
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]);
    axis.refused(
        &letter.clone().unsigned(),
        Reason::SignatureMissing,
        "personal_signature",
    );
    axis.send(&letter);
}
