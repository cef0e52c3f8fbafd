//! The console (bảng điều khiển): one web application, carried by the binary and served on the hub's own port.
//!
//! ```text
//! GET /                  the page, or how to build it where the binary was built without
//! GET /assets/...        what the page loads; names change with contents, so they are kept for ever
//! GET /favicon.svg
//! ```
//!
//! **Invariant:** it serves files and knows nothing else: what the page shows it asks the public API for, over gRPC-Web.

mod bundle;
mod encoding;
mod headers;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::get,
};

/// What is shown where there is no bundle.
const NOT_BUILT: &str = include_str!("not_built.html");

/// Routes of the console. It takes no fallback, so that it can stand beside other routes.
pub fn router() -> Router {
    Router::new()
        .route("/", get(page))
        .route(
            "/favicon.svg",
            get(|asked: HeaderMap| file("favicon.svg".to_owned(), asked)),
        )
        .route(
            "/assets/{*path}",
            get(|Path(path): Path<String>, asked: HeaderMap| file(format!("assets/{path}"), asked)),
        )
}

/// Whether the binary carries the console.
#[must_use]
pub fn is_built() -> bool {
    bundle::find("index.html").is_some()
}

async fn page(asked: HeaderMap) -> Response {
    if is_built() {
        return file("index.html".to_owned(), asked).await;
    }
    let kind = [("content-type", "text/html; charset=utf-8")];
    headers::safe((StatusCode::OK, kind, NOT_BUILT).into_response())
}

async fn file(path: String, asked: HeaderMap) -> Response {
    let answer = match encoding::best(&asked).and_then(|encoding| encoding.find(&path)) {
        Some(compressed) => headers::answer(&path, compressed, &asked),
        None => match bundle::find(&path) {
            Some(plain) => headers::answer(&path, encoding::Encoded::plain(plain), &asked),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    };
    headers::safe(answer)
}

#[cfg(test)]
mod tests;
