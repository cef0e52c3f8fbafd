//! Statistics (thống kê): what is counted, when, and under what. Part of the state, so exact after any crash.

use std::{collections::BTreeMap, ops::AddAssign};

use truc_proto::v1 as pb;

use super::{AgencyIndex, ProvinceIndex};

/// Days since 1970 in Vietnam's zone.
pub type Day = i32;

/// Months since January of year 0 in Vietnam's zone.
pub type Month = i32;

macro_rules! counts {
    ($($field:ident),+) => {
        /// Counts of one cell; the meaning of each is that of `Counts` in the API.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub struct Counts { $(pub $field: u64),+ }

        impl AddAssign<&Counts> for Counts {
            fn add_assign(&mut self, other: &Counts) { $(self.$field += other.$field;)+ }
        }

        impl From<&Counts> for pb::Counts {
            fn from(counts: &Counts) -> Self { Self { $($field: counts.$field),+ } }
        }

        impl Counts {
            /// Number of counts in a cell.
            pub(crate) const FIELDS: usize = [$(stringify!($field)),+].len();

            pub(crate) fn to_array(self) -> [u64; Self::FIELDS] { [$(self.$field),+] }

            pub(crate) fn from_array(array: [u64; Self::FIELDS]) -> Self {
                let [$($field),+] = array;
                Self { $($field),+ }
            }

            /// Names of the counts with their values, to tell which differ.
            pub fn named(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($field), self.$field)),+].into_iter()
            }
        }
    };
}

counts!(
    sent,
    received,
    sent_electronic,
    sent_signed,
    sent_unsigned_pilot,
    sent_unsigned_off,
    received_within_province,
    received_within_province_electronic,
    acknowledged,
    refused_by_receiver,
    withdrawn,
    finished,
    finished_with_due_date,
    finished_on_time,
    received_electronic
);

/// What a cell counts: one day, the agencies of one level in one province, their counterparts' level, the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Day of the event.
    pub day: Day,
    /// Province of the agency that the count is for.
    pub province: ProvinceIndex,
    /// Its level, wire number.
    pub level: u8,
    /// Level of the other party, wire number; 0 where there are several (sent).
    pub counterpart: u8,
    /// System that the document came from, wire number.
    pub system: u8,
}

/// How long something took, summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Number of deliveries.
    pub count: u64,
    /// Milliseconds in all.
    pub total_ms: u64,
    /// Milliseconds of the slowest.
    pub longest_ms: u64,
}

/// What a pace is of: day, province of the receiver, urgency and stage as wire numbers.
pub type PaceCell = (Day, ProvinceIndex, u8, u8);

/// Totals since the journal began; the meaning of each is that of `Totals` in the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Totals {
    pub documents: u64,
    pub deliveries: u64,
    pub acknowledged: u64,
    pub refused_by_receiver: u64,
    pub withdrawn: u64,
    pub refused: u64,
    pub statuses: u64,
    /// Of the deliveries of documents, those under a lease that nobody took back yet.
    pub leased: u64,
}

/// All that is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// By day, province, level, counterpart's level and system.
    pub cells: BTreeMap<Cell, Counts>,
    /// By month and agency.
    pub agencies: BTreeMap<(Month, AgencyIndex), Counts>,
    /// By day, sender's province and reason.
    pub refusals: BTreeMap<(Day, ProvinceIndex, String), u64>,
    /// By day, receiver's province, urgency and stage.
    pub pace: BTreeMap<PaceCell, Pace>,
    /// Since the journal began.
    pub totals: Totals,
}

impl Statistics {
    pub(crate) fn count(&mut self, cell: Cell, agency: AgencyIndex, count: impl Fn(&mut Counts)) {
        count(self.cells.entry(cell).or_default());
        count(self.agencies.entry((month_of(cell.day), agency)).or_default());
    }

    pub(crate) fn took(&mut self, cell: PaceCell, micros: i64) {
        let pace = self.pace.entry(cell).or_default();
        let ms = u64::try_from(micros / 1000).unwrap_or(0);
        pace.count += 1;
        pace.total_ms += ms;
        pace.longest_ms = pace.longest_ms.max(ms);
    }
}

/// Day of an instant in Vietnam's zone (UTC+7, no summer time).
#[must_use]
pub fn day_of(micros: i64) -> Day {
    (micros + 7 * 3_600_000_000).div_euclid(86_400_000_000) as Day
}

/// The calendar day.
#[must_use]
pub fn date_of(day: Day) -> jiff::civil::Date {
    jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}

/// Days since 1970 of a calendar day.
#[must_use]
pub fn day_number(date: jiff::civil::Date) -> Day {
    date.since(jiff::civil::date(1970, 1, 1))
        .map_or(0, |span| span.get_days())
}

/// Month of a day.
#[must_use]
pub fn month_of(day: Day) -> Month {
    let date = date_of(day);
    Month::from(date.year()) * 12 + Month::from(date.month()) - 1
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_begins_at_five_in_the_afternoon_utc() {
        let at = |text: &str| day_of(text.parse::<jiff::Timestamp>().unwrap().as_microsecond());
        assert_eq!(date_of(at("2020-09-01T16:59:59Z")), date(2020, 9, 1));
        assert_eq!(date_of(at("2020-09-01T17:00:00Z")), date(2020, 9, 2));
        assert_eq!(day_number(date(2020, 9, 1)), at("2020-09-01T00:00:00Z"));
        assert_eq!(month_of(at("2020-12-31T17:00:00Z")), 2021 * 12);
        assert_eq!(day_of(-1), 0);
        assert_eq!(date_of(day_of(-8 * 3_600_000_000)), date(1969, 12, 31));
    }
}
