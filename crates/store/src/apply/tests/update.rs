//! An update tells who is no longer a receiver and who is one now; a replacement takes the place of the old document;
//! receivers of either answer 15 or 16.

use truc_document::BusinessAct;

use super::axis::*;
use crate::state::{DeliveryState, flag};

#[test]
fn an_update_is_answered() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    assert_eq!(axis.reports(NAM_DINH, id, "15"), "STATUS_INVALID", "nobody asked");
    let update = axis.letter(THAI_BINH, &[NAM_DINH]).act(BusinessAct::Update, &[id]);
    axis.send(&update);
    assert_eq!(axis.mailbox(NAM_DINH), ["document 2"]);
    assert_eq!(axis.reports(NAM_DINH, id, "16"), "ok");
    let update = axis.letter(THAI_BINH, &[NAM_DINH]).act(BusinessAct::Update, &[id]);
    axis.send(&update);
    assert_eq!(
        axis.reports(NAM_DINH, id, "15 15"),
        "ok again",
        "asked once more, answered once more"
    );
}

#[test]
fn an_update_withdraws_and_freezes_nothing() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    let update = axis.letter(THAI_BINH, &[NAM_DINH]).act(BusinessAct::Update, &[id]);
    axis.send(&update);
    assert_eq!(axis.stand(id), [DeliveryState::Waiting]);
    assert_eq!(axis.state.documents.find(id).unwrap().1.flags, 0);
    assert_eq!(axis.mailbox(NAM_DINH), ["document 1", "document 2"]);
}

#[test]
fn receivers_added_and_removed_are_told() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    let mut update = axis
        .letter(THAI_BINH, &[NAM_DINH, COMMUNE])
        .act(BusinessAct::Update, &[id]);
    // The district never was one, and nobody knows H99.
    update.header.removed_recipients = [MINISTRY, DISTRICT, "H99"].map(|code| code.parse().unwrap()).to_vec();
    axis.send(&update);
    assert_eq!(axis.mailbox(NAM_DINH), ["document 1", "document 2"]);
    assert_eq!(axis.mailbox(MINISTRY), ["document 1", "receiver_removed of 1 on G01"]);
    assert_eq!(
        axis.mailbox(COMMUNE),
        ["document 2", "receiver_added of 1 on H54.01.001"]
    );
    assert!(axis.mailbox(DISTRICT).is_empty());
}

#[test]
fn a_replacement_marks_the_old_document() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    let replacement = axis
        .letter(THAI_BINH, &[NAM_DINH, MINISTRY])
        .act(BusinessAct::Replace, &[id]);
    axis.send(&replacement);
    let entry = axis.state.documents.find(id).unwrap().1;
    assert!(entry.is(flag::REPLACED) && !entry.is(flag::FROZEN));
    assert_eq!(
        (axis.mailbox(NAM_DINH), axis.mailbox(MINISTRY)),
        (vec!["document 2".to_owned()], vec!["document 2".to_owned()])
    );
    assert_eq!(axis.reports(NAM_DINH, id, "15"), "ok");
    assert_eq!(axis.reports(MINISTRY, id, "15"), "NOT_YOUR_DOCUMENT");
}

#[test]
fn an_act_stands_in_the_timeline_of_what_it_acts_on() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    for act in [BusinessAct::Update, BusinessAct::Replace, BusinessAct::Recall] {
        let letter = axis.letter(THAI_BINH, &[NAM_DINH]).act(act, &[id]);
        axis.send(&letter);
    }
    let entry = axis.state.documents.find(id).unwrap().1;
    let at: Vec<_> = axis
        .state
        .documents
        .timeline(entry)
        .iter()
        .map(|position| position.0)
        .collect();
    assert_eq!(at, [7, 8, 9]);
}
