//! Agencies and people in a package.

/// An agency with how to reach it (`From`, `To`). The directory is the authority on names, not the package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Its code; other texts occur.
    pub organ_id: String,
    /// The agency above it (`OrganizationInCharge`; Bkav writes `OrganInCharge`).
    pub organization_in_charge: String,
    /// Its name.
    pub organ_name: String,
    /// Postal address (`OrganAdd`).
    pub address: String,
    /// Mail address.
    pub email: String,
    /// Telephone.
    pub telephone: String,
    /// Fax.
    pub fax: String,
    /// Website.
    pub website: String,
}

/// Who signed (`SignerInfo`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignerInfo {
    /// `TM.`, `KT.`, `TL.` and the like with what follows.
    pub competence: String,
    /// Position (chức vụ).
    pub position: String,
    /// Name.
    pub full_name: String,
}

/// Who handled it (`StaffInfo`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StaffInfo {
    /// Unit.
    pub department: String,
    /// Name.
    pub staff: String,
    /// Mail address.
    pub email: String,
    /// Mobile telephone.
    pub mobile: String,
    /// Key of the person in the sending system.
    pub staff_id: String,
    /// Key of the unit in the sending system.
    pub department_id: String,
}
