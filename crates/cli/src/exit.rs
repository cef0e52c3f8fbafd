//! How the process ends: one code for each kind of end, and the sentence that goes with it.

use std::{fmt, process::ExitCode};

use truc_agency::{CallError, ConnectError, DownloadError, NotReady, SendError, UploadError};
use truc_document::{Reason, Refusal};

/// Exit codes. Scripts act on them, so they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Good = 0,
    /// A threshold or a verification failed, or the hub refused.
    Failed = 1,
    /// Bad usage or bad input.
    BadInput = 2,
    /// The hub could not be reached.
    Unreachable = 3,
    /// Conservation is broken: something was lost, or came twice.
    Broken = 4,
    /// Interrupted from outside.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command stopped: one sentence for people, a code for scripts.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Nothing is said where it is empty.
    pub(crate) message: String,
    /// Where the hub refused: what to do is known in both languages.
    pub(crate) reason: Option<Reason>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            reason: None,
        }
    }

    /// What the user gave can't be used.
    pub(crate) fn input(message: impl fmt::Display) -> Self {
        Self::new(Exit::BadInput, message)
    }

    /// Whoever read our output has gone, as `head` does: there is nobody to tell.
    pub(crate) fn output_closed() -> Self {
        Self {
            exit: Exit::Good,
            message: String::new(),
            reason: None,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            reason: Some(refusal.reason),
            ..Self::new(Exit::Failed, refusal)
        }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        let exit = match error {
            ConnectError::Endpoint { .. } | ConnectError::Tls { .. } => Exit::BadInput,
            ConnectError::Unreachable { .. } => Exit::Unreachable,
        };
        Self::new(exit, error)
    }
}

impl From<NotReady> for Failure {
    fn from(error: NotReady) -> Self {
        match error {
            NotReady::Settings(error) => error.into(),
            NotReady::Timeout { .. } => Self::new(Exit::Unreachable, error),
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        let exit = match error {
            CallError::Refused(_) | CallError::Answer(_) => Exit::Failed,
            CallError::Credential(_) => Exit::BadInput,
            CallError::Unreachable { .. } | CallError::Unanswered { .. } | CallError::Rejected { .. } => {
                Exit::Unreachable
            }
        };
        Self {
            reason: error.refusal().map(|refusal| refusal.reason),
            ..Self::new(exit, error)
        }
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        let exit = match &error {
            SendError::Unreachable { .. } | SendError::Unanswered { .. } | SendError::Rejected { .. } => {
                Exit::Unreachable
            }
            SendError::Credential(_) => Exit::BadInput,
            _ => Exit::Failed,
        };
        let doubt = if error.certainly_not_stored() {
            ""
        } else {
            "; the hub may have it: `truc track` tells"
        };
        let reason = error.refusal().map(|refusal| refusal.reason);
        Self {
            reason,
            ..Self::new(exit, format!("{error}{doubt}"))
        }
    }
}

impl From<UploadError> for Failure {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Call(error) => error.into(),
            UploadError::Read(_) => Self::input(error),
        }
    }
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Call(error) => error.into(),
            DownloadError::Write(_) => Self::input(error),
            DownloadError::Digest { .. } => Self::new(Exit::Failed, error),
        }
    }
}
