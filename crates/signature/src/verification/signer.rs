//! Does the signer belong to the sender, and may he or she sign in the capacity that the document shows?

use truc_document::{Header, Reason, Refusal};
use unicode_normalization::UnicodeNormalization as _;

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

/// The person whom the document shows as its signer signed it, in a capacity that allows it.
pub(super) fn check_competence(capacity: Capacity, certified: &str, header: &Header) -> Result<(), Refusal> {
    let asked = Capacity::asked_by(&header.signer.competence);
    if !capacity.may_sign(asked) {
        let message = format!(
            "document shows `{}` and so needs a signer of capacity `{asked}`; the certificate gives `{capacity}`",
            header.signer.competence
        );
        return Err(Refusal::new(Reason::SignerNotCompetent, message)
            .field("header.signer.competence")
            .with("expected", asked.to_string())
            .with("found", capacity.to_string()));
    }
    if !is_name_of(certified, &header.signer.full_name) {
        let message = format!(
            "document shows `{}` as its signer, and the certificate is that of `{certified}`",
            header.signer.full_name
        );
        return Err(Refusal::new(Reason::SignerNotCompetent, message)
            .field("header.signer.full_name")
            .with("expected", header.signer.full_name.as_str())
            .with("found", certified));
    }
    Ok(())
}

/// Whether a certificate's name, which is cut at 64 characters, is the name that a document shows. Capitals and spaces do not count.
fn is_name_of(certified: &str, shown: &str) -> bool {
    let (certified, shown) = (plain(certified), plain(shown));
    match certified.strip_suffix('…') {
        Some(beginning) => shown.starts_with(beginning),
        None => certified == shown,
    }
}

fn plain(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").nfc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        assert!(is_name_of("Nguyễn Văn An", " NGUYỄN  VĂN AN"));
        // In the decomposed form.
        assert!(is_name_of("Nguyễn Văn An", "Nguye\u{302}\u{303}n Va\u{306}n An"));
        assert!(is_name_of("Nguyễn Văn…", "Nguyễn Văn An"));
        assert!(!is_name_of("Nguyễn Văn An", "Nguyễn Văn Anh"));
        assert!(!is_name_of("Nguyễn Văn An", "Nguyen Van An"));
    }
}
