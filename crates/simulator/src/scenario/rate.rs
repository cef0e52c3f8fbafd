//! Rate: how many documents in a day or a second, steady or changing evenly.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A number that holds throughout, or one that moves evenly from a first to a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// Written as a number: `190`.
    Constant(f64),
    /// Written as a list of two: `[100, 300]`.
    Ramp {
        /// At the beginning.
        from: f64,
        /// At the end.
        to: f64,
    },
}

impl Rate {
    /// The rate when `done` of its time, from 0 to 1, has passed.
    pub fn at(self, done: f64) -> f64 {
        match self {
            Self::Constant(rate) => rate,
            Self::Ramp { from, to } => from + (to - from) * done,
        }
    }

    /// Rates are finite, and not below none.
    pub(super) fn is_good(self) -> bool {
        let good = |rate: f64| rate.is_finite() && rate >= 0.0;
        match self {
            Self::Constant(rate) => good(rate),
            Self::Ramp { from, to } => good(from) && good(to),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(rate) => rate.fmt(f),
            Self::Ramp { from, to } => write!(f, "{from} → {to}"),
        }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Rate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, such as 190, or the first and the last of a ramp, such as [100, 300]")
            }

            fn visit_i64<E: de::Error>(self, rate: i64) -> Result<Rate, E> {
                Ok(Rate::Constant(rate as f64))
            }

            fn visit_f64<E: de::Error>(self, rate: f64) -> Result<Rate, E> {
                Ok(Rate::Constant(rate))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Rate, A::Error> {
                let mut next = |length| {
                    list.next_element::<f64>()?
                        .ok_or_else(|| de::Error::invalid_length(length, &self))
                };
                let (from, to) = (next(0)?, next(1)?);
                match list.next_element::<f64>()? {
                    None => Ok(Rate::Ramp { from, to }),
                    Some(_) => Err(de::Error::invalid_length(3, &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct File {
        rate: Rate,
    }

    fn read(text: &str) -> Result<Rate, String> {
        let file: Result<File, _> = toml::from_str(&format!("rate = {text}"));
        file.map(|file| file.rate).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn numbers_and_ramps_are_read() {
        assert_eq!(read("190"), Ok(Rate::Constant(190.0)));
        assert_eq!(read("0.5"), Ok(Rate::Constant(0.5)));
        assert_eq!(read("[100, 300]"), Ok(Rate::Ramp { from: 100.0, to: 300.0 }));
        for wrong in ["\"190\"", "[100]", "[1, 2, 3]", "true"] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains("such as 190"), "{wrong}: {error}");
        }
    }

    #[test]
    fn ramps_move_evenly() {
        let ramp = Rate::Ramp { from: 100.0, to: 300.0 };
        assert_eq!([0.0, 0.5, 1.0].map(|done| ramp.at(done)), [100.0, 200.0, 300.0]);
    }
}
