//! A calendar day in a file.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

/// A day, written as TOML writes it: `2020-09-02`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        match (written.date, written.time, written.offset) {
            (Some(date), None, None) => {
                let parts = (
                    i16::try_from(date.year),
                    i8::try_from(date.month),
                    i8::try_from(date.day),
                );
                let (Ok(year), Ok(month), Ok(day)) = parts else {
                    return Err(de::Error::custom(format!("`{written}` is no day")));
                };
                Date::new(year, month, day).map(Self).map_err(de::Error::custom)
            }
            _ => Err(de::Error::custom(format!(
                "`{written}` is no day; write it as 2020-09-02"
            ))),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
