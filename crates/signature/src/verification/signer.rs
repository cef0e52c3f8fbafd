//! Does the signer belong to the sender, and may he or she sign in the capacity that the document shows?

use truc_document::{Header, Reason, Refusal};

use super::{Context, Role};
use crate::{Capacity, SubjectKind, TrustedCertificate};

pub(super) fn check_agency(
    role: &Role,
    certificate: &TrustedCertificate,
    header: &Header,
    context: &impl Context,
) -> Result<(), Refusal> {
    // Persons and seals always name an agency; without one nobody is tied to the sender.
    match &certificate.agency {
        Some(agency) if context.is_sender(agency, &header.sender) => Ok(()),
        agency => {
            let of = agency.as_ref().map_or("no agency", |agency| agency.as_str());
            let what = if role.kind == SubjectKind::Person {
                "signer"
            } else {
                "seal"
            };
            let message = format!(
                "{what} `{}` is of `{of}`, the document is sent by `{}`",
                certificate.common_name, header.sender
            );
            Err(Refusal::new(Reason::SignerNotOfAgency, message)
                .field(format!("{}.key_id", role.field))
                .with("expected", header.sender.as_str())
                .with("found", of))
        }
    }
}

pub(super) fn check_competence(capacity: Capacity, header: &Header) -> Result<(), Refusal> {
    let asked = Capacity::asked_by(&header.signer.competence);
    if capacity.may_sign(asked) {
        return Ok(());
    }
    let message = format!(
        "document shows `{}` and so needs a signer of capacity `{asked}`; the certificate gives `{capacity}`",
        header.signer.competence
    );
    Err(Refusal::new(Reason::SignerNotCompetent, message)
        .field("header.signer.competence")
        .with("expected", asked.to_string())
        .with("found", capacity.to_string()))
}
