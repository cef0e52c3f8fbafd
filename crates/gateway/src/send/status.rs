//! A status package: reported to the hub about the document that it answers.

use truc_agency::{Staff, StatusToReport};
use truc_document::{
    AgencyCode, StatusCode,
    edxml::{self, StatusPackage},
};
use truc_signature::sha256;
use uuid::Uuid;

use crate::{
    fault::{ErrorCode, Fault},
    gateway::Shared,
    sent::Entry,
};

impl Shared {
    /// Reports what a status package says. The same again is good and counted once.
    pub(super) async fn send_status(&self, sender: &AgencyCode, package: StatusPackage) -> Result<Uuid, Fault> {
        let draft = edxml::draft_status(&package);
        let status = draft.status.ok_or_else(|| unknown_status(&package.status_code))?;
        let document = draft.document_id.ok_or_else(|| {
            Fault::new(
                ErrorCode::ReferenceUnknown,
                "ResponseFor phải có DocumentId của văn bản",
                "ResponseFor must have the DocumentId of the document",
            )
            .field("ResponseFor/DocumentId")
        })?;
        let report = StatusToReport {
            document_id: document,
            status,
            description: draft.description,
            staff: draft.staff.map(|staff| Staff {
                department: staff.department,
                full_name: staff.staff,
                email: staff.email,
                phone: staff.mobile,
            }),
        };
        let reported = self.agency(sender).report(report).await?;
        let entry = Entry {
            at: reported.reported_at,
            document,
            status: Some(status),
        };
        self.sent.note(sender, entry).map_err(|error| Fault::internal(&error))?;
        Ok(status_id(document, sender, status))
    }
}

fn unknown_status(code: &str) -> Fault {
    let code: String = code.chars().take(20).collect();
    let known = StatusCode::ALL
        .iter()
        .map(|status| status.code())
        .collect::<Vec<_>>()
        .join(", ");
    Fault::new(
        ErrorCode::StatusInvalid,
        format!("`{code}` không có trong QCVN 102:2016; chỉ nhận {known}"),
        format!("`{code}` is not in QCVN 102:2016; it is one of {known}"),
    )
    .field("StatusCode")
}

/// The DocId of a status: the same for the same status of the same document, however often it is sent.
pub(super) fn status_id(document: Uuid, agency: &AgencyCode, status: StatusCode) -> Uuid {
    let digest = sha256(format!("truc/vxp/status/{document}/{agency}/{status}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes)
}
