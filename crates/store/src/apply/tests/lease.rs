//! What is handed out is handed out to nobody else until its lease ends.

use super::axis::*;

#[test]
fn leased_once_until_the_lease_ends() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    let leased = axis.lease_for(NAM_DINH, 10, 60);
    assert_eq!(leased.until, axis.now.as_microsecond() + 60_000_000);
    assert_eq!(
        (leased.deliveries.len(), leased.deliveries[0].attempt, leased.waiting),
        (1, 1, 0)
    );
    assert!(axis.wait(59).lease(NAM_DINH).is_empty());
    let again = axis.wait(1).lease_for(NAM_DINH, 10, 60);
    assert_eq!(
        (again.deliveries[0].id, again.deliveries[0].attempt),
        (leased.deliveries[0].id, 2)
    );
}

#[test]
fn no_more_than_asked_for() {
    let mut axis = Axis::new();
    for _ in 0..5 {
        axis.sent(THAI_BINH, &[NAM_DINH]);
    }
    let leased = axis.lease_for(NAM_DINH, 2, 60);
    assert_eq!((leased.deliveries.len(), leased.waiting), (2, 3));
    assert_eq!(axis.lease_for(NAM_DINH, 0, 60).waiting, 3);
    assert_eq!(axis.totals().leased, 2);
    // What ran out counts as waiting again as soon as anybody asks.
    assert_eq!(axis.wait(60).lease_for(NAM_DINH, 0, 60).waiting, 5);
    assert_eq!(axis.totals().leased, 0);
}

#[test]
fn each_agency_has_its_own() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    assert_eq!(axis.lease(NAM_DINH), [1]);
    assert_eq!(axis.lease(MINISTRY), [2]);
    assert!(axis.lease(COMMUNE).is_empty());
}

#[test]
fn either_form_of_the_code_opens_the_mailbox() {
    let mut axis = Axis::new();
    axis.sent(NAM_DINH, &["000.00.00.H54"]);
    assert_eq!(axis.mailbox("H54"), ["document 1"]);
    assert_eq!(axis.lease("000.00.00.H54"), [1]);
}

#[test]
fn who_is_not_there_gets_nothing() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    for code in ["H99", "không phải mã", ""] {
        assert!(axis.lease(code).is_empty());
        assert!(axis.acknowledge(code, &[1]).is_empty());
    }
}

#[test]
fn whoever_never_got_anything_has_never_fetched() {
    let mut axis = Axis::new();
    let fetched = |axis: &Axis, code: &str| {
        axis.state
            .has_fetched(axis.state.directory.find(&code.parse().unwrap()).unwrap())
    };
    axis.lease(NAM_DINH);
    assert!(!fetched(&axis, NAM_DINH));
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.lease(NAM_DINH);
    assert!(fetched(&axis, NAM_DINH) && !fetched(&axis, THAI_BINH));
}

#[test]
fn attempts_stop_counting_at_255() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    let last = (0..300)
        .map(|_| axis.wait(60).lease_for(NAM_DINH, 1, 60).deliveries[0].attempt)
        .last();
    assert_eq!(last, Some(255));
}

#[test]
fn those_named_are_handed_out_and_a_lease_of_ones_own_runs_anew() {
    let mut axis = Axis::new();
    for _ in 0..3 {
        axis.sent(THAI_BINH, &[NAM_DINH]);
    }
    axis.sent(THAI_BINH, &[MINISTRY]);
    let named = |axis: &mut Axis, ids: &[u64]| {
        let leased = axis.lease_these(NAM_DINH, ids, 60);
        leased
            .deliveries
            .iter()
            .map(|delivery| (delivery.id, delivery.attempt))
            .collect::<Vec<_>>()
    };
    // Not another agency's, not one that does not exist.
    assert_eq!(named(&mut axis, &[3, 1, 4, 99]), [(3, 1), (1, 1)]);
    assert_eq!(axis.totals().leased, 2);
    assert_eq!(axis.lease(NAM_DINH), [2]);
    axis.wait(30);
    assert_eq!(named(&mut axis, &[1]), [(1, 2)]);
    assert_eq!(axis.totals().leased, 3);
    // 1 was given 60 seconds more at the 30th; the others show again at the 60th.
    axis.wait(30);
    assert_eq!(axis.lease(NAM_DINH), [2, 3]);
    axis.acknowledge(NAM_DINH, &[1]);
    assert_eq!(named(&mut axis, &[1]), []);
}

#[test]
fn what_is_handed_out_a_sixth_time_is_stuck_until_it_is_taken() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    let index = |axis: &Axis, code: &str| axis.state.agency(&code.parse().unwrap()).unwrap().0;
    let agency = index(&axis, NAM_DINH);
    let since = |axis: &Axis| axis.state.stuck.since(agency, axis.state.position).collect::<Vec<_>>();
    for attempt in 1..=7 {
        assert_eq!(axis.lease_for(NAM_DINH, 10, 60).deliveries[0].attempt, attempt);
        assert_eq!(axis.state.stuck.of(agency), usize::from(attempt > 5), "{attempt}");
        let id = axis.state.mailbox(agency).unwrap().open().next().unwrap();
        assert_eq!(
            since(&axis),
            if attempt == 6 { vec![id] } else { vec![] },
            "told once: {attempt}"
        );
        axis.wait(60);
    }
    assert_eq!(axis.state.stuck.of(index(&axis, MINISTRY)), 0);
    axis.reload();
    assert_eq!(axis.state.stuck.of(agency), 1, "known after a restart");
    let row = |axis: &Axis| {
        let report = crate::state::report::report(&axis.state, &Default::default()).unwrap();
        let rows = report.mailboxes.into_iter().map(|row| (row.agency, row.stuck));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(row(&axis)[0], (NAM_DINH.to_owned(), 1), "it comes first");
    axis.take(NAM_DINH);
    assert_eq!(axis.state.stuck.of(agency), 0);
    assert!(row(&axis).iter().all(|(_, stuck)| *stuck == 0));
}
