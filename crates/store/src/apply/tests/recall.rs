//! A recall takes back at once what nobody fetched, and asks whoever did.

use truc_document::{BusinessAct, Reason, Request};
use uuid::Uuid;

use super::axis::*;
use crate::state::{DeliveryState, flag};

fn recall(axis: &mut Axis, id: Uuid, to: &[&str]) -> Uuid {
    let letter = axis.letter(THAI_BINH, to).act(BusinessAct::Recall, &[id]);
    axis.send(&letter);
    letter.id()
}

fn request(axis: &Axis, id: Uuid, code: &str) -> Request {
    let (_, entry) = axis.state.documents.find(id).unwrap();
    let agency = axis.state.directory.find(&code.parse().unwrap()).unwrap();
    axis.state.delivery_to(entry, agency).unwrap().1.standing.request
}

#[test]
fn what_was_not_fetched_is_withdrawn() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    let recall = recall(&mut axis, id, &[NAM_DINH, MINISTRY]);
    assert_eq!(axis.stand(id), [DeliveryState::Withdrawn; 2]);
    assert_eq!(axis.stand(recall), [DeliveryState::Withdrawn; 2]);
    assert!(
        axis.mailbox(NAM_DINH).is_empty(),
        "nothing tells of what was to stay unseen"
    );
    assert_eq!(
        axis.mailbox(THAI_BINH),
        [
            "withdrawn of 1 on H40",
            "withdrawn of 1 on G01",
            "withdrawn of 2 on H40",
            "withdrawn of 2 on G01"
        ],
        "no delivery that a receipt names goes without word"
    );
    assert_eq!(axis.totals().withdrawn, 4);
    assert_eq!(axis.totals().waiting, 0, "notices are not counted with the documents");
    assert_eq!(axis.acknowledge(NAM_DINH, &[1]), [Err(Reason::DeliveryUnknown)]);
    assert_eq!(axis.reports(NAM_DINH, id, "03 15"), "STATUS_INVALID STATUS_INVALID");
}

#[test]
fn what_was_fetched_is_asked_for() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY, COMMUNE]);
    axis.take(NAM_DINH);
    axis.lease(MINISTRY);
    axis.take(THAI_BINH);
    let recall = recall(&mut axis, id, &[NAM_DINH, MINISTRY, COMMUNE]);
    let stand = [
        DeliveryState::Acknowledged,
        DeliveryState::Leased,
        DeliveryState::Withdrawn,
    ];
    assert_eq!(axis.stand(id), stand);
    assert_eq!(axis.mailbox(NAM_DINH), ["document 2"]);
    assert!(axis.mailbox(COMMUNE).is_empty());
    assert_eq!(
        axis.mailbox(THAI_BINH),
        ["withdrawn of 1 on H54.01.001", "withdrawn of 2 on H54.01.001"]
    );
    let stand = [DeliveryState::Waiting, DeliveryState::Waiting, DeliveryState::Withdrawn];
    assert_eq!(axis.stand(recall), stand);
    assert_eq!(request(&axis, id, NAM_DINH), Request::Asked);
    assert_eq!(
        axis.reports(NAM_DINH, id, "15 15 16 03"),
        "ok again STATUS_INVALID STATUS_INVALID"
    );
    // Who only has it under a lease takes it first.
    assert_eq!(axis.reports(MINISTRY, id, "16"), "STATUS_INVALID");
    axis.take(MINISTRY);
    assert_eq!(axis.acknowledge(MINISTRY, &[2]), [Ok(())]);
    assert_eq!(axis.reports(MINISTRY, id, "16 16 03"), "ok again ok");
}

#[test]
fn once_fetched_is_fetched_even_when_the_lease_ran_out() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.lease(NAM_DINH);
    axis.wait(60).lease_for(NAM_DINH, 0, 60);
    assert_eq!(axis.stand(id), [DeliveryState::Waiting]);
    recall(&mut axis, id, &[NAM_DINH]);
    assert_eq!(axis.stand(id), [DeliveryState::Waiting], "whoever saw it must answer");
    axis.take(NAM_DINH);
    assert_eq!(axis.reports(NAM_DINH, id, "15"), "ok");
}

#[test]
fn only_for_whom_the_recall_is() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    recall(&mut axis, id, &[NAM_DINH, COMMUNE]);
    assert_eq!(axis.stand(id), [DeliveryState::Withdrawn, DeliveryState::Waiting]);
    assert_eq!(
        axis.mailbox(COMMUNE),
        ["document 2"],
        "whom nothing was withdrawn from is told, as the recall's receipt says"
    );
    assert!(
        axis.state.documents.find(id).unwrap().1.is(flag::FROZEN),
        "at its sender it is frozen all the same"
    );
}

#[test]
fn several_at_once() {
    let mut axis = Axis::new();
    let ids = [axis.sent(THAI_BINH, &[NAM_DINH]), axis.sent(THAI_BINH, &[NAM_DINH])];
    let letter = axis.letter(THAI_BINH, &[NAM_DINH]).act(BusinessAct::Recall, &ids);
    axis.send(&letter);
    assert_eq!(
        [axis.stand(ids[0]), axis.stand(ids[1])],
        [[DeliveryState::Withdrawn]; 2]
    );
    let before = axis.state.digest_of_content();
    assert!(axis.send(&letter).repeated);
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn whoever_saw_one_of_several_is_told() {
    let mut axis = Axis::new();
    let seen = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    let unseen = axis.sent(THAI_BINH, &[NAM_DINH]);
    let letter = axis
        .letter(THAI_BINH, &[NAM_DINH])
        .act(BusinessAct::Recall, &[seen, unseen]);
    axis.send(&letter);
    assert_eq!(axis.stand(unseen), [DeliveryState::Withdrawn]);
    assert_eq!(axis.mailbox(NAM_DINH), ["document 3"]);
}

#[test]
fn what_was_taken_back_before_is_not_told_of_by_a_recall() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    assert_eq!(axis.reports(THAI_BINH, id, "13"), "ok");
    let recall = recall(&mut axis, id, &[NAM_DINH]);
    assert_eq!(axis.stand(recall), [DeliveryState::Withdrawn]);
    assert!(axis.mailbox(NAM_DINH).is_empty());
}

#[test]
fn a_recall_can_be_recalled() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    let first = recall(&mut axis, id, &[NAM_DINH]);
    assert_eq!(axis.mailbox(NAM_DINH), ["document 2"]);
    let second = recall(&mut axis, first, &[NAM_DINH]);
    assert_eq!([axis.stand(first), axis.stand(second)], [[DeliveryState::Withdrawn]; 2]);
    assert!(axis.mailbox(NAM_DINH).is_empty());
}
