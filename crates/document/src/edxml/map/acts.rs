//! What a document does to others, and which it answers.

use uuid::Uuid;

use super::{
    super::{DocumentPackage, FindingCode, Value},
    derive::document_uuid,
    fit::Notes,
};
use crate::{BusinessAct, limits};

/// `BussinessDocType` of an act.
pub(super) const fn number(act: BusinessAct) -> u32 {
    match act {
        BusinessAct::New => 0,
        BusinessAct::Recall => 1,
        BusinessAct::Update => 2,
        BusinessAct::Replace => 3,
    }
}

/// The act and the documents that it is on. Those are the sender's own: nobody recalls what another sent.
pub(super) fn act(document: &DocumentPackage, notes: &mut Notes) -> (BusinessAct, Vec<Uuid>) {
    let Some(business) = &document.business else {
        return (BusinessAct::New, Vec::new());
    };
    let path = "TraceHeaderList/Bussiness/BussinessDocType";
    let act = match &business.doc_type {
        None | Some(Value::Known(0)) => BusinessAct::New,
        Some(Value::Known(1)) => BusinessAct::Recall,
        Some(Value::Known(2)) => BusinessAct::Update,
        Some(Value::Known(3)) => BusinessAct::Replace,
        Some(Value::Known(other)) => {
            notes.add(
                FindingCode::ValueUnknown,
                path,
                &other.to_string(),
                "taken for a new document",
            );
            BusinessAct::New
        }
        Some(Value::Text(other)) => {
            notes.add(FindingCode::ValueUnknown, path, other, "taken for a new document");
            BusinessAct::New
        }
    };
    if act == BusinessAct::New {
        return (act, Vec::new());
    }
    let replaced = business.replacements.iter().map(|replacement| &replacement.document_id);
    let mut targets: Vec<Uuid> = Vec::new();
    for id in std::iter::once(&business.document_id).chain(replaced) {
        let target = document_uuid(&document.from.organ_id, id);
        if !id.is_empty() && !targets.contains(&target) {
            targets.push(target);
        }
    }
    // Some say it where a reply would stand.
    if targets.is_empty() {
        targets.extend(
            document
                .response_for
                .iter()
                .filter(|response| !response.document_id.is_empty())
                .map(|response| document_uuid(&document.from.organ_id, &response.document_id))
                .take(1),
        );
    }
    if targets.is_empty() {
        notes.add(
            FindingCode::ActTargetMissing,
            "TraceHeaderList/Bussiness/DocumentId",
            "",
            "the DocumentId of what it acts on",
        );
    }
    if targets.len() > limits::TARGETS_MAX {
        notes.add(
            FindingCode::FieldNotCarried,
            "TraceHeaderList/Bussiness/ReplacementInfoList",
            &format!("{} documents", targets.len()),
            format!("the first {}", limits::TARGETS_MAX),
        );
        targets.truncate(limits::TARGETS_MAX);
    }
    (act, targets)
}

/// The documents that it answers, but for those that it acts on.
pub(super) fn replies(document: &DocumentPackage, targets: &[Uuid], notes: &mut Notes) -> Vec<Uuid> {
    let mut replies = Vec::new();
    for response in &document.response_for {
        if response.document_id.is_empty() {
            notes.add(
                FindingCode::FieldNotCarried,
                "MessageHeader/ResponseFor",
                &response.code,
                "the DocumentId of what it answers",
            );
            continue;
        }
        let sender = if response.organ_id.is_empty() {
            &document.from.organ_id
        } else {
            &response.organ_id
        };
        let id = document_uuid(sender, &response.document_id);
        let own = document_uuid(&document.from.organ_id, &response.document_id);
        if !replies.contains(&id) && !targets.contains(&id) && !targets.contains(&own) {
            replies.push(id);
        }
    }
    if replies.len() > limits::REPLIES_MAX {
        notes.add(
            FindingCode::FieldNotCarried,
            "MessageHeader/ResponseFor",
            &format!("{} documents", replies.len()),
            format!("the first {}", limits::REPLIES_MAX),
        );
        replies.truncate(limits::REPLIES_MAX);
    }
    replies
}
