//! Time in Vietnam: UTC+7 all year, no summer time. Decision 28/2018/QĐ-TTg, Article 14.4 asks for it.

use jiff::{Timestamp, civil::Date, tz::Offset};

/// Vietnam's offset.
pub const VIETNAM: Offset = Offset::constant(7);

/// The calendar day of an instant.
#[must_use]
pub fn day_of(instant: Timestamp) -> Date {
    VIETNAM.to_datetime(instant).date()
}

/// The instant at which a calendar day begins; the last instant there is for a day beyond the range of time.
#[must_use]
pub fn start_of(day: Date) -> Timestamp {
    VIETNAM.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_17_utc() {
        let day = |text: &str| day_of(text.parse().unwrap()).to_string();
        assert_eq!(day("2020-09-01T16:59:59Z"), "2020-09-01");
        assert_eq!(day("2020-09-01T17:00:00Z"), "2020-09-02");
        assert_eq!(
            start_of("2020-09-02".parse().unwrap()).to_string(),
            "2020-09-01T17:00:00Z"
        );
    }
}
