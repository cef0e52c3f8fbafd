//! Days and times in the forms that systems write.

use jiff::{
    civil::{Date, DateTime, Time},
    tz::Offset,
};

use crate::zone;

/// How a day or time was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `yyyy/MM/dd`, with ` HH:mm:ss` for a time.
    Standard,
    /// `yyyy-MM-dd`, with `T`, seconds and a zone for a time.
    Iso,
    /// Any other that is understood.
    Other,
}

/// A day, also where a time stands behind it: in Vietnam, where the time has a zone.
pub(super) fn day(text: &str) -> Option<(Date, Form)> {
    let (moment, form) = moment(text)?;
    let form = match form {
        Form::Standard if text.len() != "yyyy/MM/dd".len() => Form::Other,
        form => form,
    };
    Some((moment.date(), form))
}

/// A time in Vietnam, whole seconds; midnight where only a day stands there.
pub(super) fn time(text: &str) -> Option<(DateTime, Form)> {
    let (moment, form) = moment(text)?;
    let form = match form {
        Form::Standard if text.len() != "yyyy/MM/dd HH:mm:ss".len() => Form::Other,
        form => form,
    };
    Some((moment, form))
}

fn moment(text: &str) -> Option<(DateTime, Form)> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((text.as_bytes()[at], text[at + 1..].trim_start()))),
        None => (text, None),
    };
    let (date, day_form) = calendar_day(day)?;
    let Some((separator, rest)) = rest else {
        return Some((date.to_datetime(Time::midnight()), day_form));
    };
    let (clock, zone) = split_zone(rest)?;
    let time = clock_time(clock)?;
    let civil = date.to_datetime(time);
    let form = match (day_form, separator, zone) {
        (Form::Standard, b' ', None) if clock.len() == "HH:mm:ss".len() => Form::Standard,
        (Form::Iso, b'T', Some(_)) => Form::Iso,
        _ => Form::Other,
    };
    match zone {
        None => Some((civil, form)),
        Some(offset) => Some((zone::VIETNAM.to_datetime(offset.to_timestamp(civil).ok()?), form)),
    }
}

fn calendar_day(text: &str) -> Option<(Date, Form)> {
    let separator = text.chars().find(|found| matches!(found, '/' | '-' | '.'))?;
    let mut parts = text.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |text: &str| {
        let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i16>().ok()).flatten()
    };
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1 | 2) => (first, second, third),
        (1 | 2, 4) => (third, second, first),
        _ => return None,
    };
    let small = |text| i8::try_from(number(text)?).ok();
    let date = Date::new(number(year)?, small(month)?, small(day)?).ok()?;
    let full = first.len() == 4 && second.len() == 2 && third.len() == 2;
    let form = match separator {
        '/' if full => Form::Standard,
        '-' if full => Form::Iso,
        _ => Form::Other,
    };
    Some((date, form))
}

fn split_zone(text: &str) -> Option<(&str, Option<Offset>)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock.trim_end(), Some(Offset::UTC)));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, None));
    };
    let digits: String = text[at + 1..].chars().filter(|&found| found != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    let sign = if text.as_bytes()[at] == b'-' { -1 } else { 1 };
    let offset = Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?;
    Some((text[..at].trim_end(), Some(offset)))
}

/// `HH:mm`, `HH:mm:ss`, or with a fraction, which falls away.
fn clock_time(text: &str) -> Option<Time> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut parts = whole.split(':');
    let number = |text: &str| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let second = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_they_are_met() {
        for (text, expected) in [
            ("2018/09/28", Some(("2018-09-28", Form::Standard))),
            ("28/09/2018", Some(("2018-09-28", Form::Other))),
            ("28-09-2018", Some(("2018-09-28", Form::Other))),
            ("2018/9/8", Some(("2018-09-08", Form::Other))),
            ("2018-09-28", Some(("2018-09-28", Form::Iso))),
            ("2018/09/28 10:00:00", Some(("2018-09-28", Form::Other))),
            // After 17:00 UTC it is the next day in Vietnam.
            ("2018-09-28T17:30:00.000Z", Some(("2018-09-29", Form::Iso))),
            ("2014/02/30", None),
            ("2018/13/01", None),
            ("28/09/18", None),
            ("hôm nay", None),
            ("", None),
            ("////", None),
        ] {
            let found = day(text).map(|(day, form)| (day.to_string(), form));
            assert_eq!(found, expected.map(|(day, form)| (day.to_owned(), form)), "{text}");
        }
    }

    #[test]
    fn times_as_they_are_met() {
        for (text, expected) in [
            ("2015/09/20 11:08:36", Some(("2015-09-20T11:08:36", Form::Standard))),
            ("20/09/2015 11:08:36", Some(("2015-09-20T11:08:36", Form::Other))),
            ("2015-09-20 11:08", Some(("2015-09-20T11:08:00", Form::Other))),
            ("2015/09/20", Some(("2015-09-20T00:00:00", Form::Other))),
            ("2015-09-20T04:08:36.123Z", Some(("2015-09-20T11:08:36", Form::Iso))),
            ("2015-09-20T11:08:36+07:00", Some(("2015-09-20T11:08:36", Form::Iso))),
            ("2015-09-20T11:08:36+0700", Some(("2015-09-20T11:08:36", Form::Iso))),
            ("2015-09-20T11:08:36", Some(("2015-09-20T11:08:36", Form::Other))),
            ("2015/09/20 25:00:00", None),
            ("2015/09/20 11:08:36 chiều", None),
        ] {
            let found = time(text).map(|(time, form)| (time.to_string(), form));
            assert_eq!(found, expected.map(|(time, form)| (time.to_owned(), form)), "{text}");
        }
    }
}
