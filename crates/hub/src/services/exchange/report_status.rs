//! ReportStatus: what becomes of a document, to the other party.

use std::sync::Arc;

use tonic::Status;
use truc_document::{AgencyCode, Reason, Refusal, StatusCode, limits};
use truc_proto::v1::{ReportStatusRequest, ReportStatusResponse};
use truc_store::{apply::Outcome, record::Change, state::wire_time};

use super::document_id;
use crate::{
    core::Core,
    status::{malformed, refused, stopped},
};

pub(super) async fn report_status(
    core: &Arc<Core>,
    agency: &AgencyCode,
    request: ReportStatusRequest,
) -> Result<ReportStatusResponse, Status> {
    let id = document_id(&request.document_id)?;
    let status = StatusCode::try_from(request.status).map_err(|error| malformed("status", error.to_string()))?;
    if status == StatusCode::Arrived {
        let message = "status 01 is reported by the hub itself, when the delivery is acknowledged";
        return Err(refused(&Refusal::new(Reason::StatusInvalid, message).field("status")));
    }
    if status.needs_reason() && request.description.trim().is_empty() {
        return Err(malformed(
            "description",
            format!("status {status} needs a reason in `description`"),
        ));
    }
    for (field, text, max) in texts(&request) {
        if text.chars().count() > max {
            let message = format!("field `{field}` has more than {max} characters; shorten it");
            return Err(refused(&Refusal::new(Reason::TooLarge, message).field(field)));
        }
    }
    let change = Change::Status(truc_store::record::wire::Status {
        agency: agency.to_string(),
        document_id: bytes::Bytes::copy_from_slice(id.as_bytes()),
        status: status.wire(),
        description: request.description,
        staff: request.staff,
    });
    match core.change(change, None).await?.outcome {
        Outcome::Status(taken) => Ok(ReportStatusResponse {
            reported_at: Some(wire_time(taken.at)),
            repeated: taken.repeated,
        }),
        Outcome::Refused(refusal) => Err(refused(&refusal)),
        _ => Err(stopped()),
    }
}

fn texts(request: &ReportStatusRequest) -> Vec<(&'static str, &str, usize)> {
    let mut texts = vec![("description", request.description.as_str(), limits::DESCRIPTION_MAX)];
    if let Some(staff) = &request.staff {
        texts.extend([
            ("staff.department", staff.department.as_str(), limits::NAME_MAX),
            ("staff.full_name", &staff.full_name, limits::NAME_MAX),
            ("staff.email", &staff.email, limits::NAME_MAX),
            ("staff.phone", &staff.phone, limits::NAME_MAX),
        ]);
    }
    texts
}
