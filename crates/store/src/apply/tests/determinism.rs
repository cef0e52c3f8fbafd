//! The same records give the same state, bit for bit; and a state that went through a snapshot is the same state.

use proptest::prelude::*;

use super::{
    axis::{Axis, chain},
    interleaving::{Step, run, steps},
};
use crate::{apply::apply, journal::Position, record::Entry, state::State};

/// The state that records make, without anything in between.
fn replay(axis: &Axis) -> State {
    let mut state = State::default();
    for (record, position) in axis.records.iter().zip((1..).map(Position)) {
        let entry = Entry::decode(record.clone()).unwrap();
        apply(&mut state, position, chain(position), &entry).unwrap();
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn same_records_same_digest(steps in steps(60)) {
        let axis = run(&steps);
        prop_assert_eq!(replay(&axis).digest(), axis.state.digest());
    }

    #[test]
    fn a_snapshot_at_any_point_changes_nothing(steps in steps(60), reloads in prop::collection::vec(0..60_usize, 1..6)) {
        let mut with_reloads = steps.clone();
        for at in reloads {
            with_reloads.insert(at.min(with_reloads.len()), Step::Reload);
        }
        let (without, with) = (run(&steps), run(&with_reloads));
        prop_assert_eq!(&without.records, &with.records, "another answer was given after a reload");
        prop_assert_eq!(without.state.digest(), with.state.digest());
    }

    #[test]
    fn a_held_state_stays_as_it_is(steps in steps(60), at in 0..60_usize) {
        let (before, after) = steps.split_at(at.min(steps.len()));
        let mut axis = run(before);
        let held = axis.state.clone();
        let digest = held.digest();
        after.iter().for_each(|step| step.take(&mut axis));
        prop_assert_eq!(held.digest(), digest);
    }
}
