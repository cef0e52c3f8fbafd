//! Calls about one package: sendEdoc, getEdoc, downloadEdoc, updateStatus.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use super::{Call, kind, signed, split};
use crate::{
    answer::{self, Empty},
    bodies,
    fault::{ErrorCode, Fault},
    file_digest::{self, Digested},
    gateway::Shared,
    receive::Update,
};

pub(super) async fn send(State(gateway): State<Arc<Shared>>, request: Request) -> Response {
    let (headers, body, length) = split(request);
    let call = Call::new("sendEdoc", &headers, &[("DocId", Empty::Text)]);
    let outcome = async {
        // Room for the body is not given before the caller is known.
        let checked = || {
            let signed = signed(&gateway, &headers)?;
            let kind = kind(&signed)?;
            signed.need("from")?;
            Ok((signed, kind))
        };
        let (signed, kind) = match checked() {
            Ok(checked) => checked,
            Err(fault) => {
                bodies::drain(body).await;
                return Err(fault);
            }
        };
        let from = signed.need("from")?;
        let (body, _room) = gateway.body(body, length).await?;
        let (file, sha256) = file_digest::file_of(&body, signed.get("hash-file")).ok_or_else(|| {
            Fault::new(
                ErrorCode::FileInvalid,
                "SHA-256 của tệp nhận được khác hash-file",
                "the SHA-256 of the file that came is not the hash-file",
            )
            .field("hash-file")
        })?;
        let file = Digested {
            bytes: body.slice_ref(file),
            sha256,
        };
        let id = gateway.send(&signed.system, Some(from), Some(kind), file).await?;
        Ok(answer::good(call.language, [("DocId", json!(id.to_string()))]))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

pub(super) async fn get(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("getEdoc", &headers, &[("data", Empty::Text)]);
    let outcome = async {
        let signed = signed(&gateway, &headers)?;
        let package = gateway.package(&signed.system, signed.need("docId")?).await?;
        Ok(answer::good_with_file(call.language, &package))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

/// The file itself; a failure is JSON as elsewhere, with HTTP status 404 so that nobody takes it for a file.
pub(super) async fn download(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("downloadEdoc", &headers, &[]);
    let outcome = async {
        let signed = signed(&gateway, &headers)?;
        gateway.package(&signed.system, signed.need("docId")?).await
    };
    match outcome.await {
        Ok(package) => ([(CONTENT_TYPE, "application/octet-stream")], package).into_response(),
        Err(fault) => (StatusCode::NOT_FOUND, call.answer(Err(fault))).into_response(),
    }
}

pub(super) async fn update(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("updateStatus", &headers, &[]);
    let outcome = async {
        let signed = signed(&gateway, &headers)?;
        let update = Update::read(signed.need("status")?)?;
        let doc_id = signed.need("docId")?;
        gateway
            .update(&signed.system, doc_id, update, signed.get("description"))
            .await?;
        Ok(answer::good(call.language, []))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}
