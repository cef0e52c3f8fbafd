//! A share of something, kept as a whole number so that it means the same on every machine.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A share from 0 to 1, in parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// All.
    pub const ALL: Self = Self(1_000_000);

    /// From a fraction; none where it is not within 0 to 1.
    pub fn of(fraction: f64) -> Option<Self> {
        // Multiplying and rounding are exact operations of IEEE 754: no machine differs here.
        (0.0..=1.0)
            .contains(&fraction)
            .then(|| Self((fraction * 1_000_000.0).round() as u32))
    }

    /// So many per cent; all of it from 100 on.
    pub const fn percent(percent: u32) -> Self {
        if percent > 100 {
            Self::ALL
        } else {
            Self(percent * 10_000)
        }
    }

    /// Parts per million.
    pub fn millionths(self) -> u32 {
        self.0
    }

    /// As a fraction, to be shown.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 1_000_000.0
    }

    /// So many of `all`, rounded up.
    pub fn count_of(self, all: usize) -> usize {
        let count = (all as u128 * u128::from(self.0)).div_ceil(1_000_000);
        usize::try_from(count).unwrap_or(all)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fraction = f64::deserialize(deserializer)?;
        Self::of(fraction).ok_or_else(|| de::Error::custom(format!("share `{fraction}` is not within 0 to 1")))
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.fraction())
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fraction())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_rounded_up() {
        let share = Share::of(0.3).unwrap();
        assert_eq!([0, 1, 10, 11].map(|all| share.count_of(all)), [0, 1, 3, 4]);
        assert_eq!(Share::ALL.count_of(7), 7);
        assert_eq!(Share::NONE.count_of(7), 0);
    }

    #[test]
    fn only_zero_to_one() {
        assert_eq!(Share::of(1.000_1), None);
        assert_eq!(Share::of(-0.1), None);
        assert_eq!(Share::of(f64::NAN), None);
        assert_eq!(Share::of(0.9997).unwrap().millionths(), 999_700);
    }
}
