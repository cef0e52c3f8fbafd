//! An agency's keys and certificates, and the folder that holds them:
//!
//! ```text
//! agency.toml              code, name, who signs
//! seal.key    seal.pem     the agency's seal (chữ ký số cơ quan)
//! signer.key  signer.pem   the person who signs (chữ ký số cá nhân)
//! system.key  system.pem   its system, for mTLS
//! token                    a bearer token; only where one was asked for
//! ```
//!
//! Keys are PKCS#8 version 1, certificates come with their issuers; OpenSSL reads all of them.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use truc_document::AgencyCode;
use truc_signature::{Capacity, CertificateChain, Identity, SigningKey};
use truc_simulator::strict_toml;

use crate::{exit::Failure, files};

/// An agency that can sign, seal and call.
#[derive(Clone, Debug)]
pub(crate) struct AgencyIdentity {
    pub(crate) code: AgencyCode,
    pub(crate) name: String,
    pub(crate) signatory: Signatory,
    pub(crate) seal: Arc<Identity>,
    pub(crate) person: Arc<Identity>,
    pub(crate) system: Arc<Identity>,
}

/// Who signs for an agency.
#[derive(Clone, Debug)]
pub(crate) struct Signatory {
    pub(crate) full_name: String,
    /// Position (chức vụ), as documents show it.
    pub(crate) position: String,
    pub(crate) capacity: Capacity,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    code: String,
    name: String,
    signer: String,
    position: String,
    capacity: String,
}

impl AgencyIdentity {
    /// Writes the folder; what is there is replaced.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        files::make_folder(folder)?;
        let file = File {
            code: self.code.to_string(),
            name: self.name.clone(),
            signer: self.signatory.full_name.clone(),
            position: self.signatory.position.clone(),
            capacity: self.signatory.capacity.to_string(),
        };
        files::write(
            &folder.join("agency.toml"),
            toml::to_string(&file).map_err(Failure::input)?,
        )?;
        for (name, identity) in [("seal", &self.seal), ("signer", &self.person), ("system", &self.system)] {
            write_identity(folder, name, identity)?;
        }
        Ok(())
    }

    /// Reads a folder that [`Self::write`] or `truc pki issue` wrote.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("agency.toml");
        let file: File = strict_toml::load(&path).map_err(Failure::input)?;
        let wrong = |what: &str, error: &dyn std::fmt::Display| {
            Failure::input(format!("`{}`: {what}: {error}", path.display()))
        };
        Ok(Self {
            code: file.code.parse().map_err(|error| wrong("code", &error))?,
            name: file.name,
            signatory: Signatory {
                full_name: file.signer,
                position: file.position,
                capacity: file.capacity.parse().map_err(|error| wrong("capacity", &error))?,
            },
            seal: Arc::new(read_identity(folder, "seal")?),
            person: Arc::new(read_identity(folder, "signer")?),
            system: Arc::new(read_identity(folder, "system")?),
        })
    }
}

/// Writes `NAME.key` and `NAME.pem`.
pub(crate) fn write_identity(folder: &Path, name: &str, identity: &Identity) -> Result<(), Failure> {
    files::write_secret(&folder.join(format!("{name}.key")), identity.key().to_pem())?;
    files::write(&folder.join(format!("{name}.pem")), identity.chain().to_pem())
}

/// Reads `NAME.key` and `NAME.pem`.
fn read_identity(folder: &Path, name: &str) -> Result<Identity, Failure> {
    identity_of(&folder.join(format!("{name}.key")), &folder.join(format!("{name}.pem")))
}

/// Reads a private key and the certificate of its public half with its issuers.
pub(crate) fn identity_of(key: &Path, certificates: &Path) -> Result<Identity, Failure> {
    Ok(Identity::new(
        signing_key(key)?,
        CertificateChain {
            certificates: read_certificates(certificates)?,
        },
    ))
}

/// Reads a private key, PEM.
pub(crate) fn signing_key(path: &Path) -> Result<SigningKey, Failure> {
    SigningKey::from_pem(&files::read_text(path)?)
        .map_err(|error| Failure::input(format!("`{}`: {error}", path.display())))
}

/// Certificates of a PEM file, in its order, DER; at least one.
pub(crate) fn read_certificates(path: &Path) -> Result<Vec<Bytes>, Failure> {
    CertificateChain::from_pem(&files::read_text(path)?)
        .map(|chain| chain.certificates)
        .map_err(|error| Failure::input(format!("`{}`: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Keys;

    #[test]
    fn folder_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::of(Keys::seed_of_number(1)).unwrap();
        let code: AgencyCode = "H26.99".parse().unwrap();
        let written = keys.agency(&code, "Cơ quan thử nghiệm", Signatory::default()).unwrap();
        written.write(folder.path()).unwrap();
        let read = AgencyIdentity::read(folder.path()).unwrap();
        assert_eq!((read.code, read.name), (written.code, written.name));
        for (read, written) in [
            (read.seal, written.seal),
            (read.person, written.person),
            (read.system, written.system),
        ] {
            assert_eq!(read.fingerprint(), written.fingerprint());
            assert_eq!(read.key().public(), written.key().public());
        }
    }

    #[test]
    fn missing_and_unusable_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.pem");
        let said = |result: Result<Vec<Bytes>, Failure>| result.unwrap_err().message;
        assert!(said(read_certificates(&path)).contains("seal.pem"));
        std::fs::write(&path, "nothing").unwrap();
        assert!(said(read_certificates(&path)).contains("holds no certificate"));
    }
}
