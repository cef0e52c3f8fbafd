//! The folder of a sandbox (`.truc`): what `truc up` writes, and where other commands find the hub and who they are.
//!
//! ```text
//! sandbox.toml      there while the sandbox runs: the hub's address, the agency of the user
//! seed              all keys come out of it; readable by its owner only
//! root.pem          the simulated root that everything is trusted by
//! operator/         operator.key, operator.pem, token
//! agencies/H26.99/  keys, certificates and token of the user's agency
//! vxp/              systems of the VXP gateway with their key, and what was sent through it
//! console-link     opens the console in a browser; readable by its owner only
//! collaboration.properties   settings of the VXP library for the user's system
//! lessons.json      attempts at lessons, and best scores
//! hub/              journal, state and attachments
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use truc_document::AgencyCode;
use truc_simulator::strict_toml;

use crate::{exit::Failure, files, keys::Keys};

/// The folder of a sandbox; whether one is there shows when something is read.
#[derive(Clone, Debug)]
pub(crate) struct Sandbox {
    folder: PathBuf,
}

/// A sandbox that runs, or did when its process was killed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Running {
    /// Address of its hub.
    pub(crate) hub: String,
    /// The user's agency.
    pub(crate) agency: String,
}

impl Sandbox {
    pub(crate) fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn hub_folder(&self) -> PathBuf {
        self.folder.join("hub")
    }

    pub(crate) fn vxp_folder(&self) -> PathBuf {
        self.folder.join("vxp")
    }

    pub(crate) fn properties_file(&self) -> PathBuf {
        self.folder.join("collaboration.properties")
    }

    pub(crate) fn console_file(&self) -> PathBuf {
        self.folder.join("console-link")
    }

    pub(crate) fn lessons_file(&self) -> PathBuf {
        self.folder.join("lessons.json")
    }

    pub(crate) fn root_file(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    pub(crate) fn operator_folder(&self) -> PathBuf {
        self.folder.join("operator")
    }

    pub(crate) fn agency_folder(&self, code: &AgencyCode) -> PathBuf {
        self.folder.join("agencies").join(code.as_str())
    }

    fn running_file(&self) -> PathBuf {
        self.folder.join("sandbox.toml")
    }

    fn seed_file(&self) -> PathBuf {
        self.folder.join("seed")
    }

    /// Its address and agency; `None` when no sandbox runs here.
    pub(crate) fn running(&self) -> Result<Option<Running>, Failure> {
        let path = self.running_file();
        if !path.exists() {
            return Ok(None);
        }
        strict_toml::load(&path).map(Some).map_err(Failure::input)
    }

    /// Says that it runs. Written beside and renamed, so that who waits for the file never reads half of it.
    pub(crate) fn set_running(&self, running: &Running) -> Result<(), Failure> {
        let text = toml::to_string(running).map_err(Failure::input)?;
        let beside = self.folder.join("sandbox.toml.new");
        files::write(&beside, text)?;
        std::fs::rename(&beside, self.running_file())
            .map_err(|error| Failure::input(format!("cannot write `{}`: {error}", self.running_file().display())))
    }

    /// Says that it does not run.
    pub(crate) fn set_stopped(&self) -> Result<(), Failure> {
        files::remove(&self.running_file())
    }

    /// Its keys; `None` when the folder has none.
    pub(crate) fn keys(&self) -> Result<Option<Keys>, Failure> {
        let path = self.seed_file();
        if !path.exists() {
            return Ok(None);
        }
        Keys::read(&path).map(Some)
    }

    /// Its keys, made when there are none: from `number` where one is given, otherwise from chance. A number that is not
    /// that of the keys that are there is refused.
    pub(crate) fn keys_or_make(&self, number: Option<u64>) -> Result<Keys, Failure> {
        let wanted = number.map(Keys::seed_of_number);
        if let Some(keys) = self.keys()? {
            return match wanted {
                Some(wanted) if wanted != *keys.seed() => Err(Failure::input(format!(
                    "`{}` has keys of another seed; leave `--seed` out, or name another folder with `--data`",
                    self.folder.display()
                ))),
                _ => Ok(keys),
            };
        }
        let seed = match wanted {
            Some(seed) => seed,
            None => Keys::seed_of_chance()?,
        };
        files::make_folder(&self.folder)?;
        let keys = Keys::of(seed)?;
        files::write_secret(&self.seed_file(), hex::encode(seed))?;
        files::write(&self.root_file(), keys.root_pem())?;
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_and_another_seed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::at(folder.path().join("truc"));
        assert!(sandbox.keys().unwrap().is_none());
        let made = sandbox.keys_or_make(Some(7)).unwrap();
        assert_eq!(sandbox.keys_or_make(None).unwrap().seed(), made.seed());
        assert_eq!(sandbox.keys_or_make(Some(7)).unwrap().root(), made.root());
        let refused = sandbox.keys_or_make(Some(8)).map(|_| ()).unwrap_err();
        assert!(refused.message.contains("another seed"), "{}", refused.message);
    }

    #[test]
    fn running_is_said_and_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::at(folder.path());
        assert!(sandbox.running().unwrap().is_none());
        let running = Running {
            hub: "http://127.0.0.1:7700".to_owned(),
            agency: "H26.99".to_owned(),
        };
        sandbox.set_running(&running).unwrap();
        assert_eq!(sandbox.running().unwrap().map(|read| read.hub), Some(running.hub));
        sandbox.set_stopped().unwrap();
        assert!(sandbox.running().unwrap().is_none());
    }
}
