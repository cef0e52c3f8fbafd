//! What each kind promises: its shares, the order of its statuses, and where it differs from the others.

use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::prelude::*;
use truc_document::{Standing, StatusCode, SystemKind, Urgency, due};
use uuid::Uuid;

use super::{Received, Step};
use crate::{Scenario, WorkingWeek, reception::Reception};

const SMALL: &str = include_str!("../../tests/small-scenario.toml");

/// The small scenario with these tables of behaviour.
fn with(tables: &str) -> Scenario {
    let text = SMALL.replacen("[[flow]]", &format!("{tables}\n[[flow]]"), 1);
    Scenario::parse("small.toml", &text).unwrap()
}

fn reception(tables: &str) -> Reception {
    Reception::new(&with(tables), 1)
}

fn received(number: u128, system: SystemKind, due_on: Option<Date>) -> Received<'static> {
    Received {
        document_id: Uuid::from_u128(number),
        receiver: "H54",
        urgency: Urgency::ALL[usize::try_from(number % 4).unwrap()],
        due_on,
        is_recall: false,
        system,
        portal_services: 0,
        replies_at: None,
        dead: false,
    }
}

fn taken() -> Timestamp {
    "2020-09-01T09:00:00+07:00".parse().unwrap()
}

fn due_on() -> Date {
    jiff::civil::date(2020, 9, 4)
}

fn count(reception: &Reception, of: impl Fn(u128) -> Received<'static>, wanted: impl Fn(&[Step]) -> bool) -> usize {
    (0..400)
        .filter(|number| wanted(&reception.handling(of(*number), taken())))
        .count()
}

fn ends_with(status: StatusCode) -> impl Fn(&[Step]) -> bool {
    move |steps| steps.last().unwrap().status == status
}

fn has(status: StatusCode) -> impl Fn(&[Step]) -> bool {
    move |steps| steps.iter().any(|step| step.status == status)
}

fn is_late(steps: &[Step]) -> bool {
    let last = steps.last().unwrap();
    last.status == StatusCode::Finished && !due::on_time(due_on(), last.at)
}

proptest! {
    #[test]
    fn statuses_are_ones_that_the_hub_takes_in_that_order(
        number in any::<u128>(),
        system in proptest::sample::select(SystemKind::ALL),
        due_in in proptest::option::of(-2_i32..20),
        minutes in 0_i64..20_000,
        portal_services in 0_u32..9,
        reply_in in proptest::option::of(-600_i64..20_000),
        is_recall in any::<bool>(),
    ) {
        let tables = "[behaviour.public-service-portal]\nservices = 8\n[behaviour.reporting]\nclosed-after-cut-off = true\n";
        let taken = taken() + SignedDuration::from_mins(minutes);
        let due_on = due_in.map(|days| truc_document::zone::day_of(taken).saturating_add(jiff::Span::new().days(days)));
        let received = Received {
            portal_services,
            is_recall,
            replies_at: reply_in.map(|minutes| taken + SignedDuration::from_mins(minutes)),
            ..received(number, system, due_on)
        };
        let steps = reception(tables).handling(received, taken);
        let mut standing = Standing::default().report(StatusCode::Arrived).unwrap().standing;
        let mut now = taken;
        for step in &steps {
            standing = standing.report(step.status).unwrap().standing;
            prop_assert!(step.at >= now, "{:?}", steps);
            prop_assert_eq!(step.description.is_empty(), step.status != StatusCode::Refused);
            now = step.at;
        }
        let last = steps.last().unwrap().status;
        prop_assert!(matches!(last, StatusCode::Refused | StatusCode::Finished));
    }

    #[test]
    fn replies_come_after_the_question(number in any::<u128>(), minutes in 0_i64..20_000, due_in in 0_i32..9) {
        let sent = taken() + SignedDuration::from_mins(minutes);
        let due_on = truc_document::zone::day_of(sent).saturating_add(jiff::Span::new().days(due_in));
        let reply = reception("").reply(received(number, SystemKind::Feedback, Some(due_on)), sent).unwrap();
        prop_assert!(reply > sent);
    }
}

#[test]
fn document_management_has_its_own_rates_where_they_are_set() {
    let tables = "[behaviour.document-management]\nrefused = 0.5\nassigned = 0.0\nprocessed = 1.0\n";
    let reception = reception(tables);
    let of = |number| received(number, SystemKind::DocumentManagement, None);
    let refused = count(&reception, of, ends_with(StatusCode::Refused));
    assert!((160..240).contains(&refused), "{refused}");
    assert_eq!(count(&reception, of, has(StatusCode::Assigned)), 0);
    assert_eq!(count(&reception, of, has(StatusCode::Processing)), 400 - refused);
    // Others keep the general rates.
    let archived = |number| received(number, SystemKind::Archive, None);
    assert!(count(&reception, archived, ends_with(StatusCode::Refused)) < 80);
}

#[test]
fn recalls_are_only_taken_note_of() {
    let reception = reception("");
    for system in SystemKind::ALL {
        let recall = Received {
            is_recall: true,
            ..received(7, *system, None)
        };
        let steps = reception.handling(recall, taken());
        let statuses: Vec<_> = steps.iter().map(|step| step.status).collect();
        assert_eq!(statuses, [StatusCode::Accepted, StatusCode::Finished]);
    }
}

#[test]
fn only_those_on_duty_open_their_mailbox_at_night_and_machines() {
    let night = "2020-09-01T22:00:00+07:00".parse().unwrap();
    let opens = |system, urgency| {
        let received = Received {
            urgency,
            ..received(0, system, None)
        };
        truc_document::zone::day_of(reception("").opens(received, night).unwrap()).day()
    };
    assert_eq!(opens(SystemKind::DocumentManagement, Urgency::Express), 1);
    // The second of September is the National Day.
    assert_eq!(opens(SystemKind::DocumentManagement, Urgency::VeryUrgent), 3);
    assert_eq!(opens(SystemKind::OneStopShop, Urgency::Normal), 3);
    assert_eq!(opens(SystemKind::Reporting, Urgency::Normal), 1);
    assert_eq!(opens(SystemKind::PublicServicePortal, Urgency::Normal), 1);
}

#[test]
fn one_stop_shops_assign_each_dossier_and_keep_their_own_share_of_due_dates() {
    let reception = reception("[behaviour.one-stop-shop]\non-time = 1.0\nrefused = 0.0\n");
    let of = |number| received(number, SystemKind::OneStopShop, Some(due_on()));
    assert_eq!(count(&reception, of, is_late), 0);
    assert_eq!(count(&reception, of, ends_with(StatusCode::Finished)), 400);
    // Some are pressed for time and leave the step out.
    assert!(count(&reception, of, has(StatusCode::Assigned)) > 300);
    let general = |number| received(number, SystemKind::DocumentManagement, Some(due_on()));
    let late = count(&reception, general, is_late);
    assert!((15..70).contains(&late), "{late}");
}

#[test]
fn portals_take_dossiers_of_integrated_services_by_themselves() {
    let reception = reception("[behaviour.public-service-portal]\nservices = 8\n");
    let evening: Timestamp = "2020-09-01T20:00:00+07:00".parse().unwrap();
    let by_themselves = |portal_services| {
        (0..400)
            .filter(|number| {
                let received = Received {
                    portal_services,
                    urgency: Urgency::Normal,
                    ..received(*number, SystemKind::PublicServicePortal, None)
                };
                let opened = reception.opens(received, evening).unwrap();
                opened.duration_since(evening) <= SignedDuration::from_mins(5)
            })
            .count()
    };
    assert_eq!((by_themselves(0), by_themselves(8)), (0, 400));
    let six = by_themselves(6);
    assert!((270..330).contains(&six), "{six}");
}

#[test]
fn the_reporting_system_works_without_people_and_closes_where_it_is_told_to() {
    let closed = reception("[behaviour.reporting]\nclosed-after-cut-off = true\nrefused = 0.0\n");
    let open = reception("[behaviour.reporting]\nrefused = 0.0\n");
    let on = |day| move |number| received(number, SystemKind::Reporting, Some(jiff::civil::date(2020, day, 31)));
    let (before, after) = (on(10), on(8));
    assert_eq!(count(&closed, before, ends_with(StatusCode::Finished)), 400);
    assert_eq!(count(&closed, after, ends_with(StatusCode::Refused)), 400);
    assert_eq!(count(&open, after, ends_with(StatusCode::Finished)), 400);
    let within_minutes = |steps: &[Step]| {
        steps.last().unwrap().at.duration_since(taken()) <= SignedDuration::from_mins(11) && steps.len() == 2
    };
    assert_eq!(count(&open, before, within_minutes), 400);
}

#[test]
fn questions_are_finished_when_their_answer_goes_out() {
    let reception = reception("");
    let replies_at = taken() + SignedDuration::from_hours(200);
    let of = |number| Received {
        replies_at: Some(replies_at),
        ..received(number, SystemKind::Feedback, Some(due_on()))
    };
    let finished = |steps: &[Step]| {
        let last = steps.last().unwrap();
        (last.status, last.at) == (StatusCode::Finished, replies_at)
    };
    assert_eq!(count(&reception, of, finished), 400);
}

#[test]
fn answers_are_given_by_the_due_date_by_the_share_that_is_set() {
    let on_time = |reception: &Reception| {
        (0..400)
            .filter(|number| {
                let asked = received(*number, SystemKind::Feedback, Some(due_on()));
                due::on_time(due_on(), reception.reply(asked, taken()).unwrap())
            })
            .count()
    };
    assert_eq!(on_time(&reception("[behaviour.feedback]\non-time = 1.0\n")), 400);
    assert_eq!(on_time(&reception("[behaviour.feedback]\non-time = 0.0\n")), 0);
    let general = on_time(&reception(""));
    assert!((330..385).contains(&general), "{general}");
    let letter = received(1, SystemKind::DocumentManagement, Some(due_on()));
    assert_eq!(reception("").reply(letter, taken()), None);
}

#[test]
fn archives_keep_or_give_back_and_work_on_nothing() {
    let tables = "[behaviour.archive]\nrefused = 0.5\nreasons = [\"Hồ sơ thiếu thành phần\"]\n";
    let reception = reception(tables);
    let of = |number| received(number, SystemKind::Archive, None);
    let refused = count(&reception, of, |steps| steps[0].description == "Hồ sơ thiếu thành phần");
    assert!((160..240).contains(&refused), "{refused}");
    assert_eq!(count(&reception, of, has(StatusCode::Assigned)), 0);
    assert_eq!(count(&reception, of, ends_with(StatusCode::Finished)), 400 - refused);
}

#[test]
fn dead_endpoints_never_open_and_are_few() {
    let scenario = with("[behaviour.dead-endpoint]\ndeliveries = 0.055\n");
    let dead = Received {
        dead: true,
        ..received(1, SystemKind::DocumentManagement, None)
    };
    assert_eq!(Reception::new(&scenario, 1).opens(dead, taken()), None);
    assert!(Reception::new(&scenario, 1).handling(dead, taken()).is_empty());
    // As in the field: 59 agencies, of which some get much and some little.
    let planned: Vec<u64> = (0..59).map(|agency| 100 + (agency % 7) * 250).collect();
    let all: u64 = planned.iter().sum();
    for seed in 0..50 {
        let dead = scenario.behaviour.dead_endpoint.among(&planned, seed);
        let unfetched: u64 = dead.iter().map(|agency| planned[*agency]).sum();
        let share = unfetched as f64 / all as f64;
        assert!((0.05..=0.055).contains(&share), "seed {seed}: {share}");
        assert!(dead.len() <= 12, "seed {seed}: {dead:?}");
    }
    assert!(with("").behaviour.dead_endpoint.among(&planned, 1).is_empty());
}

#[test]
fn tables_of_the_kinds_refuse_stray_keys_and_contradictions() {
    let refused = |tables: &str| {
        let text = SMALL.replacen("[[flow]]", &format!("{tables}\n[[flow]]"), 1);
        Scenario::parse("small.toml", &text).unwrap_err().to_string()
    };
    for table in [
        "document-management",
        "one-stop-shop",
        "public-service-portal",
        "reporting",
        "feedback",
        "archive",
        "dead-endpoint",
    ] {
        assert!(refused(&format!("[behaviour.{table}]\nstray-key = 1\n")).contains("stray-key"));
    }
    assert!(refused("[behaviour.archive]\nreasons = []\n").contains("[behaviour.archive] refuses without"));
    assert!(refused("[behaviour.feedback]\nlate-days = [3, 1]\n").contains("behaviour.feedback.late-days"));
    assert!(refused("[behaviour.public-service-portal]\nservices = 0\n").contains("services"));
}

#[test]
fn the_calendar_closes_offices_and_knows_its_years() {
    let text = SMALL.replacen("holidays = [2020-09-02]", "calendar = \"vietnam\"", 1);
    let week = Scenario::parse("small.toml", &text).unwrap().working_week();
    assert!(!week.is_working(jiff::civil::date(2020, 9, 2)) && week.is_working(jiff::civil::date(2020, 9, 3)));
    assert!(!week.is_working(jiff::civil::date(2020, 1, 28)));
    assert_ne!(week, WorkingWeek::default());
    let too_late = text.replace("2020-09", "2031-09");
    let error = Scenario::parse("small.toml", &too_late).unwrap_err().to_string();
    assert!(error.contains("2019 to 2030"), "{error}");
}
