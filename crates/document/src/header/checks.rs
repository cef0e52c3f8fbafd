//! Rules of single fields, and how a field is named when it breaks one.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use truc_proto::v1 as pb;
use uuid::Uuid;

use crate::{AgencyCode, InvalidAgencyCode, Reason, Refusal};

/// A field by its path from the envelope, such as `header.attachments[3].name`. Written out only in a refusal, so that
/// a good header pays nothing for it.
#[derive(Clone, Copy)]
pub(super) struct Field {
    list: &'static str,
    at: Option<usize>,
    member: &'static str,
}

impl Field {
    /// The entry of a list.
    pub(super) const fn entry(list: &'static str, at: usize) -> Self {
        Self {
            list,
            at: Some(at),
            member: "",
        }
    }

    /// A field of this entry; `member` begins with its dot.
    pub(super) const fn member(self, member: &'static str) -> Self {
        Self { member, ..self }
    }
}

impl From<&'static str> for Field {
    fn from(path: &'static str) -> Self {
        Self {
            list: path,
            at: None,
            member: "",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(formatter, "{}[{at}]{}", self.list, self.member),
            None => write!(formatter, "{}{}", self.list, self.member),
        }
    }
}

pub(super) fn malformed(field: impl Into<Field>, message: impl Into<String>) -> Refusal {
    Refusal::new(Reason::Malformed, message).field(field.into().to_string())
}

/// More than there may be of something; `unit` says of what.
pub(super) fn too_large(field: impl Into<Field>, unit: &str, max: impl fmt::Display) -> Refusal {
    let field = field.into().to_string();
    let message = format!("field `{field}` has more than {max} {unit}; leave some out");
    Refusal::new(Reason::TooLarge, message)
        .field(field)
        .with(format!("{unit}_max"), max.to_string())
}

/// Text of at most `max` characters, which may be empty.
pub(super) fn text(field: impl Into<Field>, text: String, max: usize) -> Result<String, Refusal> {
    // There are never fewer bytes than characters: the common case needs no counting.
    if text.len() > max && text.chars().count() > max {
        return Err(too_large(field, "characters", max));
    }
    // XML can't carry them, so no document that holds one could ever leave as edXML.
    if has_control(&text) {
        let field = field.into();
        let message = format!("field `{field}` has control characters; only tabs and line breaks are allowed");
        return Err(malformed(field, message));
    }
    Ok(text)
}

/// Control characters other than tabs and line breaks.
fn has_control(text: &str) -> bool {
    // Each control character begins with one of these bytes; most text has none of them and is looked at only once.
    let suspicious = |byte: u8| byte < 0x20 || byte == 0x7f || byte == 0xc2;
    let forbidden = |found: char| found.is_control() && !matches!(found, '\t' | '\n' | '\r');
    text.bytes().any(suspicious) && text.contains(forbidden)
}

/// Text of 1 to `max` characters that says something.
pub(super) fn words(field: impl Into<Field>, words: String, max: usize) -> Result<String, Refusal> {
    let field = field.into();
    if words.trim_start().is_empty() {
        return Err(malformed(field, format!("field `{field}` is empty; fill it in")));
    }
    text(field, words, max)
}

pub(super) fn code(field: impl Into<Field>, text: &str) -> Result<AgencyCode, Refusal> {
    text.parse().map_err(|why: InvalidAgencyCode| {
        Refusal::new(Reason::CodeInvalid, why.to_string()).field(field.into().to_string())
    })
}

pub(super) fn id(field: impl Into<Field>, text: &str) -> Result<Uuid, Refusal> {
    // Only the form with hyphens: the others that the parser knows are shorter or longer.
    let parsed = if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    };
    parsed.filter(|id| !id.is_nil()).ok_or_else(|| {
        let field = field.into();
        let shown: String = text.chars().take(40).collect();
        let message = format!("field `{field}` is `{shown}`, not a UUID in its 36-character form; give one");
        malformed(field, message)
    })
}

/// A day from 1970 to 9999; `None` where the field is absent.
pub(super) fn date(field: &'static str, date: Option<pb::Date>) -> Result<Option<Date>, Refusal> {
    let Some(pb::Date { year, month, day }) = date else {
        return Ok(None);
    };
    let read = || {
        let year = i16::try_from(year).ok().filter(|year| *year >= 1970)?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let date = read().ok_or_else(|| {
        let message = format!("field `{field}` is {year}-{month}-{day}, no day of the years 1970 to 9999; correct it");
        malformed(field, message)
    })?;
    Ok(Some(date))
}

/// An instant since 1970.
pub(super) fn instant(field: &'static str, time: Option<prost_types::Timestamp>) -> Result<Timestamp, Refusal> {
    let Some(time) = time else {
        return Err(malformed(
            field,
            format!("field `{field}` is missing; give the hub's time"),
        ));
    };
    let read = || {
        let valid = time.seconds >= 0 && time.nanos >= 0;
        valid.then(|| Timestamp::new(time.seconds, time.nanos).ok())?
    };
    read().ok_or_else(|| {
        let prost_types::Timestamp { seconds, nanos } = time;
        let message =
            format!("field `{field}` is {seconds} s and {nanos} ns, no instant of the years 1970 to 9999; correct it");
        malformed(field, message)
    })
}

/// A member of a closed set, by its number on the wire; 0 is none.
pub(super) fn kind<T: TryFrom<i32>>(field: impl Into<Field>, number: i32) -> Result<T, Refusal>
where
    T::Error: fmt::Display,
{
    T::try_from(number).map_err(|why| {
        let field = field.into();
        malformed(field, format!("field `{field}` is not set to what exists: {why}"))
    })
}

/// A number of pages or copies: three digits.
pub(super) fn three_digits(field: &'static str, number: u32) -> Result<u32, Refusal> {
    if number <= crate::limits::COUNT_MAX {
        return Ok(number);
    }
    let message = format!("field `{field}` is {number}; {} is the most", crate::limits::COUNT_MAX);
    Err(malformed(field, message))
}
