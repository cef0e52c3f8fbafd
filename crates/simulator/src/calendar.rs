//! The public holidays of Vietnam, computed for each year from the law and two dates of the lunar calendar.

use std::collections::BTreeSet;

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday, date},
};
use serde::Deserialize;

/// Whose public holidays a scenario keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Calendar {
    /// Labour Code 2019 (Bộ luật Lao động 2019), Article 112; until 2020 Labour Code 2012, Article 115. Which days
    /// beside the first of Tết and beside 2 September are free is what the yearly notices made of it: see
    /// [`Calendar::holidays`]. Working days exchanged for a Saturday are not in the law; a scenario lists them.
    Vietnam,
}

/// First day of the lunar year, and the tenth of the third lunar month (Giỗ Tổ Hùng Vương), as the moon is new in
/// UTC+7. In 2030 that is a day before Beijing's: the moon is new at 23:07 in Hà Nội.
const LUNAR: [(Date, Date); 12] = [
    (date(2019, 2, 5), date(2019, 4, 14)),
    (date(2020, 1, 25), date(2020, 4, 2)),
    (date(2021, 2, 12), date(2021, 4, 21)),
    (date(2022, 2, 1), date(2022, 4, 10)),
    (date(2023, 1, 22), date(2023, 4, 29)),
    (date(2024, 2, 10), date(2024, 4, 18)),
    (date(2025, 1, 29), date(2025, 4, 7)),
    (date(2026, 2, 17), date(2026, 4, 26)),
    (date(2027, 2, 6), date(2027, 4, 16)),
    (date(2028, 1, 26), date(2028, 4, 4)),
    (date(2029, 2, 13), date(2029, 4, 23)),
    (date(2030, 2, 2), date(2030, 4, 12)),
];

impl Calendar {
    /// First and last year that it knows.
    pub fn years(self) -> (i16, i16) {
        (LUNAR[0].0.year(), LUNAR[LUNAR.len() - 1].0.year())
    }

    /// All days off beside the usual weekends, in the years that it knows.
    pub fn all_holidays(self) -> BTreeSet<Date> {
        let (first, last) = self.years();
        (first..=last).flat_map(|year| self.holidays(year)).collect()
    }

    /// The days off of a year, among them the working days that are free because a holiday fell on a weekend
    /// (Article 111.3; 2012: Article 115.3). None for a year that it does not know.
    pub fn holidays(self, year: i16) -> BTreeSet<Date> {
        let Some((tet, kings)) = LUNAR.iter().find(|(tet, _)| tet.year() == year) else {
            return BTreeSet::new();
        };
        let mut named: BTreeSet<Date> = [(1, 1), (4, 30), (5, 1), (9, 2)]
            .map(|(month, day)| date(year, month, day))
            .into();
        named.insert(*kings);
        named.extend(tet_days(*tet));
        // The second day of the National Day came with the code of 2019, in force since 2021.
        if year >= 2021 {
            named.insert(beside_national_day(date(year, 9, 2)));
        }
        let mut free = named.clone();
        for day in named.into_iter().filter(|day| is_weekend(*day)) {
            let mut instead = day;
            while is_weekend(instead) || free.contains(&instead) {
                instead = instead.saturating_add(1.day());
            }
            free.insert(instead);
        }
        free
    }
}

/// The five days of Tết. The notices of 2019 to 2026 took one day of the old year where that makes a whole working week
/// (Tết on a Tuesday), else two.
fn tet_days(tet: Date) -> impl Iterator<Item = Date> {
    let before = if tet.weekday() == Weekday::Tuesday { 1 } else { 2 };
    (0..5).map(move |day: i32| tet.saturating_add((day - before).days()))
}

/// The other day of the National Day: the day after where that makes a longer weekend (on Thursday, Sunday and Monday), else
/// the day before. So it was in 2021 to 2026.
fn beside_national_day(day: Date) -> Date {
    match day.weekday() {
        Weekday::Thursday | Weekday::Sunday | Weekday::Monday => day.saturating_add(1.day()),
        _ => day.saturating_sub(1.day()),
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days from Monday to Friday on which offices are closed.
    #[track_caller]
    fn check(year: i16, expected: &[(i8, i8)]) {
        let closed: Vec<_> = Calendar::Vietnam
            .holidays(year)
            .into_iter()
            .filter(|day| !is_weekend(*day))
            .map(|day| (day.month(), day.day()))
            .collect();
        assert_eq!(closed, expected, "{year}");
    }

    #[test]
    fn years_are_as_they_were_announced() {
        // Tết on a Tuesday: Monday to Friday. Giỗ Tổ on a Sunday: Monday is free.
        check(
            2019,
            &[
                (1, 1),
                (2, 4),
                (2, 5),
                (2, 6),
                (2, 7),
                (2, 8),
                (4, 15),
                (4, 30),
                (5, 1),
                (9, 2),
            ],
        );
        // Tết on a Saturday: Thursday to Wednesday. The National Day was one day still.
        check(
            2020,
            &[
                (1, 1),
                (1, 23),
                (1, 24),
                (1, 27),
                (1, 28),
                (1, 29),
                (4, 2),
                (4, 30),
                (5, 1),
                (9, 2),
            ],
        );
        check(
            2021,
            &[
                (1, 1),
                (2, 10),
                (2, 11),
                (2, 12),
                (2, 15),
                (2, 16),
                (4, 21),
                (4, 30),
                (5, 3),
                (9, 2),
                (9, 3),
            ],
        );
        // Three holidays of the spring on weekends, two of them together.
        check(
            2022,
            &[
                (1, 3),
                (1, 31),
                (2, 1),
                (2, 2),
                (2, 3),
                (2, 4),
                (4, 11),
                (5, 2),
                (5, 3),
                (9, 1),
                (9, 2),
            ],
        );
        check(
            2023,
            &[
                (1, 2),
                (1, 20),
                (1, 23),
                (1, 24),
                (1, 25),
                (1, 26),
                (5, 1),
                (5, 2),
                (5, 3),
                (9, 1),
                (9, 4),
            ],
        );
        check(
            2025,
            &[
                (1, 1),
                (1, 27),
                (1, 28),
                (1, 29),
                (1, 30),
                (1, 31),
                (4, 7),
                (4, 30),
                (5, 1),
                (9, 1),
                (9, 2),
            ],
        );
    }

    #[test]
    fn every_year_has_the_days_off_that_the_law_gives() {
        let (first, last) = Calendar::Vietnam.years();
        assert_eq!((first, last), (2019, 2030));
        for year in first..=last {
            let closed = Calendar::Vietnam
                .holidays(year)
                .into_iter()
                .filter(|day| !is_weekend(*day))
                .count();
            assert_eq!(closed, if year < 2021 { 10 } else { 11 }, "{year}");
        }
        assert!(Calendar::Vietnam.holidays(2031).is_empty());
    }

    #[test]
    fn lunar_dates_are_lunar_months_apart() {
        // Two months of 29 or 30 days and nine days lie between them, three where a month is doubled before the third.
        for (tet, kings) in LUNAR {
            let days = kings.since(tet).unwrap().get_days();
            assert!((67..=69).contains(&days) || (96..=99).contains(&days), "{tet}: {days}");
        }
        for pair in LUNAR.windows(2) {
            let days = pair[1].0.since(pair[0].0).unwrap().get_days();
            assert!((353..=355).contains(&days) || (383..=385).contains(&days), "{days}");
        }
    }
}
