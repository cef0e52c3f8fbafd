//! Agencies of a package that the axis can know.

use super::{
    super::{DocumentPackage, FindingCode, Party, Value},
    fit::Notes,
};
use crate::{AgencyCode, Recipient, RecipientRole};

/// A code out of an `OrganId`.
pub(super) fn code(path: &str, organ_id: &str, notes: &mut Notes) -> Option<AgencyCode> {
    match organ_id.parse() {
        Ok(code) => Some(code),
        Err(_) if organ_id.is_empty() => None,
        Err(error) => {
            let error: crate::InvalidAgencyCode = error;
            notes.add(FindingCode::AgencyCodeInvalid, path, organ_id, error.to_string());
            None
        }
    }
}

/// Each receiver once, all of them to act: edXML knows no roles.
pub(super) fn recipients(document: &DocumentPackage, notes: &mut Notes) -> Vec<Recipient> {
    let mut recipients: Vec<Recipient> = Vec::with_capacity(document.to.len());
    let mut seen = std::collections::HashSet::with_capacity(document.to.len());
    let mut with_contacts = 0;
    for to in &document.to {
        let Some(agency) = code("MessageHeader/To/OrganId", &to.organ_id, notes) else {
            continue;
        };
        with_contacts += usize::from(has_contacts(to));
        if seen.insert(agency.clone()) {
            recipients.push(Recipient {
                agency,
                role: RecipientRole::ToAct,
            });
        }
    }
    if with_contacts > 0 {
        notes.add(
            FindingCode::FieldNotCarried,
            "MessageHeader/To",
            &format!("addresses of {with_contacts} receivers"),
            "the directory has them",
        );
    }
    recipients
}

fn has_contacts(party: &Party) -> bool {
    [
        &party.address,
        &party.email,
        &party.telephone,
        &party.fax,
        &party.website,
    ]
    .into_iter()
    .any(|text| !text.is_empty())
}

/// Receivers that an update removes, but for those that it addresses all the same.
pub(super) fn removed(document: &DocumentPackage, recipients: &[Recipient], notes: &mut Notes) -> Vec<AgencyCode> {
    let info = document
        .business
        .as_ref()
        .and_then(|business| business.document_info.as_ref());
    let mut removed: Vec<AgencyCode> = Vec::new();
    for receiver in info.map(|info| info.receivers.as_slice()).unwrap_or_default() {
        if receiver.receiver_type != Some(Value::Known(0)) {
            continue;
        }
        let path = "TraceHeaderList/Bussiness/BussinessDocumentInfo/ReceiverList/Receiver/OrganId";
        let Some(agency) = code(path, &receiver.organ_id, notes) else {
            continue;
        };
        if recipients.iter().any(|recipient| recipient.agency == agency) {
            notes.add(
                FindingCode::FieldNotCarried,
                path,
                agency.as_str(),
                "removed and addressed at once; it stays addressed",
            );
        } else if !removed.contains(&agency) {
            removed.push(agency);
        }
    }
    removed
}
