//! DirectoryService: the address book and the certificates.

use std::sync::Arc;

use bytes::Bytes;
use tonic::{Request, Response, Status};
use truc_document::{AgencyCode, Level, Reason, Refusal, SigningPolicy, SystemKind, limits};
use truc_proto::v1 as pb;
use truc_services::directory_service_server::DirectoryService;
use truc_signature::{Caller, SubjectKind, TrustedCertificate, sha256};
use truc_store::{
    apply::Outcome,
    record::{Change, wire},
    state::{timestamp, wire_time},
};

use crate::{
    caller::operator,
    core::Core,
    services::instant,
    status::{malformed, refused, stopped},
};

pub(crate) struct DirectoryApi(pub(crate) Arc<Core>);

impl DirectoryApi {
    fn caller<T>(&self, request: &Request<T>) -> Result<Caller, Status> {
        self.0.callers.of(request, &self.0)
    }

    async fn put(&self, agency: Option<pb::Agency>, create: bool) -> Result<pb::Agency, Status> {
        let agency = agency.ok_or_else(|| malformed("agency", "field `agency` is missing"))?;
        let agency = checked(agency).map_err(|refusal| refused(&refusal))?;
        let change = Change::AgencyChanged(wire::AgencyChanged {
            agency: Some(agency),
            create,
        });
        match self.0.change(change, None).await?.outcome {
            Outcome::Agency(agency) => Ok(*agency),
            Outcome::Refused(refusal) => Err(refused(&refusal)),
            _ => Err(stopped()),
        }
    }
}

impl DirectoryApi {
    /// Which certificate is to be revoked, and what of it is known beyond the fingerprint.
    fn to_revoke(
        &self,
        request: &pb::RevokeCertificateRequest,
    ) -> Result<([u8; 32], Option<Arc<TrustedCertificate>>), Status> {
        if request.certificate.is_empty() {
            let fingerprint = request.fingerprint[..].try_into();
            let fingerprint = fingerprint.map_err(|_| malformed("fingerprint", "SHA-256 has 32 bytes"))?;
            return Ok((fingerprint, self.0.certificates.seen(&fingerprint)));
        }
        let fingerprint = sha256(&request.certificate);
        if !request.fingerprint.is_empty() && request.fingerprint != fingerprint[..] {
            return Err(malformed("fingerprint", "not the SHA-256 of `certificate`"));
        }
        let issuers = request.issuers.iter().cloned();
        let chain: Vec<Bytes> = std::iter::once(request.certificate.clone()).chain(issuers).collect();
        let directory = Arc::clone(&self.0.state.read().directory);
        let found = self.0.certificates.find(&directory, &fingerprint, &chain);
        let certificate = found.map_err(|refusal| refused(&refusal.field("certificate")))?;
        Ok((fingerprint, Some(certificate)))
    }
}

fn page_size(given: u32) -> Result<usize, Status> {
    match given {
        0 => Ok(100),
        1..=1000 => Ok(given as usize),
        _ => Err(malformed("page_size", format!("page of {given}; 1,000 is the most"))),
    }
}

fn checked(agency: pb::Agency) -> Result<pb::Agency, Refusal> {
    let malformed = |field: &str, message: String| Refusal::new(Reason::Malformed, message).field(field);
    let code = |field: &str, text: &str| -> Result<(), Refusal> {
        let parsed: Result<AgencyCode, _> = text.parse();
        parsed
            .map(drop)
            .map_err(|error| Refusal::new(Reason::CodeInvalid, error.to_string()).field(field))
    };
    code("agency.code", &agency.code)?;
    for (field, text) in [
        ("agency.legacy_code", &agency.legacy_code),
        ("agency.parent", &agency.parent),
        ("agency.province", &agency.province),
    ] {
        if !text.is_empty() {
            code(field, text)?;
        }
    }
    let name = agency.name.chars().count();
    if name == 0 || name > limits::AGENCY_NAME_MAX {
        let message = format!(
            "name of {name} characters; 1 to {} are allowed",
            limits::AGENCY_NAME_MAX
        );
        return Err(malformed("agency.name", message));
    }
    Level::try_from(agency.level).map_err(|error| malformed("agency.level", error.to_string()))?;
    SigningPolicy::try_from(agency.signing_policy)
        .map_err(|error| malformed("agency.signing_policy", error.to_string()))?;
    for &system in &agency.systems {
        SystemKind::try_from(system).map_err(|error| malformed("agency.systems", error.to_string()))?;
    }
    Ok(agency)
}

pub(crate) fn certificate_to_wire(certificate: &TrustedCertificate) -> pb::Certificate {
    let subject = match certificate.kind {
        SubjectKind::Person => pb::CertificateSubject::Person,
        SubjectKind::Seal => pb::CertificateSubject::Seal,
        _ => pb::CertificateSubject::System,
    };
    pb::Certificate {
        fingerprint: Bytes::copy_from_slice(&certificate.fingerprint),
        der: certificate.der.clone(),
        issuers: certificate.issuers.clone(),
        subject: subject as i32,
        agency: certificate.agency.as_ref().map(ToString::to_string).unwrap_or_default(),
        common_name: certificate.common_name.clone(),
        capacity: certificate
            .capacity
            .map(|capacity| capacity.as_str().to_owned())
            .unwrap_or_default(),
        not_before: Some(wire_time(certificate.not_before.as_microsecond())),
        not_after: Some(wire_time(certificate.not_after.as_microsecond())),
        revoked_at: None,
        serial: hex::encode(&certificate.serial),
    }
}

#[tonic::async_trait]
impl DirectoryService for DirectoryApi {
    async fn list_agencies(
        &self,
        request: Request<pb::ListAgenciesRequest>,
    ) -> Result<Response<pb::ListAgenciesResponse>, Status> {
        self.caller(&request)?;
        let request = request.into_inner();
        let size = page_size(request.page_size)?;
        let after = match request.page_token.as_str() {
            "" => None,
            token => Some(
                token
                    .parse::<AgencyCode>()
                    .map_err(|_| malformed("page_token", "not one that this call gave"))?,
            ),
        };
        let directory = Arc::clone(&self.0.state.read().directory);
        let query = fold(&request.query);
        let fits = |agency: &truc_store::state::Agency| {
            (request.level == 0 || agency.level.wire() == request.level)
                && (request.province.is_empty() || directory.province(agency.province) == request.province)
                && (!request.connected_only || agency.connected)
                && (query.is_empty()
                    || fold(agency.code.as_str()).contains(&query)
                    || fold(&agency.name).contains(&query))
        };
        let total = directory.after(None).filter(|(_, agency)| fits(agency)).count() as u64;
        let mut page: Vec<_> = directory
            .after(after.as_ref())
            .filter(|(_, agency)| fits(agency))
            .take(size + 1)
            .map(|(_, agency)| agency)
            .collect();
        let more = page.len() > size;
        page.truncate(size);
        let next_page_token = page
            .last()
            .filter(|_| more)
            .map(|agency| agency.code.to_string())
            .unwrap_or_default();
        let agencies = page.into_iter().map(|agency| directory.to_wire(agency)).collect();
        Ok(Response::new(pb::ListAgenciesResponse {
            agencies,
            next_page_token,
            total,
        }))
    }

    async fn get_agency(
        &self,
        request: Request<pb::GetAgencyRequest>,
    ) -> Result<Response<pb::GetAgencyResponse>, Status> {
        self.caller(&request)?;
        let text = request.into_inner().code;
        let code: AgencyCode = text.parse().map_err(|error: truc_document::InvalidAgencyCode| {
            refused(&Refusal::new(Reason::CodeInvalid, error.to_string()).field("code"))
        })?;
        let state = self.0.state.read();
        match state.agency(&code) {
            Some((_, agency)) => Ok(Response::new(pb::GetAgencyResponse {
                agency: Some(state.directory.to_wire(agency)),
            })),
            None => {
                let message = format!("agency `{code}` is not in the directory");
                Err(refused(&Refusal::new(Reason::RecipientUnknown, message).field("code")))
            }
        }
    }

    async fn register_agency(
        &self,
        request: Request<pb::RegisterAgencyRequest>,
    ) -> Result<Response<pb::RegisterAgencyResponse>, Status> {
        operator(&self.caller(&request)?)?;
        let agency = Some(self.put(request.into_inner().agency, true).await?);
        Ok(Response::new(pb::RegisterAgencyResponse { agency }))
    }

    async fn update_agency(
        &self,
        request: Request<pb::UpdateAgencyRequest>,
    ) -> Result<Response<pb::UpdateAgencyResponse>, Status> {
        operator(&self.caller(&request)?)?;
        let agency = Some(self.put(request.into_inner().agency, false).await?);
        Ok(Response::new(pb::UpdateAgencyResponse { agency }))
    }

    async fn close_agency(
        &self,
        request: Request<pb::CloseAgencyRequest>,
    ) -> Result<Response<pb::CloseAgencyResponse>, Status> {
        operator(&self.caller(&request)?)?;
        let request = request.into_inner();
        for (field, text) in [("code", &request.code), ("successor", &request.successor)] {
            text.parse::<AgencyCode>()
                .map_err(|error| refused(&Refusal::new(Reason::CodeInvalid, error.to_string()).field(field)))?;
        }
        let change = Change::AgencyClosed(wire::AgencyClosed {
            agency: request.code,
            successor: request.successor,
        });
        match self.0.change(change, None).await?.outcome {
            Outcome::Closed(closed) => Ok(Response::new(pb::CloseAgencyResponse {
                agency: Some(*closed.agency),
                moved: closed.moved,
                folded: closed.folded,
            })),
            Outcome::Refused(refusal) => Err(refused(&refusal)),
            _ => Err(stopped()),
        }
    }

    async fn list_certificates(
        &self,
        request: Request<pb::ListCertificatesRequest>,
    ) -> Result<Response<pb::ListCertificatesResponse>, Status> {
        self.caller(&request)?;
        let request = request.into_inner();
        let size = page_size(request.page_size)?;
        let directory = Arc::clone(&self.0.state.read().directory);
        let after =
            hex::decode(&request.page_token).map_err(|_| malformed("page_token", "not one that this call gave"))?;
        let mut page: Vec<pb::Certificate> = directory
            .certificates()
            .filter(|(fingerprint, certificate)| {
                fingerprint[..] > after[..] && (request.agency.is_empty() || certificate.agency == request.agency)
            })
            .take(size + 1)
            .map(|(fingerprint, certificate)| {
                let revoked_at = directory
                    .revocation(fingerprint)
                    .map(|revocation| wire_time(revocation.at.as_microsecond()));
                pb::Certificate {
                    revoked_at,
                    ..pb::Certificate::clone(certificate)
                }
            })
            .collect();
        let more = page.len() > size;
        page.truncate(size);
        let last = page
            .last()
            .filter(|_| more)
            .map(|certificate| hex::encode(&certificate.fingerprint));
        let next_page_token = last.unwrap_or_default();
        Ok(Response::new(pb::ListCertificatesResponse {
            certificates: page,
            next_page_token,
        }))
    }

    async fn register_certificate(
        &self,
        request: Request<pb::RegisterCertificateRequest>,
    ) -> Result<Response<pb::RegisterCertificateResponse>, Status> {
        let caller = self.caller(&request)?;
        let request = request.into_inner();
        let chain: Vec<Bytes> = std::iter::once(request.der).chain(request.issuers).collect();
        let key_id = chain.first().map(|der| sha256(der)).unwrap_or_default();
        let directory = Arc::clone(&self.0.state.read().directory);
        // Found this way it is checked for good: the first document signed with it need not wait for that.
        let certificate = self
            .0
            .certificates
            .find(&directory, &key_id, &chain)
            .map_err(|refusal| refused(&refusal.field("der")))?;
        if let Caller::Agency(code) = &caller {
            let state = self.0.state.read();
            let own = certificate
                .agency
                .as_ref()
                .and_then(|agency| state.directory.find(agency));
            if own.is_none() || own != state.directory.find(code) {
                let message = format!("`{code}` may register its own certificates only");
                return Err(refused(&Refusal::new(Reason::NotYourAgency, message).field("der")));
            }
        }
        if certificate.not_after.as_microsecond() < self.0.clock.now() {
            let message = format!("certificate ran out at {}", certificate.not_after);
            return Err(refused(&Refusal::new(Reason::CertificateExpired, message).field("der")));
        }
        if certificate.agency.is_none() {
            let message = "certificate ties its holder to no agency";
            return Err(refused(&Refusal::new(Reason::SignerNotOfAgency, message).field("der")));
        }
        let certificate = certificate_to_wire(&certificate);
        let change = wire::CertificateRegistered {
            certificate: Some(certificate.clone()),
        };
        self.0.change(Change::CertificateRegistered(change), None).await?;
        Ok(Response::new(pb::RegisterCertificateResponse {
            certificate: Some(certificate),
        }))
    }

    async fn revoke_certificate(
        &self,
        request: Request<pb::RevokeCertificateRequest>,
    ) -> Result<Response<pb::RevokeCertificateResponse>, Status> {
        operator(&self.caller(&request)?)?;
        let request = request.into_inner();
        let (fingerprint, certificate) = self.to_revoke(&request)?;
        if request.reason.chars().count() > 200 {
            return Err(malformed("reason", "more than 200 characters; shorten it"));
        }
        let revoked_at = match request.revoked_at {
            None => self.0.clock.now(),
            Some(at) => instant("revoked_at", at)?,
        };
        let change = wire::CertificateRevoked {
            fingerprint: Bytes::copy_from_slice(&fingerprint),
            revoked_at,
            reason: request.reason,
        };
        let Outcome::Revoked(at) = self.0.change(Change::CertificateRevoked(change), None).await?.outcome else {
            return Err(stopped());
        };
        // Registered it has a serial number, by which a revocation list names it. What counts is done by now.
        let registered = self.0.state.read().directory.certificate(&fingerprint).is_some();
        if let Some(certificate) = certificate.filter(|_| !registered) {
            let change = wire::CertificateRegistered {
                certificate: Some(certificate_to_wire(&certificate)),
            };
            self.0.change(Change::CertificateRegistered(change), None).await?;
        }
        Ok(Response::new(pb::RevokeCertificateResponse {
            revoked_at: Some(wire_time(at)),
        }))
    }

    async fn get_revocation_list(
        &self,
        request: Request<pb::GetRevocationListRequest>,
    ) -> Result<Response<pb::GetRevocationListResponse>, Status> {
        self.caller(&request)?;
        let (directory, position) = {
            let state = self.0.state.read();
            (Arc::clone(&state.directory), state.position.0)
        };
        let revoked = directory
            .revocations()
            .map(|(fingerprint, revocation)| pb::RevokedCertificate {
                fingerprint: Bytes::copy_from_slice(fingerprint),
                revoked_at: Some(wire_time(revocation.at.as_microsecond())),
                reason: revocation.reason.clone(),
                serial: directory
                    .certificate(fingerprint)
                    .map(|certificate| certificate.serial.clone())
                    .unwrap_or_default(),
            })
            .collect();
        let now = timestamp(self.0.clock.now());
        let crls = self.0.revocation_lists.at(&directory, position, now).map_err(|error| {
            tracing::error!(%error, "revocation lists can't be made");
            Status::internal("the revocation lists can't be made; the hub's log says why")
        })?;
        Ok(Response::new(pb::GetRevocationListResponse { revoked, crls }))
    }
}

/// Lower case and without diacritics, so that `thai binh` finds `Thái Bình`.
fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let marks = |letter: &char| !unicode_normalization::char::is_combining_mark(*letter);
    let plain = |letter: char| if letter == 'đ' { 'd' } else { letter };
    text.to_lowercase().nfd().filter(marks).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_knows_no_diacritics() {
        assert_eq!(
            fold("Huyện Đông Hưng, Tỉnh Thái Bình"),
            "huyen dong hung, tinh thai binh"
        );
    }
}
