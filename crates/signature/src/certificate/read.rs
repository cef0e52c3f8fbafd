//! Reads X.509 certificates with x509-cert. Reading trusts nothing and verifies nothing.

use std::fmt::Display;

use jiff::Timestamp;
use truc_document::AgencyCode;
use x509_cert::{
    Certificate,
    der::{Decode as _, asn1::ObjectIdentifier},
    ext::pkix::{ExtendedKeyUsage, KeyUsage, SubjectAltName, name::GeneralName},
    name::Name,
    time::Time,
};

use super::{InvalidCertificate, SubjectKind, urn::Urn};
use crate::{Capacity, VerifyingKey, verifying_key};

/// Ed25519, RFC 8410.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// id-kp-documentSigning, RFC 9336.
const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
/// id-kp-clientAuth.
const CLIENT_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// What any certificate of a chain says that matters here.
pub(crate) struct ReadCertificate {
    certificate: Certificate,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
}

/// What a holder's certificate says.
pub(crate) struct Holder {
    pub(crate) kind: SubjectKind,
    pub(crate) agency: Option<AgencyCode>,
    pub(crate) capacity: Option<Capacity>,
    pub(crate) common_name: String,
    pub(crate) serial: Vec<u8>,
    pub(crate) key: VerifyingKey,
}

impl ReadCertificate {
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, InvalidCertificate> {
        let certificate = Certificate::from_der(der).map_err(encoding)?;
        let validity = certificate.tbs_certificate().validity();
        let (not_before, not_after) = (instant(validity.not_before), instant(validity.not_after));
        Ok(Self {
            certificate,
            not_before,
            not_after,
        })
    }

    pub(crate) fn issuer(&self) -> &Name {
        self.certificate.tbs_certificate().issuer()
    }

    pub(crate) fn subject(&self) -> &Name {
        self.certificate.tbs_certificate().subject()
    }

    /// An issuer must be allowed to issue; webpki looks at basic constraints, not at this.
    pub(crate) fn check_issues(&self) -> Result<(), InvalidCertificate> {
        require(self.key_usage()?.key_cert_sign(), "keyCertSign")
    }

    /// Reads the certificate as a holder's: kind, names, key, and the key usages of its kind.
    pub(crate) fn holder(&self) -> Result<Holder, InvalidCertificate> {
        let urns = self.urns()?;
        let (kind, agency, capacity) = self.kind(urns)?;
        let usage = self.key_usage()?;
        require(usage.digital_signature(), "digitalSignature")?;
        require(
            usage.non_repudiation() || !kind.commits(),
            "contentCommitment (nonRepudiation)",
        )?;
        if usage.key_cert_sign() {
            return Err(InvalidCertificate::Kind {
                message: "it may issue certificates",
            });
        }
        let common_name = self.subject().common_name().map_err(encoding)?;
        Ok(Holder {
            kind,
            agency,
            capacity,
            common_name: common_name.map(|name| name.value().into_owned()).unwrap_or_default(),
            serial: self.serial(),
            key: self.key()?,
        })
    }

    fn kind(&self, urns: Vec<Urn>) -> Result<(SubjectKind, Option<AgencyCode>, Option<Capacity>), InvalidCertificate> {
        let of_no_kind = |message| Err(InvalidCertificate::Kind { message });
        let purposes = self
            .extension::<ExtendedKeyUsage>()?
            .map(|usage| usage.0)
            .unwrap_or_default();
        let signs = purposes.contains(&DOCUMENT_SIGNING);
        let calls = purposes.contains(&CLIENT_AUTHENTICATION);
        let mut urns = urns.into_iter();
        match (urns.next(), urns.next(), urns.next()) {
            (Some(Urn::Hub), None, None) => Ok((SubjectKind::Hub, None, None)),
            (Some(Urn::Operator), None, None) => Ok((SubjectKind::Operator, None, None)),
            (Some(Urn::Agency(agency)), Some(Urn::Capacity(capacity)), None)
            | (Some(Urn::Capacity(capacity)), Some(Urn::Agency(agency)), None) => {
                Ok((SubjectKind::Person, Some(agency), Some(capacity)))
            }
            (Some(Urn::Agency(agency)), None, None) => match (signs, calls) {
                (true, false) => Ok((SubjectKind::Seal, Some(agency), None)),
                (false, true) => Ok((SubjectKind::System, Some(agency), None)),
                (true, true) => of_no_kind("it is for signing documents and for calling, only one may be"),
                (false, false) => of_no_kind("it is neither for signing documents nor for calling"),
            },
            (None, _, _) => of_no_kind("it has no name under `urn:truc:`"),
            _ => of_no_kind("its names under `urn:truc:` do not go together"),
        }
    }

    fn urns(&self) -> Result<Vec<Urn>, InvalidCertificate> {
        let Some(SubjectAltName(names)) = self.extension()? else {
            return Ok(Vec::new());
        };
        let uris = names.iter().filter_map(|name| match name {
            GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str()),
            _ => None,
        });
        uris.filter_map(|uri| Urn::read(uri).transpose())
            .map(|urn| urn.map_err(|uri| InvalidCertificate::Name { uri: uri.to_owned() }))
            .collect()
    }

    fn key(&self) -> Result<VerifyingKey, InvalidCertificate> {
        let info = self.certificate.tbs_certificate().subject_public_key_info();
        if info.algorithm.oid != ED25519 {
            let message = format!("its algorithm is {}, Ed25519 is 1.3.101.112", info.algorithm.oid);
            return Err(InvalidCertificate::Key { message });
        }
        verifying_key(info.subject_public_key.raw_bytes()).map_err(|error| InvalidCertificate::Key {
            message: error.to_string(),
        })
    }

    fn serial(&self) -> Vec<u8> {
        let bytes = self.certificate.tbs_certificate().serial_number().as_bytes();
        bytes.iter().copied().skip_while(|&byte| byte == 0).collect()
    }

    fn key_usage(&self) -> Result<KeyUsage, InvalidCertificate> {
        Ok(self.extension()?.unwrap_or(KeyUsage(Default::default())))
    }

    fn extension<'a, T>(&'a self) -> Result<Option<T>, InvalidCertificate>
    where
        T: x509_cert::der::Decode<'a, Error = x509_cert::der::Error> + x509_cert::der::oid::AssociatedOid,
    {
        let found = self
            .certificate
            .tbs_certificate()
            .get_extension::<T>()
            .map_err(encoding)?;
        Ok(found.map(|(_critical, extension)| extension))
    }
}

fn encoding(error: impl Display) -> InvalidCertificate {
    InvalidCertificate::Encoding {
        message: error.to_string(),
    }
}

fn require(has: bool, usage: &'static str) -> Result<(), InvalidCertificate> {
    if has {
        Ok(())
    } else {
        Err(InvalidCertificate::KeyUsage { usage })
    }
}

/// Certificates know years beyond what a timestamp holds (99991231235959Z, “never”): those become the last timestamp.
fn instant(time: Time) -> Timestamp {
    let second = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
