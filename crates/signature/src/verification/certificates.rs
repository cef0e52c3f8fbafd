//! Is the certificate behind a signature one of ours, of the right kind, valid now, not revoked?

use std::sync::Arc;

use jiff::Timestamp;
use truc_document::{Reason, Refusal};
use truc_proto::v1 as pb;

use super::{Context, Role};
use crate::{Digest, TrustedCertificate};

/// The certificate that a signature names, if it is trusted for this role.
pub(super) fn find(
    role: &Role,
    signature: &pb::Signature,
    context: &impl Context,
) -> Result<Arc<TrustedCertificate>, Refusal> {
    let key_id: &Digest = signature.key_id[..].try_into().map_err(|_| {
        let message = format!("`key_id` has {} bytes, it must have 32", signature.key_id.len());
        Refusal::new(Reason::Malformed, message).field(format!("{}.key_id", role.field))
    })?;
    let certificate = context
        .certificate(key_id, &signature.certificates)
        .map_err(|refusal| refusal.field(format!("{}.certificates", role.field)))?;
    let untrusted = |message: String| {
        Err(Refusal::new(Reason::CertificateUntrusted, message).field(format!("{}.key_id", role.field)))
    };
    if certificate.fingerprint != *key_id {
        let [expected, found] = [*key_id, certificate.fingerprint].map(hex::encode);
        return untrusted("`key_id` names another certificate than the one that was found".to_owned())
            .map_err(|refusal| refusal.with("expected", expected).with("found", found));
    }
    if certificate.kind != role.kind {
        return untrusted(format!(
            "certificate of `{}` is for a {}, here one for a {} is needed",
            certificate.common_name, certificate.kind, role.kind
        ))
        .map_err(|refusal| {
            let [expected, found] = [role.kind, certificate.kind].map(|kind| kind.to_string());
            refusal.with("expected", expected).with("found", found)
        });
    }
    Ok(certificate)
}

pub(super) fn check_valid(role: &Role, certificate: &TrustedCertificate, now: Timestamp) -> Result<(), Refusal> {
    certificate
        .check_valid_at(now)
        .map_err(|refusal| refusal.field(format!("{}.key_id", role.field)))
}

/// Revoked from an instant on: what was taken before stays good.
pub(super) fn check_not_revoked(role: &Role, revoked_at: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match revoked_at {
        Some(revoked_at) if revoked_at <= now => {
            let message = format!("certificate was revoked at {revoked_at}");
            Err(Refusal::new(Reason::CertificateRevoked, message)
                .field(format!("{}.key_id", role.field))
                .with("expected", format!("not revoked at {now}"))
                .with("found", format!("revoked at {revoked_at}")))
        }
        _ => Ok(()),
    }
}
