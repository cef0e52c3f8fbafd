//! A document package.

use std::io::Write;

use super::{
    super::{DocumentPackage, NAMESPACE, NAMESPACE_PROVINCIAL, Profile, ResponseFor, TraceHeader},
    AttachmentSource, WriteError, WriteOptions, business, files, parties, signature,
    xml::Xml,
};

pub(super) fn write<W: Write>(
    xml: &mut Xml<W>,
    document: &DocumentPackage,
    options: &WriteOptions,
    contents: &mut dyn AttachmentSource,
) -> Result<(), WriteError> {
    if options.profile == Profile::Provincial {
        return provincial(xml, document, options, contents);
    }
    open_standard(xml)?;
    let declarations = signature::declarations(options.profile, document.signature.as_ref())?;
    let attributes: Vec<(&str, &str)> = declarations
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    xml.open_with("edXMLHeader", &attributes)?;
    message_header(xml, document)?;
    trace(xml, document)?;
    if let Some(signature) = &document.signature {
        xml.raw(&signature.raw)?;
    }
    xml.close("edXMLHeader")?;
    if let Some(manifest) = &document.manifest {
        xml.open("edXMLBody")?;
        files::manifest(xml, manifest)?;
        xml.close("edXMLBody")?;
    }
    close_envelope(xml)?;
    if !document.attachments.is_empty() {
        xml.open("AttachmentEncoded")?;
        for (index, attachment) in document.attachments.iter().enumerate() {
            files::attachment(xml, index, attachment, options.zip, contents)?;
        }
        xml.close("AttachmentEncoded")?;
    }
    xml.close("edXML")
}

/// Opens root and envelope. VNPT's library has the root in the default namespace and the envelope in a prefix of the
/// same; Bkav's has the prefix everywhere.
pub(super) fn open_standard<W: Write>(xml: &mut Xml<W>) -> Result<(), WriteError> {
    if xml.profile == Profile::Bkav {
        xml.set_prefix("edXML:");
        xml.open_with("edXML", &[("xmlns:edXML", NAMESPACE)])?;
        return xml.open("edXMLEnvelope");
    }
    xml.open_with("edXML", &[("xmlns", NAMESPACE)])?;
    xml.set_prefix("edXML:");
    xml.open_with("edXMLEnvelope", &[("xmlns:edXML", NAMESPACE)])
}

/// Closes the envelope; the root is left open.
pub(super) fn close_envelope<W: Write>(xml: &mut Xml<W>) -> Result<(), WriteError> {
    xml.close("edXMLEnvelope")?;
    if xml.profile != Profile::Bkav {
        xml.set_prefix("");
    }
    Ok(())
}

fn message_header<W: Write>(xml: &mut Xml<W>, document: &DocumentPackage) -> Result<(), WriteError> {
    xml.open("MessageHeader")?;
    parties::party(xml, "From", &document.from)?;
    for to in &document.to {
        parties::party(xml, "To", to)?;
    }
    xml.text("DocumentId", &document.document_id)?;
    code(xml, document)?;
    promulgation(xml, document)?;
    document_kind(xml, document)?;
    xml.text("Subject", &document.subject)?;
    xml.text("Content", &document.content)?;
    parties::signer(xml, &document.signer)?;
    xml.day("DueDate", document.due_date.as_ref())?;
    other_info(xml, document)?;
    for response in &document.response_for {
        response_for(xml, response)?;
    }
    list(xml, "ResponseForTask", "TaskCode", &document.task_codes)?;
    xml.text("ApplicationType", &document.application_type)?;
    xml.value("SteeringType", document.steering_type.as_ref())?;
    list(xml, "ToPlaces", "Place", &document.to_places)?;
    xml.close("MessageHeader")
}

fn code<W: Write>(xml: &mut Xml<W>, document: &DocumentPackage) -> Result<(), WriteError> {
    if document.code == super::super::Code::default() {
        return Ok(());
    }
    xml.open("Code")?;
    xml.text("CodeNumber", &document.code.number)?;
    xml.text("CodeNotation", &document.code.notation)?;
    xml.close("Code")
}

fn promulgation<W: Write>(xml: &mut Xml<W>, document: &DocumentPackage) -> Result<(), WriteError> {
    let promulgation = &document.promulgation;
    if *promulgation == super::super::Promulgation::default() {
        return Ok(());
    }
    xml.open("PromulgationInfo")?;
    match xml.profile {
        Profile::Vnpt => {
            xml.text("Place", &promulgation.place)?;
            xml.text("Promulgator", &promulgation.promulgator)?;
            xml.day("PromulgationDate", promulgation.date.as_ref())?;
        }
        Profile::Bkav => {
            xml.day("PromulgationDate", promulgation.date.as_ref())?;
            xml.text("Place", &promulgation.place)?;
            xml.text("Promulgator", &promulgation.promulgator)?;
        }
        Profile::Provincial => {
            xml.text("Promulgator", &promulgation.promulgator)?;
            xml.day("PromulgationDate", promulgation.date.as_ref())?;
        }
    }
    xml.close("PromulgationInfo")
}

fn document_kind<W: Write>(xml: &mut Xml<W>, document: &DocumentPackage) -> Result<(), WriteError> {
    let kind = &document.document_type;
    if *kind == super::super::DocumentKind::default() {
        return Ok(());
    }
    if xml.profile == Profile::Provincial {
        return xml.text("DocumentType", &kind.name);
    }
    xml.open("DocumentType")?;
    xml.value("Type", kind.number.as_ref())?;
    xml.value("TypeDetail", kind.detail.as_ref())?;
    xml.text("TypeName", &kind.name)?;
    xml.close("DocumentType")
}

fn other_info<W: Write>(xml: &mut Xml<W>, document: &DocumentPackage) -> Result<(), WriteError> {
    let other = &document.other;
    if *other == super::super::OtherInfo::default() {
        return Ok(());
    }
    xml.open("OtherInfo")?;
    xml.value("Priority", other.priority.as_ref())?;
    xml.text("SphereOfPromulgation", &other.sphere)?;
    xml.text("TyperNotation", &other.typer_notation)?;
    xml.value("PromulgationAmount", other.promulgation_amount.as_ref())?;
    xml.value("PageAmount", other.page_amount.as_ref())?;
    xml.value("Direction", other.direction.as_ref())?;
    list(xml, "Appendixes", "Appendix", &other.appendixes)?;
    list(xml, "ReferenceCodes", "ReferenceCode", &other.reference_codes)?;
    list(xml, "ReplyFors", "ReplyFor", &other.reply_fors)?;
    xml.close("OtherInfo")
}

fn list<W: Write>(xml: &mut Xml<W>, name: &str, entry: &str, texts: &[String]) -> Result<(), WriteError> {
    if texts.is_empty() {
        return Ok(());
    }
    xml.open(name)?;
    for text in texts {
        xml.text(entry, text)?;
    }
    xml.close(name)
}

pub(super) fn response_for<W: Write>(xml: &mut Xml<W>, response: &ResponseFor) -> Result<(), WriteError> {
    xml.open("ResponseFor")?;
    xml.text("OrganId", &response.organ_id)?;
    xml.text("Code", &response.code)?;
    xml.day("PromulgationDate", response.promulgation_date.as_ref())?;
    xml.text("DocumentId", &response.document_id)?;
    xml.close("ResponseFor")
}

fn trace<W: Write>(xml: &mut Xml<W>, document: &DocumentPackage) -> Result<(), WriteError> {
    if document.trace.is_empty() && document.business.is_none() {
        return Ok(());
    }
    xml.open("TraceHeaderList")?;
    for hop in &document.trace {
        self::hop(xml, hop)?;
    }
    if let Some(business) = &document.business {
        business::business(xml, business)?;
    }
    xml.close("TraceHeaderList")
}

fn hop<W: Write>(xml: &mut Xml<W>, hop: &TraceHeader) -> Result<(), WriteError> {
    let (time, day_first) = match xml.profile {
        Profile::Vnpt => ("Timestamp", false),
        Profile::Bkav => ("Timestamp", true),
        Profile::Provincial => ("Time", false),
    };
    xml.open("TraceHeader")?;
    xml.text("OrganId", &hop.organ_id)?;
    xml.time(time, hop.timestamp.as_ref(), day_first)?;
    if let Some(path) = &hop.path {
        xml.open("Path")?;
        xml.text("From", &path.from)?;
        xml.text("To", &path.to)?;
        xml.close("Path")?;
    }
    xml.close("TraceHeader")
}

fn provincial<W: Write>(
    xml: &mut Xml<W>,
    document: &DocumentPackage,
    options: &WriteOptions,
    contents: &mut dyn AttachmentSource,
) -> Result<(), WriteError> {
    xml.open_with("EdXMLEnvelope", &[("xmlns", NAMESPACE_PROVINCIAL)])?;
    xml.open("MessageHeader")?;
    parties::party(xml, "From", &document.from)?;
    for to in &document.to {
        parties::party(xml, "To", to)?;
    }
    code(xml, document)?;
    promulgation(xml, document)?;
    document_kind(xml, document)?;
    xml.text("Subject", &document.subject)?;
    parties::signer(xml, &document.signer)?;
    let other = &document.other;
    if other.page_amount.is_some() || !other.appendixes.is_empty() {
        xml.open("OtherInfo")?;
        xml.value("PageAmount", other.page_amount.as_ref())?;
        for appendix in &other.appendixes {
            xml.text("Appendix", appendix)?;
        }
        xml.close("OtherInfo")?;
    }
    xml.text("DocumentId", &document.document_id)?;
    if !document.trace.is_empty() {
        xml.open("TraceHeaderList")?;
        for hop in &document.trace {
            self::hop(xml, hop)?;
        }
        xml.close("TraceHeaderList")?;
    }
    xml.close("MessageHeader")?;
    if !document.attachments.is_empty() {
        xml.open("Manifest")?;
        for (index, attachment) in document.attachments.iter().enumerate() {
            files::provincial(xml, index, attachment, options.zip, contents)?;
        }
        xml.close("Manifest")?;
    }
    xml.close("EdXMLEnvelope")
}
