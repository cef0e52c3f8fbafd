//! ReportStatus: what becomes of a document.

use jiff::Timestamp;
use truc_document::{Refusal, StatusCode};
use truc_proto::v1::{self as pb, report_status_outcome::Outcome};
use uuid::Uuid;

use super::Agency;
use crate::{
    delivery::Staff,
    error::{CallError, InvalidAnswer},
    wire,
};

/// As many as one call may carry.
const REPORTS_MAX: usize = 1000;

/// A status (trạng thái xử lý) to report.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusToReport {
    /// The document.
    pub document_id: Uuid,
    /// 02 to 06, 15 and 16 as its receiver; 13 as its sender.
    pub status: StatusCode,
    /// 500 characters; must say why for 02, 13 and 16.
    pub description: String,
    /// Who handles it.
    pub staff: Option<Staff>,
}

/// A status that the hub has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Hub time at which it was first taken.
    pub reported_at: Timestamp,
    /// It had been reported before; nothing was sent.
    pub repeated: bool,
}

impl StatusToReport {
    /// A status without description and staff.
    pub fn new(document_id: Uuid, status: StatusCode) -> Self {
        Self {
            document_id,
            status,
            description: String::new(),
            staff: None,
        }
    }

    /// Sets the description.
    pub fn because(self, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..self
        }
    }
}

impl Agency {
    /// Reports a status to the other party. The same again is good and counted once, so a lost answer does no harm.
    pub async fn report(&self, report: StatusToReport) -> Result<Reported, CallError> {
        let request = report.wire();
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.exchange();
                async move { client.report_status(request).await }
            })
            .await?;
        Ok(Reported::read(answer)?)
    }

    /// Reports many statuses, in this order; the outcomes come in the same order. A refusal of one stops none of the others.
    pub async fn report_many(&self, reports: Vec<StatusToReport>) -> Result<Vec<Result<Reported, Refusal>>, CallError> {
        let mut outcomes = Vec::with_capacity(reports.len());
        let mut reports = reports.into_iter().map(StatusToReport::wire).peekable();
        while reports.peek().is_some() {
            let part: Vec<_> = reports.by_ref().take(REPORTS_MAX).collect();
            let count = part.len();
            let request = pb::ReportStatusesRequest { reports: part };
            let answer = self
                .session
                .call(request, |request| {
                    self.session.shared_or(request, async |mut client, request| {
                        client.report_statuses(request).await
                    })
                })
                .await?;
            if answer.outcomes.len() != count {
                return Err(InvalidAnswer { field: "outcomes" }.into());
            }
            for outcome in answer.outcomes {
                outcomes.push(match outcome.outcome {
                    Some(Outcome::Reported(reported)) => Ok(Reported::read(reported)?),
                    Some(Outcome::Refused(refusal)) => Err(Refusal::try_from(refusal).map_err(|_| InvalidAnswer {
                        field: "outcomes.refused",
                    })?),
                    None => return Err(InvalidAnswer { field: "outcomes" }.into()),
                });
            }
        }
        Ok(outcomes)
    }
}

impl StatusToReport {
    fn wire(self) -> pb::ReportStatusRequest {
        pb::ReportStatusRequest {
            document_id: self.document_id.to_string(),
            status: self.status.wire(),
            description: self.description,
            staff: self.staff.map(Staff::wire),
        }
    }
}

impl Reported {
    fn read(wire: pb::ReportStatusResponse) -> Result<Self, InvalidAnswer> {
        Ok(Self {
            reported_at: wire::timestamp(wire.reported_at, "reported_at")?,
            repeated: wire.repeated,
        })
    }
}
