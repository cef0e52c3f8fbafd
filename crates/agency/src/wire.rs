//! Times and ids between the wire and native types.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use truc_proto::v1 as pb;
use uuid::Uuid;

use crate::error::InvalidAnswer;

pub(crate) fn timestamp(wire: Option<prost_types::Timestamp>, field: &'static str) -> Result<Timestamp, InvalidAnswer> {
    wire.and_then(|time| Timestamp::new(time.seconds, time.nanos).ok())
        .ok_or(InvalidAnswer { field })
}

pub(crate) fn wire_timestamp(time: Timestamp) -> prost_types::Timestamp {
    // protobuf counts nanoseconds forward from the second, jiff towards zero.
    let (seconds, nanos) = (time.as_second(), time.subsec_nanosecond());
    if nanos < 0 {
        prost_types::Timestamp {
            seconds: seconds - 1,
            nanos: nanos + 1_000_000_000,
        }
    } else {
        prost_types::Timestamp { seconds, nanos }
    }
}

/// Longer than protobuf can say is as long as it can.
pub(crate) fn wire_duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or_default(),
    }
}

pub(crate) fn wire_date(date: Date) -> pb::Date {
    pb::Date {
        year: date.year().into(),
        month: date.month().into(),
        day: date.day().into(),
    }
}

pub(crate) fn uuid(wire: &str, field: &'static str) -> Result<Uuid, InvalidAnswer> {
    Uuid::try_parse(wire).map_err(|_| InvalidAnswer { field })
}

/// None where the field is empty.
pub(crate) fn optional_uuid(wire: &str, field: &'static str) -> Result<Option<Uuid>, InvalidAnswer> {
    if wire.is_empty() {
        Ok(None)
    } else {
        uuid(wire, field).map(Some)
    }
}

/// Any type that is parsed from text.
pub(crate) fn parsed<T: std::str::FromStr>(wire: &str, field: &'static str) -> Result<T, InvalidAnswer> {
    wire.parse().map_err(|_| InvalidAnswer { field })
}

/// None where the field is empty.
pub(crate) fn optional_parsed<T: std::str::FromStr>(
    wire: &str,
    field: &'static str,
) -> Result<Option<T>, InvalidAnswer> {
    if wire.is_empty() {
        Ok(None)
    } else {
        parsed(wire, field).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn instants_go_there_and_back(seconds in -377_705_023_201_i64..=253_402_207_200, nanos in 0..1_000_000_000_i32) {
            let time = Timestamp::new(seconds, nanos).unwrap();
            prop_assert!((0..1_000_000_000).contains(&wire_timestamp(time).nanos));
            prop_assert_eq!(timestamp(Some(wire_timestamp(time)), "time"), Ok(time));
        }
    }

    #[test]
    fn what_is_missing_or_impossible_names_its_field() {
        assert_eq!(timestamp(None, "a"), Err(InvalidAnswer { field: "a" }));
        let beyond = prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: 0,
        };
        assert_eq!(timestamp(Some(beyond), "b"), Err(InvalidAnswer { field: "b" }));
        assert_eq!(uuid("no", "c"), Err(InvalidAnswer { field: "c" }));
        assert_eq!(optional_uuid("", "d"), Ok(None));
    }
}
