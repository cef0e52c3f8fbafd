//! The twelve calls of the library, by their paths under `/vxp`.

mod agencies;
mod lists;
mod packages;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, header::CONTENT_LENGTH},
    middleware,
    response::Response,
    routing::{get, post},
};
use jiff::Timestamp;
use tower_http::compression::CompressionLayer;

use crate::{
    answer::{self, Fields},
    bodies,
    fault::Fault,
    gateway::Shared,
    language::Language,
    receive::Kind,
    signed_headers::{self, Signed},
};

/// Calls take the gateway as state and answer with JSON of their own; only `downloadEdoc` gives a file.
pub(crate) fn routes(gateway: Arc<Shared>) -> Router {
    // Lists are mostly the same words again and again. A package is base64 of zips: to compress it costs more than all else
    // that is done for it, and saves a quarter.
    let lists = Router::new()
        .route("/getAgenciesList", post(agencies::list))
        .route("/getAgenciesListQD20", post(agencies::list_by_level))
        .route("/getSynchronizeUnit", post(agencies::units))
        .route("/getReceivedEdocList", post(lists::received))
        .route("/getSentEdocList", post(lists::sent))
        .layer(CompressionLayer::new().gzip(true));
    let with_small_bodies = Router::new()
        .merge(lists)
        .route("/registerAgency", post(agencies::register))
        .route("/deleteAgency", post(agencies::delete))
        .route("/getEdoc", post(packages::get))
        .route("/downloadEdoc", get(packages::download))
        .route("/updateStatus", post(packages::update))
        .route("/countReceiveEdoc", get(lists::count_documents))
        .route("/countReceiveStatus", get(lists::count_statuses))
        // The library says `{}` where nothing is to be said; a body that nobody reads would cost the connection.
        .layer(middleware::from_fn(bodies::read_small));
    Router::new()
        .route("/sendEdoc", post(packages::send))
        .merge(with_small_bodies)
        .with_state(gateway)
}

/// One call: its language, and what a failure of it must carry.
struct Call {
    path: &'static str,
    language: Language,
    empty: Fields,
}

impl Call {
    fn new(path: &'static str, headers: &HeaderMap, empty: Fields) -> Self {
        Self {
            path,
            language: Language::of(headers),
            empty,
        }
    }

    /// The answer, good or not; what is refused is told in the log.
    fn answer(&self, outcome: Result<Response, Fault>) -> Response {
        outcome.unwrap_or_else(|fault| {
            tracing::warn!(path = self.path, code = fault.code.number(), field = %fault.field, "refused: {fault}");
            answer::failed(&fault, self.language, self.empty)
        })
    }
}

/// Who calls, and what was signed.
fn signed(gateway: &Shared, headers: &HeaderMap) -> Result<Signed, Fault> {
    signed_headers::check(headers, &gateway.systems, gateway.options.age_max, Timestamp::now())
}

/// Headers and body of a call.
fn split(request: Request) -> (HeaderMap, axum::body::Body, Option<u64>) {
    let (parts, body) = request.into_parts();
    let length = parts
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    (parts.headers, body, length)
}

/// `messagetype`: `edoc` or `status`.
fn kind(signed: &Signed) -> Result<Kind, Fault> {
    let kind = signed.need("messagetype")?;
    match kind.to_ascii_lowercase().as_str() {
        "edoc" => Ok(Kind::Document),
        "status" => Ok(Kind::Status),
        _ => Err(Fault::header_invalid("messagetype", kind, "edoc, status")),
    }
}
