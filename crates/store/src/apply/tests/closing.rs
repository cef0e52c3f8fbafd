//! A closed agency's successor gets what waits, once; everybody else is told who it is.

use truc_document::Reason;

use super::axis::*;
use crate::state::DeliveryState;

#[test]
fn what_waits_goes_on_to_the_successor() {
    let mut axis = Axis::new();
    let id = axis.sent(MINISTRY, &[DISTRICT]);
    let closed = axis.close(DISTRICT, THAI_BINH).unwrap();
    assert_eq!((closed.moved, closed.folded), (1, 0));
    assert_eq!(
        (closed.agency.successor.as_str(), closed.agency.connected),
        (THAI_BINH, false)
    );
    assert!(closed.agency.closed_at.is_some());
    axis.reload();
    assert!(axis.lease(DISTRICT).is_empty());
    let ids = axis.take(THAI_BINH);
    assert_eq!(ids.len(), 1);
    assert_eq!(axis.reports(THAI_BINH, id, "03 06"), "ok ok");
    // Counted as received where it was sent to, and as taken where it was taken.
    let totals = axis.totals();
    assert_eq!((totals.waiting, totals.acknowledged), (0, 1));
}

#[test]
fn the_same_again_is_good_and_anything_else_is_refused() {
    let mut axis = Axis::new();
    axis.close(DISTRICT, THAI_BINH).unwrap();
    let again = axis.close(DISTRICT, THAI_BINH).unwrap();
    assert_eq!(again.agency.successor, THAI_BINH);
    for (code, successor, words) in [
        (DISTRICT, NAM_DINH, "closed already"),
        (COMMUNE, COMMUNE, "itself"),
        (COMMUNE, DISTRICT, "`H54` took over from it"),
    ] {
        let refusal = axis.close(code, successor).unwrap_err();
        assert_eq!(
            (refusal.reason, refusal.field.as_str()),
            (Reason::Malformed, "successor")
        );
        assert!(refusal.message.contains(words), "{}", refusal.message);
    }
    assert_eq!(
        axis.close("H99", THAI_BINH).unwrap_err().reason,
        Reason::RecipientUnknown
    );
    // An update opens nothing again.
    axis.alter(DISTRICT, |agency| {
        (agency.connected, agency.successor) = (true, String::new());
    });
    let (_, agency) = axis.state.agency(&DISTRICT.parse().unwrap()).unwrap();
    assert!(!agency.connected && agency.successor.is_some());
}

#[test]
fn refusals_name_who_stands_for_the_closed_agency_now() {
    let mut axis = Axis::new();
    axis.close(COMMUNE, DISTRICT).unwrap();
    axis.close(DISTRICT, THAI_BINH).unwrap();
    let letter = axis.letter(MINISTRY, &[NAM_DINH, COMMUNE]);
    let refusal = axis.try_send(&letter).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::RecipientNotConnected, "header.recipients[1].agency")
    );
    assert!(refusal.message.contains("send it to `H54`"), "{}", refusal.message);
    assert_eq!(refusal.metadata.get("successor").map(String::as_str), Some(THAI_BINH));
    let letter = axis.letter(COMMUNE, &[MINISTRY]);
    let refusal = axis.try_send(&letter).unwrap_err();
    assert_eq!(refusal.reason, Reason::SenderNotConnected);
    assert!(refusal.message.contains("`H54` took over"), "{}", refusal.message);
}

#[test]
fn a_document_stands_once_in_the_successors_mailbox() {
    let mut axis = Axis::new();
    let id = axis.sent(MINISTRY, &[THAI_BINH, DISTRICT, COMMUNE]);
    assert_eq!(axis.close(COMMUNE, THAI_BINH).unwrap().folded, 1);
    assert_eq!(axis.close(DISTRICT, THAI_BINH).unwrap().folded, 1);
    assert_eq!(
        axis.stand(id),
        [
            DeliveryState::Waiting,
            DeliveryState::Withdrawn,
            DeliveryState::Withdrawn
        ]
    );
    assert_eq!(
        axis.mailbox(MINISTRY),
        ["withdrawn of 1 on H54.01.001", "withdrawn of 1 on H54.01"],
        "the sender is told"
    );
    assert_eq!(axis.take(THAI_BINH).len(), 1);
}

#[test]
fn what_is_leased_may_be_acknowledged_and_else_goes_to_the_successor() {
    let mut axis = Axis::new();
    axis.sent(MINISTRY, &[DISTRICT]);
    axis.sent(MINISTRY, &[DISTRICT]);
    let held = axis.lease(DISTRICT);
    assert_eq!(held.len(), 2);
    axis.close(DISTRICT, THAI_BINH).unwrap();
    assert_eq!(axis.acknowledge(DISTRICT, &held[..1]), [Ok(())]);
    assert!(axis.lease(THAI_BINH).is_empty(), "it is held");
    axis.wait(3600);
    assert_eq!(axis.lease(THAI_BINH), held[1..]);
}

#[test]
fn word_for_the_closed_sender_goes_to_its_successor() {
    let mut axis = Axis::new();
    let id = axis.sent(DISTRICT, &[MINISTRY]);
    axis.close(DISTRICT, THAI_BINH).unwrap();
    axis.take(MINISTRY);
    assert_eq!(axis.mailbox(THAI_BINH), ["status 01 of 1 by G01"]);
    // Who took over may act on what was sent.
    let recall = axis
        .letter(THAI_BINH, &[MINISTRY])
        .act(truc_document::BusinessAct::Recall, &[id]);
    axis.send(&recall);
}

#[test]
fn what_is_stuck_is_the_successors_too() {
    let mut axis = Axis::new();
    axis.sent(MINISTRY, &[DISTRICT]);
    axis.sent(MINISTRY, &[DISTRICT, THAI_BINH]);
    for _ in 0..6 {
        assert_eq!(axis.lease(DISTRICT).len(), 2);
        axis.wait(3600);
    }
    let stuck = |axis: &Axis, code: &str| {
        axis.state
            .stuck
            .of(axis.state.directory.find(&code.parse().unwrap()).unwrap())
    };
    assert_eq!((stuck(&axis, DISTRICT), stuck(&axis, THAI_BINH)), (2, 0));
    // One moves, the other is withdrawn, as the successor has its document.
    axis.close(DISTRICT, THAI_BINH).unwrap();
    assert_eq!((stuck(&axis, DISTRICT), stuck(&axis, THAI_BINH)), (0, 1));
    axis.reload();
    assert_eq!((stuck(&axis, DISTRICT), stuck(&axis, THAI_BINH)), (0, 1));
    axis.take(THAI_BINH);
    assert_eq!(stuck(&axis, THAI_BINH), 0);
}
