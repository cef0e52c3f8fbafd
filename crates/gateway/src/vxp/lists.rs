//! Lists and counts of packages.
//!
//! Headers of earlier calls stay on a client: `to` may be a receiver of something that was sent, `status` what
//! `updateStatus` said, `docId` a package of another kind. So a filter counts only where it makes sense here: `to` when it
//! is an agency of the system, `status` when no `docId` comes with it, `docId` when it is of something sent.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use truc_agency::{DeliveryState, ListedKind};
use truc_document::StatusCode;
use uuid::Uuid;

use super::{Call, kind, signed};
use crate::{
    answer::{self, Empty, Fields},
    fault::{ErrorCode, Fault},
    gateway::Shared,
    receive::{Kind, Query, Row},
    send::{SentQuery, SentRow},
    signed_headers::Signed,
    times,
};

/// Rows in one answer where the client asks for no page.
const ROWS_DEFAULT: usize = 1000;
const ROWS_MAX: usize = 10_000;
const LIST: Fields = &[("data", Empty::List)];
const COUNT: Fields = &[("count", Empty::Count)];

pub(super) async fn received(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("getReceivedEdocList", &headers, LIST);
    let outcome = async {
        let signed = signed(&gateway, &headers)?;
        let (from, to) = bounds(&signed)?;
        let (skip, take) = page(&signed)?;
        let held = signed.get("docId").is_none() && signed.get("status") == Some("processing");
        let query = Query {
            kind: kind(&signed)?,
            agency: signed
                .get("to")
                .and_then(|to| gateway.own_agency(&signed.system, to))
                .cloned(),
            from,
            to,
            held,
            skip,
            take,
        };
        let rows = gateway.received(&signed.system, &query).await?;
        let fetches_max = gateway.options.fetches_max;
        let data = Value::from_iter(rows.iter().map(|row| received_row(row, fetches_max)));
        Ok(answer::good(call.language, [("data", data)]))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

pub(super) async fn sent(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let call = Call::new("getSentEdocList", &headers, LIST);
    let outcome = async {
        let signed = signed(&gateway, &headers)?;
        let (from, to) = bounds(&signed)?;
        let (skip, take) = page(&signed)?;
        let query = SentQuery {
            kind: kind(&signed)?,
            only: signed.get("docId").and_then(|id| id.parse::<Uuid>().ok()),
            from,
            to,
            skip,
            take,
        };
        let rows = gateway.sent_rows(&signed.system, &query).await?;
        let data = Value::from_iter(rows.iter().map(|row| sent_row(row, query.kind)));
        Ok(answer::good(call.language, [("data", data)]))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

pub(super) async fn count_documents(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    count("countReceiveEdoc", &gateway, &headers, Kind::Document).await
}

pub(super) async fn count_statuses(State(gateway): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    count("countReceiveStatus", &gateway, &headers, Kind::Status).await
}

async fn count(path: &'static str, gateway: &Shared, headers: &HeaderMap, kind: Kind) -> Response {
    let call = Call::new(path, headers, COUNT);
    let outcome = async {
        let signed = signed(gateway, headers)?;
        let count = gateway.count(&signed.system, kind).await?;
        Ok(answer::good(call.language, [("count", json!(count))]))
    };
    let outcome = outcome.await;
    call.answer(outcome)
}

fn bounds(signed: &Signed) -> Result<(Option<Timestamp>, Option<Timestamp>), Fault> {
    let bound = |name: &str, end_of_day| match signed.get(name) {
        None => Ok(None),
        Some(text) => {
            let known = "yyyy/MM/dd, dd/MM/yyyy, yyyy-MM-dd (HH:mm:ss)";
            let time = times::bound(text, end_of_day);
            time.map(Some).ok_or_else(|| Fault::header_invalid(name, text, known))
        }
    };
    Ok((bound("fromDate", false)?, bound("toDate", true)?))
}

/// Rows to leave out, and rows to give. Pages count from 1; 0 is taken for the first too.
fn page(signed: &Signed) -> Result<(usize, usize), Fault> {
    let number = |name: &str| match signed.get(name) {
        None => Ok(None),
        Some(text) => text.parse::<usize>().map(Some).map_err(|_| {
            Fault::new(
                ErrorCode::ParameterInvalid,
                "phải là số nguyên không âm",
                "it must be a whole number, not negative",
            )
            .field(name)
        }),
    };
    let size = number("pageSize")?
        .filter(|size| *size > 0)
        .unwrap_or(ROWS_DEFAULT)
        .min(ROWS_MAX);
    let index = number("pageIndex")?.unwrap_or(1).max(1);
    Ok((size.saturating_mul(index - 1), size))
}

fn received_row(row: &Row, fetches_max: u32) -> Value {
    let listed = &row.listed;
    let (status, description) = if row.held {
        ("processing", "Đang xử lý".to_owned())
    } else if listed.attempts > fetches_max {
        let times = listed.attempts;
        ("initial", format!("Đã lấy {times} lần mà chưa cập nhật trạng thái"))
    } else {
        ("initial", "Chờ nhận".to_owned())
    };
    let at = times::show(listed.arrived_at);
    json!({
        "docId": row.id.to_string(),
        "serviceType": "eDoc",
        "messageType": if listed.kind == ListedKind::Document { "edoc" } else { "status" },
        "created_time": at,
        "updated_time": at,
        "from": listed.agency.as_ref().map(ToString::to_string).unwrap_or_default(),
        "to": row.to.as_str(),
        "status": status,
        "status_desc": description,
    })
}

fn sent_row(row: &SentRow, kind: Kind) -> Value {
    let (receive, receive_description) = where_it_stands(row.delivery, row.status);
    json!({
        "serviceType": "eDoc",
        "messageType": if kind == Kind::Document { "edoc" } else { "status" },
        "senderDocId": row.id.to_string(),
        "receiverDocId": row.receiver_id.map(|id| id.to_string()).unwrap_or_default(),
        "fromCode": row.from.as_str(),
        "toCode": row.to.as_str(),
        "title": row.title,
        "notation": row.notation,
        "sentTime": times::show(row.sent_at),
        "receivedTime": row.received_at.map(times::show).unwrap_or_default(),
        "sendStatus": "done",
        "sendStatusDesc": "Đã gửi lên trục",
        "receiveStatus": receive,
        "receiveStatusDesc": receive_description,
    })
}

/// State of the transport at a receiver, and the business status in words.
fn where_it_stands(delivery: Option<DeliveryState>, status: Option<StatusCode>) -> (&'static str, String) {
    let said = status.map(|status| format!("{} {}", status.code(), status.vietnamese()));
    let (state, otherwise) = match (delivery, status) {
        (_, Some(StatusCode::Refused)) => ("fail", "Từ chối"),
        (Some(DeliveryState::Waiting), _) => ("initial", "Chờ nhận"),
        (Some(DeliveryState::Leased), _) => ("processing", "Đang xử lý"),
        (Some(DeliveryState::Acknowledged), _) => ("done", "Đã nhận"),
        (Some(DeliveryState::Withdrawn), _) => ("fail", "Đã thu hồi trước khi nhận"),
        (None, _) => ("done", "Đã chuyển"),
    };
    (state, said.unwrap_or_else(|| otherwise.to_owned()))
}
