//! The sender asks for a document back (13) before it was accepted.

use truc_document::{Reason, StatusCode};

use super::axis::*;
use crate::state::DeliveryState;

#[test]
fn what_was_not_fetched_is_withdrawn_at_once() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    assert_eq!(axis.reports(THAI_BINH, id, "13 13"), "ok again");
    assert_eq!(axis.stand(id), [DeliveryState::Withdrawn]);
    assert!(axis.mailbox(NAM_DINH).is_empty());
    assert_eq!(axis.mailbox(THAI_BINH), ["withdrawn of 1 on H40"]);
    assert_eq!((axis.totals().withdrawn, axis.totals().statuses), (1, 1));
}

#[test]
fn who_has_it_is_asked() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    axis.take(NAM_DINH);
    axis.lease(MINISTRY);
    assert_eq!(axis.reports(THAI_BINH, id, "13 13"), "ok again");
    assert_eq!(axis.stand(id), [DeliveryState::Acknowledged, DeliveryState::Leased]);
    assert_eq!(axis.mailbox(NAM_DINH), ["status 13 of 1 by H54"]);
    assert_eq!(axis.mailbox(MINISTRY), ["status 13 of 1 by H54"]);
    assert_eq!(axis.reports(NAM_DINH, id, "15 03"), "ok STATUS_INVALID");
}

#[test]
fn who_declines_goes_on() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    axis.reports(THAI_BINH, id, "13");
    assert_eq!(axis.reports(NAM_DINH, id, "16 03 06"), "ok ok ok");
    assert_eq!(axis.reports(THAI_BINH, id, "13"), "again", "it was asked and answered");
}

#[test]
fn too_late_once_accepted() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    axis.reports(NAM_DINH, id, "03");
    let before = axis.state.digest_of_content();
    let refusal = axis.report(THAI_BINH, id, StatusCode::TakeBack).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::StatusInvalid, "status")
    );
    assert!(
        refusal.message.contains("13") && refusal.message.contains("03"),
        "{refusal}"
    );
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn from_some_though_others_accepted() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    axis.take(NAM_DINH);
    axis.reports(NAM_DINH, id, "03");
    assert_eq!(axis.reports(THAI_BINH, id, "13"), "ok");
    assert_eq!(axis.stand(id), [DeliveryState::Acknowledged, DeliveryState::Withdrawn]);
    assert!(axis.mailbox(NAM_DINH).is_empty(), "who accepted is not asked");
}

#[test]
fn only_by_the_sender() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    for code in [NAM_DINH, MINISTRY, "H99"] {
        assert_eq!(axis.reports(code, id, "13"), "NOT_YOUR_DOCUMENT");
    }
}
