//! One failed attempt: what it says, whether another may help, whether the hub may have acted on it.

use std::{error::Error, time::Duration};

use tonic::{Code, Status};
use truc_document::{Reason, Refusal};

use crate::{causes::with_causes, status::refusal_of};

/// Why one attempt failed.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The hub refused in its own vocabulary, so it did nothing.
    Refused(Refusal),
    /// No connection came about: nothing was sent.
    Unreached(String),
    /// The call was begun, and its answer never came.
    Interrupted(String),
    /// An answer, but none of the hub's vocabulary, and not one that time mends.
    Rejected { code: Code, message: String },
}

impl Failure {
    pub(crate) fn of(status: &Status) -> Self {
        if let Some(refusal) = refusal_of(status) {
            return Self::Refused(refusal);
        }
        if never_connected(status) {
            return Self::Unreached(told(status));
        }
        match status.code() {
            // Codes that transports and proxies make up when a call goes wrong under way. Trying again is safe: every
            // call that is retried gives the same result when it is repeated.
            Code::Unavailable
            | Code::Unknown
            | Code::Internal
            | Code::Aborted
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::ResourceExhausted => Self::Interrupted(told(status)),
            code => Self::Rejected {
                code,
                message: status.message().to_owned(),
            },
        }
    }

    /// The same call may succeed in a moment.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Refused(refusal) => is_transient(refusal),
            Self::Unreached(_) | Self::Interrupted(_) => true,
            Self::Rejected { .. } => false,
        }
    }

    /// The hub may have acted on the attempt.
    pub(crate) fn leaves_doubt(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Unreached(_) => false,
            Self::Interrupted(_) | Self::Rejected { .. } => true,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            Self::Unreached(_) | Self::Interrupted(_) | Self::Rejected { .. } => None,
        }
    }

    /// The hub did not take the credential.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.reason == Reason::Unauthenticated)
    }
}

/// Refused for now only. Everything else stays refused until somebody changes something.
pub(crate) fn is_transient(refusal: &Refusal) -> bool {
    refusal.reason == Reason::Overloaded || refusal.reason.grpc_code() == Code::Unavailable as i32
}

fn never_connected(status: &Status) -> bool {
    let mut source: Option<&(dyn Error + 'static)> = status.source();
    while let Some(error) = source {
        if error.is::<tonic::ConnectError>() {
            return true;
        }
        source = error.source();
    }
    false
}

fn told(status: &Status) -> String {
    with_causes(status.message().to_owned(), status.source())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::status_of;

    fn refused(reason: Reason) -> Failure {
        Failure::of(&status_of(&Refusal::new(reason, "no")))
    }

    #[test]
    fn only_overload_and_injected_faults_pass_by_themselves() {
        for &reason in Reason::ALL {
            let passes = matches!(reason, Reason::Overloaded | Reason::FaultInjected);
            assert_eq!(refused(reason).is_transient(), passes, "{reason}");
            assert!(!refused(reason).leaves_doubt(), "{reason}");
        }
    }

    #[test]
    fn broken_call_is_retried_and_leaves_doubt() {
        let failure = Failure::of(&Status::unavailable("connection reset"));
        assert!(failure.is_transient());
        assert!(failure.leaves_doubt());
    }

    #[test]
    fn foreign_answer_is_final() {
        let failure = Failure::of(&Status::unimplemented("no such method"));
        assert!(!failure.is_transient());
        assert!(matches!(
            failure,
            Failure::Rejected {
                code: Code::Unimplemented,
                ..
            }
        ));
    }
}
