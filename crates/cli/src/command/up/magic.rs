//! Keys of the magic agencies whose signers are no longer good: a folder for each, as an agency of one's own has it.

use std::sync::Arc;

use jiff::Timestamp;
use truc_agency::Hub;
use truc_document::AgencyCode;
use truc_signature::{CertificateRequest, Identity, SigningKey, Subject};
use truc_simulator::Magic;

use crate::{
    exit::Failure,
    identity::{AgencyIdentity, Signatory},
    keys::{Keys, unusable},
    sandbox::Sandbox,
};

/// 2018-01-01T00:00:00Z and 2019-12-31T23:59:59Z: over before any sandbox began.
const EXPIRED: (i64, i64) = (1_514_764_800, 1_577_836_799);

/// Writes the folders, and has the hub know of the revocation.
pub(super) async fn prepare(sandbox: &Sandbox, keys: &Keys, hub: &Hub) -> Result<(), Failure> {
    let revoked = identity(keys, Magic::SignerRevoked)?;
    revoked.write(&sandbox.agency_folder(&revoked.code))?;
    let expired = AgencyIdentity {
        person: expired_signer(keys)?,
        ..identity(keys, Magic::SignerExpired)?
    };
    expired.write(&sandbox.agency_folder(&expired.code))?;

    let directory = hub.operator(keys.credential()).directory();
    let fingerprint = revoked.person.fingerprint();
    let known = directory.revocations().await?.revoked;
    if known.iter().all(|known| known.fingerprint != fingerprint) {
        // Registered, so that the authority's revocation list has it too.
        directory
            .register_certificate(&revoked.person.chain().certificates)
            .await?;
        directory
            .revoke_certificate(fingerprint, None, "Mất khóa (giả định)")
            .await?;
    }
    Ok(())
}

fn identity(keys: &Keys, magic: Magic) -> Result<AgencyIdentity, Failure> {
    keys.agency(&code(magic), magic.name(), Signatory::default())
}

fn code(magic: Magic) -> AgencyCode {
    magic.entry().code
}

fn expired_signer(keys: &Keys) -> Result<Arc<Identity>, Failure> {
    let key = SigningKey::derive(keys.seed(), "magic/expired signer");
    let Signatory {
        full_name,
        position,
        capacity,
    } = Signatory::default();
    let instant = |second| Timestamp::from_second(second).map_err(Failure::input);
    let request = CertificateRequest {
        subject: Subject::Person {
            agency: code(Magic::SignerExpired),
            full_name,
            position,
            capacity,
        },
        key: key.public(),
        not_before: instant(EXPIRED.0)?,
        not_after: instant(EXPIRED.1)?,
    };
    let chain = keys.authority().issue(&request).map_err(unusable)?;
    Ok(Arc::new(Identity::new(key, chain)))
}
