//! A wallet of identities that come out of one seed: simulated agencies and persons sign with it.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use truc_document::AgencyCode;

use crate::{Authority, AuthorityError, Capacity, CertificateRequest, Identity, SigningKey, Subject};

/// 2018-01-01T00:00:00Z: before the axis began, so that any replayed year is covered.
const NOT_BEFORE_SECOND: i64 = 1_514_764_800;
/// 2035-12-31T23:59:59Z.
const NOT_AFTER_SECOND: i64 = 2_082_758_399;

/// Makes identities when they are first asked for, and keeps them. Same authority, same seed: same keys and certificates,
/// in whatever order they are asked for. Making one costs about 60 µs.
#[derive(Debug)]
pub struct SeededWallet {
    authority: Arc<Authority>,
    seed: Vec<u8>,
    /// By what the key is derived from, which says all of the subject but its names' spelling on the certificate.
    made: Mutex<HashMap<String, Arc<Identity>>>,
}

impl SeededWallet {
    /// A wallet under `authority`; its keys come from `seed`.
    pub fn new(authority: Arc<Authority>, seed: impl Into<Vec<u8>>) -> Self {
        Self {
            authority,
            seed: seed.into(),
            made: Mutex::default(),
        }
    }

    /// The authority that issues here.
    pub fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    /// The seal of an agency that bears `name`.
    pub fn seal(&self, agency: &AgencyCode, name: &str) -> Result<Arc<Identity>, AuthorityError> {
        self.identity(format!("seal/{agency}/{name}"), || Subject::Seal {
            agency: agency.clone(),
            name: name.to_owned(),
        })
    }

    /// A person who signs for an agency in a capacity.
    pub fn person(
        &self,
        agency: &AgencyCode,
        capacity: Capacity,
        full_name: &str,
    ) -> Result<Arc<Identity>, AuthorityError> {
        self.identity(format!("person/{agency}/{capacity}/{full_name}"), || Subject::Person {
            agency: agency.clone(),
            full_name: full_name.to_owned(),
            position: String::new(),
            capacity,
        })
    }

    /// An agency's system, for mTLS.
    pub fn system(&self, agency: &AgencyCode, name: &str) -> Result<Arc<Identity>, AuthorityError> {
        self.identity(format!("system/{agency}/{name}"), || Subject::System {
            agency: agency.clone(),
            name: name.to_owned(),
        })
    }

    /// The hub, reached at `hosts` (DNS names and IP addresses).
    pub fn hub(&self, name: &str, hosts: &[String]) -> Result<Arc<Identity>, AuthorityError> {
        self.identity(format!("hub/{name}/{}", hosts.join(",")), || Subject::Hub {
            name: name.to_owned(),
            hosts: hosts.to_vec(),
        })
    }

    /// An operator of the hub.
    pub fn operator(&self, name: &str) -> Result<Arc<Identity>, AuthorityError> {
        self.identity(format!("operator/{name}"), || Subject::Operator {
            name: name.to_owned(),
        })
    }

    fn identity(&self, path: String, subject: impl FnOnce() -> Subject) -> Result<Arc<Identity>, AuthorityError> {
        if let Some(identity) = self.made.lock().get(&path) {
            return Ok(Arc::clone(identity));
        }
        // Made outside the lock: two threads may make the same one, and it is the same.
        let key = SigningKey::derive(&self.seed, &format!("wallet/{path}"));
        let chain = self.authority.issue(&CertificateRequest {
            subject: subject(),
            key: key.public(),
            not_before: Timestamp::from_second(NOT_BEFORE_SECOND).unwrap_or(Timestamp::MIN),
            not_after: Timestamp::from_second(NOT_AFTER_SECOND).unwrap_or(Timestamp::MAX),
        })?;
        let identity = Arc::new(Identity::new(key, chain));
        Ok(Arc::clone(self.made.lock().entry(path).or_insert(identity)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wallet(seed: &str) -> SeededWallet {
        SeededWallet::new(Arc::new(Authority::from_seed(seed.as_bytes()).unwrap()), seed)
    }

    #[test]
    fn same_seed_same_identities_in_any_order() {
        let (one, other) = (wallet("a"), wallet("a"));
        let (thai_binh, nam_dinh) = ("H54".parse().unwrap(), "H40".parse().unwrap());
        let seal = one.seal(&thai_binh, "UBND tỉnh Thái Bình").unwrap();
        let person = one.person(&nam_dinh, Capacity::Deputy, "Trần Văn B").unwrap();
        assert_eq!(
            other.person(&nam_dinh, Capacity::Deputy, "Trần Văn B").unwrap().chain(),
            person.chain()
        );
        assert_eq!(
            other.seal(&thai_binh, "UBND tỉnh Thái Bình").unwrap().chain(),
            seal.chain()
        );
        assert_ne!(
            wallet("b").seal(&thai_binh, "UBND tỉnh Thái Bình").unwrap().chain(),
            seal.chain()
        );
        assert_ne!(seal.key().public(), person.key().public());
    }

    #[test]
    fn an_identity_is_made_once() {
        let wallet = wallet("a");
        let agency = "H54".parse().unwrap();
        let first = wallet.seal(&agency, "UBND tỉnh Thái Bình").unwrap();
        assert!(Arc::ptr_eq(
            &first,
            &wallet.seal(&agency, "UBND tỉnh Thái Bình").unwrap()
        ));
        assert!(!Arc::ptr_eq(
            &first,
            &wallet.system(&agency, "UBND tỉnh Thái Bình").unwrap()
        ));
    }

    #[test]
    fn validity_is_as_said() {
        assert_eq!(
            Timestamp::from_second(NOT_BEFORE_SECOND).unwrap().to_string(),
            "2018-01-01T00:00:00Z"
        );
        assert_eq!(
            Timestamp::from_second(NOT_AFTER_SECOND).unwrap().to_string(),
            "2035-12-31T23:59:59Z"
        );
    }
}
