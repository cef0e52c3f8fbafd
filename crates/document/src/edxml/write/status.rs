//! A status package. The provincial dialect has no form of its own for it that is known; it goes in its root.

use std::io::Write;

use super::{
    super::{NAMESPACE_PROVINCIAL, Profile, StatusPackage},
    WriteError, document, parties,
    xml::Xml,
};

pub(super) fn write<W: Write>(xml: &mut Xml<W>, status: &StatusPackage) -> Result<(), WriteError> {
    if xml.profile == Profile::Provincial {
        xml.open_with("EdXMLEnvelope", &[("xmlns", NAMESPACE_PROVINCIAL)])?;
        message_header(xml, status)?;
        return xml.close("EdXMLEnvelope");
    }
    document::open_standard(xml)?;
    xml.open("edXMLHeader")?;
    message_header(xml, status)?;
    xml.close("edXMLHeader")?;
    document::close_envelope(xml)?;
    xml.close("edXML")
}

fn message_header<W: Write>(xml: &mut Xml<W>, status: &StatusPackage) -> Result<(), WriteError> {
    xml.open("MessageHeader")?;
    parties::party(xml, "From", &status.from)?;
    document::response_for(xml, &status.response_for)?;
    parties::staff(xml, status.staff.as_ref())?;
    // It is what makes the package one of status, so it stands there even when empty.
    xml.leaf("StatusCode", &status.status_code)?;
    xml.text("Description", &status.description)?;
    xml.time("Timestamp", status.timestamp.as_ref(), false)?;
    xml.close("MessageHeader")
}
