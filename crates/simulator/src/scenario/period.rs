//! Period: some time of traffic, and how much of it.

use jiff::{SignedDuration, civil::Time};
use serde::Deserialize;

use super::{Arrival, Day, Rate};
use crate::token::Token;

/// Some days of traffic. How much is said in one of two ways: by `documents-per-day`, or by `stages`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Period {
    /// As the report calls it.
    pub title: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// New documents on an average day on which any are sent, of all agencies together; two numbers are a ramp from the
    /// first day to the last.
    pub documents_per_day: Option<Rate>,
    /// Steps and ramps one after another, all by days or all by seconds.
    #[serde(default)]
    pub stages: Vec<Stage>,
    /// When stages by seconds begin on the first day, such as `09:00:00`; 07:30 where absent.
    pub begins: Option<Token<Time>>,
    /// How documents spread here, where it differs from the scenario's `arrival`.
    pub arrival: Option<Arrival>,
}

/// Part of a period.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stage {
    /// Days of the calendar that it lasts; the last stage lasts as long as the period where absent.
    pub days: Option<u32>,
    /// New documents of a day, as in a period.
    pub documents_per_day: Option<Rate>,
    /// How long it lasts, for a rate by seconds.
    pub lasts: Option<Token<SignedDuration>>,
    /// New documents of a second, at whatever hour: for tests of load.
    pub documents_per_second: Option<Rate>,
}

/// How much is sent in a period. The one form in which traffic is planned; all ways of writing it come to this.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// So many a day, spread by the arrival's curves. Stages follow one another; days after the last have none.
    Daily(Vec<DayStage>),
    /// So many a second, one stage after another.
    BySecond(Vec<SecondStage>),
}

/// Days with one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayStage {
    /// Days of the calendar.
    pub days: u32,
    /// Documents a day.
    pub rate: Rate,
}

/// Seconds with one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SecondStage {
    /// Whole seconds.
    pub seconds: u32,
    /// Documents a second.
    pub rate: Rate,
}

impl Period {
    /// Days of the calendar, both ends included.
    pub fn days(&self) -> u32 {
        let days = self.from.0.until(self.to.0).map_or(0, |span| span.get_days());
        u32::try_from(days + 1).unwrap_or(0)
    }

    /// When stages by seconds begin.
    pub fn begins(&self) -> Time {
        self.begins.map_or(Time::constant(7, 30, 0, 0), |time| time.0)
    }

    /// How much is sent.
    pub fn shape(&self) -> Shape {
        if let Some(rate) = self.documents_per_day {
            let days = self.days();
            return Shape::Daily(vec![DayStage { days, rate }]);
        }
        let by_second = self.stages.iter().filter_map(|stage| {
            let seconds = stage.lasts?.0.as_secs();
            Some(SecondStage {
                seconds: u32::try_from(seconds).unwrap_or(0),
                rate: stage.documents_per_second?,
            })
        });
        let by_second: Vec<SecondStage> = by_second.collect();
        if !by_second.is_empty() {
            return Shape::BySecond(by_second);
        }
        let mut left = self.days();
        let daily = self.stages.iter().filter_map(|stage| {
            let days = stage.days.unwrap_or(left).min(left);
            left -= days;
            Some(DayStage {
                days,
                rate: stage.documents_per_day?,
            })
        });
        Shape::Daily(daily.collect())
    }
}
