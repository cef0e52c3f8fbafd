//! What is counted: when, under what, and how often.

use truc_document::{BusinessAct, SystemKind};
use truc_proto::v1::PaceStage;

use super::axis::*;
use crate::{
    record::{Change, wire},
    state::statistics::{Cell, Counts, Pace, day_of},
};

/// Counts of a province today, all cells together.
fn today(axis: &Axis, province: &str) -> Counts {
    let mut sum = Counts::default();
    let of_today = axis.state.statistics.cells.iter().filter(|(cell, _)| {
        cell.day == day_of(axis.now.as_microsecond()) && axis.state.directory.province(cell.province) == province
    });
    of_today.for_each(|(_, counts)| sum += counts);
    sum
}

#[test]
fn sent_once_received_by_each() {
    let mut axis = Axis::new();
    let letter = axis.letter(THAI_BINH, &[COMMUNE, DISTRICT, NAM_DINH]);
    axis.send(&letter);
    axis.send(&letter);
    let letter = axis.letter(COMMUNE, &[THAI_BINH]).paper().unsigned();
    axis.send(&letter);
    let expected = Counts {
        sent: 2,
        sent_electronic: 1,
        sent_signed: 1,
        sent_unsigned_pilot: 1,
        received: 3,
        received_electronic: 2,
        received_within_province: 3,
        received_within_province_electronic: 2,
        ..Counts::default()
    };
    assert_eq!(today(&axis, "H54"), expected);
    let expected = Counts {
        received: 1,
        received_electronic: 1,
        ..Counts::default()
    };
    assert_eq!(today(&axis, "H40"), expected);
}

#[test]
fn a_cell_is_of_both_levels_and_the_system() {
    let mut axis = Axis::new();
    let mut letter = axis.letter(MINISTRY, &[COMMUNE]);
    letter.header.system = SystemKind::Reporting;
    axis.send(&letter);
    let cells: Vec<Cell> = axis.state.statistics.cells.keys().copied().collect();
    let day = day_of(axis.now.as_microsecond());
    let level = |code: &str| axis.state.agency(&code.parse().unwrap()).unwrap().1.level.wire() as u8;
    let province = |code: &str| axis.state.agency(&code.parse().unwrap()).unwrap().1.province;
    let received = Cell {
        day,
        province: province(COMMUNE),
        level: level(COMMUNE),
        counterpart: level(MINISTRY),
        system: SystemKind::Reporting.wire() as u8,
    };
    let sent = Cell {
        province: province(MINISTRY),
        level: level(MINISTRY),
        counterpart: 0,
        ..received
    };
    assert_eq!(cells, [received, sent]);
}

#[test]
fn each_event_counts_on_its_own_day() {
    let mut axis = Axis::new();
    // One second before midnight in Vietnam.
    axis.now = "2020-09-01T16:59:59Z".parse().unwrap();
    let id = axis.sent(THAI_BINH, &[NAM_DINH]);
    assert_eq!(today(&axis, "H40").received, 1);
    axis.wait(1).take(NAM_DINH);
    assert_eq!((today(&axis, "H40").received, today(&axis, "H40").acknowledged), (0, 1));
    axis.wait(86_400).reports(NAM_DINH, id, "03 06");
    assert_eq!((today(&axis, "H40").acknowledged, today(&axis, "H40").finished), (0, 1));
}

#[test]
fn due_until_the_end_of_the_day() {
    let mut axis = Axis::new();
    let due = "2020-09-02".parse().unwrap();
    let finish = |axis: &mut Axis, due, at: &str| {
        let mut letter = axis.letter(THAI_BINH, &[NAM_DINH]);
        letter.header.due_on = due;
        axis.send(&letter);
        axis.now = axis.now.max(at.parse().unwrap());
        axis.take(NAM_DINH);
        axis.reports(NAM_DINH, letter.id(), "03 06");
        let counts = today(axis, "H40");
        (counts.finished, counts.finished_with_due_date, counts.finished_on_time)
    };
    assert_eq!(finish(&mut axis, None, "2020-09-02T08:00:00Z"), (1, 0, 0));
    assert_eq!(finish(&mut axis, Some(due), "2020-09-02T16:59:59Z"), (2, 1, 1));
    assert_eq!(finish(&mut axis, Some(due), "2020-09-02T17:00:00Z"), (1, 1, 0));
}

#[test]
fn how_long_it_took() {
    let mut axis = Axis::new();
    let letters = [axis.letter(THAI_BINH, &[NAM_DINH]), axis.letter(THAI_BINH, &[NAM_DINH])];
    axis.send(&letters[0]);
    axis.wait(10).send(&letters[1]);
    axis.wait(20).take(NAM_DINH);
    axis.wait(30).reports(NAM_DINH, letters[0].id(), "03");
    axis.wait(40).reports(NAM_DINH, letters[0].id(), "06");
    let pace = |stage: PaceStage| {
        let found = axis
            .state
            .statistics
            .pace
            .iter()
            .find(|((.., of), _)| *of == stage as u8);
        *found.unwrap().1
    };
    let taking = |count, total_ms, longest_ms| Pace {
        count,
        total_ms,
        longest_ms,
    };
    assert_eq!(pace(PaceStage::Reached), taking(2, 50_000, 30_000));
    assert_eq!(pace(PaceStage::Accepted), taking(1, 60_000, 60_000));
    assert_eq!(pace(PaceStage::Finished), taking(1, 100_000, 100_000));
}

#[test]
fn refused_and_withdrawn_count_at_the_receiver() {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    axis.take(NAM_DINH);
    axis.reports(NAM_DINH, id, "02");
    let recall = axis
        .letter(THAI_BINH, &[NAM_DINH, MINISTRY])
        .act(BusinessAct::Recall, &[id]);
    axis.send(&recall);
    assert_eq!(
        (today(&axis, "H40").refused_by_receiver, today(&axis, "H40").withdrawn),
        (1, 0)
    );
    assert_eq!(
        (today(&axis, "G01").refused_by_receiver, today(&axis, "G01").withdrawn),
        (0, 2),
        "the letter, and the recall that would have told of it"
    );
}

#[test]
fn refusals_of_the_hub_count_by_province_and_reason() {
    let mut axis = Axis::new();
    for (code, reason) in [
        (COMMUNE, "SEAL_INVALID"),
        ("000.00.00.H54", "SEAL_INVALID"),
        (NAM_DINH, "TOO_LARGE"),
        ("H99", "MALFORMED"),
    ] {
        axis.change(Change::DocumentRefused(wire::DocumentRefused {
            agency: code.to_owned(),
            reason: reason.to_owned(),
            ..Default::default()
        }));
    }
    let refusals: Vec<_> = axis
        .state
        .statistics
        .refusals
        .iter()
        .map(|((_, province, reason), count)| (axis.state.directory.province(*province), reason.as_str(), *count))
        .collect();
    assert_eq!(refusals, [("H54", "SEAL_INVALID", 2), ("H40", "TOO_LARGE", 1)]);
    assert_eq!(axis.totals().refused, 4, "one is of nobody's province");
}
