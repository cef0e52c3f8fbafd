//! Amounts: how many new documents on each day, or in each second. Every shape of a scenario comes to a list of these.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp, civil::Date};
use truc_document::zone::{VIETNAM, start_of};

use crate::{
    WorkingWeek,
    scenario::{Arrival, DayStage, Period, Rate, Scenario, SecondStage, Shape},
};

/// New documents of a period that are spread over the same time; numbers count within the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) numbers: Range<u64>,
    pub(super) when: When,
}

/// Over what they are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// A day, by its curve.
    Day(Date),
    /// The second from this instant on, evenly.
    Second(Timestamp),
}

/// Documents of a period before rounding, in parts that are added up.
struct Amounts {
    parts: Vec<(When, f64)>,
    /// Parts are of `base` documents on an average of them, which has `mean.0 / mean.1`: two whole numbers, so that the sum of
    /// all is exact.
    base: f64,
    mean: (f64, f64),
}

impl Amounts {
    /// Documents of the first parts, of which this is the sum.
    fn until(&self, sum: f64, scale: f64) -> f64 {
        self.base * scale * (sum * self.mean.1 / self.mean.0)
    }
}

/// New documents of a period, without regard to scale and limit.
pub(super) fn total(scenario: &Scenario, period: &Period, week: &WorkingWeek) -> f64 {
    let amounts = Amounts::new(scenario, period, week);
    amounts.until(amounts.parts.iter().map(|(_, part)| part).sum(), 1.0)
}

/// The batches of a period. Rounding is carried over from one to the next, so that a small scale still gives some.
pub(super) fn batches(scenario: &Scenario, period: &Period, week: &WorkingWeek, scale: f64) -> Vec<Batch> {
    let amounts = Amounts::new(scenario, period, week);
    let until = |sum: f64| amounts.until(sum, scale).floor() as u64;
    let mut sum = 0.0;
    let batch = |&(when, part): &(When, f64)| {
        let first = until(sum);
        sum += part;
        Batch {
            numbers: first..until(sum),
            when,
        }
    };
    let mut batches: Vec<Batch> = amounts.parts.iter().map(batch).collect();
    batches.retain(|batch| !batch.numbers.is_empty());
    batches
}

impl Amounts {
    fn new(scenario: &Scenario, period: &Period, week: &WorkingWeek) -> Self {
        match period.shape() {
            Shape::Daily(stages) => {
                let arrival = period.arrival.as_ref().unwrap_or(&scenario.arrival);
                Self::by_day(period.from.0, &stages, arrival, week)
            }
            Shape::BySecond(stages) => Self::by_second(period, &stages),
        }
    }

    /// Days with a weight, each with its share of what an average one of them has.
    fn by_day(from: Date, stages: &[DayStage], arrival: &Arrival, week: &WorkingWeek) -> Self {
        let mut days = Vec::new();
        let mut day = from;
        for stage in stages {
            for passed in 0..stage.days {
                let weight = arrival.weight_of(day, week);
                if weight > 0 {
                    days.push((day, weight, rate_of_day(*stage, passed)));
                }
                day = day.saturating_add(jiff::Span::new().days(1));
            }
        }
        let weights: u64 = days.iter().map(|(_, weight, _)| weight).sum();
        // With one rate throughout it is multiplied once and not in every part, so that nothing is lost to rounding.
        let base = match stages {
            [
                DayStage {
                    rate: Rate::Constant(rate),
                    ..
                },
            ] => *rate,
            _ => 1.0,
        };
        let relative = |rate: f64| if base == rate { 1.0 } else { rate / base };
        Self {
            base,
            mean: (weights.max(1) as f64, days.len().max(1) as f64),
            parts: days
                .into_iter()
                .map(|(day, weight, rate)| (When::Day(day), relative(rate) * weight as f64))
                .collect(),
        }
    }

    fn by_second(period: &Period, stages: &[SecondStage]) -> Self {
        let begins = VIETNAM
            .to_timestamp(period.from.0.to_datetime(period.begins()))
            .unwrap_or_else(|_| start_of(period.from.0));
        let mut parts = Vec::new();
        for stage in stages {
            for passed in 0..stage.seconds {
                let at = SignedDuration::from_secs(i64::try_from(parts.len()).unwrap_or(i64::MAX));
                // A ramp's second has the rate of its middle.
                let rate = stage.rate.at((f64::from(passed) + 0.5) / f64::from(stage.seconds));
                parts.push((When::Second(begins.saturating_add(at).unwrap_or(begins)), rate));
            }
        }
        Self {
            base: 1.0,
            mean: (1.0, 1.0),
            parts,
        }
    }
}

/// A ramp begins with its first rate and ends with its last.
fn rate_of_day(stage: DayStage, passed: u32) -> f64 {
    match stage.days {
        0 | 1 => stage.rate.at(0.0),
        days => stage.rate.at(f64::from(passed) / f64::from(days - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(period: &str, arrival: &str) -> Vec<Batch> {
        let text = include_str!("../../tests/small-scenario.toml");
        let (before, rest) = text.split_once("[[period]]").unwrap();
        let (_, after) = rest.split_once("[arrival]").unwrap();
        let (_, after) = after
            .split_once('\n')
            .map(|(_, rest)| rest.split_once('\n').unwrap())
            .unwrap();
        let text = format!("{before}[[period]]\ntitle = \"p\"\n{period}\n[arrival]\n{arrival}\n{after}");
        let scenario = Scenario::parse("a.toml", &text).unwrap_or_else(|error| panic!("{error}: {text}"));
        batches(&scenario, &scenario.period[0], &scenario.working_week(), 1.0)
    }

    #[track_caller]
    fn check(period: &str, arrival: &str, expected: &[u64]) {
        let counts: Vec<u64> = amounts(period, arrival)
            .iter()
            .map(|batch| batch.numbers.end - batch.numbers.start)
            .collect();
        assert_eq!(counts, expected);
    }

    // From a Monday to a Sunday; the second of September is a day off.
    const WEEK: &str = "from = 2020-08-31\nto = 2020-09-06\n";

    #[test]
    fn constant_is_the_same_on_working_days() {
        check(&format!("{WEEK}documents-per-day = 10"), "", &[10, 10, 10, 10]);
    }

    #[test]
    fn rounding_is_carried_over() {
        check(&format!("{WEEK}documents-per-day = 0.6"), "", &[1, 1]);
    }

    #[test]
    fn ramp_goes_from_the_first_day_to_the_last() {
        // Days off are on the ramp too: 10, 20, (30), 40, 50, (60), (70).
        check(&format!("{WEEK}documents-per-day = [10, 70]"), "", &[10, 20, 40, 50]);
    }

    #[test]
    fn steps_follow_one_another() {
        let stages = "stages = [{ days = 2, documents-per-day = 10 }, { documents-per-day = 30 }]";
        check(&format!("{WEEK}{stages}"), "", &[10, 10, 30, 30]);
    }

    #[test]
    fn week_curve_keeps_the_average_and_works_on_weekends() {
        let week = "week = [4, 4, 4, 4, 4, 2, 1]";
        // Weights 4 4 1 4 4 2 1: 20 in seven days.
        check(
            &format!("{WEEK}documents-per-day = 20"),
            week,
            &[28, 28, 7, 28, 28, 14, 7],
        );
    }

    #[test]
    fn seasons_keep_the_average() {
        let months = "months = [1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 1, 1]";
        check(&format!("{WEEK}documents-per-day = 10"), months, &[4, 12, 12, 12]);
    }

    #[test]
    fn seconds_have_rates_of_their_own_at_any_hour() {
        let stages = "stages = [{ lasts = \"2s\", documents-per-second = 3 }, { lasts = \"4s\", documents-per-second = [0, 8] }]";
        let period = format!("from = 2020-09-05\nto = 2020-09-05\nbegins = \"22:00\"\n{stages}");
        check(&period, "", &[3, 3, 1, 3, 5, 7]);
        let first = amounts(&period, "")[0].when;
        assert_eq!(first, When::Second("2020-09-05T22:00:00+07:00".parse().unwrap()));
    }
}
