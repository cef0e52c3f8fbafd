//! Rules of single fields.

use jiff::civil::Date;
use truc_proto::v1 as pb;
use uuid::Uuid;

use crate::{AgencyCode, Reason, Refusal};

pub(super) fn malformed(field: &str, message: impl Into<String>) -> Refusal {
    Refusal::new(Reason::Malformed, message).field(field)
}

/// A text of `min` to `max` characters.
pub(super) fn text(field: &str, text: String, min: usize, max: usize) -> Result<String, Refusal> {
    // Bytes are never fewer than characters: the common case needs no counting.
    if text.len() > max && text.chars().count() > max {
        let message = format!("field `{field}` has more than {max} characters; shorten it");
        return Err(Refusal::new(Reason::TooLarge, message).field(field));
    }
    if text.len() < min {
        return Err(malformed(field, format!("field `{field}` is empty; fill it in")));
    }
    if text
        .chars()
        .any(|found| found.is_control() && !matches!(found, '\n' | '\t'))
    {
        return Err(malformed(
            field,
            format!("field `{field}` has control characters; remove them"),
        ));
    }
    Ok(text)
}

/// No more than `max` of something.
pub(super) fn count(field: &str, count: usize, max: usize) -> Result<(), Refusal> {
    if count <= max {
        return Ok(());
    }
    let message = format!("field `{field}` has {count} entries; {max} are allowed");
    Err(Refusal::new(Reason::TooLarge, message).field(field))
}

pub(super) fn code(field: impl FnOnce() -> String, code: &str) -> Result<AgencyCode, Refusal> {
    code.parse()
        .map_err(|why: crate::InvalidAgencyCode| Refusal::new(Reason::CodeInvalid, why.to_string()).field(field()))
}

pub(super) fn id(field: impl FnOnce() -> String, text: &str) -> Result<Uuid, Refusal> {
    // Only the form with hyphens: two spellings of one id would be two headers of one document.
    let parsed = if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    };
    parsed.filter(|id| !id.is_nil()).ok_or_else(|| {
        let field = field();
        let shown: String = text.chars().take(40).collect();
        malformed(
            &field,
            format!("field `{field}` is `{shown}`, not a UUID of 36 characters"),
        )
    })
}

pub(super) fn date(field: &str, date: Option<pb::Date>) -> Result<Option<Date>, Refusal> {
    let Some(pb::Date { year, month, day }) = date else {
        return Ok(None);
    };
    let parts = || {
        Some((
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        ))
    };
    let valid = parts().filter(|(year, ..)| (1970..=9999).contains(year));
    match valid.and_then(|(year, month, day)| Date::new(year, month, day).ok()) {
        Some(date) => Ok(Some(date)),
        None => Err(malformed(
            field,
            format!("field `{field}` is {year}-{month}-{day}, which is no day since 1970"),
        )),
    }
}

pub(super) fn instant(field: &str, time: Option<prost_types::Timestamp>) -> Result<jiff::Timestamp, Refusal> {
    let time = time.ok_or_else(|| malformed(field, format!("field `{field}` is missing; give the hub's time")))?;
    let instant = if time.nanos < 0 {
        None
    } else {
        jiff::Timestamp::new(time.seconds, time.nanos).ok()
    };
    let instant = instant.filter(|instant| *instant >= jiff::Timestamp::UNIX_EPOCH);
    instant.ok_or_else(|| malformed(field, format!("field `{field}` is no instant between 1970 and 9999")))
}

/// A closed set, by its number on the wire.
pub(super) fn kind<T: TryFrom<i32>>(field: &str, number: i32) -> Result<T, Refusal>
where
    T::Error: std::fmt::Display,
{
    T::try_from(number).map_err(|why| malformed(field, format!("field `{field}` is wrong: {why}")))
}
