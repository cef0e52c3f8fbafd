//! From an edXML document to the fields of a header.

use jiff::civil::Date;
use uuid::Uuid;

use super::{
    super::{Code, DocumentPackage, FindingCode, Value, value::known},
    acts,
    derive::document_uuid,
    draft::Draft,
    extensions, files,
    fit::Notes,
    recipients,
};
use crate::{DocumentType, Notation, Signer, SteeringType, Urgency, limits};

/// The fields of a header that a document gives, with what could not be carried over as it was. Who may send, and what the
/// signature is worth, is judged elsewhere.
#[must_use]
pub fn draft(document: &DocumentPackage) -> Draft {
    let mut notes = Notes::default();
    let notes = &mut notes;
    let mut extensions = extensions::keep(document, notes);
    let sender = recipients::code("MessageHeader/From/OrganId", &document.from.organ_id, notes);
    let recipients = recipients::recipients(document, notes);
    let (act, act_targets) = acts::act(document, notes);
    let in_reply_to = acts::replies(document, &act_targets, notes);
    let removed_recipients = match act {
        crate::BusinessAct::Update => recipients::removed(document, &recipients, notes),
        _ => Vec::new(),
    };
    let number = number(&document.code, notes);
    let notation = notation(&document.code, notes);
    if number.is_none_or(|number| number.to_string() != document.code.number) && !document.code.number.is_empty() {
        let text = notes.fit(
            "MessageHeader/Code/CodeNumber",
            &document.code.number,
            limits::EXTENSION_MAX,
        );
        extensions.insert(extensions::CODE_NUMBER.to_owned(), text);
    }
    let same = notation.as_ref().map(Notation::as_str) == Some(document.code.notation.as_str());
    if !same && !document.code.notation.is_empty() {
        let text = notes.fit(
            "MessageHeader/Code/CodeNotation",
            &document.code.notation,
            limits::EXTENSION_MAX,
        );
        extensions.insert(extensions::CODE_NOTATION.to_owned(), text);
    }
    let document_type = document_type(document, notes);
    if document_type.vietnamese() != document.document_type.name && !document.document_type.name.is_empty() {
        let text = notes.fit(
            "MessageHeader/DocumentType/TypeName",
            &document.document_type.name,
            limits::EXTENSION_MAX,
        );
        extensions.insert(extensions::TYPE_NAME.to_owned(), text);
    }
    let urgency = urgency(document, notes);
    if let Some(Value::Known(4)) = document.other.priority {
        extensions.insert(extensions::PRIORITY.to_owned(), "4".to_owned());
    }
    let business = document.business.as_ref();
    let reason = business.map(|business| business.reason.as_str()).unwrap_or_default();
    Draft {
        document_id: document_id(document, notes),
        sender,
        number,
        notation,
        issued_on: day(
            "MessageHeader/PromulgationInfo/PromulgationDate",
            document.promulgation.date.as_ref(),
            notes,
        ),
        document_type,
        subject: notes.fit("MessageHeader/Subject", &document.subject, limits::SUBJECT_MAX),
        signer: Signer {
            competence: notes.fit(
                "MessageHeader/SignerInfo/Competence",
                &document.signer.competence,
                limits::NAME_MAX,
            ),
            position: notes.fit(
                "MessageHeader/SignerInfo/Position",
                &document.signer.position,
                limits::NAME_MAX,
            ),
            full_name: notes.fit(
                "MessageHeader/SignerInfo/FullName",
                &document.signer.full_name,
                limits::FULL_NAME_MAX,
            ),
        },
        urgency,
        due_on: day("MessageHeader/DueDate", document.due_date.as_ref(), notes),
        act,
        act_targets,
        act_reason: notes.fit(
            "TraceHeaderList/Bussiness/BussinessDocReason",
            reason,
            limits::DESCRIPTION_MAX,
        ),
        in_reply_to,
        attachments: files::attachments(document, notes),
        paper_follows: known(business.and_then(|business| business.paper.as_ref())) == Some(1),
        steering: match known(document.steering_type.as_ref()) {
            Some(2) => SteeringType::Steering,
            Some(3) => SteeringType::Report,
            _ => SteeringType::None,
        },
        other_places: other_places(document, notes),
        page_count: count(
            "MessageHeader/OtherInfo/PageAmount",
            document.other.page_amount.as_ref(),
            notes,
        ),
        copy_count: count(
            "MessageHeader/OtherInfo/PromulgationAmount",
            document.other.promulgation_amount.as_ref(),
            notes,
        ),
        sphere: notes.fit(
            "MessageHeader/OtherInfo/SphereOfPromulgation",
            &document.other.sphere,
            limits::NAME_MAX,
        ),
        place: notes.fit(
            "MessageHeader/PromulgationInfo/Place",
            &document.promulgation.place,
            limits::NAME_MAX,
        ),
        recipients,
        removed_recipients,
        extensions,
        findings: std::mem::take(&mut notes.0),
    }
}

/// Without an id, number, notation and day stand in for one: unique per sender by Decree 30/2020/NĐ-CP, Article 15.
fn document_id(document: &DocumentPackage, notes: &mut Notes) -> Uuid {
    if !document.document_id.is_empty() {
        return document_uuid(&document.from.organ_id, &document.document_id);
    }
    let day = known(document.promulgation.date.as_ref()).map_or_else(String::new, |day| day.to_string());
    let text = format!("{}/{} {day}", document.code.number, document.code.notation);
    notes.add(
        FindingCode::DocumentIdMissing,
        "MessageHeader/DocumentId",
        "",
        text.as_str(),
    );
    document_uuid(&document.from.organ_id, &text)
}

/// A number of the register, or what can be made of it: digits at its beginning, and no more than the last eleven.
fn number(code: &Code, notes: &mut Notes) -> Option<u64> {
    let digits: String = code.number.chars().take_while(char::is_ascii_digit).collect();
    let kept = &digits[digits.len().saturating_sub(11)..];
    let number = kept
        .parse()
        .ok()
        .filter(|number| (1..=limits::NUMBER_MAX).contains(number));
    if number.is_none() || digits.len() > 11 || digits != code.number {
        let made = number.map_or_else(
            || "a number from 1 on".to_owned(),
            |number| format!("taken for {number}"),
        );
        notes.add(
            FindingCode::RegisterNumberInvalid,
            "MessageHeader/Code/CodeNumber",
            &code.number,
            made,
        );
    }
    number
}

/// A notation, or what can be made of it: hyphens for blanks and slashes, thirty characters.
fn notation(code: &Code, notes: &mut Notes) -> Option<Notation> {
    if let Ok(notation) = code.notation.parse() {
        return Some(notation);
    }
    let breaks = |found: char| found.is_whitespace() || found.is_control() || matches!(found, '/' | '-');
    let parts: Vec<&str> = code.notation.split(breaks).filter(|part| !part.is_empty()).collect();
    let made: String = parts.join("-").chars().take(30).collect();
    let notation: Option<Notation> = made.trim_end_matches('-').parse().ok();
    let expected = notation.as_ref().map_or_else(
        || "a notation such as `UBND-VX`".to_owned(),
        |notation| format!("taken for {notation}"),
    );
    notes.add(
        FindingCode::NotationInvalid,
        "MessageHeader/Code/CodeNotation",
        &code.notation,
        expected,
    );
    notation
}

fn document_type(document: &DocumentPackage, notes: &mut Notes) -> DocumentType {
    let name = &document.document_type.name;
    DocumentType::find(name).unwrap_or_else(|| {
        notes.add(
            FindingCode::TypeUnknown,
            "MessageHeader/DocumentType/TypeName",
            name,
            "taken for a công văn",
        );
        DocumentType::OfficialLetter
    })
}

fn urgency(document: &DocumentPackage, notes: &mut Notes) -> Urgency {
    let path = "MessageHeader/OtherInfo/Priority";
    match &document.other.priority {
        None | Some(Value::Known(0)) => Urgency::Normal,
        Some(Value::Known(1)) => Urgency::Urgent,
        Some(Value::Known(2)) => Urgency::VeryUrgent,
        Some(Value::Known(3)) => Urgency::Express,
        Some(Value::Known(4)) => {
            notes.add(FindingCode::PriorityTimed, path, "4", "express");
            Urgency::Express
        }
        Some(Value::Known(other)) => {
            notes.add(FindingCode::ValueUnknown, path, &other.to_string(), "taken for normal");
            Urgency::Normal
        }
        Some(Value::Text(other)) => {
            notes.add(FindingCode::ValueUnknown, path, other, "taken for normal");
            Urgency::Normal
        }
    }
}

/// A day from 1970 on, which is what a header can hold.
fn day(path: &str, value: Option<&Value<Date>>, notes: &mut Notes) -> Option<Date> {
    match value {
        Some(Value::Known(day)) if day.year() >= 1970 => Some(*day),
        Some(Value::Known(day)) => {
            notes.add(FindingCode::DateInvalid, path, &day.to_string(), "a day from 1970 on");
            None
        }
        Some(Value::Text(text)) => {
            notes.add(FindingCode::DateInvalid, path, text, "a day");
            None
        }
        None => None,
    }
}

fn count(path: &str, value: Option<&Value<u32>>, notes: &mut Notes) -> u32 {
    match value {
        None => 0,
        Some(Value::Known(count)) if *count <= limits::COUNT_MAX => *count,
        Some(Value::Known(count)) => {
            notes.add(
                FindingCode::FieldNotCarried,
                path,
                &count.to_string(),
                format!("{} at most", limits::COUNT_MAX),
            );
            0
        }
        Some(Value::Text(text)) => {
            notes.add(FindingCode::FieldNotCarried, path, text, "a number");
            0
        }
    }
}

fn other_places(document: &DocumentPackage, notes: &mut Notes) -> Vec<String> {
    let mut left = limits::OTHER_PLACES_MAX;
    let mut places = Vec::new();
    for place in document.to_places.iter().filter(|place| !place.trim().is_empty()) {
        if left == 0 {
            break;
        }
        let place = notes.fit("MessageHeader/ToPlaces/Place", place, left);
        left -= place.chars().count();
        places.push(place);
    }
    places
}
