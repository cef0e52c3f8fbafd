//! Reports over a small axis, as rows of text.

use truc_document::{BusinessAct, Reason, SigningPolicy, SystemKind, Urgency};
use truc_proto::v1::{Date, ReportDimension, ReportDimension::*};

use super::*;
use crate::{
    apply::tests::axis::{Axis, COMMUNE, DISTRICT, MINISTRY, NAM_DINH, THAI_BINH},
    record::{Change, wire},
};

fn date(text: &str) -> Option<Date> {
    let date: jiff::civil::Date = text.parse().unwrap();
    Some(Date {
        year: i32::from(date.year()),
        month: i32::from(date.month()),
        day: i32::from(date.day()),
    })
}

fn ask(from: &str, to: &str, by: &[ReportDimension]) -> pb::GetReportRequest {
    pb::GetReportRequest {
        from: date(from),
        to: date(to),
        group_by: by.iter().map(|&dimension| dimension as i32).collect(),
        ..Default::default()
    }
}

/// One row: what it is of, sent and received, and the same a year before.
fn told(row: &pb::ReportRow) -> String {
    let day = |date: &Option<Date>| {
        date.as_ref().map_or(String::new(), |Date { year, month, day }| {
            format!("{year}-{month:02}-{day:02}")
        })
    };
    let level = |number: i32| {
        pb::Level::try_from(number)
            .unwrap()
            .as_str_name()
            .trim_start_matches("LEVEL_")
            .to_lowercase()
    };
    let counts = |counts: &Option<pb::Counts>| {
        counts.as_ref().map_or("none".to_owned(), |counts| {
            format!("{}/{}", counts.sent, counts.received)
        })
    };
    let parts = [
        row.province.clone(),
        row.agency.clone(),
        if row.level == 0 {
            String::new()
        } else {
            level(row.level)
        },
        if row.counterpart_level == 0 {
            String::new()
        } else {
            format!("from {}", level(row.counterpart_level))
        },
        day(&row.day),
        day(&row.month),
        if row.system == 0 {
            String::new()
        } else {
            format!("system {}", row.system)
        },
        counts(&row.counts),
        format!("before {}", counts(&row.year_before)),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[track_caller]
fn check(axis: &Axis, request: &pb::GetReportRequest, rows: &[&str], total: &str) {
    let report = report(&axis.state, request).unwrap();
    assert_eq!(report.rows.iter().map(told).collect::<Vec<_>>(), rows);
    assert_eq!(told(&report.total.unwrap()), total);
}

#[track_caller]
fn refused(axis: &Axis, request: &pb::GetReportRequest, field: &str) {
    let refusal = report(&axis.state, request).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::Malformed, field),
        "{refusal}"
    );
}

/// Traffic of September 2019, August 2020 and September 2020.
fn two_years() -> Axis {
    let mut axis = Axis::new();
    let mut on = |day: &str, from: &str, to: &[&str]| {
        axis.now = format!("{day}T02:00:00Z").parse().unwrap();
        axis.sent(from, to);
    };
    // Records begin in September 2020 with the directory; hub time only goes on.
    on("2020-09-01", THAI_BINH, &[NAM_DINH]);
    on("2020-09-30", COMMUNE, &[DISTRICT, THAI_BINH]);
    on("2021-08-31", THAI_BINH, &[MINISTRY]);
    on("2021-09-01", THAI_BINH, &[NAM_DINH, COMMUNE]);
    on("2021-09-15", MINISTRY, &[THAI_BINH, NAM_DINH]);
    axis
}

#[test]
fn one_row_in_all() {
    let axis = two_years();
    check(
        &axis,
        &ask("2021-09-01", "2021-09-30", &[]),
        &["2/4 before 2/3"],
        "2/4 before 2/3",
    );
    check(&axis, &ask("2021-09-02", "2021-09-14", &[]), &[], "0/0 before none");
    // From the first day to today: some of the year before is in it.
    check(
        &axis,
        &pb::GetReportRequest::default(),
        &["5/8 before 1/1"],
        "5/8 before 1/1",
    );
}

#[test]
fn by_province_and_level() {
    let axis = two_years();
    let september = |by: &[ReportDimension]| ask("2021-09-01", "2021-09-30", by);
    check(
        &axis,
        &september(&[Province]),
        &["G01 1/0 before none", "H40 0/2 before 0/1", "H54 1/2 before 2/2"],
        "2/4 before 2/3",
    );
    let rows = [
        "central 1/0 before none",
        "province 1/3 before 1/2",
        // Counted only the year before.
        "district 0/0 before 0/1",
        "commune 0/1 before 1/0",
    ];
    check(&axis, &september(&[Level]), &rows, "2/4 before 2/3");
    let rows = [
        "H40 province from central 0/1 before none",
        "H40 province from province 0/1 before 0/1",
    ];
    let mut request = september(&[CounterpartLevel, Level, Province]);
    request.province = NAM_DINH.to_owned();
    check(&axis, &request, &rows, "0/2 before 0/1");
}

#[test]
fn by_day_and_month() {
    let axis = two_years();
    let rows = [
        "2021-09-01 1/2 before 1/1",
        "2021-09-15 1/2 before none",
        "2021-09-30 0/0 before 1/2",
    ];
    check(&axis, &ask("2021-09-01", "2021-09-30", &[Day]), &rows, "2/4 before 2/3");
    let rows = ["2021-08-01 1/1 before none", "2021-09-01 2/4 before 2/3"];
    check(
        &axis,
        &ask("2021-08-15", "2021-09-30", &[Month]),
        &rows,
        "3/5 before 2/3",
    );
}

#[test]
fn by_system() {
    let mut axis = Axis::new();
    for (system, count) in [(SystemKind::Reporting, 2), (SystemKind::DocumentManagement, 1)] {
        for _ in 0..count {
            let mut letter = axis.letter(THAI_BINH, &[NAM_DINH]);
            letter.header.system = system;
            axis.send(&letter);
        }
    }
    let rows = ["system 1 1/1 before none", "system 4 2/2 before none"];
    check(
        &axis,
        &ask("2020-09-01", "2020-09-01", &[System]),
        &rows,
        "3/3 before none",
    );
}

#[test]
fn by_agency_in_whole_months() {
    let axis = two_years();
    let rows = [
        "G01 1/0 before none",
        "H40 0/2 before 0/1",
        "H54 1/1 before 1/1",
        "H54.01 0/0 before 0/1",
        "H54.01.001 0/1 before 1/0",
    ];
    // Only two days are asked for; the counts are of all September.
    check(
        &axis,
        &ask("2021-09-10", "2021-09-11", &[Agency]),
        &rows,
        "2/4 before 2/3",
    );
    let rows = [
        "H54 H54 province 2021-08-01 1/0 before none",
        "H54 H54 province 2021-09-01 1/1 before 1/1",
    ];
    let mut request = ask("2021-08-31", "2021-09-01", &[Agency, Month, Province, Level]);
    request.province = THAI_BINH.to_owned();
    let report = report(&axis.state, &request).unwrap();
    let of_province: Vec<_> = report
        .rows
        .iter()
        .filter(|row| row.agency == THAI_BINH)
        .map(told)
        .collect();
    assert_eq!(of_province, rows);
}

#[test]
fn refusals_and_pace_of_the_period() {
    let mut axis = two_years();
    let mut refuse = |agency: &str, reason: &str| {
        let (agency, reason) = (agency.to_owned(), reason.to_owned());
        axis.change(Change::DocumentRefused(wire::DocumentRefused {
            agency,
            reason,
            ..Default::default()
        }));
    };
    refuse(COMMUNE, "SEAL_INVALID");
    refuse(THAI_BINH, "SEAL_INVALID");
    refuse(THAI_BINH, "MALFORMED");
    refuse(MINISTRY, "MALFORMED");
    let letter = axis.letter(THAI_BINH, &[NAM_DINH, MINISTRY]).urgency(Urgency::Express);
    axis.send(&letter);
    axis.wait(10).take(NAM_DINH);
    axis.wait(10).take(MINISTRY);
    axis.reports(MINISTRY, letter.id(), "03");
    let report = |from: &str, province: &str| {
        let mut request = ask(from, "2021-09-30", &[]);
        request.province = province.to_owned();
        report(&axis.state, &request).unwrap()
    };
    let all = report("2021-09-15", "");
    let refusals: Vec<_> = all
        .refusals
        .iter()
        .map(|row| (row.province.as_str(), row.reason.as_str(), row.count))
        .collect();
    assert_eq!(
        refusals,
        [
            ("G01", "MALFORMED", 1),
            ("H54", "MALFORMED", 1),
            ("H54", "SEAL_INVALID", 2)
        ]
    );
    let express: Vec<_> = all
        .pace
        .iter()
        .filter(|row| row.urgency == Urgency::Express.wire())
        .map(|row| {
            (
                row.stage,
                row.count,
                row.mean.unwrap().seconds,
                row.longest.unwrap().seconds,
            )
        })
        .collect();
    assert_eq!(express, [(1, 2, 15, 20), (2, 1, 20, 20)]);
    let one = report("2021-09-15", "G01");
    assert_eq!(
        (one.refusals.len(), one.pace.iter().map(|row| row.count).sum::<u64>()),
        (1, 3)
    );
    let later = report("2021-09-16", "");
    assert!(later.refusals.is_empty() && later.pace.is_empty());
}

#[test]
fn who_is_connected_and_runs_what() {
    let mut axis = Axis::new();
    axis.alter(THAI_BINH, |agency| {
        agency.systems = vec![SystemKind::Reporting.wire(), SystemKind::OneStopShop.wire()];
        agency.portal_services = 5;
        agency.signing_policy = SigningPolicy::Required.wire();
    });
    axis.alter(DISTRICT, |agency| {
        agency.systems = vec![SystemKind::Reporting.wire()];
        agency.connected = false;
    });
    axis.alter(COMMUNE, |agency| agency.level = pb::Level::District as i32);
    axis.alter(COMMUNE, |agency| agency.signing_policy = SigningPolicy::Required.wire());
    let report = report(
        &axis.state,
        &pb::GetReportRequest {
            province: THAI_BINH.to_owned(),
            ..Default::default()
        },
    )
    .unwrap();
    let rows: Vec<_> = report
        .connections
        .iter()
        .map(|row| {
            (
                row.level,
                row.agencies,
                row.connected,
                row.reporting,
                row.one_stop_shop,
                row.portal_services,
                row.signing_policy,
            )
        })
        .collect();
    let (province, district) = (pb::Level::Province as i32, pb::Level::District as i32);
    let required = SigningPolicy::Required.wire();
    // Of two policies with one agency each it is the stricter.
    assert_eq!(
        rows,
        [(province, 1, 1, 1, 1, 5, required), (district, 2, 1, 0, 0, 0, required)]
    );
}

#[test]
fn mailboxes_with_most_waiting_first() {
    let mut axis = Axis::new();
    let old = axis.letter(THAI_BINH, &[NAM_DINH]);
    axis.send(&old);
    let express = axis
        .wait(60)
        .letter(THAI_BINH, &[NAM_DINH, MINISTRY])
        .urgency(Urgency::Express);
    axis.send(&express);
    axis.lease_for(MINISTRY, 1, 600);
    axis.sent(MINISTRY, &[COMMUNE]);
    axis.take(COMMUNE);
    let recall = axis
        .letter(THAI_BINH, &[DISTRICT])
        .act(BusinessAct::Recall, &[express.id()]);
    axis.send(&recall);
    let rows = |province: &str| {
        let request = pb::GetReportRequest {
            province: province.to_owned(),
            ..Default::default()
        };
        let rows = report(&axis.state, &request).unwrap().mailboxes;
        let oldest = |row: &pb::MailboxRow| row.oldest_accepted_at.map(|time| time.seconds);
        rows.iter()
            .map(|row| {
                (
                    row.agency.clone(),
                    row.waiting,
                    row.leased,
                    oldest(row),
                    row.never_fetched,
                )
            })
            .collect::<Vec<_>>()
    };
    let minute =
        |minutes: i64| Some("2020-09-01T01:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second() + 60 * minutes);
    let expected = [
        (NAM_DINH.to_owned(), 2, 0, minute(0), true),
        // The status of its document waits; the document that it got is leased.
        (MINISTRY.to_owned(), 1, 1, None, false),
        (DISTRICT.to_owned(), 1, 0, minute(1), true),
    ];
    assert_eq!(rows(""), expected);
    assert_eq!(rows("H40"), expected[..1]);
}

#[test]
fn what_can_not_be_asked() {
    let axis = two_years();
    refused(&axis, &ask("2021-09-02", "2021-09-01", &[]), "from");
    refused(
        &axis,
        &ask("2021-09-01", "2021-09-02", &[Level, Unspecified]),
        "group_by[1]",
    );
    for other in [Day, System, CounterpartLevel] {
        refused(&axis, &ask("2021-09-01", "2021-09-02", &[Agency, other]), "group_by");
    }
    let with = |alter: fn(&mut pb::GetReportRequest)| {
        let mut request = ask("2021-09-01", "2021-09-02", &[]);
        alter(&mut request);
        request
    };
    refused(&axis, &with(|request| request.group_by = vec![99]), "group_by[0]");
    refused(&axis, &with(|request| request.province = "H99".to_owned()), "province");
    refused(
        &axis,
        &with(|request| {
            request.to = Some(Date {
                year: 2021,
                month: 2,
                day: 29,
            })
        }),
        "to",
    );
    refused(
        &axis,
        &with(|request| {
            request.from = Some(Date {
                year: i32::MAX,
                month: 1,
                day: 1,
            })
        }),
        "from",
    );
    refused(
        &axis,
        &with(|request| {
            request.from = Some(Date {
                year: 1969,
                month: 12,
                day: 31,
            })
        }),
        "from",
    );
}

#[test]
fn the_ends_of_time_can_be_asked_for() {
    let axis = two_years();
    check(
        &axis,
        &ask("1970-01-01", "9999-12-31", &[]),
        &["5/8 before 5/8"],
        "5/8 before 5/8",
    );
    check(
        &axis,
        &ask("9999-12-31", "9999-12-31", &[Agency]),
        &[],
        "0/0 before none",
    );
    check(&Axis::empty(), &pb::GetReportRequest::default(), &[], "0/0 before none");
}

#[test]
fn counts_are_read_as_counted_or_under_who_took_over() {
    let mut axis = Axis::new();
    axis.sent(MINISTRY, &[NAM_DINH, THAI_BINH]);
    axis.sent(NAM_DINH, &[MINISTRY]);
    axis.close(NAM_DINH, THAI_BINH).unwrap();
    axis.take(THAI_BINH);
    let rows = |basis: pb::ProvinceBasis, province: &str| {
        let request = pb::GetReportRequest {
            group_by: vec![ReportDimension::Province as i32],
            province: province.to_owned(),
            province_basis: basis as i32,
            ..Default::default()
        };
        let report = report(&axis.state, &request).unwrap();
        let row = |row: &pb::ReportRow| {
            let counts = row.counts.unwrap();
            (row.province.clone(), counts.sent, counts.received)
        };
        report.rows.iter().map(row).collect::<Vec<_>>()
    };
    let told = |code: &str, sent, received| (code.to_owned(), sent, received);
    let old = [told(MINISTRY, 1, 1), told(NAM_DINH, 1, 1), told(THAI_BINH, 0, 1)];
    assert_eq!(rows(pb::ProvinceBasis::AsCounted, ""), old);
    assert_eq!(rows(pb::ProvinceBasis::Unspecified, ""), old);
    assert_eq!(
        rows(pb::ProvinceBasis::Successor, ""),
        [told(MINISTRY, 1, 1), told(THAI_BINH, 1, 2)]
    );
    assert_eq!(rows(pb::ProvinceBasis::Successor, THAI_BINH), [told(THAI_BINH, 1, 2)]);
}
