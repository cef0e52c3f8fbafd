//! Answers that are late, lost, or cut off.

use std::time::Duration;

use tonic::Status;

use crate::{core::Core, status::stopping};

/// Waits, and no longer than the hub runs.
pub(crate) async fn pause(core: &Core, length: Duration) {
    tokio::select! {
        () = tokio::time::sleep(length) => {}
        () = core.stopping.cancelled() => {}
    }
}

/// Never answers: until the caller goes away, or the hub stops.
pub(crate) async fn never(core: &Core) -> Status {
    core.stopping.cancelled().await;
    stopping()
}

/// As a client sees a connection that broke: no details, so that nobody takes it for the hub's word.
pub(crate) fn cut() -> Status {
    Status::unavailable("connection reset")
}
