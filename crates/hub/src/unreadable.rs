//! Messages that no method ever saw: undecodable, cut short, or over the limit of what is read. gRPC's library answers
//! them by itself, in its own words; here they get a reason of ours, as every other refusal has.
//!
//! Costs a look at the response's headers, once a call and never a message: a status stands there only when the call
//! gives no answer at all. What comes inside a stream passes [`readable`] where the stream is read.

use axum::body::Body;
use http::Response;
use tonic::{Code, Status};
use truc_document::{Reason, Refusal};

use crate::status::refused;

/// How the library begins its complaints about a message (tonic 0.14, prost 0.14). All are INTERNAL.
const UNDECODABLE: [&str; 5] = [
    "failed to decode Protobuf message",
    "Missing request message",
    "Unexpected EOF decoding stream",
    "protocol error: received message",
    "Error decompressing:",
];
/// And about its length: OUT_OF_RANGE as it came, RESOURCE_EXHAUSTED when decompressed.
const TOO_LONG: [&str; 2] = [
    "Error, decoded message length too large",
    "Error decompressing: size limit",
];

/// The status of a message that could not be read, with a reason of ours; any other as it is.
pub(crate) fn readable(status: Status) -> Status {
    if !status.details().is_empty() {
        return status;
    }
    let begins = |beginnings: &[&str]| {
        beginnings
            .iter()
            .any(|beginning| status.message().starts_with(beginning))
    };
    let refusal = match status.code() {
        Code::Internal if begins(&UNDECODABLE) => {
            let message = format!("message can't be read as the method's request: {}", status.message());
            Refusal::new(Reason::Malformed, message)
        }
        Code::OutOfRange | Code::ResourceExhausted if begins(&TOO_LONG) => {
            let lengths = status.message().split_once(": ").map_or("", |(_, lengths)| lengths);
            Refusal::new(
                Reason::TooLarge,
                format!("message is longer than what is read at once: {lengths}"),
            )
        }
        _ => return status,
    };
    refused(&refusal)
}

/// The same for a call that ends before it gave an answer: its status stands in the headers.
pub(crate) fn readable_response(response: Response<Body>) -> Response<Body> {
    if !response.headers().contains_key(Status::GRPC_STATUS) {
        return response;
    }
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() != Code::Ok && status.details().is_empty() => readable(status).into_http(),
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_about_a_message_stays_as_it_is() {
        for status in [
            Status::internal("the attachment can't be stored; the hub's log says why"),
            Status::unavailable("the hub is stopping; connect again"),
            Status::unimplemented("no such method"),
            refused(&Refusal::new(
                Reason::Overloaded,
                "Error, decoded message length too large",
            )),
        ] {
            let told = readable(status.clone());
            assert_eq!(
                (told.code(), told.message(), told.details()),
                (status.code(), status.message(), status.details())
            );
        }
    }
}
