//! Faults of periods and of the curves by which documents arrive.

use super::{Fault, Scenario, at};
use crate::scenario::{Arrival, Period, Rate, Shape, Stage, arrival::HALF_HOURS};

/// Stages by seconds are tests of load, not years.
const SECONDS_MAX: u64 = 7 * 86_400;

impl Scenario {
    pub(super) fn periods_fault(&self) -> Option<Fault> {
        if self.period.is_empty() {
            return at("period", "there is no [[period]]; at least one is needed");
        }
        if let Some(fault) = curves_fault("arrival", &self.arrival) {
            return Some(fault);
        }
        let fault = |(place, period): (usize, &Period)| self.period_fault(&format!("period/{place}"), period);
        if let Some(fault) = self.period.iter().enumerate().find_map(fault) {
            return Some(fault);
        }
        if let Some(fault) = self.calendar_fault() {
            return Some(fault);
        }
        let crossing = self.period.windows(2).position(|pair| pair[0].to >= pair[1].from)?;
        let (before, after) = (&self.period[crossing].title, &self.period[crossing + 1].title);
        at(
            format!("period/{}/from", crossing + 1),
            format!("period `{after}` does not begin after `{before}` has ended; write periods in the order of time"),
        )
    }

    /// A calendar knows the holidays of some years only.
    fn calendar_fault(&self) -> Option<Fault> {
        let (first, last) = self.calendar?.years();
        let known = |period: &Period| first <= period.from.0.year() && period.to.0.year() <= last;
        let place = self.period.iter().position(|period| !known(period))?;
        let key = if self.period[place].from.0.year() < first {
            "from"
        } else {
            "to"
        };
        at(
            format!("period/{place}/{key}"),
            format!(
                "period `{}` is outside the years {first} to {last}, whose holidays `calendar` knows; take `calendar` out and \
                 list `holidays`",
                self.period[place].title
            ),
        )
    }

    fn period_fault(&self, path: &str, period: &Period) -> Option<Fault> {
        let fault = |key: &str, what: &str| at(format!("{path}/{key}"), format!("period `{}` {what}", period.title));
        if period.from > period.to {
            return fault("to", "ends before it begins; write its last day in `to`");
        }
        if let Some(fault) = period
            .arrival
            .as_ref()
            .and_then(|arrival| curves_fault(&format!("{path}/arrival"), arrival))
        {
            return Some(fault);
        }
        match (period.documents_per_day, period.stages.as_slice()) {
            (None, []) => {
                return fault(
                    "title",
                    "does not say how much is sent; write `documents-per-day`, or `stages`",
                );
            }
            (Some(_), [_, ..]) => {
                return fault("stages", "has both `documents-per-day` and `stages`; keep one of them");
            }
            (Some(rate), []) if !rate.is_good() => return rate_fault(&format!("{path}/documents-per-day"), rate),
            _ => {}
        }
        let stage_fault = |(place, stage)| stage_fault(&format!("{path}/stages/{place}"), stage);
        if let Some(fault) = period.stages.iter().enumerate().find_map(stage_fault) {
            return Some(fault);
        }
        let by_second = period.stages.iter().filter(|stage| stage.lasts.is_some()).count();
        if by_second > 0 && by_second < period.stages.len() {
            return fault(
                "stages",
                "has stages by days and by seconds; make a period of each kind",
            );
        }
        if by_second == 0 && period.begins.is_some() {
            return fault("begins", "has `begins` without stages by seconds; take it out");
        }
        self.length_fault(path, period)
    }

    /// Stages must fit into their period, and days on which something is to be sent must exist.
    fn length_fault(&self, path: &str, period: &Period) -> Option<Fault> {
        let fault = |key: &str, what: String| at(format!("{path}/{key}"), format!("period `{}` {what}", period.title));
        match period.shape() {
            Shape::BySecond(stages) => {
                let seconds: u64 = stages.iter().map(|stage| u64::from(stage.seconds)).sum();
                let clock = period.begins();
                let begun = i64::from(clock.hour()) * 3600 + i64::from(clock.minute()) * 60 + i64::from(clock.second());
                let open = u64::from(period.days()) * 86_400 - begun.unsigned_abs();
                if seconds > open.min(SECONDS_MAX) {
                    return fault(
                        "stages",
                        format!(
                            "has stages of {seconds} s, and {} s at most fit; move `to`, or shorten a stage",
                            open.min(SECONDS_MAX)
                        ),
                    );
                }
                None
            }
            Shape::Daily(_) => {
                let days: u64 = period.stages.iter().filter_map(|stage| stage.days).map(u64::from).sum();
                if days > u64::from(period.days()) {
                    return fault(
                        "stages",
                        format!(
                            "has {} days and its stages {days}; move `to`, or shorten a stage",
                            period.days()
                        ),
                    );
                }
                let week = self.working_week();
                let arrival = period.arrival.as_ref().unwrap_or(&self.arrival);
                let sends = period
                    .from
                    .0
                    .series(jiff::Span::new().days(1))
                    .take_while(|day| *day <= period.to.0)
                    .any(|day| arrival.weight_of(day, &week) > 0);
                match sends {
                    true => None,
                    false => fault(
                        "from",
                        "has no day with a weight; take other days, or give weekends a weight in `arrival.week`".into(),
                    ),
                }
            }
        }
    }
}

fn stage_fault(path: &str, stage: &Stage) -> Option<Fault> {
    let rate = match (stage.documents_per_day, stage.documents_per_second) {
        (Some(rate), None) if stage.lasts.is_none() => ("documents-per-day", rate),
        (None, Some(rate)) if stage.days.is_none() && stage.lasts.is_some() => ("documents-per-second", rate),
        _ => {
            return at(
                path,
                "a stage has either `documents-per-day`, with `days`, or `documents-per-second`, with `lasts`",
            );
        }
    };
    if !rate.1.is_good() {
        return rate_fault(&format!("{path}/{}", rate.0), rate.1);
    }
    if stage.days == Some(0) {
        return at(format!("{path}/days"), "a stage lasts one day at least");
    }
    match stage.lasts {
        Some(length) if length.0.as_secs() < 1 || length.0.subsec_nanos() != 0 => at(
            format!("{path}/lasts"),
            "a stage lasts whole seconds, such as `90s` or `10m`",
        ),
        _ => None,
    }
}

fn rate_fault(path: &str, rate: Rate) -> Option<Fault> {
    at(
        path,
        format!("rate {rate} is no number of documents; write one from 0 on"),
    )
}

fn curves_fault(path: &str, arrival: &Arrival) -> Option<Fault> {
    if arrival.hours.is_some() && arrival.half_hours.is_some() {
        return at(
            format!("{path}/hours"),
            "`hours` and `half-hours` both cut the day; keep one of them",
        );
    }
    let curves = [
        (
            "half-hours",
            &arrival.half_hours,
            HALF_HOURS,
            "a working day has 15 half hours",
        ),
        ("hours", &arrival.hours, 24, "a day has 24 hours"),
        ("week", &arrival.week, 7, "a week has 7 days, Monday first"),
        ("months", &arrival.months, 12, "a year has 12 months"),
    ];
    curves.into_iter().find_map(|(key, weights, count, why)| {
        let weights = weights.as_ref()?;
        let there = weights.len();
        let (path, name) = (format!("{path}/{key}"), format!("{}.{key}", path.replace('/', ".")));
        if there != count {
            return at(path, format!("`{name}` has {there} weights; {why}"));
        }
        match weights.iter().all(|weight| *weight == 0) {
            true => at(path, format!("`{name}` has no weight above 0; give one to some")),
            false => None,
        }
    })
}
