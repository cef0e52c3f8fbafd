//! What an authority is asked to certify.

use jiff::Timestamp;
use truc_document::AgencyCode;

use crate::{Capacity, SubjectKind, VerifyingKey};

/// A certificate that somebody wants.
#[derive(Clone, Debug)]
pub struct CertificateRequest {
    /// For whom.
    pub subject: Subject,
    /// Whose private half the holder has. An authority here takes that on the requester's word: it is simulated.
    pub key: VerifyingKey,
    /// Validity, in whole seconds; both ends belong to it.
    pub not_before: Timestamp,
    /// Not before `not_before`, and not beyond the authority's own end (2055-01-01) if it is to be of use.
    pub not_after: Timestamp,
}

/// For whom a certificate is, and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person who signs for an agency (chữ ký số cá nhân).
    Person {
        /// The agency signed for.
        agency: AgencyCode,
        /// CN.
        full_name: String,
        /// Position (chức vụ), as the title in the subject; left out when empty.
        position: String,
        /// What the person may sign as.
        capacity: Capacity,
    },
    /// An agency's own signature (chữ ký số cơ quan).
    Seal {
        /// The agency.
        agency: AgencyCode,
        /// Its name: CN, cut at 64 characters as RFC 5280 has it.
        name: String,
    },
    /// A system of an agency, calling the hub over mTLS.
    System {
        /// The agency in whose name it calls.
        agency: AgencyCode,
        /// Name of the system.
        name: String,
    },
    /// The hub: signs receipts and checkpoints, and serves TLS.
    Hub {
        /// Name of the hub.
        name: String,
        /// DNS names and IP addresses at which it is reached.
        hosts: Vec<String>,
    },
    /// An operator of the hub, calling over mTLS.
    Operator {
        /// Name of the operator.
        name: String,
    },
}

impl Subject {
    /// The kind of certificate that this makes.
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Person { .. } => SubjectKind::Person,
            Self::Seal { .. } => SubjectKind::Seal,
            Self::System { .. } => SubjectKind::System,
            Self::Hub { .. } => SubjectKind::Hub,
            Self::Operator { .. } => SubjectKind::Operator,
        }
    }

    /// All that it says, in one text that never changes: serial numbers are made of it.
    pub(super) fn description(&self) -> String {
        let kind = self.kind();
        match self {
            Self::Person {
                agency,
                full_name,
                position,
                capacity,
            } => {
                format!("{kind}\n{agency}\n{full_name}\n{position}\n{capacity}")
            }
            Self::Seal { agency, name } | Self::System { agency, name } => format!("{kind}\n{agency}\n{name}"),
            Self::Hub { name, hosts } => format!("{kind}\n{name}\n{}", hosts.join("\n")),
            Self::Operator { name } => format!("{kind}\n{name}"),
        }
    }
}
