//! A document is taken once, in effect: it reaches each recipient once, however often it was sent.

use truc_document::{Reason, Urgency};

use super::axis::*;
use crate::state::DeliveryState;

#[test]
fn a_document_reaches_every_recipient() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[NAM_DINH, COMMUNE, MINISTRY]);
    let accepted = axis.send(&letter);
    assert!(!accepted.repeated && accepted.number_of.is_none());
    assert_eq!(
        (accepted.position.0, accepted.accepted_at),
        (6, axis.now.as_microsecond())
    );
    for code in [NAM_DINH, COMMUNE, MINISTRY] {
        assert_eq!(axis.mailbox(code), ["document 1"]);
    }
    for code in [THAI_BINH, DISTRICT] {
        assert!(axis.mailbox(code).is_empty());
    }
    assert_eq!(axis.stand(letter.id()), [DeliveryState::Waiting; 3]);
}

#[test]
fn those_whose_mailbox_got_something_are_woken() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[NAM_DINH, COMMUNE]);
    let woken = axis.change(letter.change()).woken;
    let codes: Vec<_> = woken.iter().map(|index| axis.state.code(*index)).collect();
    assert_eq!(codes, [NAM_DINH, COMMUNE]);
}

#[test]
fn the_same_envelope_again_changes_nothing() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]);
    let first = axis.send(&letter);
    axis.take(NAM_DINH);
    axis.alter(THAI_BINH, |agency| agency.connected = false);
    let before = axis.state.digest_of_content();
    let again = axis.wait(86_400).send(&letter);
    assert!(again.repeated);
    assert_eq!(
        (again.document, again.position, again.accepted_at),
        (first.document, first.position, first.accepted_at)
    );
    assert_eq!(
        axis.state.digest_of_content(),
        before,
        "not even when the sender is no longer connected"
    );
}

#[test]
fn another_envelope_under_the_same_id_is_refused() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]);
    axis.send(&letter);
    let mut resigned = letter.clone();
    resigned.salt = 1;
    axis.refused(&resigned, Reason::DocumentIdReused, "header.document_id");
    let mut changed = letter.clone();
    changed.header.subject = "Về việc khác".to_owned();
    axis.refused(&changed, Reason::DocumentIdReused, "header.document_id");
    // Whoever sends it.
    let mut foreign = axis.letter(MINISTRY, &[NAM_DINH]);
    foreign.header.document_id = letter.id();
    axis.refused(&foreign, Reason::DocumentIdReused, "header.document_id");
}

#[test]
fn an_id_that_was_refused_is_free() {
    let mut axis = Axis::new();
    let mut letter = axis.letter(THAI_BINH, &["H99"]);
    axis.refused(&letter, Reason::RecipientUnknown, "header.recipients[0].agency");
    letter.header.recipients[0].agency = NAM_DINH.parse().unwrap();
    assert!(!axis.send(&letter).repeated);
}

#[test]
fn a_number_used_twice_is_told_to_the_sender() {
    let mut axis = Axis::new();
    let first = axis.letter(THAI_BINH, &[NAM_DINH]);
    axis.send(&first);
    let mut same_number = |alter: &dyn Fn(&mut Letter)| {
        let mut letter = axis.letter(THAI_BINH, &[NAM_DINH]);
        letter.header.number = first.header.number;
        alter(&mut letter);
        axis.send(&letter).number_of
    };
    assert_eq!(same_number(&|_| ()), Some(first.id()));
    let other_form = |letter: &mut Letter| letter.header.sender = "000.00.00.H54".parse().unwrap();
    assert_eq!(
        same_number(&other_form),
        Some(first.id()),
        "the same issuer in the other form of its code"
    );
    assert_eq!(
        same_number(&|letter| letter.header.notation = "QĐ-UBND".parse().unwrap()),
        None
    );
    assert_eq!(
        same_number(&|letter| letter.header.issued_on = "2019-12-31".parse().unwrap()),
        None
    );
    assert_eq!(
        same_number(&|letter| letter.header.sender = MINISTRY.parse().unwrap()),
        None
    );
}

#[test]
fn an_agency_may_write_to_itself() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[THAI_BINH]).urgency(Urgency::Express);
    axis.send(&letter);
    assert_eq!(axis.take(THAI_BINH).len(), 1);
    assert_eq!(axis.mailbox(THAI_BINH), ["status 01 of 1 by H54"]);
}
