//! All keys of an installation, out of one seed: authority, hub, operator, tokens, agencies.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use rand::TryRng as _;
use sha2::{Digest as _, Sha256};
use truc_agency::Credential;
use truc_document::{AgencyCode, Signer};
use truc_signature::{
    Authority, AuthorityError, Capacity, Identity, SeededWallet, SigningKey, TokenIssuer, certificate_pem,
};

use crate::{
    exit::{Exit, Failure},
    files,
    identity::{AgencyIdentity, Signatory},
};

/// Names under which the sandbox's hub is always reached.
pub(crate) const LOOPBACK_HOSTS: [&str; 3] = ["127.0.0.1", "::1", "localhost"];

/// Whoever holds it can act for everybody of this installation.
#[derive(Clone)]
pub(crate) struct Keys {
    seed: [u8; 32],
    wallet: Arc<SeededWallet>,
}

impl Keys {
    pub(crate) fn of(seed: [u8; 32]) -> Result<Self, Failure> {
        let authority = Authority::from_seed(&seed).map_err(unusable)?;
        Ok(Self {
            seed,
            wallet: Arc::new(SeededWallet::new(Arc::new(authority), seed)),
        })
    }

    /// The keys of a seed in a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let seed = hex::decode(files::read_text(path)?.trim())
            .ok()
            .and_then(|seed| <[u8; 32]>::try_from(seed).ok());
        let seed = seed.ok_or_else(|| Failure::input(format!("`{}` is no seed: 64 hex digits", path.display())))?;
        Self::of(seed)
    }

    /// The seed of a number: the same keys on any machine, known to everybody who knows the number.
    pub(crate) fn seed_of_number(number: u64) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"truc/v1/seed-of-number")
            .chain_update(number.to_be_bytes())
            .finalize()
            .into()
    }

    /// A seed that nobody knows.
    pub(crate) fn seed_of_chance() -> Result<[u8; 32], Failure> {
        let mut seed = [0; 32];
        rand::rngs::SysRng
            .try_fill_bytes(&mut seed)
            .map_err(|error| Failure::new(Exit::BadInput, format!("the system gives no random numbers: {error}")))?;
        Ok(seed)
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    pub(crate) fn authority(&self) -> &Arc<Authority> {
        self.wallet.authority()
    }

    pub(crate) fn wallet(&self) -> &Arc<SeededWallet> {
        &self.wallet
    }

    /// The root's certificate, DER.
    pub(crate) fn root(&self) -> Bytes {
        self.authority().root()
    }

    pub(crate) fn root_pem(&self) -> String {
        certificate_pem(&self.root())
    }

    /// The hub's key and certificate, for loopback and for `hosts`.
    pub(crate) fn hub(&self, hosts: &[String]) -> Result<Identity, Failure> {
        let loopback = LOOPBACK_HOSTS.iter().map(|host| (*host).to_owned());
        let others = hosts
            .iter()
            .filter(|host| !LOOPBACK_HOSTS.contains(&host.as_str()))
            .cloned();
        let hosts: Vec<String> = loopback.chain(others).collect();
        Ok(Identity::clone(
            &*self.wallet.hub("Trục mô phỏng", &hosts).map_err(unusable)?,
        ))
    }

    pub(crate) fn operator(&self) -> Result<Arc<Identity>, Failure> {
        self.wallet.operator("operator").map_err(unusable)
    }

    /// The key that bearer tokens are signed with.
    pub(crate) fn token_key(&self) -> SigningKey {
        SigningKey::derive(&self.seed, "tokens")
    }

    pub(crate) fn token_issuer(&self) -> TokenIssuer {
        TokenIssuer::new(&self.token_key())
    }

    /// The right to mint tokens for anybody.
    pub(crate) fn credential(&self) -> Credential {
        Credential::Issuer(Arc::new(self.token_issuer()))
    }

    /// The person whom a document of an agency shows as its signer.
    pub(crate) fn signer(&self, code: &AgencyCode, shown: &Signer) -> Result<Arc<Identity>, Failure> {
        let capacity = Capacity::asked_by(&shown.competence);
        self.wallet.person(code, capacity, &shown.full_name).map_err(unusable)
    }

    /// All that an agency needs to take part: seal, a signer, a system.
    pub(crate) fn agency(
        &self,
        code: &AgencyCode,
        name: &str,
        signatory: Signatory,
    ) -> Result<AgencyIdentity, Failure> {
        let Signatory {
            full_name,
            position,
            capacity,
        } = signatory;
        Ok(AgencyIdentity {
            seal: self.wallet.seal(code, name).map_err(unusable)?,
            person: self.wallet.person(code, capacity, &full_name).map_err(unusable)?,
            system: self.wallet.system(code, "truc").map_err(unusable)?,
            code: code.clone(),
            name: name.to_owned(),
            signatory: Signatory {
                full_name,
                position,
                capacity,
            },
        })
    }
}

impl Default for Signatory {
    /// An invented head of an agency.
    fn default() -> Self {
        Self {
            full_name: "Nguyễn Thị Thử Nghiệm".to_owned(),
            position: "Thủ trưởng cơ quan".to_owned(),
            capacity: Capacity::Head,
        }
    }
}

pub(crate) fn unusable(error: AuthorityError) -> Failure {
    Failure::input(error)
}
