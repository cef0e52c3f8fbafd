//! Kinds of certificates, and what X.509 says for each.

use std::fmt;

/// What a certificate is for. A certificate of one kind is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// Personal signatures.
    Person,
    /// An agency's seal.
    Seal,
    /// Calling the hub as an agency.
    System,
    /// Receipts, checkpoints and the hub's TLS.
    Hub,
    /// Calling the hub as its operator.
    Operator,
}

/// Purposes of extended key usage, as numbers for rcgen.
pub(crate) mod purpose {
    /// id-kp-documentSigning, RFC 9336: 1.3.6.1.5.5.7.3.36.
    pub(crate) const DOCUMENT_SIGNING: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 3, 36];
    /// The same as DER content octets, for webpki.
    pub(crate) const DOCUMENT_SIGNING_DER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 36];
    /// id-kp-serverAuth, RFC 5280, as DER content octets.
    pub(crate) const SERVER_AUTHENTICATION_DER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
    /// id-kp-clientAuth, RFC 5280, as DER content octets.
    pub(crate) const CLIENT_AUTHENTICATION_DER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
}

impl SubjectKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Person, Self::Seal, Self::System, Self::Hub, Self::Operator];

    /// The token that stands in messages and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Seal => "seal",
            Self::System => "system",
            Self::Hub => "hub",
            Self::Operator => "operator",
        }
    }

    /// The extended key usage that the whole chain must allow.
    pub(crate) const fn required_purpose(self) -> &'static [u8] {
        match self {
            Self::Person | Self::Seal => purpose::DOCUMENT_SIGNING_DER,
            Self::Hub => purpose::SERVER_AUTHENTICATION_DER,
            Self::System | Self::Operator => purpose::CLIENT_AUTHENTICATION_DER,
        }
    }

    /// Its signatures bind: keyUsage must have contentCommitment (nonRepudiation) beside digitalSignature.
    pub(crate) const fn commits(self) -> bool {
        match self {
            Self::Person | Self::Seal => true,
            Self::System | Self::Hub | Self::Operator => false,
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
