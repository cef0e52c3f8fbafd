//! The services of the API: each method reads its request, asks the core, and tells the answer.

pub(crate) mod directory;
pub(crate) mod exchange;
pub(crate) mod operations;
pub(crate) mod statistics;

use std::time::Duration;

use tonic::Status;

use crate::status::malformed;

/// A duration of a request, within bounds; `default` when absent.
pub(crate) fn duration(
    field: &str,
    given: Option<prost_types::Duration>,
    default: Duration,
    least: Duration,
    most: Duration,
) -> Result<Duration, Status> {
    let Some(given) = given else { return Ok(default) };
    let duration = Duration::try_from(given)
        .ok()
        .filter(|duration| (least..=most).contains(duration));
    duration.ok_or_else(|| malformed(field, format!("`{field}` is not between {least:?} and {most:?}")))
}
