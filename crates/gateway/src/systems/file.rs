//! `systems.toml`.

use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::{Deserialize, Serialize};

use truc_document::AgencyCode;

use super::{SigningMode, System, SystemError, secret::Vault};

/// The file as it stands.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) system: Vec<Entry>,
}

/// One table of it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Entry {
    pub(super) id: String,
    agencies: Vec<String>,
    signing: SigningMode,
    /// Nonce and ciphertext, base64.
    secret: String,
}

fn path(folder: &Path) -> PathBuf {
    folder.join("systems.toml")
}

/// When the file was written last; none when there is none.
pub(super) fn changed(folder: &Path) -> Option<SystemTime> {
    std::fs::metadata(path(folder)).ok()?.modified().ok()
}

impl File {
    pub(super) fn load(folder: &Path) -> Result<Self, SystemError> {
        let path = path(folder);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => {
                return Err(SystemError::File {
                    verb: "read",
                    path,
                    cause,
                });
            }
        };
        toml::from_str(&text).map_err(|error| SystemError::Content {
            path,
            cause: error.to_string(),
        })
    }

    /// Written beside and renamed, so that a gateway never reads half of it.
    pub(super) fn save(&self, folder: &Path) -> Result<(), SystemError> {
        let path = path(folder);
        let text = toml::to_string(self).map_err(|error| SystemError::Content {
            path: path.clone(),
            cause: error.to_string(),
        })?;
        let beside = folder.join("systems.toml.new");
        super::secret::write_private(&beside, &text)
            .and_then(|()| std::fs::rename(&beside, &path))
            .map_err(|cause| SystemError::File {
                verb: "write",
                path,
                cause,
            })
    }
}

impl Entry {
    pub(super) fn of(system: &System, vault: &Vault) -> Result<Self, SystemError> {
        Ok(Self {
            id: system.id.clone(),
            agencies: system.agencies.iter().map(ToString::to_string).collect(),
            signing: system.signing,
            secret: vault.lock(&system.id, &system.secret)?,
        })
    }

    pub(super) fn read(self, folder: &Path, vault: &Vault) -> Result<System, SystemError> {
        let wrong = |cause: String| SystemError::Content {
            path: path(folder),
            cause: format!("system `{}`: {cause}", self.id),
        };
        let agencies: Result<Vec<AgencyCode>, _> = self.agencies.iter().map(|code| code.parse()).collect();
        let agencies = agencies.map_err(|error| wrong(error.to_string()))?;
        let secret = vault.unlock(&self.id, &self.secret).ok_or_else(|| {
            wrong("its secret was not locked with the key in `systems.key`; restore that file, or remove the system and add it anew".to_owned())
        })?;
        Ok(System {
            agencies,
            secret,
            signing: self.signing,
            id: self.id.clone(),
        })
    }
}
