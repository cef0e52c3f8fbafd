//! What verification found good may be so no longer when the record is ordered: a certificate was revoked, a policy
//! tightened. Who comes first is decided here, by the order of the records.

use truc_document::{Reason, Refusal, SigningPolicy};
use truc_proto::v1::Envelope;

use crate::state::{Agency, State};

/// Whether both signatures still count for a document of `sender`.
pub(super) fn check(state: &State, sender: &Agency, envelope: &Envelope) -> Result<(), Refusal> {
    let signatures = [
        ("personal_signature", &envelope.personal_signature),
        ("seal", &envelope.seal),
    ];
    for (field, signature) in signatures {
        let key_id = signature
            .as_ref()
            .and_then(|signature| signature.key_id[..].try_into().ok());
        let revocation = key_id.and_then(|key_id| state.directory.revocation(key_id));
        if let Some(revocation) = revocation.filter(|revocation| revocation.at <= state.time()) {
            let message = format!("certificate was revoked at {}; sign with another one", revocation.at);
            return Err(Refusal::new(Reason::CertificateRevoked, message).field(format!("{field}.key_id")));
        }
    }
    if sender.policy == SigningPolicy::Required && envelope.personal_signature.is_none() {
        let message = format!(
            "`{}` must have its documents signed by a competent person; this one is not",
            sender.code
        );
        return Err(Refusal::new(Reason::SignatureMissing, message).field("personal_signature"));
    }
    Ok(())
}
