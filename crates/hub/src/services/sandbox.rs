//! SandboxService: acting as any agency of a simulated axis, for who holds the access key.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tonic::{Request, Response, Status};
use truc_document::{AgencyCode, Reason, Refusal};
use truc_proto::v1::{self as pb, enter_request::Role};
use truc_services::sandbox_service_server::SandboxService;
use truc_signature::{Caller, Capacity, CertificateChain, CertificateRequest, Subject, dsse, sha256, verifying_key};
use truc_store::{
    record::{Change, wire},
    state::wire_time,
};

use super::{directory::certificate_to_wire, visits::Visits};
use crate::{
    caller::agency,
    config::Sandbox,
    core::Core,
    status::{malformed, refused},
};

/// Payload type of a public key that is signed with its own private half.
const KEY_PAYLOAD_TYPE: &str = "application/vnd.truc.v1.key";
/// Life of a token, wall time.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(12 * 3600);
/// The shortest stay in an agency.
const STAY_MIN: Duration = Duration::from_secs(1);
/// Characters of a visit's name.
const VISIT_MAX: usize = 64;
/// Characters of a person's name (Header.signer).
const NAME_MAX: usize = 50;
/// Characters of a position.
const POSITION_MAX: usize = 100;
/// Before the axis began, and far ahead: any replayed year is covered.
const VALIDITY: (i64, i64) = (1_514_764_800, 2_082_758_399);

#[derive(Clone)]
pub(crate) struct SandboxApi {
    pub(super) core: Arc<Core>,
    pub(super) sandbox: Sandbox,
    visits: Visits,
}

impl SandboxApi {
    pub(crate) fn new(core: Arc<Core>, sandbox: Sandbox) -> Self {
        let visits = Visits::new(sandbox.attended.clone());
        Self { core, sandbox, visits }
    }

    pub(crate) fn check_key(&self, given: &str) -> Result<(), Status> {
        // Digests are compared, so that time tells nothing of the key.
        if sha256(given.as_bytes()) == sha256(self.sandbox.access_key.as_bytes()) {
            return Ok(());
        }
        let message = "not the access key of this sandbox; open the link that `truc up` printed";
        Err(refused(
            &Refusal::new(Reason::Unauthenticated, message).field("access_key"),
        ))
    }

    pub(crate) fn known(&self, code: &str) -> Result<pb::Agency, Status> {
        let code: AgencyCode = code.parse().map_err(|error: truc_document::InvalidAgencyCode| {
            refused(&Refusal::new(Reason::CodeInvalid, error.to_string()).field("agency"))
        })?;
        let state = self.core.state.read();
        let found = state.agency(&code).map(|(_, agency)| state.directory.to_wire(agency));
        found.ok_or_else(|| {
            let message = format!("agency `{code}` is not in the directory");
            refused(&Refusal::new(Reason::SenderUnknown, message).field("agency"))
        })
    }

    fn issue(
        &self,
        agency: &pb::Agency,
        code: AgencyCode,
        request: &pb::IssueCertificateRequest,
    ) -> Result<CertificateChain, Status> {
        let key = verifying_key(&request.public_key)
            .map_err(|error| malformed("public_key", format!("no Ed25519 key: {error}")))?;
        dsse::verify(&key, KEY_PAYLOAD_TYPE, &request.public_key, &request.proof).map_err(|error| {
            let message = format!("{error}: sign the key with its own private half");
            refused(&Refusal::new(Reason::SignatureInvalid, message).field("proof"))
        })?;
        let instant = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        let request = CertificateRequest {
            subject: subject(agency, code, request)?,
            key,
            not_before: instant(VALIDITY.0),
            not_after: instant(VALIDITY.1),
        };
        self.sandbox
            .authority
            .issue(&request)
            .map_err(|error| malformed("full_name", error.to_string()))
    }
}

/// How long an agency that is entered does not answer by itself.
fn stay(given: Option<prost_types::Duration>) -> Result<Duration, Status> {
    let Some(given) = given else { return Ok(TOKEN_LIFE) };
    Duration::try_from(given)
        .ok()
        .filter(|stay| (STAY_MIN..=TOKEN_LIFE).contains(stay))
        .ok_or_else(|| malformed("stay", "a stay lasts from 1 second to 12 hours"))
}

fn visit(name: String) -> Result<String, Status> {
    if name.chars().count() <= VISIT_MAX {
        return Ok(name);
    }
    let message = format!("a visit's name has {VISIT_MAX} characters at most");
    Err(malformed("visit", message))
}

fn subject(agency: &pb::Agency, code: AgencyCode, request: &pb::IssueCertificateRequest) -> Result<Subject, Status> {
    match request.subject() {
        pb::CertificateSubject::Seal => Ok(Subject::Seal {
            agency: code,
            name: agency.name.clone(),
        }),
        pb::CertificateSubject::Person => {
            let name = request.full_name.trim();
            if name.is_empty() || name.chars().count() > NAME_MAX {
                return Err(malformed("full_name", format!("a name has 1 to {NAME_MAX} characters")));
            }
            if request.position.chars().count() > POSITION_MAX {
                return Err(malformed(
                    "position",
                    format!("a position has {POSITION_MAX} characters at most"),
                ));
            }
            let capacity: Capacity = request
                .capacity
                .parse()
                .map_err(|error: truc_signature::InvalidCapacity| malformed("capacity", error.to_string()))?;
            Ok(Subject::Person {
                agency: code,
                full_name: name.to_owned(),
                position: request.position.trim().to_owned(),
                capacity,
            })
        }
        _ => Err(malformed(
            "subject",
            "a person's or a seal's; others get theirs from `truc pki issue`",
        )),
    }
}

#[tonic::async_trait]
impl SandboxService for SandboxApi {
    async fn enter(&self, request: Request<pb::EnterRequest>) -> Result<Response<pb::EnterResponse>, Status> {
        let request = request.into_inner();
        self.check_key(&request.access_key)?;
        let stay = stay(request.stay)?;
        let visit = visit(request.visit)?;
        let (caller, agency) = match request.role {
            Some(Role::Operator(true)) => (Caller::Operator, None),
            Some(Role::Agency(code)) => {
                let agency = self.known(&code)?;
                let code: AgencyCode = agency.code.parse().map_err(|_| malformed("agency", "no agency code"))?;
                self.visits.begin(&code, visit, stay);
                (Caller::Agency(code), Some(agency))
            }
            _ => return Err(malformed("role", "say as whom: an agency, or the operator")),
        };
        let now = Timestamp::now();
        let expires = now.saturating_add(TOKEN_LIFE).unwrap_or(now);
        Ok(Response::new(pb::EnterResponse {
            token: self.sandbox.tokens.issue(&caller, now, TOKEN_LIFE),
            expires_at: Some(wire_time(expires.as_microsecond())),
            agency,
            suggested_agency: self.sandbox.suggested.to_string(),
        }))
    }

    async fn leave(&self, request: Request<pb::LeaveRequest>) -> Result<Response<pb::LeaveResponse>, Status> {
        let code = agency(self.core.callers.of(&request, &self.core)?)?;
        self.visits.end(&code, visit(request.into_inner().visit)?);
        Ok(Response::new(pb::LeaveResponse {}))
    }

    async fn issue_certificate(
        &self,
        request: Request<pb::IssueCertificateRequest>,
    ) -> Result<Response<pb::IssueCertificateResponse>, Status> {
        let code = agency(self.core.callers.of(&request, &self.core)?)?;
        let entry = self.known(code.as_str())?;
        let chain = self.issue(&entry, code, &request.into_inner())?.certificates;
        let fingerprint = chain.first().map(|der| sha256(der)).unwrap_or_default();
        let directory = Arc::clone(&self.core.state.read().directory);
        let certificate = self
            .core
            .certificates
            .find(&directory, &fingerprint, &chain)
            .map_err(|refusal| refused(&refusal))?;
        let certificate = certificate_to_wire(&certificate);
        let change = wire::CertificateRegistered {
            certificate: Some(certificate.clone()),
        };
        self.core.change(Change::CertificateRegistered(change), None).await?;
        Ok(Response::new(pb::IssueCertificateResponse {
            certificate: Some(certificate),
        }))
    }
}
