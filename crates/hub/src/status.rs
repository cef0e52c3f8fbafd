//! A refusal as a gRPC status: `ErrorInfo` with the reason, `BadRequest` with the field, `RetryInfo` with the delay.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use truc_document::{Reason, Refusal};
use truc_proto::v1 as pb;

/// `ErrorInfo.domain` of all our reasons.
pub const DOMAIN: &str = "truc";

/// The status that carries a refusal.
pub(crate) fn refused(refusal: &Refusal) -> Status {
    let metadata: HashMap<_, _> = refusal.metadata.clone().into_iter().collect();
    let mut details = ErrorDetails::with_error_info(refusal.reason.as_str(), DOMAIN, metadata);
    if !refusal.field.is_empty() {
        details.add_bad_request_violation(&refusal.field, &refusal.message);
    }
    if let Some(delay) = refusal.retry_after {
        details.set_retry_info(Some(delay));
    }
    Status::with_error_details(Code::from_i32(refusal.reason.grpc_code()), &refusal.message, details)
}

/// The refusal that such a status carries, as it stands inside an answer; none in any other.
pub(crate) fn refusal_in(status: &Status) -> Option<pb::Refusal> {
    if status.details().is_empty() {
        return None;
    }
    let details = status.get_error_details();
    let info = details.error_info().filter(|info| info.domain == DOMAIN)?;
    let field = details.bad_request().and_then(|bad| bad.field_violations.first());
    let delay = details.retry_info().and_then(|retry| retry.retry_delay);
    Some(pb::Refusal {
        reason: info.reason.clone(),
        message: status.message().to_owned(),
        field: field.map(|field| field.field.clone()).unwrap_or_default(),
        retry_after: delay.and_then(|delay| delay.try_into().ok()),
        code: status.code() as i32,
        metadata: info.metadata.clone().into_iter().collect(),
    })
}

/// The hub can't go on, for now or for good: nothing is known of what was asked.
pub(crate) fn stopped() -> Status {
    Status::unavailable("the hub takes no records now; try the same again, at another hub of this axis if there is one")
}

/// The hub was told to stop; another, or the next, goes on.
pub(crate) fn stopping() -> Status {
    Status::unavailable("the hub is stopping; connect again")
}

pub(crate) fn malformed(field: &str, message: impl Into<String>) -> Status {
    refused(&Refusal::new(Reason::Malformed, message).field(field))
}
