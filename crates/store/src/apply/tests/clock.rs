//! Time in state moves with records, and never back.

use truc_proto::v1::ClockMode;

use super::axis::*;
use crate::{
    apply::{OutOfOrder, apply},
    journal::Position,
    record::{Change, Entry, wire},
    state::{ClockSetting, State},
};

fn moved(to: i64) -> Change {
    Change::ClockMoved(wire::ClockMoved {
        to,
        mode: ClockMode::Scaled as i32,
        factor: 60.0,
    })
}

#[test]
fn a_record_of_the_past_is_of_now() {
    let mut axis = Axis::new();
    let now = axis.now;
    axis.wait(-3600).sent(THAI_BINH, &[NAM_DINH]);
    assert_eq!(axis.state.time(), now);
    assert_eq!(axis.state.documents.get(0).unwrap().accepted_at, now.as_microsecond());
}

#[test]
fn the_clock_moves_forward_only() {
    let mut axis = Axis::new();
    let tomorrow = axis.now.as_microsecond() + 86_400_000_000;
    axis.change(moved(tomorrow));
    assert_eq!(axis.state.now, tomorrow);
    axis.change(moved(tomorrow - 1));
    assert_eq!(axis.state.now, tomorrow);
    let scaled = ClockSetting {
        mode: ClockMode::Scaled,
        factor: 60.0,
    };
    assert_eq!(axis.state.clock, scaled);
    axis.reload();
    assert_eq!(axis.state.clock, scaled);
}

#[test]
fn moving_it_ends_leases() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    axis.lease(NAM_DINH);
    let later = axis.now.as_microsecond() + 60_000_000;
    axis.change(moved(later));
    assert_eq!(axis.lease(NAM_DINH), [1]);
}

#[test]
fn impossible_times_are_no_records() {
    for (at, change) in [
        (i64::MAX, moved(0)),
        (0, moved(i64::MAX)),
        (
            0,
            Change::CertificateRevoked(wire::CertificateRevoked {
                revoked_at: i64::MIN,
                ..Default::default()
            }),
        ),
    ] {
        let record = wire::Record {
            at,
            change: Some(change),
        };
        assert!(Entry::decode(prost::Message::encode_to_vec(&record).into()).is_err());
    }
}

#[test]
fn positions_are_dense() {
    let mut axis = Axis::new();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    let before = axis.state.digest();
    let entry = Entry::decode(axis.records[0].clone()).unwrap();
    let after = axis.state.position;
    for position in [after, Position(after.0 + 2), Position(0)] {
        let refused = apply(&mut axis.state, position, [0; 32], &entry).map(|_| ());
        assert_eq!(refused, Err(OutOfOrder { position, after }));
    }
    assert_eq!(axis.state.digest(), before);
    assert!(apply(&mut State::default(), Position::FIRST, [0; 32], &entry).is_ok());
}
