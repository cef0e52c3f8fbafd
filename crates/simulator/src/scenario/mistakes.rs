//! Mistakes of senders, and the refusal that each of them must bring.

use serde::Deserialize;

use crate::{share::Share, traffic::Flaw};

/// What senders do wrong. The hub refuses each for the reason that is its own, and the sender sends again in good order 20
/// minutes later. Each is a share of documents; a document has one mistake at most. None where absent.
///
/// The two of policy and address hold only where they can be made; the others need a document with a personal signature.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Mistakes {
    /// Sent without the personal signature that the policy requires: `SIGNATURE_MISSING`.
    pub unsigned: Share,
    /// Addressed also to an agency that is not connected: `RECIPIENT_NOT_CONNECTED`.
    pub not_connected: Share,
    /// The personal signature is of another header: `SIGNATURE_INVALID`.
    pub other_bytes: Share,
    /// Signed under a root that is not the axis's: `CERTIFICATE_UNTRUSTED`.
    pub untrusted: Share,
    /// Signed with a certificate that has run out: `CERTIFICATE_EXPIRED`.
    pub expired: Share,
    /// Signed with a certificate that is not valid yet: `CERTIFICATE_NOT_YET_VALID`.
    pub not_yet_valid: Share,
    /// Signed with a certificate that was revoked before the run: `CERTIFICATE_REVOKED`.
    pub revoked: Share,
    /// Signed by a person of another agency: `SIGNER_NOT_OF_AGENCY`.
    pub other_agency: Share,
    /// Signed by somebody whose capacity is not the one that the document shows: `SIGNER_NOT_COMPETENT`.
    pub not_competent: Share,
    /// Sent without the seal: `SEAL_MISSING`.
    pub unsealed: Share,
    /// The seal is of another header: `SEAL_INVALID`.
    pub seal_other_bytes: Share,
    /// The content is not the one whose digest the header bears: `DIGEST_MISMATCH`.
    pub altered_content: Share,
}

impl Mistakes {
    /// Those of the signatures and the content, with their shares.
    pub(crate) fn of_signatures(&self) -> [(Flaw, Share); 10] {
        [
            (Flaw::OtherBytes, self.other_bytes),
            (Flaw::Untrusted, self.untrusted),
            (Flaw::Expired, self.expired),
            (Flaw::NotYetValid, self.not_yet_valid),
            (Flaw::Revoked, self.revoked),
            (Flaw::OtherAgency, self.other_agency),
            (Flaw::NotCompetent, self.not_competent),
            (Flaw::Unsealed, self.unsealed),
            (Flaw::SealOtherBytes, self.seal_other_bytes),
            (Flaw::AlteredContent, self.altered_content),
        ]
    }
}
