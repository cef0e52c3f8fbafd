//! The agencies of a load: beside each other below a test province, every one with a person who signs and a seal.

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use truc_agency::{Credential, Hub};
use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};
use truc_proto::v1 as pb;
use truc_signature::{AuthorityError, Capacity, Identity, SeededWallet, TokenIssuer};

use super::LoadError;

/// The agencies of a load, to be registered before it runs.
#[must_use]
pub fn directory(agencies: usize) -> Vec<pb::Agency> {
    let one = |at| pb::Agency {
        code: code(at).to_string(),
        name: format!("Cơ quan thử tải {at}"),
        level: Level::Province.wire(),
        province: code(at).top().to_owned(),
        connected: true,
        signing_policy: SigningPolicy::Required.wire(),
        systems: vec![SystemKind::DocumentManagement.wire()],
        ..pb::Agency::default()
    };
    (0..agencies).map(one).collect()
}

/// Code of a synthetic agency: below the test province `H99`, which does not exist.
pub(super) fn code(at: usize) -> AgencyCode {
    let text = format!("H99.{:02}.{:03}", at / 1000 + 1, at % 1000);
    text.parse().unwrap_or_else(|_| unreachable!("digits make a code"))
}

/// Registers the certificates of a load's agencies, so that envelopes name them by fingerprint.
///
/// # Errors
/// [`LoadError`].
pub async fn introduce(
    agencies: usize,
    wallet: &SeededWallet,
    hub: &Hub,
    issuer: &Arc<TokenIssuer>,
) -> Result<(), LoadError> {
    let mut calls = stream::iter(0..agencies)
        .map(|at| async move {
            let directory = hub.agency(code(at), Credential::Issuer(Arc::clone(issuer))).directory();
            for identity in [person(wallet, at)?, seal(wallet, at)?] {
                directory.register_certificate(&identity.chain().certificates).await?;
            }
            Ok::<_, LoadError>(())
        })
        .buffer_unordered(64);
    while let Some(outcome) = calls.next().await {
        outcome?;
    }
    Ok(())
}

pub(super) fn person(wallet: &SeededWallet, at: usize) -> Result<Arc<Identity>, AuthorityError> {
    wallet.person(&code(at), Capacity::Head, "Trần Thị Bình")
}

pub(super) fn seal(wallet: &SeededWallet, at: usize) -> Result<Arc<Identity>, AuthorityError> {
    wallet.seal(&code(at), "Cơ quan thử tải")
}
