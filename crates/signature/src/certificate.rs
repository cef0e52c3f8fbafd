//! Certificates that lead to a trusted root, as the rest of the code sees them. X.509 is read in `read`, judged in
//! `crate::trust`; nothing else knows of it.

pub(crate) mod kind;
pub(crate) mod read;
pub(crate) mod urn;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use truc_document::{AgencyCode, Reason, Refusal};

pub use self::kind::SubjectKind;
use crate::{Capacity, Digest, VerifyingKey};

/// A certificate whose chain, usages and names were checked; only [`crate::TrustStore::certify`] makes one.
///
/// Time and revocation are not part of that: they change while the certificate does not, so this can be kept by its
/// fingerprint for as long as the roots stay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustedCertificate {
    /// SHA-256 of `der`: its `key_id`.
    pub fingerprint: Digest,
    /// What it is for.
    pub kind: SubjectKind,
    /// The agency that it ties its holder to; none for the hub and operators.
    pub agency: Option<AgencyCode>,
    /// CN: a person's name, or the name of the agency, system, hub or operator.
    pub common_name: String,
    /// What the holder may sign as; only persons have one.
    pub capacity: Option<Capacity>,
    /// First instant at which the whole chain is valid.
    pub not_before: Timestamp,
    /// Last second in which the whole chain is valid; it belongs to it.
    pub not_after: Timestamp,
    /// Serial number, big-endian, without leading zeros.
    pub serial: Vec<u8>,
    /// The holder's public key: of full order, in its one encoding.
    pub key: VerifyingKey,
    /// The certificate itself.
    pub der: Bytes,
    /// Its issuers, up to but without the root.
    pub issuers: Vec<Bytes>,
}

impl TrustedCertificate {
    /// The chain is valid at an instant. `not_after` has whole seconds; its last second belongs to the validity.
    ///
    /// # Errors
    /// CERTIFICATE_NOT_YET_VALID or CERTIFICATE_EXPIRED.
    pub fn check_valid_at(&self, now: Timestamp) -> Result<(), Refusal> {
        let name = &self.common_name;
        if now < self.not_before {
            let message = format!(
                "certificate of `{name}` is valid from {} only, it is {now}",
                self.not_before
            );
            return Err(self.not_valid(Reason::CertificateNotYetValid, message, now));
        }
        if now.duration_since(self.not_after) >= SignedDuration::from_secs(1) {
            let message = format!(
                "certificate of `{name}` was valid until {}, it is {now}",
                self.not_after
            );
            return Err(self.not_valid(Reason::CertificateExpired, message, now));
        }
        Ok(())
    }

    fn not_valid(&self, reason: Reason, message: String, now: Timestamp) -> Refusal {
        Refusal::new(reason, message)
            .with("expected", format!("{} to {}", self.not_before, self.not_after))
            .with("found", now.to_string())
    }
}

/// A certificate that cannot be what it should. Ends up in the message of a CERTIFICATE_UNTRUSTED.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCertificate {
    /// No X.509 v3 in DER.
    #[error("certificate is no X.509 v3 in DER: {message}")]
    Encoding {
        /// What the parser says.
        message: String,
    },
    /// The public key is of another kind, or one that nobody may use.
    #[error("certificate has no usable Ed25519 key: {message}")]
    Key {
        /// What is wrong with it.
        message: String,
    },
    /// A name under `urn:truc:` that says nothing.
    #[error("certificate names `{uri}`, which means nothing here")]
    Name {
        /// As it stands in the subject alternative name.
        uri: String,
    },
    /// The names and usages together are of no kind.
    #[error("certificate is of no known kind: {message}")]
    Kind {
        /// What does not fit.
        message: &'static str,
    },
    /// A key usage that the kind needs is not there.
    #[error("certificate lacks the key usage `{usage}`")]
    KeyUsage {
        /// Name by RFC 5280.
        usage: &'static str,
    },
}
