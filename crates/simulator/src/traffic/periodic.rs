//! Periodic reports gather before their cut-off (thời điểm chốt số liệu).

use jiff::{ToSpan as _, civil::Date};
use truc_document::zone::{day_of, start_of};

use super::{Planned, arrival::id_of, planned::suffix};
use crate::{
    WorkingWeek,
    chance::Chance,
    scenario::{Every, Period, Periodic, Scenario, Shape},
};

/// Most working days by which a late report misses its cut-off.
const LATE_DAYS_MAX: u64 = 3;

/// Moves the documents of periodic flows to the days before the cut-off that they are for, which becomes their due date.
/// The hour stays. A document whose cut-off lies outside its scenario's period stays where it is.
pub(super) fn gather(scenario: &Scenario, seed: u64, planned: &mut [Planned]) {
    let week = scenario.working_week();
    // An attempt that will be refused stands before its correction; both are moved by as many days.
    for attempts in planned.chunk_by_mut(|one, next| one.key_with(suffix::NEW) == next.key_with(suffix::NEW)) {
        let first = &attempts[0];
        let Some(periodic) = &scenario.flow[usize::from(first.flow)].periodic else {
            continue;
        };
        let day = day_of(first.at);
        let within = |period: &&Period| period.from.0 <= day && day <= period.to.0;
        let Some(period) = scenario.period.iter().find(within) else {
            continue;
        };
        // A test of load pays no heed to days.
        if matches!(period.shape(), Shape::BySecond(_)) {
            continue;
        }
        let Some(cut_off) = nearest(periodic, day, &week, (period.from.0, period.to.0)) else {
            continue;
        };
        let mut chance = Chance::new(seed, &format!("periodic/{:x}", first.key_with(suffix::NEW)));
        let moved = if chance.happens(periodic.late) {
            let days = chance.between(1, LATE_DAYS_MAX);
            week.day_after(cut_off, u32::try_from(days).unwrap_or(1))
        } else {
            let days = chance.skewed(0, u64::from(periodic.days_before));
            (0..days).fold(cut_off, |day, _| working_day_before(day, &week))
        };
        let stays = moved < period.from.0 || period.to.0 < moved;
        let by = start_of(if stays { day } else { moved }).duration_since(start_of(day));
        for document in attempts {
            document.due_on = Some(cut_off);
            document.at = document.at.saturating_add(by).unwrap_or(document.at);
            document.document_id = id_of(document.at, document.key, seed);
        }
    }
}

/// The next cut-off from a day on, else the last one before; none where the period has none.
fn nearest(periodic: &Periodic, day: Date, week: &WorkingWeek, (from, to): (Date, Date)) -> Option<Date> {
    let within: Vec<Date> = cut_offs(periodic, from, to, week).collect();
    within
        .iter()
        .find(|cut_off| **cut_off >= day)
        .or(within.last())
        .copied()
}

/// The cut-offs from `from` to `to`. One that falls on a day off is the working day before.
fn cut_offs(periodic: &Periodic, from: Date, to: Date, week: &WorkingWeek) -> impl Iterator<Item = Date> {
    let first = from.first_of_month();
    (0..)
        .map(move |months: i32| first.saturating_add(months.months()))
        .take_while(move |month| *month <= to)
        .filter(|month| match periodic.every {
            Every::Month => true,
            Every::Quarter => month.month() % 3 == 0,
            Every::Year => month.month() == 12,
        })
        .map(|month| {
            let day = i8::try_from(periodic.cut_off_day).unwrap_or(month.days_in_month());
            let last = month.days_in_month();
            let date = month.saturating_add((i32::from(day.clamp(1, last)) - 1).days());
            if week.is_working(date) {
                date
            } else {
                working_day_before(date, week)
            }
        })
        .filter(move |cut_off| from <= *cut_off && *cut_off <= to)
}

fn working_day_before(day: Date, week: &WorkingWeek) -> Date {
    let mut day = day;
    // A year of holidays in a row is no calendar; the bound keeps a bad file from going on for ever.
    for _ in 0..366 {
        day = day.saturating_sub(1.day());
        if week.is_working(day) {
            break;
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        share::Share,
        topology::Topology,
        traffic::{PlanOptions, Traffic},
    };

    fn periodic(every: Every, cut_off_day: u32) -> Periodic {
        Periodic {
            every,
            cut_off_day,
            days_before: 5,
            late: Share::NONE,
        }
    }

    #[test]
    fn cut_offs_are_working_days_of_their_months() {
        let week = WorkingWeek::new([date(2020, 9, 2)]);
        let of = |every, day| {
            cut_offs(&periodic(every, day), date(2020, 1, 1), date(2020, 12, 31), &week).collect::<Vec<_>>()
        };
        assert_eq!(of(Every::Month, 15).len(), 12);
        // The fifteenth of August and of November are days of a weekend; the second of September is a holiday.
        assert!(of(Every::Month, 15).contains(&date(2020, 8, 14)));
        assert!(of(Every::Month, 15).contains(&date(2020, 11, 13)));
        assert!(of(Every::Month, 2).contains(&date(2020, 9, 1)));
        assert_eq!(
            of(Every::Quarter, 31),
            [
                date(2020, 3, 31),
                date(2020, 6, 30),
                date(2020, 9, 30),
                date(2020, 12, 31)
            ]
        );
        assert_eq!(of(Every::Year, 15), [date(2020, 12, 15)]);
    }

    fn planned(late: &str) -> Traffic {
        traffic(include_str!("../../tests/small-scenario.toml"), late)
    }

    fn traffic(scenario: &str, late: &str) -> Traffic {
        let scenario = scenario.replace("to = 2020-09-03", "to = 2020-09-30").replace(
            "weight = 2\n",
            &format!("weight = 2\nperiodic = {{ every = \"month\", cut-off-day = 15, late = {late} }}\n"),
        );
        let scenario = Scenario::parse("small.toml", &scenario).unwrap();
        let topology = Topology::parse("small.toml", include_str!("../../tests/small-topology.toml")).unwrap();
        Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap()
    }

    #[test]
    fn reports_gather_before_the_cut_off_and_the_late_ones_after_it() {
        let cut_off = date(2020, 9, 15);
        let days = |traffic: &Traffic| -> Vec<Date> {
            let reports = traffic.planned().iter().filter(|planned| planned.flow == 0);
            reports
                .inspect(|planned| assert_eq!(planned.due_on, Some(cut_off)))
                .map(|planned| day_of(planned.at))
                .collect()
        };
        let in_time = days(&planned("0.0"));
        assert!(in_time.len() > 50);
        assert!(in_time.iter().all(|day| date(2020, 9, 8) <= *day && *day <= cut_off));
        // More on the last day than on the first.
        let on = |day| in_time.iter().filter(|other| **other == day).count();
        assert!(on(cut_off) > on(date(2020, 9, 8)));
        let late = days(&planned("1.0"));
        assert!(late.iter().all(|day| cut_off < *day && *day <= date(2020, 9, 18)));
        // The other flow stays where it was.
        let others = planned("0.0");
        let others = others.planned().iter().filter(|planned| planned.flow == 1);
        assert!(
            others
                .map(|planned| day_of(planned.at))
                .any(|day| day > date(2020, 9, 20))
        );
    }

    /// Corrections of the last hour of a day are made on the next.
    #[test]
    fn a_correction_comes_after_the_attempt_also_at_midnight() {
        let hours = [&["0"; 23][..], &["1"]].concat().join(", ");
        let scenario = include_str!("../../tests/small-scenario.toml")
            .replace(
                "half-hours = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
                &format!("hours = [{hours}]"),
            )
            .replacen("[behaviour]", "[mistakes]\nother-bytes = 0.5\n\n[behaviour]", 1);
        let traffic = traffic(&scenario, "0.3");
        let flawed = traffic.planned().iter().filter(|planned| planned.flaw.is_some());
        let corrections: Vec<_> = flawed
            .filter(|flawed| flawed.flow == 0)
            .map(|flawed| (flawed, traffic.of_key(flawed.key_with(suffix::NEW)).unwrap()))
            .inspect(|(flawed, corrected)| {
                assert_eq!(
                    corrected.at.duration_since(flawed.at),
                    jiff::SignedDuration::from_mins(20)
                );
                assert_eq!(corrected.due_on, flawed.due_on);
            })
            .collect();
        assert!(
            corrections
                .iter()
                .any(|(flawed, corrected)| day_of(flawed.at) < day_of(corrected.at))
        );
    }
}
