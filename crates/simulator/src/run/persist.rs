//! Patience: a call is made again while the hub is away, until the patience of the run is at its end.
//!
//! The agency library tries again by itself for a while; here the while is as long as a restart may take.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};
use truc_agency::{CallError, SendError};

use super::{enrol::EnrolError, merger::MergeError};

/// Pause between two rounds of the library's own attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// A failure that passes when the hub is back.
pub(crate) trait Passing {
    fn passes(&self) -> bool;
}

impl Passing for CallError {
    fn passes(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Unanswered { .. } => true,
            Self::Refused(_) | Self::Rejected { .. } | Self::Credential(_) | Self::Answer(_) => false,
        }
    }
}

impl Passing for MergeError {
    fn passes(&self) -> bool {
        match self {
            Self::Directory(error) => error.passes(),
            Self::Unknown(_) => false,
        }
    }
}

impl Passing for EnrolError {
    fn passes(&self) -> bool {
        self.call().passes()
    }
}

impl Passing for SendError {
    fn passes(&self) -> bool {
        match self {
            // The same envelope again gets the receipt of the first time, or a refusal without doubt.
            Self::Unreachable { .. } | Self::Unanswered { .. } | Self::RefusedInDoubt(_) | Self::PipelineEnded => true,
            Self::Refused(_) | Self::Rejected { .. } | Self::Credential(_) | Self::Answer(_) => false,
        }
    }
}

/// Makes a call until it succeeds, fails for good, or patience ends.
pub(crate) async fn persist<T, E, F>(patience: Duration, mut call: impl FnMut() -> F) -> Result<T, E>
where
    E: Passing,
    F: Future<Output = Result<T, E>>,
{
    let deadline = Instant::now() + patience;
    loop {
        match call().await {
            Err(error) if error.passes() && Instant::now() < deadline => sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use truc_document::{Reason, Refusal};

    use super::*;

    fn away() -> CallError {
        CallError::Unreachable {
            attempts: 1,
            cause: "no".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn hub_that_comes_back_is_waited_for() {
        let mut calls = 0;
        let outcome = persist(Duration::from_secs(10), || {
            calls += 1;
            let outcome = if calls < 5 { Err(away()) } else { Ok(calls) };
            async { outcome }
        });
        assert_eq!(outcome.await.unwrap(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let outcome = persist(Duration::from_secs(10), || async { Err::<(), _>(away()) });
        assert!(matches!(outcome.await, Err(CallError::Unreachable { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_final() {
        let mut calls = 0;
        let outcome = persist(Duration::from_secs(10), || {
            calls += 1;
            async { Err::<(), _>(CallError::Refused(Refusal::new(Reason::NotYourAgency, "no"))) }
        });
        assert!(outcome.await.is_err());
        assert_eq!(calls, 1);
    }
}
