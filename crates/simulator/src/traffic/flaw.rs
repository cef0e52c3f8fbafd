//! Flaw: what is wrong with a document, and the reason for which the hub must refuse it.

use truc_document::Reason;

/// One mistake of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// No personal signature, though the policy requires one.
    Unsigned,
    /// The last recipient is not connected.
    NotConnected,
    /// The personal signature is of another header.
    OtherBytes,
    /// Signed under a root that is not the axis's.
    Untrusted,
    /// Signed with a certificate that has run out.
    Expired,
    /// Signed with a certificate that is not valid yet.
    NotYetValid,
    /// Signed with a certificate that was revoked before the run.
    Revoked,
    /// Signed by a person of another agency.
    OtherAgency,
    /// Signed in a capacity that the document does not show.
    NotCompetent,
    /// No seal.
    Unsealed,
    /// The seal is of another header.
    SealOtherBytes,
    /// The content is not the one whose digest the header bears.
    AlteredContent,
    /// A recipient has closed; the refusal must name its successor.
    OldCode,
}

impl Flaw {
    /// Why the hub must refuse.
    pub fn reason(self) -> Reason {
        match self {
            Self::Unsigned => Reason::SignatureMissing,
            Self::NotConnected | Self::OldCode => Reason::RecipientNotConnected,
            Self::OtherBytes => Reason::SignatureInvalid,
            Self::Untrusted => Reason::CertificateUntrusted,
            Self::Expired => Reason::CertificateExpired,
            Self::NotYetValid => Reason::CertificateNotYetValid,
            Self::Revoked => Reason::CertificateRevoked,
            Self::OtherAgency => Reason::SignerNotOfAgency,
            Self::NotCompetent => Reason::SignerNotCompetent,
            Self::Unsealed => Reason::SealMissing,
            Self::SealOtherBytes => Reason::SealInvalid,
            Self::AlteredContent => Reason::DigestMismatch,
        }
    }
}
