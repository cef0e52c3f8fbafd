//! Fields of edXML that a header has none for: kept under `edxml.…` in its extensions, for the way back.

use std::collections::BTreeMap;

use super::{
    super::{DocumentPackage, StaffInfo, TraceHeader, Value},
    fit::Notes,
};
use crate::limits::EXTENSION_MAX;

/// The id as the sender wrote it.
pub(super) const DOCUMENT_ID: &str = "edxml.document_id";
/// The number as the sender wrote it.
pub(super) const CODE_NUMBER: &str = "edxml.code_number";
/// The notation as the sender wrote it.
pub(super) const CODE_NOTATION: &str = "edxml.code_notation";
/// The name of a type that is none of the 29.
pub(super) const TYPE_NAME: &str = "edxml.type_name";
/// 4, express at a set time.
pub(super) const PRIORITY: &str = "edxml.priority";
const TRACE: &str = "edxml.trace";
const DIRECTION: &str = "edxml.direction";

/// Texts that go there and back as they are.
fn texts(document: &mut DocumentPackage) -> [(&'static str, &mut String); 11] {
    [
        ("edxml.from.organ_name", &mut document.from.organ_name),
        (
            "edxml.from.organization_in_charge",
            &mut document.from.organization_in_charge,
        ),
        ("edxml.from.address", &mut document.from.address),
        ("edxml.from.email", &mut document.from.email),
        ("edxml.from.telephone", &mut document.from.telephone),
        ("edxml.from.fax", &mut document.from.fax),
        ("edxml.from.website", &mut document.from.website),
        ("edxml.content", &mut document.content),
        ("edxml.application_type", &mut document.application_type),
        ("edxml.promulgator", &mut document.promulgation.promulgator),
        ("edxml.typer_notation", &mut document.other.typer_notation),
    ]
}

/// Lists of texts, one a line.
fn lists(document: &mut DocumentPackage) -> [(&'static str, &mut Vec<String>); 4] {
    [
        ("edxml.appendixes", &mut document.other.appendixes),
        ("edxml.task_codes", &mut document.task_codes),
        ("edxml.reference_codes", &mut document.other.reference_codes),
        ("edxml.reply_fors", &mut document.other.reply_fors),
    ]
}

fn numbers(document: &mut DocumentPackage) -> [(&'static str, &mut Option<Value<u32>>); 2] {
    [
        ("edxml.type", &mut document.document_type.number),
        ("edxml.type_detail", &mut document.document_type.detail),
    ]
}

fn staff(staff: &mut StaffInfo) -> [(&'static str, &mut String); 6] {
    [
        ("edxml.staff.department", &mut staff.department),
        ("edxml.staff.name", &mut staff.staff),
        ("edxml.staff.email", &mut staff.email),
        ("edxml.staff.mobile", &mut staff.mobile),
        ("edxml.staff.id", &mut staff.staff_id),
        ("edxml.staff.department_id", &mut staff.department_id),
    ]
}

/// What a header has no field for.
pub(super) fn keep(document: &DocumentPackage, notes: &mut Notes) -> BTreeMap<String, String> {
    let mut document = document.clone();
    let mut kept = BTreeMap::new();
    let mut put = |key: &str, text: &str| {
        if !text.is_empty() {
            kept.insert(key.to_owned(), notes.fit(key, text, EXTENSION_MAX));
        }
    };
    put(DOCUMENT_ID, &document.document_id.clone());
    for (key, text) in texts(&mut document) {
        put(key, text);
    }
    for (key, list) in lists(&mut document) {
        let lines: Vec<String> = list.iter().map(|text| text.replace(['\r', '\n'], " ")).collect();
        put(key, &lines.join("\n"));
    }
    for (key, number) in numbers(&mut document) {
        match number {
            Some(Value::Known(number)) => put(key, &number.to_string()),
            Some(Value::Text(text)) => put(key, text),
            None => {}
        }
    }
    match &document.other.direction {
        Some(Value::Known(direction)) => put(DIRECTION, &direction.to_string()),
        Some(Value::Text(text)) => put(DIRECTION, text),
        None => {}
    }
    if let Some(person) = document.business.as_mut().and_then(|business| business.staff.as_mut()) {
        for (key, text) in staff(person) {
            put(key, text);
        }
    }
    put(TRACE, &hops(&document.trace));
    kept
}

/// Puts back what [`keep`] kept.
pub(super) fn put_back(kept: &BTreeMap<String, String>, document: &mut DocumentPackage) {
    for (key, text) in texts(document) {
        if let Some(kept) = kept.get(key) {
            text.clone_from(kept);
        }
    }
    for (key, list) in lists(document) {
        if let Some(kept) = kept.get(key) {
            *list = kept.lines().map(str::to_owned).collect();
        }
    }
    for (key, number) in numbers(document) {
        if let Some(kept) = kept.get(key) {
            *number = Some(kept.parse().map_or_else(|_| Value::Text(kept.clone()), Value::Known));
        }
    }
    if let Some(kept) = kept.get(DIRECTION) {
        document.other.direction = Some(kept.parse().map_or_else(|_| Value::Text(kept.clone()), Value::Known));
    }
    let mut person = StaffInfo::default();
    for (key, text) in staff(&mut person) {
        if let Some(kept) = kept.get(key) {
            text.clone_from(kept);
        }
    }
    if person != StaffInfo::default() {
        document.business.get_or_insert_default().staff = Some(person);
    }
    if let Some(kept) = kept.get(TRACE) {
        document.trace = kept.lines().map(hop).collect();
    }
}

/// One hop a line: `<agency> <time>`, or what stood for the time.
fn hops(trace: &[TraceHeader]) -> String {
    let line = |hop: &TraceHeader| {
        let time = match &hop.timestamp {
            Some(Value::Known(time)) => time.to_string(),
            Some(Value::Text(text)) => text.replace(['\r', '\n'], " "),
            None => String::new(),
        };
        format!("{}\t{time}", hop.organ_id.replace(['\t', '\r', '\n'], " "))
    };
    trace.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn hop(line: &str) -> TraceHeader {
    let (organ_id, time) = line.split_once('\t').unwrap_or((line, ""));
    TraceHeader {
        organ_id: organ_id.to_owned(),
        timestamp: (!time.is_empty()).then(|| time.parse().map_or_else(|_| Value::Text(time.to_owned()), Value::Known)),
        path: None,
    }
}
