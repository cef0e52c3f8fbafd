//! ReportStatus and ReportStatuses: what becomes of documents, to the other party.

use std::sync::Arc;

use tonic::Status;
use truc_document::{AgencyCode, FaultStep, Reason, Refusal, StatusCode, limits};
use truc_proto::v1::{
    ReportStatusOutcome, ReportStatusRequest, ReportStatusResponse, ReportStatusesRequest, ReportStatusesResponse,
    report_status_outcome::Outcome as Told,
};
use truc_store::{apply::Outcome, record::Change, state::wire_time};
use uuid::Uuid;

use crate::{
    core::Core,
    faults,
    status::{malformed, refused, stopped},
};

/// Reports of one call.
const REPORTS_MAX: usize = 1000;

pub(super) async fn report_status(
    core: &Arc<Core>,
    agency: &AgencyCode,
    request: ReportStatusRequest,
) -> Result<ReportStatusResponse, Status> {
    let change = change(agency, request).map_err(|refusal| refused(&refusal))?;
    let met = faults::batch::meet(core, agency, FaultStep::Status, || vec![document_of(&change)]).await?;
    if let Some(refusal) = met.refused.get(&0) {
        return Err(refused(refusal));
    }
    let outcome = core.change(change, None).await?.outcome;
    if met.is_cut {
        return Err(faults::cut());
    }
    answer(outcome)?.map_err(|refusal| refused(&refusal))
}

/// In the order of the request: one that can't be taken stops none of the others.
pub(super) async fn report_statuses(
    core: &Arc<Core>,
    agency: &AgencyCode,
    request: ReportStatusesRequest,
) -> Result<ReportStatusesResponse, Status> {
    let count = request.reports.len();
    if count == 0 || count > REPORTS_MAX {
        return Err(malformed(
            "reports",
            format!("{count} reports; 1 to {REPORTS_MAX} are allowed"),
        ));
    }
    let mut changes = Vec::with_capacity(count);
    let mut outcomes: Vec<Result<(), Refusal>> = Vec::with_capacity(count);
    for report in request.reports {
        outcomes.push(change(agency, report).map(|change| changes.push(change)));
    }
    let documents = || changes.iter().map(document_of).collect();
    let met = faults::batch::meet(core, agency, FaultStep::Status, documents).await?;
    let good = outcomes.iter_mut().filter(|outcome| outcome.is_ok());
    for (at, outcome) in good.enumerate() {
        if let Some(refusal) = met.refused.get(&at) {
            *outcome = Err(refusal.clone());
        }
    }
    let changes = met.left(changes);
    let mut answers = core.changes(changes).await?.into_iter();
    if met.is_cut {
        return Err(faults::cut());
    }
    let mut told = Vec::with_capacity(count);
    for outcome in outcomes {
        let outcome = match outcome {
            Ok(()) => answer(answers.next().ok_or_else(stopped)?.outcome)?,
            Err(refusal) => Err(refusal),
        };
        let outcome = match outcome {
            Ok(reported) => Told::Reported(reported),
            Err(refusal) => Told::Refused((&refusal).into()),
        };
        told.push(ReportStatusOutcome { outcome: Some(outcome) });
    }
    Ok(ReportStatusesResponse { outcomes: told })
}

/// The record of a report, if its form is right.
fn change(agency: &AgencyCode, report: ReportStatusRequest) -> Result<Change, Refusal> {
    let id = Uuid::try_parse(&report.document_id).map_err(|_| {
        let message = format!("`{}` is no document id; it is a UUID", report.document_id);
        Refusal::new(Reason::Malformed, message).field("document_id")
    })?;
    let status = StatusCode::try_from(report.status)
        .map_err(|error| Refusal::new(Reason::Malformed, error.to_string()).field("status"))?;
    if status == StatusCode::Arrived {
        let message = "status 01 is reported by the hub itself, when the delivery is acknowledged";
        return Err(Refusal::new(Reason::StatusInvalid, message).field("status"));
    }
    if status.needs_reason() && report.description.trim().is_empty() {
        let message = format!("status {status} needs a reason in `description`");
        return Err(Refusal::new(Reason::Malformed, message).field("description"));
    }
    for (field, text, max) in texts(&report) {
        if text.chars().count() > max {
            let message = format!("field `{field}` has more than {max} characters; shorten it");
            return Err(Refusal::new(Reason::TooLarge, message).field(field));
        }
    }
    Ok(Change::Status(truc_store::record::wire::Status {
        agency: agency.to_string(),
        document_id: bytes::Bytes::copy_from_slice(id.as_bytes()),
        status: status.wire(),
        description: report.description,
        staff: report.staff,
    }))
}

/// The document that a record reports about.
fn document_of(change: &Change) -> Option<Uuid> {
    match change {
        Change::Status(status) => Uuid::from_slice(&status.document_id).ok(),
        _ => None,
    }
}

/// What the journal made of a report.
fn answer(outcome: Outcome) -> Result<Result<ReportStatusResponse, Refusal>, Status> {
    match outcome {
        Outcome::Status(taken) => Ok(Ok(ReportStatusResponse {
            reported_at: Some(wire_time(taken.at)),
            repeated: taken.repeated,
        })),
        Outcome::Refused(refusal) => Ok(Err(refusal)),
        _ => Err(stopped()),
    }
}

fn texts(report: &ReportStatusRequest) -> Vec<(&'static str, &str, usize)> {
    let mut texts = vec![("description", report.description.as_str(), limits::DESCRIPTION_MAX)];
    if let Some(staff) = &report.staff {
        texts.extend([
            ("staff.department", staff.department.as_str(), limits::NAME_MAX),
            ("staff.full_name", &staff.full_name, limits::NAME_MAX),
            ("staff.email", &staff.email, limits::NAME_MAX),
            ("staff.phone", &staff.phone, limits::NAME_MAX),
        ]);
    }
    texts
}
