//! Due dates (hạn xử lý) and the time within which a document must leave.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time, Weekday, time},
};

use crate::{Urgency, zone};

/// When "the morning of the next working day" ends: 11:30, the usual hour of offices. The decision names none, so this
/// is our reading.
const MORNING_ENDS: Time = time(11, 30, 0, 0);

/// Whether something finished at an instant was finished by its due day, that day included.
#[must_use]
pub fn on_time(due: Date, finished: Timestamp) -> bool {
    zone::day_of(finished) <= due
}

/// The last instant at which a document signed at `signed` may be sent: at once when it is urgent (Decision
/// 28/2018/QĐ-TTg, Article 6.2), otherwise the end of the morning of the next working day. `is_holiday` says which days
/// from Monday to Friday are free.
#[must_use]
pub fn send_by(signed: Timestamp, urgency: Urgency, is_holiday: impl Fn(Date) -> bool) -> Timestamp {
    if urgency != Urgency::Normal {
        return signed;
    }
    let mut day = zone::day_of(signed);
    loop {
        day = day.saturating_add(1.day());
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if !weekend && !is_holiday(day) || day == Date::MAX {
            return zone::VIETNAM
                .to_timestamp(day.to_datetime(MORNING_ENDS))
                .unwrap_or(Timestamp::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_due_day_itself_is_on_time() {
        let due = date(2020, 9, 10);
        assert!(on_time(due, "2020-09-10T16:59:59Z".parse().unwrap()));
        assert!(!on_time(due, "2020-09-10T17:00:00Z".parse().unwrap()));
    }

    #[test]
    fn a_friday_document_leaves_by_monday_morning() {
        let friday: Timestamp = "2020-08-28T09:00:00Z".parse().unwrap();
        assert_eq!(
            send_by(friday, Urgency::Normal, |_| false).to_string(),
            "2020-08-31T04:30:00Z"
        );
        assert_eq!(send_by(friday, Urgency::Express, |_| false), friday);
        let eve: Timestamp = "2020-09-01T09:00:00Z".parse().unwrap();
        let national_day = |day| day == date(2020, 9, 2);
        assert_eq!(
            send_by(eve, Urgency::Normal, national_day).to_string(),
            "2020-09-03T04:30:00Z"
        );
    }
}
