//! Remote signing: who signs for the persons and agencies of systems that can't sign themselves.

use std::sync::Arc;

use truc_document::{AgencyCode, Signer};
use truc_signature::{Capacity, Identity, SeededWallet};

/// Keeps keys of persons and agencies, and lends them to the gateway for one document at a time.
pub trait Signatory: Send + Sync + 'static {
    /// The seal of an agency, and the person of that agency whom a document names as its signer.
    ///
    /// # Errors
    /// The agency or the person has no key here.
    fn signers(&self, agency: &AgencyCode, name: &str, signer: &Signer) -> Result<Signers, SignatoryError>;

    /// The seal alone, for what no person signs.
    ///
    /// # Errors
    /// The agency has no key here.
    fn seal(&self, agency: &AgencyCode, name: &str) -> Result<Arc<Identity>, SignatoryError>;
}

/// Who signs one document.
#[derive(Clone, Debug)]
pub struct Signers {
    /// The person.
    pub person: Arc<Identity>,
    /// The agency.
    pub seal: Arc<Identity>,
}

/// Nobody can sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatoryError {
    /// The keys of the agency are not here.
    #[error("no seal of agency `{agency}` is kept here")]
    Agency {
        /// The agency.
        agency: AgencyCode,
    },
    /// The person is not among the signers of the agency.
    #[error("`{full_name}` is no signer of agency `{agency}`")]
    Person {
        /// The agency.
        agency: AgencyCode,
        /// As the document names the person.
        full_name: String,
    },
    /// The keys can't be used.
    #[error("keys can't be used: {0}")]
    Unusable(String),
}

/// The keys of a sandbox: everybody's, made of one seed when they are first needed. A person gets the capacity that the
/// competence line of the document asks for.
pub struct WalletSignatory(Arc<SeededWallet>);

impl WalletSignatory {
    /// Signs with the keys of a wallet.
    #[must_use]
    pub fn new(wallet: Arc<SeededWallet>) -> Self {
        Self(wallet)
    }
}

impl Signatory for WalletSignatory {
    fn signers(&self, agency: &AgencyCode, name: &str, signer: &Signer) -> Result<Signers, SignatoryError> {
        let full_name = signer.full_name.trim();
        if full_name.is_empty() {
            return Err(SignatoryError::Person {
                agency: agency.clone(),
                full_name: String::new(),
            });
        }
        let capacity = Capacity::asked_by(&signer.competence);
        let person = self.0.person(agency, capacity, full_name);
        Ok(Signers {
            person: person.map_err(|error| SignatoryError::Unusable(error.to_string()))?,
            seal: self.seal(agency, name)?,
        })
    }

    fn seal(&self, agency: &AgencyCode, name: &str) -> Result<Arc<Identity>, SignatoryError> {
        let seal = self.0.seal(agency, name);
        seal.map_err(|error| SignatoryError::Unusable(error.to_string()))
    }
}
