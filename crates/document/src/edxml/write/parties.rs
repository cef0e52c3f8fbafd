//! Agencies and people.

use std::io::Write;

use super::{
    super::{Party, Profile, SignerInfo, StaffInfo},
    WriteError,
    xml::Xml,
};

pub(super) fn party<W: Write>(xml: &mut Xml<W>, name: &str, party: &Party) -> Result<(), WriteError> {
    // Bkav has a spelling of its own, for the sender alone.
    let in_charge = match (xml.profile, name) {
        (Profile::Bkav, "From") => "OrganInCharge",
        _ => "OrganizationInCharge",
    };
    xml.open(name)?;
    xml.text("OrganId", &party.organ_id)?;
    xml.text(in_charge, &party.organization_in_charge)?;
    xml.text("OrganName", &party.organ_name)?;
    xml.text("OrganAdd", &party.address)?;
    xml.text("Email", &party.email)?;
    xml.text("Telephone", &party.telephone)?;
    xml.text("Fax", &party.fax)?;
    xml.text("Website", &party.website)?;
    xml.close(name)
}

pub(super) fn signer<W: Write>(xml: &mut Xml<W>, signer: &SignerInfo) -> Result<(), WriteError> {
    if *signer == SignerInfo::default() {
        return Ok(());
    }
    let competence = ("Competence", &signer.competence);
    let position = ("Position", &signer.position);
    let fields = match xml.profile {
        Profile::Vnpt => [competence, position, ("FullName", &signer.full_name)],
        Profile::Bkav => [("FullName", &signer.full_name), position, competence],
        Profile::Provincial => [("Signer", &signer.full_name), position, competence],
    };
    xml.open("SignerInfo")?;
    for (name, text) in fields {
        xml.text(name, text)?;
    }
    xml.close("SignerInfo")
}

pub(super) fn staff<W: Write>(xml: &mut Xml<W>, staff: Option<&StaffInfo>) -> Result<(), WriteError> {
    let Some(staff) = staff else {
        return Ok(());
    };
    xml.open("StaffInfo")?;
    xml.text("Department", &staff.department)?;
    xml.text("Staff", &staff.staff)?;
    xml.text("Email", &staff.email)?;
    xml.text("Mobile", &staff.mobile)?;
    xml.text("StaffId", &staff.staff_id)?;
    xml.text("DepartmentId", &staff.department_id)?;
    xml.close("StaffInfo")
}
