//! Where gRPC statuses and refusals meet: `google.rpc.ErrorInfo` carries the reason, `BadRequest` the field,
//! `RetryInfo` the delay.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use truc_document::{Reason, Refusal};

/// `ErrorInfo.domain` of all that the hub refuses.
pub const ERROR_DOMAIN: &str = "truc";

/// The refusal that a status carries; none where it is not the hub's word (a proxy's answer, a broken connection) or
/// has a reason that this release does not know.
pub fn refusal_of(status: &Status) -> Option<Refusal> {
    // Most failures of a transport carry no details; looking for them would decode nothing, but allocate.
    if status.details().is_empty() {
        return None;
    }
    let details = status.check_error_details().ok()?;
    let info = details.error_info().filter(|info| info.domain == ERROR_DOMAIN)?;
    let reason: Reason = info.reason.parse().ok()?;
    let mut refusal = Refusal::new(reason, status.message());
    if let Some(violation) = details.bad_request().and_then(|bad| bad.field_violations.first()) {
        refusal = refusal.field(&violation.field);
    }
    for (key, value) in &info.metadata {
        refusal = refusal.with(key, value);
    }
    Some(match details.retry_info().and_then(|retry| retry.retry_delay) {
        Some(delay) => refusal.retry_after(delay),
        None => refusal,
    })
}

/// The status that carries a refusal, for whoever answers in the hub's vocabulary (a test server, a gateway).
pub fn status_of(refusal: &Refusal) -> Status {
    let metadata: HashMap<_, _> = refusal
        .metadata
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut details = ErrorDetails::with_error_info(refusal.reason.as_str(), ERROR_DOMAIN, metadata);
    if !refusal.field.is_empty() {
        details.add_bad_request_violation(refusal.field.clone(), refusal.message.clone());
    }
    if let Some(delay) = refusal.retry_after {
        details.set_retry_info(Some(delay));
    }
    Status::with_error_details(
        Code::from_i32(refusal.reason.grpc_code()),
        refusal.message.clone(),
        details,
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_reason_goes_there_and_back() {
        for &reason in Reason::ALL {
            let refusal = Refusal::new(reason, "subject `x` is too long")
                .field("header.subject")
                .with("characters_max", "500")
                .retry_after(Duration::from_millis(1500));
            let status = status_of(&refusal);
            assert_eq!(status.code(), Code::from_i32(reason.grpc_code()));
            assert_eq!(refusal_of(&status), Some(refusal));
        }
    }

    #[test]
    fn bare_refusal_has_neither_field_nor_delay() {
        let refusal = Refusal::new(Reason::Unauthenticated, "no credential");
        assert_eq!(refusal_of(&status_of(&refusal)), Some(refusal));
    }

    #[test]
    fn words_of_others_are_no_refusals() {
        let details = ErrorDetails::with_error_info("OVERLOADED", "googleapis.com", HashMap::new());
        let foreign = Status::with_error_details(Code::Unavailable, "quota", details);
        assert_eq!(refusal_of(&foreign), None);
        let details = ErrorDetails::with_error_info("REASON_OF_A_LATER_RELEASE", ERROR_DOMAIN, HashMap::new());
        assert_eq!(
            refusal_of(&Status::with_error_details(Code::NotFound, "later", details)),
            None
        );
        assert_eq!(refusal_of(&Status::unavailable("proxy")), None);
        let garbage = Status::with_details(Code::Internal, "garbage", bytes::Bytes::from_static(b"\xff\xff\xff"));
        assert_eq!(refusal_of(&garbage), None);
    }
}
