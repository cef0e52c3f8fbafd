//! The register of outgoing documents (sổ đăng ký văn bản đi): who gets the next number.

use jiff::civil::Date;

use crate::limits::NUMBER_MAX;

/// The sequence of numbers of one agency: from 1 on 1 January to whatever it comes to on 31 December, one for paper and
/// electronic documents (Decree 30/2020/NĐ-CP, Article 15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    year: i16,
    last: u64,
}

/// Why a register has no number to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNumber {
    /// The year is over, its register closed.
    #[error("the register stands in {year}, so that none of {asked} has a number left; issue the document in {year}")]
    YearOver {
        /// Year that the register stands in.
        year: i16,
        /// Year of the document.
        asked: i16,
    },
    /// 99,999,999,999 numbers were given.
    #[error("the register of {year} is full")]
    Full {
        /// Its year.
        year: i16,
    },
}

impl Register {
    /// A register that goes on after `last`, the last number given in `year`; 0 when none was.
    #[must_use]
    pub const fn after(year: i16, last: u64) -> Self {
        Self { year, last }
    }

    /// Year that it stands in; 0 before its first number.
    #[must_use]
    pub const fn year(&self) -> i16 {
        self.year
    }

    /// Takes the next number for a document issued on a day in Vietnam. The first document of a later year opens that
    /// year's sequence.
    ///
    /// # Errors
    /// [`NoNumber::YearOver`] for a day in a year before that of the last number.
    pub fn take(&mut self, issued_on: Date) -> Result<u64, NoNumber> {
        let (year, asked) = (self.year, issued_on.year());
        if asked < year {
            return Err(NoNumber::YearOver { year, asked });
        }
        let last = if asked == year { self.last } else { 0 };
        if last >= NUMBER_MAX {
            return Err(NoNumber::Full { year });
        }
        *self = Self {
            year: asked,
            last: last + 1,
        };
        Ok(last + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::{ToSpan as _, civil::date};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_begin_again_with_the_year() {
        let mut register = Register::default();
        assert_eq!(register.take(date(2020, 9, 1)), Ok(1));
        assert_eq!(register.take(date(2020, 12, 31)), Ok(2));
        assert_eq!(register.take(date(2020, 12, 30)), Ok(3));
        assert_eq!(register.take(date(2021, 1, 1)), Ok(1));
        assert_eq!(
            register.take(date(2020, 12, 31)),
            Err(NoNumber::YearOver {
                year: 2021,
                asked: 2020
            })
        );
        assert_eq!(register.take(date(2021, 1, 4)), Ok(2), "a refusal costs no number");
    }

    #[test]
    fn register_goes_on_where_it_stood() {
        assert_eq!(Register::after(2020, 41).take(date(2020, 9, 1)), Ok(42));
        assert_eq!(
            Register::after(2020, NUMBER_MAX).take(date(2020, 9, 1)),
            Err(NoNumber::Full { year: 2020 })
        );
        assert_eq!(Register::after(2020, NUMBER_MAX).take(date(2021, 1, 1)), Ok(1));
    }

    proptest! {
        #[test]
        fn no_number_is_given_twice_in_a_year(days in prop::collection::vec(0..1500_i32, 0..200)) {
            let mut register = Register::default();
            let mut given = HashSet::new();
            for days in days {
                let day = date(2019, 6, 1).checked_add(days.days()).unwrap();
                if let Ok(number) = register.take(day) {
                    prop_assert!(given.insert((day.year(), number)));
                    prop_assert!(number == 1 || given.contains(&(day.year(), number - 1)));
                }
            }
        }
    }
}
