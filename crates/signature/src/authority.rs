//! The simulated authority: a root, its issuing authorities, and the certificates and revocation lists that they make.
//!
//! On the real axis the Government Cipher Committee (Ban Cơ yếu Chính phủ) issues the certificates (Decision 28/2018/QĐ-TTg,
//! Article 18). Here everything comes out of one seed: the same seed and the same requests give the same bytes, on any
//! machine. Nothing of it is of worth outside a simulation, and the names say so.
//!
//! ```text
//! root ─┬─ issuing authority for persons    document signing
//!       ├─ issuing authority for agencies   document signing (seals)
//!       └─ issuing authority for systems    client and server authentication (also the hub, with its receipts)
//! ```

mod issuing;
pub(crate) mod request;
pub(crate) mod revocation;

use bytes::Bytes;
use jiff::Timestamp;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose as Purpose, KeyUsagePurpose, SanType};

use self::{
    issuing::{CertificateAuthority, PublicKey, params, serial_number},
    request::{CertificateRequest, Subject},
};
use crate::{
    CertificateChain, SigningKey, SubjectKind,
    certificate::{kind::purpose, urn::Urn},
};

/// 2015-01-01T00:00:00Z: before the axis was.
const NOT_BEFORE_SECOND: i64 = 1_420_070_400;
/// 2055-01-01T00:00:00Z.
const NOT_AFTER_SECOND: i64 = 2_682_374_400;
/// OID of the title attribute (2.5.4.12): a person's position.
const TITLE: [u64; 4] = [2, 5, 4, 12];

/// Root and issuing authorities of a simulation.
pub struct Authority {
    root: CertificateAuthority,
    persons: CertificateAuthority,
    agencies: CertificateAuthority,
    systems: CertificateAuthority,
}

/// A certificate that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// It would end before it begins.
    #[error("certificate would end at {not_after}, before it begins at {not_before}")]
    Validity {
        /// As asked.
        not_before: Timestamp,
        /// As asked.
        not_after: Timestamp,
    },
    /// A host that is neither an IP address nor a DNS name.
    #[error("`{host}` is neither an IP address nor a DNS name in ASCII")]
    Host {
        /// As asked.
        host: String,
    },
    /// The library refused to write it.
    #[error("certificate cannot be written: {message}")]
    Encoding {
        /// What the library says.
        message: String,
    },
}

/// The issuing authorities under the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IssuingAuthority {
    /// Of persons' certificates.
    Persons,
    /// Of agencies' seals.
    Agencies,
    /// Of systems, operators and the hub.
    Systems,
}

impl IssuingAuthority {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Persons, Self::Agencies, Self::Systems];

    /// The one that issues certificates of a kind.
    pub fn of(kind: SubjectKind) -> Self {
        match kind {
            SubjectKind::Person => Self::Persons,
            SubjectKind::Seal => Self::Agencies,
            SubjectKind::System | SubjectKind::Hub | SubjectKind::Operator => Self::Systems,
        }
    }
}

impl Authority {
    /// The authority of a seed. Costs four signatures.
    pub fn from_seed(seed: &[u8]) -> Result<Self, AuthorityError> {
        let key = |name: &str| SigningKey::derive(seed, &format!("authority/{name}"));
        let validity = (second(NOT_BEFORE_SECOND), second(NOT_AFTER_SECOND));
        let documents = || Purpose::Other(purpose::DOCUMENT_SIGNING.to_vec());
        let root = CertificateAuthority::root("Trục mô phỏng: CA gốc", key("root"), validity)?;
        let issuing = |name: &str, path: &str, purposes: Vec<Purpose>| {
            CertificateAuthority::issuing(&root, name, key(path), validity, purposes)
        };
        let persons = issuing("Trục mô phỏng: CA cá nhân", "persons", vec![documents()])?;
        let agencies = issuing("Trục mô phỏng: CA cơ quan", "agencies", vec![documents()])?;
        let purposes = vec![Purpose::ClientAuth, Purpose::ServerAuth];
        let systems = issuing("Trục mô phỏng: CA hệ thống", "systems", purposes)?;
        Ok(Self {
            root,
            persons,
            agencies,
            systems,
        })
    }

    /// The root's certificate, DER: what a trust store begins with.
    pub fn root(&self) -> Bytes {
        self.root.certificate.clone()
    }

    /// The certificate of an issuing authority, DER.
    pub fn certificate(&self, which: IssuingAuthority) -> Bytes {
        self.issuing(which).certificate.clone()
    }

    /// Certifies a key. The same request always gives the same certificate; nothing is remembered.
    pub fn issue(&self, request: &CertificateRequest) -> Result<CertificateChain, AuthorityError> {
        let CertificateRequest {
            subject,
            key,
            not_before,
            not_after,
        } = request;
        if not_after < not_before {
            return Err(AuthorityError::Validity {
                not_before: *not_before,
                not_after: *not_after,
            });
        }
        let validity = (*not_before, *not_after);
        let authority = self.issuing(IssuingAuthority::of(subject.kind()));
        let mut params = subject_params(subject, validity)?;
        params.use_authority_key_identifier_extension = true;
        // The subject stands in the serial number as a whole: two certificates that differ in anything differ there.
        let described = subject.description();
        params.serial_number = Some(serial_number(
            authority.issuer.key().public(),
            key,
            &described,
            validity,
        ));
        let certificate = params.signed_by(&PublicKey(*key), &authority.issuer)?;
        Ok(CertificateChain {
            certificates: vec![Bytes::copy_from_slice(certificate.der()), authority.certificate.clone()],
        })
    }

    fn issuing(&self, which: IssuingAuthority) -> &CertificateAuthority {
        match which {
            IssuingAuthority::Persons => &self.persons,
            IssuingAuthority::Agencies => &self.agencies,
            IssuingAuthority::Systems => &self.systems,
        }
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl From<rcgen::Error> for AuthorityError {
    fn from(error: rcgen::Error) -> Self {
        Self::Encoding {
            message: error.to_string(),
        }
    }
}

/// Names and usages of one kind of holder.
fn subject_params(subject: &Subject, validity: (Timestamp, Timestamp)) -> Result<CertificateParams, AuthorityError> {
    let documents = Purpose::Other(purpose::DOCUMENT_SIGNING.to_vec());
    let (name, urns, purposes) = match subject {
        Subject::Person {
            agency,
            full_name,
            capacity,
            position: _,
        } => (
            full_name,
            vec![Urn::Agency(agency.clone()), Urn::Capacity(*capacity)],
            vec![documents],
        ),
        Subject::Seal { agency, name } => (name, vec![Urn::Agency(agency.clone())], vec![documents]),
        Subject::System { agency, name } => (name, vec![Urn::Agency(agency.clone())], vec![Purpose::ClientAuth]),
        Subject::Hub { name, hosts: _ } => (name, vec![Urn::Hub], vec![Purpose::ServerAuth]),
        Subject::Operator { name } => (name, vec![Urn::Operator], vec![Purpose::ClientAuth]),
    };
    let mut params = params(name, validity);
    params.extended_key_usages = purposes;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    if subject.kind().commits() {
        params.key_usages.push(KeyUsagePurpose::ContentCommitment);
    }
    for urn in urns {
        params.subject_alt_names.push(SanType::URI(urn.write().try_into()?));
    }
    if let Subject::Person { position, .. } = subject
        && !position.is_empty()
    {
        params
            .distinguished_name
            .push(DnType::CustomDnType(TITLE.to_vec()), position.as_str());
    }
    if let Subject::Hub { hosts, .. } = subject {
        for host in hosts {
            params.subject_alt_names.push(host_name(host)?);
        }
    }
    Ok(params)
}

fn host_name(host: &str) -> Result<SanType, AuthorityError> {
    if let Ok(address) = host.parse() {
        return Ok(SanType::IpAddress(address));
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if host.split('.').all(is_label) {
        Ok(SanType::DnsName(host.try_into()?))
    } else {
        Err(AuthorityError::Host { host: host.to_owned() })
    }
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
