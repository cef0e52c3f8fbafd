//! `MessageHeader` of a document.

use super::{
    super::{Code, DocumentKind, DocumentPackage, FindingCode, OtherInfo, Promulgation, ResponseFor},
    fields::{Fields, Name},
    parties,
    report::Report,
    trace,
    tree::Element,
};
use crate::limits::{COUNT_MAX, NAME_MAX, OTHER_PLACES_MAX, SUBJECT_MAX};

/// Digits of `CodeNumber` and characters of `CodeNotation` (Decree 30/2020/NĐ-CP, Appendix VI).
const NUMBER_MAX: usize = 11;
const NOTATION_MAX: usize = 30;

pub(super) fn header(element: &Element, package: &mut DocumentPackage, report: &mut Report) {
    let mut fields = Fields::of(element, "MessageHeader", report);
    if let Some(from) = fields.needed("From") {
        package.from = parties::party(from, fields.path(&from.name), fields.report());
    }
    for to in fields.many("To") {
        package
            .to
            .push(parties::party(to, fields.path(&to.name), fields.report()));
    }
    if package.to.is_empty() {
        fields.needed("To");
    }
    package.document_id = fields.needed_text("DocumentId", usize::MAX);
    if let Some(code) = fields.needed("Code") {
        package.code = self::code(code, fields.path(&code.name), fields.report());
    }
    if let Some(info) = fields.needed("PromulgationInfo") {
        let path = fields.path(&info.name);
        let mut inner = Fields::of(info, path, fields.report());
        package.promulgation = Promulgation {
            place: inner.short_text("Place", NAME_MAX),
            date: inner.day("PromulgationDate"),
            promulgator: inner.text("Promulgator"),
        };
        inner.done();
    }
    if let Some(kind) = fields.needed("DocumentType") {
        package.document_type = document_kind(kind, fields.path(&kind.name), fields.report());
    }
    package.subject = fields.needed_text("Subject", SUBJECT_MAX);
    package.content = fields.text("Content");
    if let Some(signer) = fields.needed("SignerInfo") {
        package.signer = parties::signer(signer, fields.path(&signer.name), fields.report());
    }
    package.due_date = fields.day("DueDate");
    if let Some(other) = fields.one("OtherInfo") {
        package.other = other_info(other, fields.path(&other.name), fields.report());
    }
    for response in fields.many("ResponseFor") {
        let answered = response_for(response, fields.path(&response.name), fields.report());
        // Systems write the element for a document that answers none, and leave it empty.
        if answered == ResponseFor::default() {
            fields.find(
                FindingCode::ElementMissing,
                response,
                "",
                "the document that it answers",
            );
        } else {
            package.response_for.push(answered);
        }
    }
    if let Some(tasks) = fields.one("ResponseForTask") {
        let path = fields.path(&tasks.name);
        let mut inner = Fields::of(tasks, path, fields.report());
        package.task_codes = inner.texts("TaskCode");
        inner.done();
    }
    package.application_type = fields.text("ApplicationType");
    package.steering_type = fields.listed("SteeringType", 1, 3);
    if let Some(places) = fields.one("ToPlaces") {
        let path = fields.path(&places.name);
        let mut inner = Fields::of(places, path, fields.report());
        package.to_places = inner.texts("Place");
        inner.done();
        let all: usize = package.to_places.iter().map(|place| place.chars().count()).sum();
        fields.check_length(places, &" ".repeat(all.min(OTHER_PLACES_MAX + 1)), OTHER_PLACES_MAX);
    }
    if fields.is_provincial()
        && let Some(list) = fields.one("TraceHeaderList")
    {
        trace::trace(list, package, fields.report());
    }
    fields.done();
}

fn code(element: &Element, path: String, report: &mut Report) -> Code {
    let mut fields = Fields::of(element, path, report);
    let code = Code {
        number: fields.needed_text("CodeNumber", NUMBER_MAX),
        notation: fields.needed_text("CodeNotation", NOTATION_MAX),
    };
    fields.done();
    code
}

fn document_kind(element: &Element, path: String, report: &mut Report) -> DocumentKind {
    let mut fields = Fields::of(element, path, report);
    let mut kind = DocumentKind {
        number: fields.number("Type"),
        detail: fields.number("TypeDetail"),
        name: fields.short_text("TypeName", NAME_MAX),
    };
    // The provincial dialect has the name alone.
    if element.children.is_empty() {
        element.trimmed().clone_into(&mut kind.name);
    }
    fields.done();
    kind
}

fn other_info(element: &Element, path: String, report: &mut Report) -> OtherInfo {
    let mut fields = Fields::of(element, path, report);
    let priority = fields.listed("Priority", 0, 4);
    let sphere = fields.text("SphereOfPromulgation");
    let typer_notation = fields.text("TyperNotation");
    let promulgation_amount = fields.listed("PromulgationAmount", 0, COUNT_MAX);
    let page_amount = fields.listed("PageAmount", 0, COUNT_MAX);
    let direction = fields.boolean("Direction");
    let mut appendixes = Vec::new();
    if let Some(list) = fields.one("Appendixes") {
        let path = fields.path(&list.name);
        let mut inner = Fields::of(list, path, fields.report());
        appendixes = inner.texts("Appendix");
        inner.done();
    }
    if fields.is_provincial() {
        appendixes.extend(fields.texts("Appendix"));
    }
    let reference_codes = entries(&mut fields, "ReferenceCodes");
    let reply_fors = entries(&mut fields, "ReplyFors");
    fields.done();
    OtherInfo {
        priority,
        sphere,
        typer_notation,
        promulgation_amount,
        page_amount,
        direction,
        appendixes,
        reference_codes,
        reply_fors,
    }
}

/// The texts inside a list whose entries no sample shows: whatever they are called, or the text of the list itself.
fn entries(fields: &mut Fields<'_, '_>, name: &'static str) -> Vec<String> {
    let Some(list) = fields.one(name) else {
        return Vec::new();
    };
    let own = (!list.trimmed().is_empty()).then(|| list.trimmed().to_owned());
    let inner = list
        .children
        .iter()
        .map(|entry| entry.trimmed().to_owned())
        .filter(|text| !text.is_empty());
    own.into_iter().chain(inner).collect()
}

/// The document that a package is about.
pub(super) fn response_for(element: &Element, path: String, report: &mut Report) -> ResponseFor {
    let mut fields = Fields::of(element, path, report);
    let organ_id = fields.text("OrganId");
    let code = match fields.one(Name("Code", &[])) {
        // Written out in two parts it means the same.
        Some(code) if !code.children.is_empty() => {
            let path = fields.path(&code.name);
            let mut inner = Fields::of(code, path, fields.report());
            let parts = [inner.text("CodeNumber"), inner.text("CodeNotation")];
            inner.done();
            parts
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("/")
        }
        Some(code) => code.trimmed().to_owned(),
        None => String::new(),
    };
    let answered = ResponseFor {
        organ_id,
        code,
        document_id: fields.text("DocumentId"),
        promulgation_date: fields.day("PromulgationDate"),
    };
    fields.done();
    answered
}
