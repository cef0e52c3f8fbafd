//! Arrival: how documents spread over the hours of a day, the days of a week and the months of a year.

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::WorkingWeek;

/// Weights only: how many documents there are is a period's to say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Arrival {
    /// Weights of the 15 half hours of a working day: 8 from 07:30 on, 7 from 13:30 on. All the same where neither these
    /// nor `hours` are given.
    pub half_hours: Option<Vec<u32>>,
    /// Instead of those: weights of the 24 hours of any day, from midnight on, Vietnam's time.
    pub hours: Option<Vec<u32>>,
    /// Weights of Monday to Sunday; a public holiday counts as a Sunday. Where absent, working days have the same weight
    /// and others none.
    pub week: Option<Vec<u32>>,
    /// Weights of January to December; all the same where absent.
    pub months: Option<Vec<u32>>,
}

/// How a day is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCurve<'a> {
    /// Half hours of the sessions of a working day.
    WorkingHalfHours(&'a [u32]),
    /// Hours from midnight on.
    Hours(&'a [u32]),
}

/// Half hours of a working day, all the same.
const EVEN: [u32; HALF_HOURS] = [1; HALF_HOURS];
/// 07:30–11:30 and 13:30–17:00.
pub(super) const HALF_HOURS: usize = 15;

impl Arrival {
    /// How a day is cut.
    pub fn day_curve(&self) -> DayCurve<'_> {
        match (&self.hours, &self.half_hours) {
            (Some(hours), _) => DayCurve::Hours(hours),
            (None, Some(half_hours)) => DayCurve::WorkingHalfHours(half_hours),
            (None, None) => DayCurve::WorkingHalfHours(&EVEN),
        }
    }

    /// Weight of a day against others.
    pub fn weight_of(&self, day: Date, week: &WorkingWeek) -> u64 {
        let of_week = match &self.week {
            None => u32::from(week.is_working(day)),
            Some(weights) => {
                let sunday = Weekday::Sunday.to_monday_zero_offset();
                let at = match week.is_holiday(day) {
                    true => sunday,
                    false => day.weekday().to_monday_zero_offset(),
                };
                usize::try_from(at)
                    .ok()
                    .and_then(|at| weights.get(at))
                    .copied()
                    .unwrap_or(0)
            }
        };
        let month = usize::try_from(day.month() - 1).unwrap_or(0);
        let of_month = self
            .months
            .as_ref()
            .map_or(1, |weights| weights.get(month).copied().unwrap_or(0));
        u64::from(of_week) * u64::from(of_month)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekends_holidays_and_months_have_their_weights() {
        let week = WorkingWeek::new([date(2020, 9, 2)]);
        let plain = Arrival::default();
        let weights = |arrival: &Arrival| {
            [date(2020, 9, 1), date(2020, 9, 2), date(2020, 9, 5), date(2020, 10, 1)]
                .map(|day| arrival.weight_of(day, &week))
        };
        assert_eq!(weights(&plain), [1, 0, 0, 1]);
        let shaped = Arrival {
            week: Some(vec![10, 9, 8, 7, 6, 2, 1]),
            months: Some(vec![1, 1, 1, 1, 1, 1, 1, 1, 3, 5, 1, 1]),
            ..Arrival::default()
        };
        // A Tuesday, the National Day, a Saturday, a Thursday.
        assert_eq!(weights(&shaped), [27, 3, 6, 35]);
    }
}
