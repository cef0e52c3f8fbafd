//! What a package does to a document already sent.

use std::io::Write;

use super::{
    super::{Business, BusinessDocumentInfo, Profile, Replacement},
    WriteError, parties,
    xml::Xml,
};

pub(super) fn business<W: Write>(xml: &mut Xml<W>, business: &Business) -> Result<(), WriteError> {
    let spelling = match xml.profile {
        Profile::Bkav => "Business",
        _ => "Bussiness",
    };
    xml.open(spelling)?;
    xml.text("DocumentId", &business.document_id)?;
    xml.value(&format!("{spelling}DocType"), business.doc_type.as_ref())?;
    xml.text(&format!("{spelling}DocReason"), &business.reason)?;
    xml.value("Paper", business.paper.as_ref())?;
    if let Some(info) = &business.document_info {
        document_info(xml, &format!("{spelling}DocumentInfo"), info)?;
    }
    if !business.replacements.is_empty() {
        replacements(xml, &business.replacements)?;
    }
    parties::staff(xml, business.staff.as_ref())?;
    xml.close(spelling)
}

fn document_info<W: Write>(xml: &mut Xml<W>, name: &str, info: &BusinessDocumentInfo) -> Result<(), WriteError> {
    xml.open(name)?;
    xml.value("DocumentInfo", info.document_info.as_ref())?;
    xml.value("DocumentReceiver", info.document_receiver.as_ref())?;
    if !info.receivers.is_empty() {
        xml.open("ReceiverList")?;
        for receiver in &info.receivers {
            xml.open("Receiver")?;
            xml.text("OrganId", &receiver.organ_id)?;
            xml.value("ReceiverType", receiver.receiver_type.as_ref())?;
            xml.close("Receiver")?;
        }
        xml.close("ReceiverList")?;
    }
    xml.close(name)
}

fn replacements<W: Write>(xml: &mut Xml<W>, replacements: &[Replacement]) -> Result<(), WriteError> {
    xml.open("ReplacementInfoList")?;
    for replacement in replacements {
        xml.open("ReplacementInfo")?;
        xml.text("DocumentId", &replacement.document_id)?;
        if !replacement.organ_ids.is_empty() {
            xml.open("OrganIdList")?;
            for id in &replacement.organ_ids {
                xml.text("OrganId", id)?;
            }
            xml.close("OrganIdList")?;
        }
        xml.close("ReplacementInfo")?;
    }
    xml.close("ReplacementInfoList")
}
