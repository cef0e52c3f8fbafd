//! Times as systems write them, in Vietnam's zone.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use truc_document::zone::VIETNAM;

/// `yyyy/MM/dd HH:mm:ss`, as lists show it.
pub(crate) fn show(time: Timestamp) -> String {
    civil(time).strftime("%Y/%m/%d %H:%M:%S").to_string()
}

/// Day and time in Vietnam.
pub(crate) fn civil(time: Timestamp) -> DateTime {
    VIETNAM.to_datetime(time)
}

/// An instant from day and time in Vietnam.
pub(crate) fn instant(time: DateTime) -> Option<Timestamp> {
    VIETNAM.to_timestamp(time).ok()
}

/// The instant of a signed request: `ddMMyyyy'T'HHmmss+SSSS`, where what looks like a zone are milliseconds. The client's
/// local time, taken as Vietnam's.
pub(crate) fn request_time(text: &str) -> Option<Timestamp> {
    let (seconds, millis) = text.split_once('+')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if millis.len() != 4 || !digits(millis) {
        return None;
    }
    let time = DateTime::strptime("%d%m%YT%H%M%S", seconds).ok()?;
    let nanos = millis.parse::<i32>().ok().filter(|millis| *millis < 1000)? * 1_000_000;
    instant(time.with().subsec_nanosecond(nanos).build().ok()?)
}

/// A bound of a list, in one of the forms that clients use: a day, with or without a time.
pub(crate) fn bound(text: &str, end_of_day: bool) -> Option<Timestamp> {
    let text = text.trim();
    let separated = ["%Y/%m/%d", "%d/%m/%Y", "%Y-%m-%d"];
    for form in separated {
        for joint in [" ", "T"] {
            if let Ok(time) = DateTime::strptime(format!("{form}{joint}%H:%M:%S"), text) {
                return instant(time);
            }
        }
        if let Ok(day) = Date::strptime(form, text) {
            return instant(if end_of_day {
                day.at(23, 59, 59, 999_999_999)
            } else {
                day.at(0, 0, 0, 0)
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_times_have_milliseconds_after_the_plus() {
        let time = request_time("24112026T035536+0704").unwrap();
        assert_eq!(time.to_string(), "2026-11-23T20:55:36.704Z");
        for wrong in [
            "",
            "24112026T035536",
            "32112026T035536+0704",
            "24112026T035536+07:00",
            "24112026T035536+1704",
            "24112026T035536+ 704",
        ] {
            assert_eq!(request_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bounds_are_days_or_instants() {
        let of = |text| bound(text, false).map(show);
        assert_eq!(of("2026/11/24").as_deref(), Some("2026/11/24 00:00:00"));
        assert_eq!(of("24/11/2026").as_deref(), Some("2026/11/24 00:00:00"));
        assert_eq!(of("2026-11-24T08:30:00").as_deref(), Some("2026/11/24 08:30:00"));
        assert_eq!(
            bound("2026-11-24", true).map(show).as_deref(),
            Some("2026/11/24 23:59:59")
        );
        assert_eq!(of("hôm qua"), None);
    }
}
