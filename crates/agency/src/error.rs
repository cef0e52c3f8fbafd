//! What can come of a call, in the words that its caller acts on.

use tonic::Code;
use truc_document::Refusal;

use crate::credential::CredentialError;

/// Why a call gave no answer to work with.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The hub refused; the reason is stable, the message says what to do.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// No connection came about in all attempts.
    #[error("hub could not be reached in {attempts} attempts: {cause}; check the address and that the hub is running")]
    Unreachable {
        /// Attempts made.
        attempts: u32,
        /// What the last one met.
        cause: String,
    },
    /// The call was begun, and no answer came in all attempts.
    #[error("no answer in {attempts} attempts: {cause}; the same call may be made again")]
    Unanswered {
        /// Attempts made.
        attempts: u32,
        /// What the last one met.
        cause: String,
    },
    /// Somebody answered, but not in the hub's vocabulary: a proxy, another service, another release.
    #[error("unexpected gRPC status {code:?}: {message}; check that the address is a hub's, and its release")]
    Rejected {
        /// gRPC status code.
        code: Code,
        /// Message of the status.
        message: String,
    },
    /// No credential could be made for the call.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The hub's answer could not be read.
    #[error(transparent)]
    Answer(#[from] InvalidAnswer),
}

impl CallError {
    /// The hub's refusal, where it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Unreachable { .. }
            | Self::Unanswered { .. }
            | Self::Rejected { .. }
            | Self::Credential(_)
            | Self::Answer(_) => None,
        }
    }
}

/// An answer of the hub that this client cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("answer of the hub has no usable `{field}`; this client may be older than the hub")]
pub struct InvalidAnswer {
    /// The field, as a path from the answer.
    pub field: &'static str,
}

/// Why a document has no receipt.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The hub refused the envelope, and no earlier attempt was left without an answer.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The hub refused the envelope now, but an earlier attempt of the same call was left without an answer and may
    /// have been taken. `Track` tells.
    #[error("refused after an attempt whose answer was lost: {0}")]
    RefusedInDoubt(Refusal),
    /// No connection came about in all attempts: nothing was sent.
    #[error("hub could not be reached in {attempts} attempts: {cause}; send the same envelope again when it can")]
    Unreachable {
        /// Attempts made.
        attempts: u32,
        /// What the last one met.
        cause: String,
    },
    /// The envelope was on its way, and no answer came.
    #[error("no answer in {attempts} attempts: {cause}; send the same envelope again to get its receipt")]
    Unanswered {
        /// Attempts made.
        attempts: u32,
        /// What the last one met.
        cause: String,
    },
    /// Somebody answered, but not in the hub's vocabulary.
    #[error("unexpected gRPC status {code:?}: {message}; check that the address is a hub's, and its release")]
    Rejected {
        /// gRPC status code.
        code: Code,
        /// Message of the status.
        message: String,
    },
    /// No credential could be made for the call; nothing was sent.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The hub accepted, but its receipt could not be read. Sending again gives the same receipt.
    #[error(transparent)]
    Answer(#[from] InvalidAnswer),
    /// The pipeline ended without an answer for this envelope: the runtime is being shut down.
    #[error("pipeline ended without an answer; send the same envelope again by another one")]
    PipelineEnded,
}

impl SendError {
    /// The hub does not have the document by this call, and never will. Where this is false, send the very same
    /// envelope again: if the hub has it, it answers with the receipt of the first time.
    pub fn certainly_not_stored(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Unreachable { .. } | Self::Credential(_) => true,
            // A pipeline that dies with its runtime cannot say what was still under way.
            Self::PipelineEnded
            | Self::RefusedInDoubt(_)
            | Self::Unanswered { .. }
            | Self::Rejected { .. }
            | Self::Answer(_) => false,
        }
    }

    /// The hub's refusal, where it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::RefusedInDoubt(refusal) => Some(refusal),
            Self::Unreachable { .. }
            | Self::Unanswered { .. }
            | Self::Rejected { .. }
            | Self::Credential(_)
            | Self::Answer(_)
            | Self::PipelineEnded => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use truc_document::Reason;

    use super::*;

    #[test]
    fn certainly_not_stored_only_where_nothing_can_have_arrived() {
        let refusal = || Refusal::new(Reason::RecipientUnknown, "no");
        let cause = || "cause".to_owned();
        let rows = [
            (SendError::Refused(refusal()), true),
            (SendError::RefusedInDoubt(refusal()), false),
            (
                SendError::Unreachable {
                    attempts: 2,
                    cause: cause(),
                },
                true,
            ),
            (
                SendError::Unanswered {
                    attempts: 2,
                    cause: cause(),
                },
                false,
            ),
            (
                SendError::Rejected {
                    code: Code::Unimplemented,
                    message: cause(),
                },
                false,
            ),
            (SendError::Credential(CredentialError { message: cause() }), true),
            (SendError::Answer(InvalidAnswer { field: "receipt" }), false),
            (SendError::PipelineEnded, false),
        ];
        for (error, expected) in rows {
            assert_eq!(error.certainly_not_stored(), expected, "{error}");
        }
    }

    #[test]
    fn refusal_is_handed_out_in_both_forms() {
        let refusal = Refusal::new(Reason::SealInvalid, "no");
        assert_eq!(SendError::Refused(refusal.clone()).refusal(), Some(&refusal));
        assert_eq!(SendError::RefusedInDoubt(refusal.clone()).refusal(), Some(&refusal));
        assert_eq!(SendError::PipelineEnded.refusal(), None);
    }
}
