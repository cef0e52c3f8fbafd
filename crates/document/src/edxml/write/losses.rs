//! What the provincial dialect has no place for.

use super::super::{DocumentPackage, Finding, FindingCode, Profile, Value};

/// One finding for each field that a profile leaves out.
pub(super) fn of_document(document: &DocumentPackage, profile: Profile) -> Vec<Finding> {
    if profile != Profile::Provincial {
        return Vec::new();
    }
    let other = &document.other;
    let number = |value: Option<&Value<u32>>| match value {
        Some(Value::Known(number)) => number.to_string(),
        Some(Value::Text(text)) => text.clone(),
        None => String::new(),
    };
    let fields = [
        (
            "MessageHeader/PromulgationInfo/Place",
            document.promulgation.place.clone(),
        ),
        ("MessageHeader/Content", document.content.clone()),
        (
            "MessageHeader/DueDate",
            match &document.due_date {
                Some(Value::Known(day)) => day.to_string(),
                Some(Value::Text(text)) => text.clone(),
                None => String::new(),
            },
        ),
        (
            "MessageHeader/DocumentType/Type",
            number(document.document_type.number.as_ref()),
        ),
        ("MessageHeader/OtherInfo/Priority", number(other.priority.as_ref())),
        ("MessageHeader/OtherInfo/SphereOfPromulgation", other.sphere.clone()),
        (
            "MessageHeader/OtherInfo/PromulgationAmount",
            number(other.promulgation_amount.as_ref()),
        ),
        (
            "MessageHeader/ResponseFor",
            document
                .response_for
                .first()
                .map(|response| response.document_id.clone())
                .unwrap_or_default(),
        ),
        ("MessageHeader/SteeringType", number(document.steering_type.as_ref())),
        ("MessageHeader/ToPlaces", document.to_places.join(", ")),
        (
            "TraceHeaderList/Bussiness",
            document
                .business
                .as_ref()
                .map(|business| number(business.doc_type.as_ref()))
                .unwrap_or_default(),
        ),
        (
            "Signature",
            document
                .signature
                .as_ref()
                .map(|signature| signature.judgement.to_string())
                .unwrap_or_default(),
        ),
    ];
    fields
        .into_iter()
        .filter(|(_, found)| !found.is_empty())
        .map(|(path, found)| {
            Finding::new(
                FindingCode::FieldNotCarried,
                None,
                path,
                &found,
                "no place in the provincial dialect",
            )
        })
        .collect()
}
