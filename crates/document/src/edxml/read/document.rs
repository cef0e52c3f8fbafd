//! A package out of its elements.

use super::{
    super::{
        DocumentPackage, Finding, FindingCode, Package, Profile, ReadError, ReadErrorCode, Signature,
        SignatureJudgement, StatusPackage,
    },
    fields::{Fields, Name},
    files, header,
    parse::ROOT_PROVINCIAL,
    parties,
    report::Report,
    trace,
    tree::{Element, Extra},
};
use crate::{StatusCode, limits::DESCRIPTION_MAX};

/// The package that a root element is.
pub(super) fn package(root: &Element, report: &mut Report) -> Result<Package, ReadError> {
    match &*root.name {
        ROOT_PROVINCIAL => {
            report.provincial = true;
            report.add(Finding::new(
                FindingCode::DialectProvincial,
                Some(root.at),
                "",
                ROOT_PROVINCIAL,
                "edXML",
            ));
            provincial(root, report)
        }
        "edXML" => standard(root, report),
        "EdXML" | "edxml" => {
            report.add(Finding::new(
                FindingCode::SpellingVariant,
                Some(root.at),
                "",
                &root.name,
                "edXML",
            ));
            standard(root, report)
        }
        other => Err(ReadError::new(
            ReadErrorCode::RootUnknown,
            root.at,
            format!("the root element is `{other}`; it has to be `edXML`"),
        )),
    }
}

fn no_header(root: &Element) -> ReadError {
    ReadError::new(
        ReadErrorCode::HeaderMissing,
        root.at,
        "there is no MessageHeader, which says what the package is",
    )
}

fn standard(root: &Element, report: &mut Report) -> Result<Package, ReadError> {
    let mut document = DocumentPackage::default();
    let mut top = Fields::of(root, "", report);
    let envelope = top.one("edXMLEnvelope").ok_or_else(|| no_header(root))?;
    for list in top.many("AttachmentEncoded") {
        document.attachments.extend(files::attachments(list, top.report()));
    }
    top.done();
    let mut fields = Fields::of(envelope, "edXMLEnvelope", report);
    let head = fields.one("edXMLHeader").ok_or_else(|| no_header(root))?;
    let body = fields.one("edXMLBody");
    // Some sign the whole envelope and put the signature behind its body.
    let mut signature = fields.one("Signature");
    if let Some(body) = body {
        let mut inner = Fields::of(body, "edXMLBody", fields.report());
        document.manifest = inner
            .one("edXMLManifest")
            .map(|manifest| files::manifest(manifest, inner.report()));
        inner.done();
    }
    fields.done();
    let mut fields = Fields::of(head, "edXMLHeader", report);
    let message = fields.one("MessageHeader").ok_or_else(|| no_header(root))?;
    let hops = fields.one("TraceHeaderList");
    signature = fields.one("Signature").or(signature);
    fields.done();
    if message.child("StatusCode").is_some() {
        return Ok(Package::Status(status(message, report)));
    }
    header::header(message, &mut document, report);
    if let Some(hops) = hops {
        trace::trace(hops, &mut document, report);
    }
    document.signature = signature.and_then(kept_signature);
    judged(document.signature.as_ref(), signature, report);
    files::compare(document.manifest.as_ref(), &document.attachments, report);
    Ok(Package::Document(document))
}

fn provincial(root: &Element, report: &mut Report) -> Result<Package, ReadError> {
    let mut document = DocumentPackage::default();
    let mut top = Fields::of(root, "", report);
    let message = top.one("MessageHeader").ok_or_else(|| no_header(root))?;
    for list in top.many("Manifest") {
        document.attachments.extend(files::attachments(list, top.report()));
    }
    let signature = top.one("Signature");
    top.done();
    if message.child("StatusCode").is_some() {
        return Ok(Package::Status(status(message, report)));
    }
    header::header(message, &mut document, report);
    document.signature = signature.and_then(kept_signature);
    judged(document.signature.as_ref(), signature, report);
    Ok(Package::Document(document))
}

fn kept_signature(element: &Element) -> Option<Signature> {
    match element.extra.as_deref() {
        Some(Extra::Signature {
            raw,
            bindings,
            judgement,
        }) => Some(Signature {
            raw: raw.clone(),
            bindings: bindings.clone(),
            judgement: judgement.clone(),
        }),
        _ => None,
    }
}

fn judged(signature: Option<&Signature>, element: Option<&Element>, report: &mut Report) {
    let (code, why) = match signature.map(|signature| &signature.judgement) {
        None | Some(SignatureJudgement::Absent) => (FindingCode::SignatureAbsent, ""),
        Some(SignatureJudgement::Placeholder(why)) => (FindingCode::SignaturePlaceholder, why.as_str()),
        Some(SignatureJudgement::NotVerifiable(why)) => (FindingCode::SignatureNotVerifiable, why.as_str()),
    };
    report.add(Finding::new(
        code,
        element.map(|element| element.at),
        "Signature",
        why,
        "a signature that verifies",
    ));
}

fn status(message: &Element, report: &mut Report) -> StatusPackage {
    let mut fields = Fields::of(message, "MessageHeader", report);
    let from = fields.needed("From");
    let response = fields.needed("ResponseFor");
    let staff = fields.one("StaffInfo");
    let code = fields.needed("StatusCode");
    let status = StatusPackage {
        from: from
            .map(|from| parties::party(from, fields.path(&from.name), fields.report()))
            .unwrap_or_default(),
        response_for: response
            .map(|response| header::response_for(response, fields.path(&response.name), fields.report()))
            .unwrap_or_default(),
        staff: staff.map(|staff| parties::staff(staff, fields.path(&staff.name), fields.report())),
        status_code: code.map(|code| fields.leaf(code)).unwrap_or_default(),
        description: fields.short_text("Description", DESCRIPTION_MAX),
        timestamp: fields.time(Name("Timestamp", &[])),
    };
    if let Some(code) = code.filter(|_| !status.status_code.is_empty()) {
        let text = status.status_code.as_str();
        match text.parse::<StatusCode>() {
            Ok(known) if known.code() == text => {}
            Ok(known) => fields.find(FindingCode::StatusForm, code, text, known.code()),
            Err(_) if text == "14" => fields.find(FindingCode::StatusFourteen, code, text, "15"),
            Err(_) => fields.find(FindingCode::StatusUnknown, code, text, "01 to 06, 13, 15 or 16"),
        }
    }
    // Some name the receiver, which the standard has in `ResponseFor`.
    fields.done();
    status
}

/// Whose way of writing a package comes nearest to.
pub(super) fn profile(root: &Element) -> Profile {
    if &*root.name == ROOT_PROVINCIAL {
        return Profile::Provincial;
    }
    let header = root
        .child("edXMLEnvelope")
        .and_then(|envelope| envelope.child("edXMLHeader"));
    let business = header
        .and_then(|header| header.child("TraceHeaderList"))
        .is_some_and(|list| list.child("Business").is_some());
    let in_charge = header
        .and_then(|header| header.child("MessageHeader"))
        .and_then(|message| message.child("From"))
        .is_some_and(|from| from.child("OrganInCharge").is_some());
    if business || in_charge {
        Profile::Bkav
    } else {
        Profile::Vnpt
    }
}
