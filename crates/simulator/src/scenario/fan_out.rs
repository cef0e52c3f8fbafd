//! Fan-out: how many agencies a document goes to.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// How many of those that a sender reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FanOut {
    /// Written as fewest and most: `[1, 7]`. Fewer are likelier.
    Between(u32, u32),
    /// Written as `"all"`.
    All,
}

impl<'de> Deserialize<'de> for FanOut {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = FanOut;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fewest and most, such as [1, 7], or \"all\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FanOut, E> {
                match text {
                    "all" => Ok(FanOut::All),
                    _ => Err(de::Error::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<FanOut, A::Error> {
                let mut next = |length| {
                    list.next_element::<u32>()?
                        .ok_or_else(|| de::Error::invalid_length(length, &self))
                };
                let (fewest, most) = (next(0)?, next(1)?);
                match list.next_element::<u32>()? {
                    None => Ok(FanOut::Between(fewest, most)),
                    Some(_) => Err(de::Error::invalid_length(3, &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
