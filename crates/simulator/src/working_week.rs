//! When offices work: the Vietnamese working week, with the holidays that a scenario names.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Weekday},
};
use truc_document::zone::{VIETNAM, start_of};

/// Sessions of a working day, in minutes since midnight: 07:30–11:30 and 13:30–17:00.
const SESSIONS: [(u32, u32); 2] = [(450, 690), (810, 1020)];

/// Working minutes of a working day: 450.
pub const WORKING_MINUTES: u32 = SESSIONS[0].1 - SESSIONS[0].0 + SESSIONS[1].1 - SESSIONS[1].0;

/// Monday to Friday but for public holidays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingWeek {
    holidays: BTreeSet<Date>,
}

impl WorkingWeek {
    /// A week with these days off beside the weekends.
    pub fn new(holidays: impl IntoIterator<Item = Date>) -> Self {
        Self {
            holidays: holidays.into_iter().collect(),
        }
    }

    /// Offices work on that day.
    pub fn is_working(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// A day off besides weekends.
    pub fn is_holiday(&self, day: Date) -> bool {
        self.holidays.contains(&day)
    }

    /// The working days from `from` to `to`, both included.
    pub fn days(&self, from: Date, to: Date) -> impl Iterator<Item = Date> {
        from.series(jiff::Span::new().days(1))
            .take_while(move |day| *day <= to)
            .filter(|day| self.is_working(*day))
    }

    /// The day `count` working days after `day`; `day` itself need not be one.
    pub fn day_after(&self, day: Date, count: u32) -> Date {
        let mut day = day;
        for _ in 0..count {
            day = self.next_day(day);
        }
        day
    }

    fn next_day(&self, day: Date) -> Date {
        let mut day = day;
        // A year of holidays in a row is no calendar; the bound keeps a bad file from going on for ever.
        for _ in 0..366 {
            day = day.saturating_add(jiff::Span::new().days(1));
            if self.is_working(day) {
                break;
            }
        }
        day
    }

    /// `time` itself within working hours, else the next opening.
    pub fn next_open(&self, time: Timestamp) -> Timestamp {
        let local = local(time);
        let minute = minute_of(local);
        if self.is_working(local.date()) {
            for (open, close) in SESSIONS {
                if minute < open {
                    return instant(local.date(), open * 60);
                }
                if minute < close {
                    return time;
                }
            }
        }
        instant(self.next_day(local.date()), SESSIONS[0].0 * 60)
    }

    /// The instant when `worked` of working time has passed since `time`.
    pub fn after(&self, time: Timestamp, worked: SignedDuration) -> Timestamp {
        let mut now = self.next_open(time);
        let mut left = worked.max(SignedDuration::ZERO);
        loop {
            let closes = self.closing(now);
            let open = closes.duration_since(now);
            if left < open {
                return now + left;
            }
            left -= open;
            now = self.next_open(closes);
        }
    }

    /// The end of the session that an instant within working hours is in.
    fn closing(&self, open: Timestamp) -> Timestamp {
        let local = local(open);
        let minute = minute_of(local);
        let close = SESSIONS
            .iter()
            .map(|(_, close)| *close)
            .find(|close| minute < *close)
            .unwrap_or(SESSIONS[1].1);
        instant(local.date(), close * 60)
    }

    /// The instant `seconds` of working time into a day.
    pub fn within(&self, day: Date, seconds: u32) -> Timestamp {
        let morning = (SESSIONS[0].1 - SESSIONS[0].0) * 60;
        let since_midnight = if seconds < morning {
            SESSIONS[0].0 * 60 + seconds
        } else {
            SESSIONS[1].0 * 60 + (seconds - morning)
        };
        instant(day, since_midnight.min(SESSIONS[1].1 * 60 - 1))
    }

    /// The instant `seconds` after midnight of a day, at whatever hour.
    pub(crate) fn at_second(day: Date, seconds: u32) -> Timestamp {
        instant(day, seconds)
    }

    /// When offices close on a day.
    pub fn close_of(&self, day: Date) -> Timestamp {
        instant(day, SESSIONS[1].1 * 60)
    }
}

fn local(time: Timestamp) -> DateTime {
    VIETNAM.to_datetime(time)
}

fn minute_of(local: DateTime) -> u32 {
    local.hour().unsigned_abs() as u32 * 60 + local.minute().unsigned_abs() as u32
}

/// Only the ends of the calendar, some thousand years away, have no such instant.
fn instant(day: Date, seconds: u32) -> Timestamp {
    start_of(day)
        .saturating_add(SignedDuration::from_secs(i64::from(seconds)))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("{text}:00+07:00").parse().unwrap()
    }

    fn september() -> WorkingWeek {
        WorkingWeek::new([date(2020, 9, 2)])
    }

    #[track_caller]
    fn check(from: &str, worked: &str, expected: &str) {
        assert_eq!(september().after(at(from), worked.parse().unwrap()), at(expected));
    }

    #[test]
    fn working_time_skips_lunch_nights_weekends_and_the_national_day() {
        check("2020-09-03T08:00", "30m", "2020-09-03T08:30");
        check("2020-09-03T11:15", "30m", "2020-09-03T13:45");
        check("2020-09-03T12:00", "10m", "2020-09-03T13:40");
        check("2020-09-03T16:30", "1h", "2020-09-04T08:00");
        check("2020-09-04T16:30", "1h", "2020-09-07T08:00");
        check("2020-09-01T16:30", "1h", "2020-09-03T08:00");
        check("2020-09-05T09:00", "0s", "2020-09-07T07:30");
        check("2020-09-07T07:30", "15h", "2020-09-09T07:30");
    }

    #[test]
    fn september_2020_has_21_working_days_and_september_2019_had_20() {
        let week = WorkingWeek::new([date(2019, 9, 2), date(2020, 9, 2)]);
        assert_eq!(week.days(date(2020, 9, 1), date(2020, 9, 30)).count(), 21);
        assert_eq!(week.days(date(2019, 9, 1), date(2019, 9, 30)).count(), 20);
    }

    #[test]
    fn due_days_are_counted_in_working_days() {
        assert_eq!(september().day_after(date(2020, 9, 1), 1), date(2020, 9, 3));
        assert_eq!(september().day_after(date(2020, 9, 4), 5), date(2020, 9, 11));
    }

    #[test]
    fn seconds_of_a_day_fall_into_its_sessions() {
        let week = september();
        let day = date(2020, 9, 3);
        assert_eq!(week.within(day, 0), at("2020-09-03T07:30"));
        assert_eq!(week.within(day, 240 * 60), at("2020-09-03T13:30"));
        assert_eq!(
            week.next_open(week.within(day, WORKING_MINUTES * 60 - 1)),
            week.within(day, WORKING_MINUTES * 60 - 1)
        );
        assert_eq!(week.close_of(day), at("2020-09-03T17:00"));
    }
}
