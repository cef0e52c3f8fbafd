//! The days that a report is about, and the same days a year before.

use jiff::{ToSpan as _, civil::Date};
use truc_document::{Reason, Refusal};
use truc_proto::v1 as pb;

use crate::state::statistics::{Day, date_of, day_number};

/// Days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Day,
    pub(super) to: Day,
}

pub(super) fn malformed(field: impl Into<String>, message: impl Into<String>) -> Refusal {
    Refusal::new(Reason::Malformed, message).field(field)
}

impl Period {
    /// The period asked for; from the first day counted to today where nothing is said.
    pub(super) fn of(request: &pb::GetReportRequest, first: Option<Day>, today: Day) -> Result<Self, Refusal> {
        let to = day("to", request.to)?.unwrap_or(today);
        let from = day("from", request.from)?;
        if let Some(from) = from.filter(|from| *from > to) {
            let message = format!(
                "period ends on {} before it begins on {}; give `from` a day that is not after `to`",
                date_of(to),
                date_of(from)
            );
            return Err(malformed("from", message));
        }
        // Without a beginning a period that ends before the first day is that last day alone, and counts nothing.
        let from = from.unwrap_or_else(|| first.unwrap_or(to).min(to));
        Ok(Self { from, to })
    }

    /// Widened to the months that it touches.
    pub(super) fn in_whole_months(self) -> Self {
        Self {
            from: day_number(date_of(self.from).first_of_month()),
            to: day_number(date_of(self.to).last_of_month()),
        }
    }

    /// The same days one year before; what ends with a month ends with it then too, in leap years and others.
    pub(super) fn year_before(self) -> Self {
        let (from, to) = (date_of(self.from), date_of(self.to));
        let to_before = to.saturating_sub(1.year());
        let to_before = if to == to.last_of_month() {
            to_before.last_of_month()
        } else {
            to_before
        };
        Self {
            from: day_number(from.saturating_sub(1.year())),
            to: day_number(to_before),
        }
    }
}

/// The day one year later: the 29th of February falls on the 28th.
pub(super) fn year_after(day: Day) -> Day {
    day_number(date_of(day).saturating_add(1.year()))
}

/// A day as the API tells it.
pub(super) fn wire(day: Day) -> pb::Date {
    let date = date_of(day);
    pb::Date {
        year: i32::from(date.year()),
        month: i32::from(date.month()),
        day: i32::from(date.day()),
    }
}

fn day(field: &str, date: Option<pb::Date>) -> Result<Option<Day>, Refusal> {
    let Some(pb::Date { year, month, day }) = date else {
        return Ok(None);
    };
    let parts = || {
        let year = i16::try_from(year).ok().filter(|year| (1970..=9999).contains(year))?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let date = parts().ok_or_else(|| {
        let message = format!("field `{field}` is {year}-{month}-{day}, which is no day between 1970 and 9999");
        malformed(field, message)
    })?;
    Ok(Some(day_number(date)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, before: &str) {
        let day = |text: &str| day_number(text.parse().unwrap());
        let period = Period {
            from: day(from),
            to: day(to),
        };
        let Period { from, to } = period.year_before();
        assert_eq!(format!("{}..{}", date_of(from), date_of(to)), before);
    }

    #[test]
    fn a_year_before_in_leap_years_and_others() {
        check("2020-09-01", "2020-09-30", "2019-09-01..2019-09-30");
        check("2021-02-01", "2021-02-28", "2020-02-01..2020-02-29");
        check("2020-02-01", "2020-02-29", "2019-02-01..2019-02-28");
        check("2020-02-29", "2020-03-10", "2019-02-28..2019-03-10");
        check("2020-01-01", "2020-12-31", "2019-01-01..2019-12-31");
    }
}
