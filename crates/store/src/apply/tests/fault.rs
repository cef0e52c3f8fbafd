//! Injected faults as records.

use truc_document::Reason;
use truc_proto::v1 as pb;

use super::axis::*;
use crate::{
    apply::Outcome,
    record::{Change, wire},
};

fn names(axis: &Axis) -> Vec<&str> {
    axis.state.faults.iter().map(|fault| fault.name.as_str()).collect()
}

fn clear(axis: &mut Axis, name: &str) -> u32 {
    let cleared = wire::FaultsCleared { name: name.to_owned() };
    match axis.change(Change::FaultsCleared(cleared)).outcome {
        Outcome::Cleared(cleared) => cleared,
        other => panic!("{other:?}"),
    }
}

#[test]
fn faults_keep_their_order_and_their_place_when_replaced() {
    let mut axis = Axis::new();
    for name in ["a", "b", "c"] {
        axis.set_fault(name);
    }
    let fault = Some(pb::Fault {
        name: "b".to_owned(),
        count: 7,
        ..pb::Fault::default()
    });
    axis.change(Change::FaultSet(wire::FaultSet { fault }));
    assert_eq!(names(&axis), ["a", "b", "c"]);
    assert_eq!(axis.state.faults[1].count, 7);
    assert_eq!((clear(&mut axis, "b"), clear(&mut axis, "b")), (1, 0));
    assert_eq!(names(&axis), ["a", "c"]);
    assert_eq!(clear(&mut axis, ""), 2);
    assert!(names(&axis).is_empty());
}

#[test]
fn there_is_a_limit_to_them() {
    let mut axis = Axis::new();
    for number in 0..100 {
        assert!(matches!(axis.set_fault(&number.to_string()), Outcome::Noted));
    }
    let Outcome::Refused(refusal) = axis.set_fault("one more") else {
        panic!("taken");
    };
    assert_eq!(refusal.reason, Reason::Overloaded);
    assert!(matches!(axis.set_fault("99"), Outcome::Noted), "replaced");
    assert_eq!(axis.state.faults.len(), 100);
}
