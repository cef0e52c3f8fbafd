//! Calls about the address book.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;
use truc_agency::AgencyEntry;
use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};

use super::{Call, signed, split};
use crate::{
    answer::{self, Empty, Fields},
    catalogue::List,
    fault::{ErrorCode, Fault},
    gateway::Shared,
    signed_headers::Signed,
};

const LIST: Fields = &[("data", Empty::List)];
/// A registration has a few hundred bytes.
const REGISTRATION_BYTES_MAX: u64 = 64 << 10;

pub(super) async fn list(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("getAgenciesList", &headers, LIST);
    let outcome = async {
        let (list, _) = read(&gateway, &headers).await?;
        Ok(answer::good_with_data(call.language, list.agencies()))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

pub(super) async fn list_by_level(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("getAgenciesListQD20", &headers, LIST);
    let outcome = async {
        let (list, signed) = read(&gateway, &headers).await?;
        let level = match signed.get("level") {
            None => None,
            Some(text) => {
                let level = text.parse::<i32>().ok().and_then(|level| Level::try_from(level).ok());
                Some(level.ok_or_else(|| Fault::header_invalid("level", text, "1, 2, 3, 4"))?)
            }
        };
        Ok(answer::good_with_data(call.language, list.agencies_of(level)))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

pub(super) async fn units(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("getSynchronizeUnit", &headers, LIST);
    let outcome = async {
        let (list, _) = read(&gateway, &headers).await?;
        Ok(answer::good_with_data(call.language, list.units()))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

async fn read(gateway: &Shared, headers: &HeaderMap) -> Result<(Arc<List>, Signed), Fault> {
    let signed = signed(gateway, headers)?;
    let Some(reader) = signed.system.agencies.first() else {
        return Err(Fault::internal(&"a system without an agency"));
    };
    let list = gateway.catalogue.list(&gateway.agency(reader)).await?;
    Ok((list, signed))
}

/// Body of `registerAgency`; other fields are let be.
#[derive(Debug, Deserialize)]
struct Registration {
    code: String,
    #[serde(default)]
    name: String,
    /// Code of the agency above.
    #[serde(default)]
    pcode: String,
}

pub(super) async fn register(State(gateway): State<Arc<Shared>>, request: Request) -> Response {
    let (headers, body, length) = split(request);
    let call = Call::new("registerAgency", &headers, &[]);
    let outcome = async {
        signed(&gateway, &headers)?;
        allowed(&gateway)?;
        if length.is_none_or(|length| length > REGISTRATION_BYTES_MAX) {
            return Err(unreadable(&"no length, or too long"));
        }
        let (body, _room) = gateway.body(body, length).await?;
        let registration: Registration = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;
        let entry = entry(&gateway, registration).await?;
        gateway.operator().directory().register_agency(entry).await?;
        gateway.catalogue.forget();
        Ok(answer::good(call.language, []))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

/// An agency is never taken off the address book: its documents speak of it for ever. It is disconnected.
pub(super) async fn delete(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("deleteAgency", &headers, &[]);
    let outcome = async {
        let signed = signed(&gateway, &headers)?;
        allowed(&gateway)?;
        let code = code("AgencyCode", signed.need("AgencyCode")?)?;
        let directory = gateway.operator().directory();
        let entry = directory.agency(&code).await?;
        let disconnected = AgencyEntry {
            connected: false,
            ..entry
        };
        directory.update_agency(disconnected).await?;
        gateway.catalogue.forget();
        Ok(answer::good(call.language, []))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

fn allowed(gateway: &Shared) -> Result<(), Fault> {
    if gateway.options.operator {
        return Ok(());
    }
    Err(Fault::new(
        ErrorCode::NotAllowed,
        "danh bạ do quản trị trục cập nhật",
        "the address book is the operator's to write",
    ))
}

fn unreadable(error: &dyn std::fmt::Display) -> Fault {
    Fault::new(
        ErrorCode::ParameterInvalid,
        "nội dung phải là JSON có code, name, pcode",
        format!("the body must be JSON with code, name, pcode: {error}"),
    )
    .field("body")
}

fn code(field: &str, text: &str) -> Result<AgencyCode, Fault> {
    text.trim().parse().map_err(|error: truc_document::InvalidAgencyCode| {
        Fault::new(
            ErrorCode::ParameterInvalid,
            "không phải mã định danh",
            error.to_string(),
        )
        .field(field)
    })
}

/// One level below the agency above, signing as that one does; of a province by itself where none is named.
async fn entry(gateway: &Shared, registration: Registration) -> Result<AgencyEntry, Fault> {
    let code = code("code", &registration.code)?;
    let parent = match registration.pcode.trim() {
        "" => None,
        text => {
            let parent = self::code("pcode", text)?;
            Some(gateway.operator().directory().agency(&parent).await?)
        }
    };
    let level = match parent.as_ref().map(|parent| parent.level) {
        None | Some(Level::Central) => Level::Province,
        Some(Level::Province) => Level::District,
        Some(Level::District | Level::Commune) => Level::Commune,
    };
    let province = match &parent {
        Some(parent) => parent.province.clone(),
        None => code.top().parse().unwrap_or_else(|_| code.clone()),
    };
    Ok(AgencyEntry {
        legacy_code: code.to_legacy(),
        name: registration.name,
        level,
        signing_policy: parent
            .as_ref()
            .map_or(SigningPolicy::Required, |parent| parent.signing_policy),
        parent: parent.map(|parent| parent.code),
        province,
        connected: true,
        systems: vec![SystemKind::DocumentManagement],
        portal_services: 0,
        successor: None,
        code,
    })
}
