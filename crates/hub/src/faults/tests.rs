//! The rules as a pure function of their list, the facts, hub time, and how often they were asked.

use proptest::prelude::*;
use truc_document::{Level, Reason, SigningPolicy};
use truc_proto::v1::fault::Action as Wire;
use truc_store::state::Agency;

use super::*;

const SECOND: i64 = 1_000_000;

fn fault(name: &str, action: Wire) -> pb::Fault {
    pb::Fault {
        name: name.to_owned(),
        step: FaultStep::Append.wire(),
        action: Some(action),
        ..pb::Fault::default()
    }
}

fn refusing(name: &str, reason: Reason) -> pb::Fault {
    let refusal = pb::FaultRefusal {
        reason: reason.as_str().to_owned(),
        ..pb::FaultRefusal::default()
    };
    fault(name, Wire::Refuse(refusal))
}

fn faults(list: &[pb::Fault]) -> Faults {
    Faults::new(list)
}

fn ask(faults: &Faults, now: i64) -> Option<Effect> {
    ask_at(faults, FaultStep::Append, &Facts::default(), now)
}

fn ask_at(faults: &Faults, step: FaultStep, facts: &Facts, now: i64) -> Option<Effect> {
    let verdict = faults.verdict(step, std::slice::from_ref(facts), now, |_| true);
    verdict.map(|verdict| verdict.effect)
}

fn reason(effect: Option<Effect>) -> Option<Reason> {
    match effect {
        Some(Effect::Refuse(refusal)) => Some(refusal.reason),
        _ => None,
    }
}

fn at(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos: 0 })
}

fn agency(code: &str, level: Level) -> Facts {
    Facts {
        agency: Some(Arc::new(Agency {
            code: code.parse().unwrap(),
            legacy_code: code.parse::<truc_document::AgencyCode>().unwrap().to_legacy(),
            name: String::new(),
            level,
            parent: None,
            province: 0,
            connected: true,
            policy: SigningPolicy::Required,
            systems: Vec::new(),
            portal_services: 0,
            successor: None,
            closed_at: None,
        })),
        province: "H54".to_owned(),
        ..Facts::default()
    }
}

proptest! {
    #[test]
    fn probability_0_never_happens_and_1_always(seed: u64, name in "[a-z]{1,20}", asked in 1_u64..200) {
        let of = |probability| {
            let fault = pb::Fault { probability: Some(probability), seed, ..refusing(&name, Reason::Overloaded) };
            faults(&[fault])
        };
        let (never, always) = (of(0.0), of(1.0));
        for _ in 0..asked {
            prop_assert_eq!(ask(&never, 0), None);
            prop_assert!(ask(&always, 0).is_some());
        }
        prop_assert_eq!((never.to_wire()[0].matched, never.to_wire()[0].applied), (asked, 0));
        prop_assert_eq!((always.to_wire()[0].matched, always.to_wire()[0].applied), (asked, asked));
    }

    #[test]
    fn the_same_seed_gives_the_same_fates(seed: u64, probability in 0.0..=1.0) {
        let delay = pb::FaultDelay { most: Some(prost_types::Duration { seconds: 2, nanos: 0 }), ..pb::FaultDelay::default() };
        let fault = pb::Fault { probability: Some(probability), seed, ..fault("chậm", Wire::Delay(delay)) };
        let fates = |list: &Faults| (0..50).map(|_| ask(list, 0)).collect::<Vec<_>>();
        prop_assert_eq!(fates(&faults(std::slice::from_ref(&fault))), fates(&faults(&[fault])));
    }

    #[test]
    fn delays_stay_within_their_bounds(seed: u64, least in 0_u64..1000, more in 1_u64..1000, exponential: bool) {
        let length = |millis: u64| Some(std::time::Duration::from_millis(millis).try_into().unwrap());
        let delay = pb::FaultDelay {
            least: length(least),
            most: length(least + more),
            distribution: i32::from(exponential) + 1,
            mean: if exponential { length(least + more) } else { None },
        };
        let list = faults(&[pb::Fault { seed, ..fault("a", Wire::Delay(delay)) }]);
        for _ in 0..20 {
            let Some(Effect::Delay(length)) = ask(&list, 0) else { panic!("no delay") };
            prop_assert!((least..=least + more).contains(&u64::try_from(length.as_millis()).unwrap()), "{:?}", length);
        }
    }
}

#[test]
fn another_seed_gives_other_fates_and_the_share_is_about_right() {
    let fates = |seed| {
        let fault = pb::Fault {
            probability: Some(0.3),
            seed,
            ..refusing("a", Reason::Overloaded)
        };
        let list = faults(&[fault]);
        (0..1000).map(|_| ask(&list, 0).is_some()).collect::<Vec<_>>()
    };
    assert_ne!(fates(1), fates(2));
    let happened = fates(1).into_iter().filter(|happened| *happened).count();
    assert!((250..350).contains(&happened), "{happened}");
}

#[test]
fn the_first_that_says_yes_decides() {
    let list = faults(&[
        pb::Fault {
            count: 2,
            ..refusing("a", Reason::Overloaded)
        },
        refusing("b", Reason::ClockSkew),
        refusing("c", Reason::Malformed),
    ]);
    let said: Vec<_> = (0..4).filter_map(|_| reason(ask(&list, 0))).collect();
    let (a, b) = (Reason::Overloaded, Reason::ClockSkew);
    assert_eq!(said, [a, a, b, b]);
    let applied: Vec<_> = list.to_wire().iter().map(|rule| rule.applied).collect();
    assert_eq!(applied, [2, 2, 0]);
}

#[test]
fn a_fault_holds_within_its_period_of_hub_time() {
    let list = faults(&[pb::Fault {
        from: at(10),
        until: at(20),
        ..refusing("a", Reason::Overloaded)
    }]);
    let happens = |micros| ask(&list, micros).is_some();
    assert!(!happens(10 * SECOND - 1) && happens(10 * SECOND));
    assert!(happens(20 * SECOND - 1) && !happens(20 * SECOND));
}

#[test]
fn all_that_is_given_has_to_fit_by_any_of_its_values() {
    let list = faults(&[pb::Fault {
        r#match: Some(pb::FaultMatch {
            agencies: vec!["000.00.12.H54".to_owned(), "H25".to_owned()],
            levels: vec![Level::District.wire()],
            ..pb::FaultMatch::default()
        }),
        ..refusing("a", Reason::Overloaded)
    }]);
    let happens = |facts: &Facts| ask_at(&list, FaultStep::Append, facts, 0).is_some();
    assert!(happens(&agency("H54.12", Level::District)), "in its other form");
    assert!(!happens(&agency("H54.12", Level::Commune)));
    assert!(!happens(&agency("H54.13", Level::District)));
    assert!(!happens(&Facts::default()), "nothing is known");
    assert!(
        ask_at(&list, FaultStep::Status, &agency("H25", Level::District), 0).is_none(),
        "another step"
    );
}

#[test]
fn counters_stay_with_the_rules_that_stay() {
    let (a, b) = (refusing("a", Reason::Overloaded), refusing("b", Reason::Overloaded));
    let list = faults(&[a.clone(), b.clone()]);
    ask(&list, 0);
    let counts = |list: &Faults| list.to_wire().iter().map(|rule| rule.applied).collect::<Vec<_>>();
    list.load(&[a.clone(), b.clone()], Some("b"));
    assert_eq!(counts(&list), [1, 0]);
    list.load(&[a.clone(), b], Some("a"));
    assert_eq!(counts(&list), [0, 0], "set anew, it counts anew");
    list.load(&[], None);
    assert!(!list.any());
}

#[test]
fn what_contradicts_itself_is_refused_with_its_field() {
    let good = refusing("a", Reason::Overloaded);
    let seconds = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    let delay = |least, most, distribution, mean| {
        Wire::Delay(pb::FaultDelay {
            least,
            most,
            distribution,
            mean,
        })
    };
    let with = |action: Wire, step: FaultStep| pb::Fault {
        step: step.wire(),
        action: Some(action),
        ..good.clone()
    };
    let matching = |whom: pb::FaultMatch| pb::Fault {
        r#match: Some(whom),
        ..good.clone()
    };
    let wrong = [
        (
            "fault.name",
            pb::Fault {
                name: " ".to_owned(),
                ..good.clone()
            },
        ),
        (
            "fault.step",
            pb::Fault {
                step: 0,
                ..good.clone()
            },
        ),
        (
            "fault.action",
            pb::Fault {
                action: None,
                ..good.clone()
            },
        ),
        ("fault.step", with(Wire::Twice(pb::FaultTwice {}), FaultStep::Admission)),
        (
            "fault.step",
            with(Wire::StaleDirectory(pb::FaultStaleDirectory {}), FaultStep::Status),
        ),
        (
            "fault.probability",
            pb::Fault {
                probability: Some(1.1),
                ..good.clone()
            },
        ),
        (
            "fault.probability",
            pb::Fault {
                probability: Some(f64::NAN),
                ..good.clone()
            },
        ),
        (
            "fault.until",
            pb::Fault {
                from: at(2),
                until: at(2),
                ..good.clone()
            },
        ),
        ("fault.delay.most", with(delay(None, None, 0, None), FaultStep::Append)),
        (
            "fault.delay.most",
            with(delay(None, seconds(601), 0, None), FaultStep::Append),
        ),
        (
            "fault.delay.least",
            with(delay(seconds(3), seconds(2), 0, None), FaultStep::Append),
        ),
        (
            "fault.delay.mean",
            with(delay(None, seconds(2), 1, seconds(1)), FaultStep::Append),
        ),
        (
            "fault.delay.mean",
            with(delay(None, seconds(2), 2, None), FaultStep::Append),
        ),
        (
            "fault.delay.distribution",
            with(delay(None, seconds(2), 9, None), FaultStep::Append),
        ),
        (
            "fault.refuse.reason",
            with(
                Wire::Refuse(pb::FaultRefusal {
                    reason: "NO".to_owned(),
                    retry_after: None,
                }),
                FaultStep::Append,
            ),
        ),
        (
            "fault.clock_skew.ahead",
            with(
                Wire::ClockSkew(pb::FaultClockSkew { ahead: None }),
                FaultStep::Verification,
            ),
        ),
        (
            "fault.revoked.holder",
            with(
                Wire::Revoked(pb::FaultRevokedCertificate { holder: 3 }),
                FaultStep::Verification,
            ),
        ),
        (
            "fault.corrupt.part",
            with(Wire::Corrupt(pb::FaultCorruption { part: 9 }), FaultStep::Delivery),
        ),
        (
            "fault.match.levels[0]",
            matching(pb::FaultMatch {
                levels: vec![9],
                ..pb::FaultMatch::default()
            }),
        ),
        (
            "fault.match.agencies[0]",
            matching(pb::FaultMatch {
                agencies: vec!["h54".to_owned()],
                ..pb::FaultMatch::default()
            }),
        ),
        (
            "fault.match",
            pb::Fault {
                step: FaultStep::Delivery.wire(),
                ..matching(pb::FaultMatch {
                    urgencies: vec![1],
                    ..pb::FaultMatch::default()
                })
            },
        ),
    ];
    assert!(rule(&good, None).is_ok());
    for (field, fault) in wrong {
        let refusal = rule(&fault, None).unwrap_err();
        assert_eq!((refusal.reason, refusal.field.as_str()), (Reason::Malformed, field));
    }
    let unknown = rule(
        &matching(pb::FaultMatch {
            agencies: vec!["H54".to_owned()],
            ..pb::FaultMatch::default()
        }),
        Some(&truc_store::state::Directory::default()),
    );
    assert_eq!(unknown.unwrap_err().field, "fault.match.agencies[0]");
    let long = rule(
        &pb::Fault {
            name: "a".repeat(101),
            ..good
        },
        None,
    )
    .unwrap_err();
    assert_eq!(long.reason, Reason::TooLarge);
}
