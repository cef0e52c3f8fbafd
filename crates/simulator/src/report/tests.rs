//! The report of made-up counts, in both languages.

use truc_document::{Level, SigningPolicy, Urgency};
use truc_proto::v1 as pb;

use super::*;
use crate::{Scenario, Topology};

fn row(province: &str, level: Level, counts: pb::Counts, before: u64) -> pb::ReportRow {
    pb::ReportRow {
        province: province.to_owned(),
        level: level.wire(),
        counts: Some(counts),
        year_before: (before > 0).then(|| pb::Counts {
            sent: before,
            ..pb::Counts::default()
        }),
        ..pb::ReportRow::default()
    }
}

fn counts(sent: u64) -> pb::Counts {
    pb::Counts {
        sent,
        received: sent * 3,
        sent_electronic: sent - sent / 50,
        sent_signed: sent,
        received_within_province: sent,
        received_within_province_electronic: sent - 1,
        finished_with_due_date: 1000,
        finished_on_time: 997,
        ..pb::Counts::default()
    }
}

fn connection(province: &str, level: Level, agencies: u64, policy: SigningPolicy) -> pb::ConnectionRow {
    pb::ConnectionRow {
        province: province.to_owned(),
        level: level.wire(),
        agencies,
        connected: agencies - 1,
        reporting: agencies * 7 / 10,
        one_stop_shop: agencies,
        portal_services: if level == Level::Province { 5 } else { 0 },
        signing_policy: policy.wire(),
    }
}

fn report() -> Report {
    let expected = "[[expected]]\nfigure = \"wholly-electronic\"\nprovince = \"H54\"\nvalues = [98]\n\
                    [[expected]]\nfigure = \"on-time\"\nvalues = [99.97, 99.7, 99.1]\nnote = \"n\"\n\
                    [[expected]]\nfigure = \"reporting\"\nlevel = \"commune\"\nvalues = [30]\n\
                    [[expected]]\nfigure = \"portal-services\"\nprovince = \"H54\"\nvalues = [5]\n";
    let text = format!("{}\n{expected}", include_str!("../../tests/small-scenario.toml"));
    let scenario = Scenario::parse("small.toml", &text).unwrap();
    let topology = Topology::parse("small.toml", include_str!("../../tests/small-topology.toml")).unwrap();
    let connections = vec![
        connection("G22", Level::Central, 2, SigningPolicy::Required),
        connection("H54", Level::Province, 10, SigningPolicy::Pilot),
        connection("H54", Level::Commune, 20, SigningPolicy::Pilot),
    ];
    let counted = Counted {
        by_province: pb::GetReportResponse {
            rows: vec![
                row("G22", Level::Central, counts(50), 0),
                row("H54", Level::Province, counts(150), 100),
            ],
            total: Some(row("", Level::Central, counts(200), 0)),
            year_before: Some(row(
                "",
                Level::Central,
                pb::Counts {
                    sent: 100,
                    ..pb::Counts::default()
                },
                0,
            )),
            refusals: vec![pb::RefusalCount {
                province: "H54".to_owned(),
                reason: "SIGNATURE_MISSING".to_owned(),
                count: 2,
            }],
            pace: vec![pb::PaceRow {
                urgency: Urgency::Express.wire(),
                stage: pb::PaceStage::Reached.into(),
                count: 4,
                mean: Some(prost_types::Duration { seconds: 150, nanos: 0 }),
                longest: None,
            }],
            connections: connections.clone(),
            position: 77,
            ..pb::GetReportResponse::default()
        },
        by_level: pb::GetReportResponse {
            rows: vec![
                row("", Level::Central, counts(50), 0),
                row("", Level::Commune, counts(150), 0),
            ],
            connections,
            ..pb::GetReportResponse::default()
        },
    };
    collect(&scenario, &topology, &counted)
}

#[test]
fn figures_are_taken_from_the_counts() {
    let report = report();
    let of = |figure: &str, scoped: bool| {
        report
            .figures
            .iter()
            .find(|line| line.figure == figure && line.scope.is_some() == scoped)
            .unwrap()
    };
    assert_eq!(of("provinces-connected", false).measured, Some(Measured::CountOf(1, 1)));
    assert_eq!(of("levels", false).measured, Some(Measured::Count(2)));
    assert_eq!(
        of("growth", false).measured,
        Some(Measured::Percent {
            percent: 100.0,
            of: 100
        })
    );
    assert_eq!(
        of("wholly-electronic", true).measured,
        Some(Measured::Percent { percent: 98.0, of: 150 })
    );
    assert_eq!(
        of("on-time", false).measured,
        Some(Measured::Percent {
            percent: 99.7,
            of: 1000
        })
    );
    assert_eq!(
        of("reporting", true).measured,
        Some(Measured::Percent { percent: 70.0, of: 20 })
    );
    assert_eq!(of("portal-services", true).measured, Some(Measured::Count(5)));
    assert_eq!(
        of("personally-signed", true).scope,
        Some(Scope::Policy {
            policy: SigningPolicy::Pilot,
            provinces: 1
        })
    );
    assert_eq!((report.total.agencies, report.total.connected), (32, 29));
    assert_eq!(report.provinces[0].name, "tỉnh Thái Bình");
    assert_eq!(report.provinces[0].growth, Some(50.0));
}

#[test]
fn both_languages_show_every_figure_and_say_what_is_invented() {
    let report = report();
    let vietnamese = report.render(Language::Vietnamese, None);
    for part in [
        "99,1–99,97 %",
        "99,70 % của 1.000",
        "thí điểm (1 tỉnh)",
        "lưu lượng là giả định",
        "+50,0 %",
        "2,5 phút",
    ] {
        assert!(vietnamese.contains(part), "{part} in\n{vietnamese}");
    }
    let english = report.render(Language::English, Some(120));
    for part in [
        "99.1–99.97 %",
        "pilot",
        "traffic are invented",
        "2 SIGNATURE_MISSING",
        "2.5 min",
        "position 77",
    ] {
        assert!(english.contains(part), "{part} in\n{english}");
    }
    assert!(
        english
            .lines()
            .all(|line| line.starts_with("Every measured") || line.chars().count() <= 120),
        "{english}"
    );
}

#[test]
fn nothing_counted_gives_no_shares() {
    let scenario = Scenario::parse("small.toml", include_str!("../../tests/small-scenario.toml")).unwrap();
    let topology = Topology::parse("small.toml", include_str!("../../tests/small-topology.toml")).unwrap();
    let report = collect(&scenario, &topology, &Counted::default());
    assert!(
        report
            .figures
            .iter()
            .all(|line| !matches!(line.measured, Some(Measured::Percent { .. })))
    );
    assert!(report.render(Language::Vietnamese, None).contains('–'));
}

#[test]
fn as_json_it_has_words_for_levels_and_policies() {
    let json = serde_json::to_value(report()).unwrap();
    assert_eq!(json["provinces"][0]["policy"], "pilot");
    assert_eq!(json["levels"][0]["level"], "central");
    assert_eq!(json["from"], "2020-09-01");
}
