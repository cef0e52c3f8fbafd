//! Statuses follow their order, go to the sender, and count once.

use bytes::Bytes;
use truc_document::{Reason, StatusCode};
use uuid::Uuid;

use super::axis::*;
use crate::{
    apply::Outcome,
    record::{Change, wire},
};

#[test]
fn each_goes_to_the_sender_once() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    assert_eq!(
        axis.reports(NAM_DINH, id, "01 03 03 04 05 04 06 06 03"),
        "again ok again ok ok ok ok again again"
    );
    let told: Vec<_> = ["01", "03", "04", "05", "04", "06"]
        .iter()
        .map(|code| format!("status {code} of 1 by H40"))
        .collect();
    assert_eq!(axis.mailbox(THAI_BINH), told);
    assert_eq!(axis.totals().statuses, 5);
}

#[test]
fn a_repeat_changes_nothing() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    axis.reports(NAM_DINH, id, "02");
    let before = axis.state.digest_of_content();
    assert_eq!(axis.wait(60).reports(NAM_DINH, id, "02 01"), "again again");
    assert_eq!(axis.state.digest_of_content(), before);
    assert_eq!(axis.totals().refused_by_receiver, 1);
}

#[test]
fn out_of_order_names_both() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    axis.reports(NAM_DINH, id, "02");
    let before = axis.state.digest_of_content();
    let refusal = axis.report(NAM_DINH, id, StatusCode::Finished).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::StatusInvalid, "status")
    );
    assert!(
        refusal.message.contains("02") && refusal.message.contains("06"),
        "{refusal}"
    );
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn not_before_it_was_acknowledged() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    assert_eq!(axis.reports(NAM_DINH, id, "01 03"), "STATUS_INVALID STATUS_INVALID");
    axis.lease(NAM_DINH);
    assert_eq!(axis.reports(NAM_DINH, id, "03"), "STATUS_INVALID");
}

#[test]
fn only_by_a_receiver_of_a_known_document() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    for code in [MINISTRY, THAI_BINH, "H99", "không phải mã"] {
        assert_eq!(axis.reports(code, id, "03"), "NOT_YOUR_DOCUMENT");
    }
    let refusal = axis
        .report(NAM_DINH, Uuid::from_u128(7), StatusCode::Accepted)
        .unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::ReferenceUnknown, "document_id")
    );
}

#[test]
fn what_is_no_status_or_no_id_is_refused() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    for (document_id, status, reason) in [
        (id.as_bytes().to_vec(), 7, Reason::StatusInvalid),
        (id.as_bytes().to_vec(), 0, Reason::StatusInvalid),
        (b"short".to_vec(), 3, Reason::ReferenceUnknown),
    ] {
        let status = wire::Status {
            agency: NAM_DINH.to_owned(),
            document_id: Bytes::from(document_id),
            status,
            description: String::new(),
            staff: None,
        };
        let outcome = axis.change(Change::Status(status)).outcome;
        assert!(
            matches!(&outcome, Outcome::Refused(refusal) if refusal.reason == reason),
            "{outcome:?}"
        );
    }
}

#[test]
fn each_receiver_has_its_own_standing() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    axis.take(NAM_DINH);
    axis.take(MINISTRY);
    assert_eq!(axis.reports(NAM_DINH, id, "02"), "ok");
    assert_eq!(axis.reports(MINISTRY, id, "03 06"), "ok ok");
}
