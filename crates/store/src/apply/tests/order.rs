//! In a mailbox: by urgency, then by arrival.

use proptest::prelude::*;
use truc_document::Urgency;

use super::axis::*;

#[test]
fn urgent_first_then_arrival() {
    let mut axis = Axis::new();
    for urgency in [
        Urgency::Normal,
        Urgency::Urgent,
        Urgency::Express,
        Urgency::Normal,
        Urgency::VeryUrgent,
        Urgency::Express,
    ] {
        let letter = axis.letter(THAI_BINH, &[NAM_DINH]).urgency(urgency);
        axis.send(&letter);
    }
    let order = [
        "document 3",
        "document 6",
        "document 5",
        "document 2",
        "document 1",
        "document 4",
    ];
    assert_eq!(axis.mailbox(NAM_DINH), order);
}

#[test]
fn a_lease_that_ran_out_goes_back_to_its_place() {
    let mut axis = Axis::new();
    for urgency in [Urgency::Urgent, Urgency::Urgent, Urgency::Normal] {
        let letter = axis.letter(THAI_BINH, &[NAM_DINH]).urgency(urgency);
        axis.send(&letter);
    }
    axis.lease_for(NAM_DINH, 1, 60);
    let express = axis.wait(60).letter(THAI_BINH, &[NAM_DINH]).urgency(Urgency::Express);
    axis.send(&express);
    assert_eq!(axis.lease(NAM_DINH), [4, 1, 2, 3]);
}

#[test]
fn a_status_is_as_urgent_as_its_document() {
    let mut axis = Axis::new();
    let slow = axis.sent(THAI_BINH, &[NAM_DINH]);
    let express = axis.letter(THAI_BINH, &[NAM_DINH]).urgency(Urgency::Express);
    axis.send(&express);
    axis.take(NAM_DINH);
    axis.reports(NAM_DINH, slow, "03");
    axis.reports(NAM_DINH, express.id(), "03");
    let order = [
        "status 01 of 2 by H40",
        "status 03 of 2 by H40",
        "status 01 of 1 by H40",
        "status 03 of 1 by H40",
    ];
    assert_eq!(axis.mailbox(THAI_BINH), order);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn taken_in_any_portions_the_order_is_the_same(urgencies in prop::collection::vec(1..=4_i32, 1..20), portion in 1..5_u32) {
        let mut axis = Axis::new();
        for &urgency in &urgencies {
            let letter = axis.letter(THAI_BINH, &[NAM_DINH]).urgency(Urgency::try_from(urgency).unwrap());
            axis.send(&letter);
        }
        let mut seen = Vec::new();
        while let leased = axis.lease_for(NAM_DINH, portion, 60) && !leased.deliveries.is_empty() {
            seen.extend(leased.deliveries.iter().map(|delivery| delivery.id));
        }
        let mut expected: Vec<(i32, u64)> = urgencies.iter().map(|urgency| -urgency).zip(1..).collect();
        expected.sort_unstable();
        prop_assert_eq!(seen, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    }
}
