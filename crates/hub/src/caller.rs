//! Who is calling: a bearer token, or the certificate of an mTLS connection.

use std::sync::Arc;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use tonic::{Request, Status};
use truc_document::{AgencyCode, Reason, Refusal};
use truc_signature::{Caller, TokenVerifier, sha256};

use crate::{core::Core, status::refused};

/// Tokens remembered as good, so that each costs its signature once.
const REMEMBERED: usize = 20_000;
/// Where a token stands in a call's metadata.
pub(crate) const TOKEN_KEY: &str = "authorization";

pub(crate) struct Callers {
    verifier: TokenVerifier,
    tokens: Cache<String, (Caller, Timestamp)>,
}

fn unauthenticated(message: impl Into<String>) -> Status {
    refused(&Refusal::new(Reason::Unauthenticated, message))
}

impl Callers {
    pub(crate) fn new(verifier: TokenVerifier) -> Self {
        Self {
            verifier,
            tokens: Cache::new(REMEMBERED),
        }
    }

    /// The caller of a request; the token counts before the connection.
    pub(crate) fn of<T>(&self, request: &Request<T>, core: &Core) -> Result<Caller, Status> {
        self.until(request, core).map(|(caller, _)| caller)
    }

    /// The caller of a request, and until when its token proves it; a certificate is looked at again by itself.
    pub(crate) fn until<T>(&self, request: &Request<T>, core: &Core) -> Result<(Caller, Option<Timestamp>), Status> {
        if let Some(value) = request.metadata().get(TOKEN_KEY) {
            let token = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
            let token = token.ok_or_else(|| unauthenticated("`authorization` is not `Bearer` and a token"))?;
            return self.of_token(token).map(|(caller, until)| (caller, Some(until)));
        }
        if let Some(chain) = request.peer_certs() {
            return of_connection(&chain, core).map(|caller| (caller, None));
        }
        Err(unauthenticated(
            "no credential: send `authorization: Bearer` with a token, or connect by mTLS",
        ))
    }

    /// Whose token it is, and when it runs out.
    pub(crate) fn of_token(&self, token: &str) -> Result<(Caller, Timestamp), Status> {
        let now = Timestamp::now();
        if let Some((caller, until)) = self.tokens.get(token)
            && now < until
        {
            return Ok((caller, until));
        }
        let (caller, until) = self
            .verifier
            .verify(token, now)
            .map_err(|error| unauthenticated(error.to_string()))?;
        self.tokens.insert(token.to_owned(), (caller.clone(), until));
        Ok((caller, until))
    }
}

/// Judged with each call: the handshake knows the root and the validity, and nothing of what was revoked since.
pub(crate) fn of_connection(
    chain: &[tonic::transport::CertificateDer<'static>],
    core: &Core,
) -> Result<Caller, Status> {
    let chain: Vec<bytes::Bytes> = chain.iter().map(|der| bytes::Bytes::copy_from_slice(der)).collect();
    let fingerprint = chain.first().map(|der| sha256(der)).unwrap_or_default();
    let directory = Arc::clone(&core.state.read().directory);
    let certificate = core
        .certificates
        .find(&directory, &fingerprint, &chain)
        .map_err(|error| unauthenticated(error.to_string()))?;
    // A credential runs out by wall time, as a token does; it is revoked by hub time, as all certificates are.
    let now = Timestamp::now();
    if now < certificate.not_before || now > certificate.not_after {
        return Err(unauthenticated("the certificate of the connection is not valid now"));
    }
    if let Some(revocation) = directory.revocation(&fingerprint)
        && revocation.at.as_microsecond() <= core.clock.now()
    {
        let message = format!(
            "the certificate of the connection was revoked at {}; use another",
            revocation.at
        );
        return Err(unauthenticated(message));
    }
    Caller::of_certificate(&certificate)
        .ok_or_else(|| unauthenticated("the certificate of the connection is no system's and no operator's"))
}

/// The agency that calls; an operator is none.
pub(crate) fn agency(caller: Caller) -> Result<AgencyCode, Status> {
    match caller {
        Caller::Agency(code) => Ok(code),
        Caller::Operator => {
            let message = "an operator sends and receives for nobody; call with the credential of an agency";
            Err(refused(&Refusal::new(Reason::NotYourAgency, message)))
        }
    }
}

/// Only the operator may.
pub(crate) fn operator(caller: &Caller) -> Result<(), Status> {
    match caller {
        Caller::Operator => Ok(()),
        Caller::Agency(code) => {
            let message = format!("`{code}` may not do this; it is the operator's");
            Err(refused(&Refusal::new(Reason::NotYourAgency, message)))
        }
    }
}
