//! ReportStatus: what becomes of a document.

use jiff::Timestamp;
use truc_document::StatusCode;
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::Agency;
use crate::{delivery::Staff, error::CallError, wire};

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
        let request = pb::ReportStatusRequest {
            document_id: report.document_id.to_string(),
            status: report.status.wire(),
            description: report.description,
            staff: report.staff.map(Staff::wire),
        };
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.exchange();
                async move { client.report_status(request).await }
            })
            .await?;
        Ok(Reported {
            reported_at: wire::timestamp(answer.reported_at, "reported_at")?,
            repeated: answer.repeated,
        })
    }
}
