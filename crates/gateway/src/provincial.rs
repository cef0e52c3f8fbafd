//! A provincial platform's variant: three calls with JSON or multipart bodies, and the secret itself in a header.
//!
//! Known from one client only: paths, the two headers, `edocFile` and `messageType`, `docId` and `status`, and the nine
//! error codes. What that client does not show is this gateway's reading: `getEdoc` without a `docId` gives the package
//! that waits longest among the most urgent, and an answer has `errorCode`, `errorDesc`, `docId`, `messageType`, `data`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State},
    http::{HeaderMap, header::CONTENT_LENGTH},
    middleware,
    response::{IntoResponse as _, Response},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    bodies,
    fault::{ErrorCode, Fault},
    file_digest::Digested,
    gateway::Shared,
    language::Language,
    receive::{Kind, Query, Update},
    systems::System,
};

/// A body that is no file has a few hundred bytes.
const JSON_BYTES_MAX: usize = 64 << 10;

pub(crate) fn routes(gateway: Arc<Shared>) -> Router {
    let body_bytes_max = gateway.options.body_bytes_max;
    let with_small_bodies = Router::new()
        .route("/getEdoc", post(get))
        .route("/updateStatus", post(update))
        .layer(middleware::from_fn(bodies::read_small));
    Router::new()
        .route("/sendEdoc", post(send))
        .merge(with_small_bodies)
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .with_state(gateway)
}

/// Body of `getEdoc` and `updateStatus`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    doc_id: Option<String>,
    status: Option<String>,
    description: Option<String>,
    message_type: Option<String>,
}

async fn send(State(gateway): State<Arc<Shared>>, request: Request) -> Response {
    let language = Language::of(request.headers());
    let outcome = async {
        let system = match system(&gateway, request.headers()) {
            Ok(system) => system,
            Err(fault) => {
                bodies::drain(request.into_body()).await;
                return Err(fault);
            }
        };
        let _room = gateway.room(length(request.headers())).await?;
        let (file, kind) = parts(request).await?;
        let id = gateway.send(&system, None, kind, Digested::new(file)).await?;
        Ok(json!({ "docId": id.to_string() }))
    };
    answer(language, outcome.await)
}

async fn get(State(gateway): State<Arc<Shared>>, request: Request) -> Response {
    let language = Language::of(request.headers());
    let outcome = async {
        let system = system(&gateway, request.headers())?;
        let asked = asked(request).await?;
        let kind = kind(asked.message_type.as_deref())?.unwrap_or(Kind::Document);
        let doc_id = match asked.doc_id.filter(|id| !id.is_empty()) {
            Some(id) => id,
            None => match first(&gateway, &system, kind).await? {
                Some(id) => id,
                None => return Ok(json!({ "docId": "", "messageType": "", "data": "" })),
            },
        };
        let package = gateway.package(&system, &doc_id).await?;
        let kind = if kind == Kind::Document { "edoc" } else { "status" };
        Ok(json!({ "docId": doc_id, "messageType": kind, "data": STANDARD.encode(package) }))
    };
    answer(language, outcome.await)
}

async fn update(State(gateway): State<Arc<Shared>>, request: Request) -> Response {
    let language = Language::of(request.headers());
    let outcome = async {
        let system = system(&gateway, request.headers())?;
        let asked = asked(request).await?;
        let doc_id = asked.doc_id.ok_or_else(|| Fault::header_missing("docId"))?;
        let update = Update::read(&asked.status.ok_or_else(|| Fault::header_missing("status"))?)?;
        gateway
            .update(&system, &doc_id, update, asked.description.as_deref())
            .await?;
        Ok(json!({}))
    };
    answer(language, outcome.await)
}

/// Who calls. The secret is compared by its HMAC under a key that both sides of the comparison share, in constant time.
fn system(gateway: &Shared, headers: &HeaderMap) -> Result<Arc<System>, Fault> {
    let refused = || {
        Fault::new(
            ErrorCode::CredentialInvalid,
            "X-SystemId hoặc X-SecretKey không đúng",
            "X-SystemId or X-SecretKey is not right",
        )
        .field("X-SecretKey")
    };
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (id, secret) = (
        of("x-systemid").ok_or_else(refused)?,
        of("x-secretkey").ok_or_else(refused)?,
    );
    let system = gateway.systems.find(id).ok_or_else(refused)?;
    let mac = |secret: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(id.as_bytes()).map_err(|_| refused())?;
        mac.update(secret);
        Ok::<_, Fault>(mac)
    };
    let given = mac(secret.as_bytes())?.finalize().into_bytes();
    mac(system.secret.as_bytes())?
        .verify_slice(&given)
        .map_err(|_| refused())?;
    Ok(system)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
}

fn kind(text: Option<&str>) -> Result<Option<Kind>, Fault> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some("edoc") => Ok(Some(Kind::Document)),
        Some("status") => Ok(Some(Kind::Status)),
        Some(other) => Err(Fault::header_invalid("messageType", other, "edoc, status")),
    }
}

/// File and kind of a multipart body.
async fn parts(request: Request) -> Result<(Bytes, Option<Kind>), Fault> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Fault::new(
            ErrorCode::FileInvalid,
            "nội dung phải là multipart/form-data có edocFile",
            format!("the body must be multipart/form-data with edocFile: {error}"),
        )
        .field("edocFile")
    };
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|error| unreadable(&error))?;
    let (mut file, mut kind_said) = (None, None);
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "edocFile" => file = Some(field.bytes().await.map_err(|error| unreadable(&error))?),
            "messageType" => {
                let text = field.text().await.map_err(|error| unreadable(&error))?;
                kind_said = kind(Some(&text))?;
            }
            _ => {}
        }
    }
    let file = file.ok_or_else(|| unreadable(&"edocFile is missing"))?;
    Ok((file, kind_said))
}

async fn asked(request: Request) -> Result<Asked, Fault> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Fault::new(
            ErrorCode::ParameterInvalid,
            "nội dung phải là JSON",
            format!("the body must be JSON: {error}"),
        )
        .field("body")
    };
    let body = axum::body::to_bytes(request.into_body(), JSON_BYTES_MAX).await;
    let body = body.map_err(|error| unreadable(&error))?;
    if body.is_empty() {
        return Ok(Asked::default());
    }
    serde_json::from_slice(&body).map_err(|error| unreadable(&error))
}

async fn first(gateway: &Shared, system: &System, kind: Kind) -> Result<Option<String>, Fault> {
    let query = Query {
        kind,
        agency: None,
        from: None,
        to: None,
        held: false,
        skip: 0,
        take: 1,
    };
    let rows = gateway.received(system, &query).await?;
    Ok(rows.first().map(|row| row.id.to_string()))
}

/// The codes of that platform are nine; what it has no number for comes out as the nearest of them.
fn provincial_code(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::ParameterInvalid | ErrorCode::DocIdUnknown => ErrorCode::FileInvalid,
        ErrorCode::NotAllowed => ErrorCode::SenderNotRegistered,
        ErrorCode::SignatureRefused
        | ErrorCode::DocumentIdReused
        | ErrorCode::ReferenceUnknown
        | ErrorCode::StatusInvalid
        | ErrorCode::AlreadyRecalled
        | ErrorCode::SecretForbidden
        | ErrorCode::TimeInvalid => ErrorCode::FileNotProcessed,
        ErrorCode::TryLater | ErrorCode::FaultInjected => ErrorCode::Internal,
        known => known,
    }
    .number()
}

fn answer(language: Language, outcome: Result<Value, Fault>) -> Response {
    let (code, description, mut fields) = match outcome {
        Ok(fields) => (0, language.of_two("Thành công", "Good").to_owned(), fields),
        Err(fault) => {
            tracing::warn!(code = fault.code.number(), field = %fault.field, "refused: {fault}");
            (
                provincial_code(fault.code),
                fault.description(language),
                json!({ "docId": "" }),
            )
        }
    };
    fields["errorCode"] = json!(code.to_string());
    fields["errorDesc"] = json!(description);
    Json(fields).into_response()
}
