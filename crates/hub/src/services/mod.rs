//! The services of the API: each method reads its request, asks the core, and tells the answer.

pub(crate) mod directory;
pub(crate) mod exchange;
pub(crate) mod operations;
pub(crate) mod sandbox;
pub(crate) mod statistics;
pub(crate) mod training;
mod visits;

use std::time::Duration;

use tonic::Status;

use crate::{clock::LAST, status::malformed};

/// An instant of a request, µs. What is none must not get into the journal: it could never be read back.
pub(crate) fn instant(field: &str, given: prost_types::Timestamp) -> Result<i64, Status> {
    let instant = jiff::Timestamp::new(given.seconds, given.nanos)
        .map(|instant| instant.as_microsecond().min(LAST))
        .and_then(jiff::Timestamp::from_microsecond);
    instant
        .map(jiff::Timestamp::as_microsecond)
        .map_err(|_| malformed(field, format!("`{field}` is no instant before the year 10000")))
}

/// A duration of a request, within bounds; `default` when absent.
pub(crate) fn duration(
    field: &str,
    given: Option<prost_types::Duration>,
    default: Duration,
    least: Duration,
    most: Duration,
) -> Result<Duration, Status> {
    let Some(given) = given else { return Ok(default) };
    // The library's conversion of a negative duration overflows at the end of its range.
    let positive = Some(given).filter(|given| given.seconds >= 0 && given.nanos >= 0);
    let duration = positive
        .and_then(|given| Duration::try_from(given).ok())
        .filter(|duration| (least..=most).contains(duration));
    duration.ok_or_else(|| malformed(field, format!("`{field}` is not between {least:?} and {most:?}")))
}
