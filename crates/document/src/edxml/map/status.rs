//! Status packages and reports of the axis.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    super::{Finding, FindingCode, Party, ResponseFor, StaffInfo, StatusPackage, Value},
    derive::document_uuid,
    export::in_vietnam,
    fit::Notes,
    recipients,
};
use crate::{AgencyCode, StatusCode, limits, zone};

/// A report as a status package gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusDraft {
    /// The document, by the same derivation as on its import; `None` where the package names none.
    pub document_id: Option<Uuid>,
    /// Who reports, where its id is a code.
    pub reporter: Option<AgencyCode>,
    /// Whom it is for: the sender of the document, or for a taking back the receiver that is asked.
    pub addressee: Option<AgencyCode>,
    /// The status; 14 is taken for 15.
    pub status: Option<StatusCode>,
    /// Why, or what was done; up to 500 characters.
    pub description: String,
    /// Who handled it; up to 100 characters a field.
    pub staff: Option<StaffInfo>,
    /// When, by the reporter's clock.
    pub reported_at: Option<Timestamp>,
    /// What could not be carried over as it was.
    pub findings: Vec<Finding>,
}

/// What a status package is made of.
#[derive(Clone, Debug)]
pub struct StatusFacts {
    /// Who reports.
    pub from: Party,
    /// The document that it is about; see [`answering`](super::answering).
    pub about: ResponseFor,
    /// The status.
    pub status: StatusCode,
    /// Why, or what was done.
    pub description: String,
    /// Who handled it.
    pub staff: Option<StaffInfo>,
    /// When.
    pub at: Timestamp,
}

/// The report that a status package gives.
#[must_use]
pub fn draft_status(package: &StatusPackage) -> StatusDraft {
    let mut notes = Notes::default();
    let status = status(&package.status_code, &mut notes);
    let response = &package.response_for;
    // Who takes back asks a receiver for what the asker itself sent.
    let sender = match status {
        Some(StatusCode::TakeBack) => &package.from.organ_id,
        _ => &response.organ_id,
    };
    let document_id = (!response.document_id.is_empty()).then(|| document_uuid(sender, &response.document_id));
    if document_id.is_none() {
        notes.add(
            FindingCode::DocumentIdMissing,
            "MessageHeader/ResponseFor/DocumentId",
            &response.code,
            "the DocumentId of what it is about",
        );
    }
    let staff = package.staff.as_ref().map(|staff| {
        let path = "MessageHeader/StaffInfo";
        let mut fit = |text: &str| notes.fit(path, text, limits::NAME_MAX);
        StaffInfo {
            department: fit(&staff.department),
            staff: fit(&staff.staff),
            email: fit(&staff.email),
            mobile: fit(&staff.mobile),
            staff_id: fit(&staff.staff_id),
            department_id: fit(&staff.department_id),
        }
    });
    StatusDraft {
        document_id,
        reporter: recipients::code("MessageHeader/From/OrganId", &package.from.organ_id, &mut notes),
        addressee: recipients::code("MessageHeader/ResponseFor/OrganId", &response.organ_id, &mut notes),
        status,
        description: notes.fit(
            "MessageHeader/Description",
            &package.description,
            limits::DESCRIPTION_MAX,
        ),
        staff,
        reported_at: match &package.timestamp {
            Some(Value::Known(time)) => zone::VIETNAM.to_timestamp(*time).ok(),
            _ => None,
        },
        findings: notes.0,
    }
}

fn status(code: &str, notes: &mut Notes) -> Option<StatusCode> {
    let path = "MessageHeader/StatusCode";
    match code.parse() {
        Ok(status) => Some(status),
        Err(_) if code == "14" => {
            notes.add(FindingCode::StatusFourteen, path, code, "15");
            Some(StatusCode::Agreed)
        }
        Err(_) => {
            notes.add(FindingCode::StatusUnknown, path, code, "01 to 06, 13, 15 or 16");
            None
        }
    }
}

/// The status package of a report.
#[must_use]
pub fn export_status(facts: &StatusFacts) -> StatusPackage {
    StatusPackage {
        from: facts.from.clone(),
        response_for: facts.about.clone(),
        staff: facts.staff.clone(),
        status_code: facts.status.code().to_owned(),
        description: facts.description.trim().to_owned(),
        timestamp: Some(Value::Known(in_vietnam(facts.at))),
    }
}
