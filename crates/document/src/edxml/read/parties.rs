//! Agencies and people.

use super::{
    super::{Party, SignerInfo, StaffInfo},
    fields::{Fields, Name},
    report::Report,
    tree::Element,
};
use crate::limits::{AGENCY_NAME_MAX, FULL_NAME_MAX, NAME_MAX};

/// Longest code of an agency, characters (Decision 20/2020/QĐ-TTg).
const CODE_MAX: usize = 35;

pub(super) fn party(element: &Element, path: String, report: &mut Report) -> Party {
    let mut fields = Fields::of(element, path, report);
    let party = Party {
        organ_id: fields.needed_text("OrganId", CODE_MAX),
        organization_in_charge: fields.text(Name("OrganizationInCharge", &["OrganInCharge"])),
        organ_name: fields.short_text("OrganName", AGENCY_NAME_MAX),
        address: fields.text("OrganAdd"),
        email: fields.text("Email"),
        telephone: fields.text("Telephone"),
        fax: fields.text("Fax"),
        website: fields.text("Website"),
    };
    fields.done();
    party
}

pub(super) fn signer(element: &Element, path: String, report: &mut Report) -> SignerInfo {
    let mut fields = Fields::of(element, path, report);
    let signer = SignerInfo {
        competence: fields.text("Competence"),
        position: fields.short_text("Position", NAME_MAX),
        full_name: fields.short_text(Name("FullName", &["Signer"]), FULL_NAME_MAX),
    };
    fields.done();
    signer
}

pub(super) fn staff(element: &Element, path: String, report: &mut Report) -> StaffInfo {
    let mut fields = Fields::of(element, path, report);
    let staff = StaffInfo {
        department: fields.text("Department"),
        staff: fields.text("Staff"),
        email: fields.text("Email"),
        mobile: fields.text("Mobile"),
        staff_id: fields.text("StaffId"),
        department_id: fields.text("DepartmentId"),
    };
    fields.done();
    staff
}
