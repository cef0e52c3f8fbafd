//! What was acknowledged never shows again; what was not, does.

use truc_document::Reason;

use super::axis::*;
use crate::state::DeliveryState;

#[test]
fn taken_for_good() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    assert_eq!(axis.take(NAM_DINH), [1]);
    assert_eq!(axis.stand(id), [DeliveryState::Acknowledged]);
    assert!(axis.wait(30 * 86_400).lease(NAM_DINH).is_empty());
    assert_eq!(axis.mailbox(THAI_BINH), ["status 01 of 1 by H40"]);
}

#[test]
fn again_is_good_and_counts_once() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    let before = axis.state.digest_of_content();
    assert_eq!(
        axis.wait(3600).acknowledge(NAM_DINH, &[1, 1]),
        [Ok(()), Ok(())],
        "long after the lease too"
    );
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn twice_in_one_call_counts_once() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.lease(NAM_DINH);
    assert_eq!(axis.acknowledge(NAM_DINH, &[1, 1]), [Ok(()), Ok(())]);
    assert_eq!((axis.totals().acknowledged, axis.mailbox(THAI_BINH).len()), (1, 1));
}

#[test]
fn only_under_a_lease() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    assert_eq!(
        axis.acknowledge(NAM_DINH, &[1]),
        [Err(Reason::LeaseExpired)],
        "never handed out"
    );
    axis.lease(NAM_DINH);
    axis.wait(59);
    let mut in_time = axis.clone();
    assert_eq!(in_time.acknowledge(NAM_DINH, &[1]), [Ok(())]);
    axis.wait(1);
    assert_eq!(
        axis.acknowledge(NAM_DINH, &[1]),
        [Err(Reason::LeaseExpired)],
        "the lease ends at its end"
    );
    axis.take(NAM_DINH);
    assert_eq!(axis.totals().acknowledged, 1);
}

#[test]
fn only_ones_own() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.lease(NAM_DINH);
    let before = axis.state.digest_of_content();
    assert_eq!(axis.acknowledge(MINISTRY, &[1]), [Err(Reason::DeliveryUnknown)]);
    assert_eq!(
        axis.acknowledge(THAI_BINH, &[1]),
        [Err(Reason::DeliveryUnknown)],
        "nor those that one sent"
    );
    assert_eq!(
        axis.acknowledge(NAM_DINH, &[0, 2, u64::MAX]),
        [Err(Reason::DeliveryUnknown); 3]
    );
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn each_on_its_own() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.lease_for(NAM_DINH, 1, 60);
    let outcomes = [Err(Reason::DeliveryUnknown), Ok(()), Err(Reason::LeaseExpired)];
    assert_eq!(axis.acknowledge(NAM_DINH, &[9, 1, 2]), outcomes);
}

#[test]
fn a_status_is_taken_without_a_status() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    assert_eq!(axis.take(THAI_BINH).len(), 1);
    assert!(axis.mailbox(NAM_DINH).is_empty() && axis.mailbox(THAI_BINH).is_empty());
    let totals = axis.totals();
    assert_eq!(
        (totals.deliveries, totals.acknowledged),
        (1, 1),
        "only documents count as deliveries"
    );
}

/// Of a status that was taken the state keeps whose it was: that is enough to take it again, and to refuse others.
#[test]
fn a_status_taken_is_taken_again_after_a_restart() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.take(NAM_DINH);
    assert_eq!(axis.take(THAI_BINH), [2]);
    let before = axis.state.digest_of_content();
    axis.reload();
    assert_eq!(axis.acknowledge(THAI_BINH, &[2]), [Ok(())]);
    assert_eq!(axis.acknowledge(NAM_DINH, &[2]), [Err(Reason::DeliveryUnknown)]);
    assert!(axis.lease_these(THAI_BINH, &[2], 60).deliveries.is_empty());
    assert_eq!(axis.state.delivery(2).unwrap().content, None);
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn a_batch_is_one_event_of_each_document() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    axis.take(NAM_DINH);
    axis.take(MINISTRY);
    let (_, entry) = axis.state.documents.find(id).unwrap();
    let at: Vec<_> = axis
        .state
        .documents
        .timeline(entry)
        .iter()
        .map(|position| position.0)
        .collect();
    assert_eq!(at, [8, 10]);
}
