//! Bodies that nobody needs are read all the same: one that is left on the line costs the client its connection, and maybe
//! the answer too.

use axum::{
    body::Body,
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// Bodies that are no files have a few hundred bytes.
const SMALL_BYTES_MAX: usize = 64 << 10;
/// A file of this size is taken off the line though its sender is refused; a larger one ends the connection.
const DRAINED_BYTES_MAX: usize = 1 << 20;

/// Around calls whose bodies are no files: the body is read before anything is answered.
pub(crate) async fn read_small(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match axum::body::to_bytes(body, SMALL_BYTES_MAX).await {
        Ok(bytes) => next.run(Request::from_parts(parts, bytes.into())).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}

/// Takes a file off the line that nobody will look at.
pub(crate) async fn drain(body: Body) {
    // Whether it was too large or broke off, the answer is the same.
    let _ = axum::body::to_bytes(body, DRAINED_BYTES_MAX).await;
}
