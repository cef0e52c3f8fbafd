//! Certificates in the directory: who may sign.

use bytes::Bytes;
use futures::Stream;
use jiff::Timestamp;
use truc_document::AgencyCode;
use truc_proto::v1 as pb;

use super::{Directory, PAGE_SIZE, pages};
use crate::{
    error::{CallError, InvalidAnswer},
    wire,
};

/// A registered certificate (chứng thư số) and what the hub reads in it.
#[derive(Clone, Debug, PartialEq)]
pub struct CertificateEntry {
    /// SHA-256 of the DER: what a signature's `key_id` names.
    pub fingerprint: [u8; 32],
    /// The certificate, DER.
    pub der: Bytes,
    /// Its issuers up to but without the root, DER.
    pub issuers: Vec<Bytes>,
    /// What it is for.
    pub subject: pb::CertificateSubject,
    /// The agency that it ties its holder to.
    pub agency: Option<AgencyCode>,
    /// A person's name, or the agency's.
    pub common_name: String,
    /// Capacity (thẩm quyền) of a person: `head`, `deputy`, `by-order` or `sub-delegated`.
    pub capacity: String,
    /// First instant of its validity.
    pub not_before: Timestamp,
    /// Last instant of its validity.
    pub not_after: Timestamp,
    /// Hub time of its revocation.
    pub revoked_at: Option<Timestamp>,
    /// Serial number, lower-case hex.
    pub serial: String,
}

/// What is revoked.
#[derive(Clone, Debug, PartialEq)]
pub struct Revocations {
    /// One by one.
    pub revoked: Vec<RevokedCertificate>,
    /// Revocation lists of the issuing authorities (X.509 CRL), DER, signed by them; none from a hub without their keys.
    pub crls: Vec<Bytes>,
}

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct RevokedCertificate {
    /// SHA-256 of the DER.
    pub fingerprint: [u8; 32],
    /// Hub time from which it is revoked.
    pub revoked_at: Timestamp,
    /// Why.
    pub reason: String,
    /// Serial number, lower-case hex; empty where the hub knows the fingerprint only.
    pub serial: String,
}

impl Directory {
    /// Certificates of one agency, or all; pages are fetched as the stream is read.
    pub fn certificates(
        &self,
        agency: Option<&AgencyCode>,
    ) -> impl Stream<Item = Result<CertificateEntry, CallError>> + Send + use<> {
        let agency = agency.map(ToString::to_string).unwrap_or_default();
        let session = self.session.clone();
        pages(String::new(), move |page_token| {
            let session = session.clone();
            let request = pb::ListCertificatesRequest {
                agency: agency.clone(),
                page_size: PAGE_SIZE,
                page_token,
            };
            async move {
                let answer = session
                    .call(request, |request| {
                        let mut client = session.directory();
                        async move { client.list_certificates(request).await }
                    })
                    .await?;
                let entries = answer.certificates.into_iter().map(CertificateEntry::read);
                Ok((entries.collect::<Result<Vec<_>, _>>()?, answer.next_page_token))
            }
        })
    }

    /// Registers a chain (the certificate, then its issuers without the root), so that envelopes need only carry its
    /// fingerprint. The same again is good.
    pub async fn register_certificate(&self, chain: &[Bytes]) -> Result<CertificateEntry, CallError> {
        let mut chain = chain.iter().cloned();
        let request = pb::RegisterCertificateRequest {
            der: chain.next().unwrap_or_default(),
            issuers: chain.collect(),
        };
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.directory();
                async move { client.register_certificate(request).await }
            })
            .await?;
        Ok(CertificateEntry::read(
            answer.certificate.ok_or(InvalidAnswer { field: "certificate" })?,
        )?)
    }

    /// Revokes a certificate from `from` on (hub time), or from now; says from when. Revocation lists name it where it is
    /// registered.
    pub async fn revoke_certificate(
        &self,
        fingerprint: [u8; 32],
        from: Option<Timestamp>,
        reason: &str,
    ) -> Result<Timestamp, CallError> {
        self.revoke(pb::RevokeCertificateRequest {
            fingerprint: Bytes::copy_from_slice(&fingerprint),
            revoked_at: from.map(wire::wire_timestamp),
            reason: reason.to_owned(),
            ..Default::default()
        })
        .await
    }

    /// As [`Self::revoke_certificate`], with the chain (the certificate, then its issuers without the root), so that
    /// revocation lists name it in any case.
    pub async fn revoke_chain(
        &self,
        chain: &[Bytes],
        from: Option<Timestamp>,
        reason: &str,
    ) -> Result<Timestamp, CallError> {
        let mut chain = chain.iter().cloned();
        self.revoke(pb::RevokeCertificateRequest {
            certificate: chain.next().unwrap_or_default(),
            issuers: chain.collect(),
            revoked_at: from.map(wire::wire_timestamp),
            reason: reason.to_owned(),
            ..Default::default()
        })
        .await
    }

    async fn revoke(&self, request: pb::RevokeCertificateRequest) -> Result<Timestamp, CallError> {
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.directory();
                async move { client.revoke_certificate(request).await }
            })
            .await?;
        Ok(wire::timestamp(answer.revoked_at, "revoked_at")?)
    }

    /// All that is revoked.
    pub async fn revocations(&self) -> Result<Revocations, CallError> {
        let answer = self
            .session
            .call(pb::GetRevocationListRequest {}, |request| {
                let mut client = self.session.directory();
                async move { client.get_revocation_list(request).await }
            })
            .await?;
        let revoked = answer
            .revoked
            .into_iter()
            .map(RevokedCertificate::read)
            .collect::<Result<_, _>>()?;
        Ok(Revocations {
            revoked,
            crls: answer.crls,
        })
    }
}

impl CertificateEntry {
    fn read(wire: pb::Certificate) -> Result<Self, InvalidAnswer> {
        Ok(Self {
            subject: wire.subject(),
            fingerprint: fingerprint(&wire.fingerprint, "certificate.fingerprint")?,
            der: wire.der,
            issuers: wire.issuers,
            agency: wire::optional_parsed(&wire.agency, "certificate.agency")?,
            common_name: wire.common_name,
            capacity: wire.capacity,
            not_before: wire::timestamp(wire.not_before, "certificate.not_before")?,
            not_after: wire::timestamp(wire.not_after, "certificate.not_after")?,
            revoked_at: wire
                .revoked_at
                .map(|time| wire::timestamp(Some(time), "certificate.revoked_at"))
                .transpose()?,
            serial: wire.serial,
        })
    }
}

impl RevokedCertificate {
    fn read(wire: pb::RevokedCertificate) -> Result<Self, InvalidAnswer> {
        Ok(Self {
            fingerprint: fingerprint(&wire.fingerprint, "revoked.fingerprint")?,
            revoked_at: wire::timestamp(wire.revoked_at, "revoked.revoked_at")?,
            reason: wire.reason,
            serial: wire.serial,
        })
    }
}

fn fingerprint(wire: &[u8], field: &'static str) -> Result<[u8; 32], InvalidAnswer> {
    wire.try_into().map_err(|_| InvalidAnswer { field })
}
