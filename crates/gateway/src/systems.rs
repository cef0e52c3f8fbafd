//! The systems that may call: who they are, for which agencies they may act, how what they send is signed.
//!
//! They stand in one folder:
//!
//! ```text
//! systems.toml   a table for each system; its secret encrypted with ChaCha20-Poly1305 under the key beside it
//! systems.key    that key, 64 hex digits; readable by its owner only
//! ```
//!
//! The library signs with HMAC, so whoever checks needs the secret itself: a hash of it would not do. Encrypted at rest,
//! a copy of `systems.toml` alone (a backup, a screenshot) gives nothing away; who has both files has the secrets.

mod file;
mod secret;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use truc_document::AgencyCode;

pub use self::secret::Secret;
use self::{file::File, secret::Vault};

/// A system that was removed is noticed within this time; one that was added at once.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How what a system sends gets its signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SigningMode {
    /// The gateway signs for the person whom `SignerInfo` names, and seals: remote signing.
    #[default]
    Custodial,
    /// The gateway only seals: passes where the sender's policy is pilot or off.
    Unsigned,
}

/// One system.
#[derive(Clone, Debug)]
pub struct System {
    /// Its id (`systemid`): 1 to 64 letters, digits, `.`, `-` and `_`.
    pub id: String,
    /// What it signs its calls with.
    pub secret: Secret,
    /// Agencies that it may act for; one at least.
    pub agencies: Vec<AgencyCode>,
    /// How what it sends is signed.
    pub signing: SigningMode,
}

/// A system to be added.
#[derive(Clone, Debug)]
pub struct NewSystem {
    /// See [`System::id`].
    pub id: String,
    /// See [`System::agencies`].
    pub agencies: Vec<AgencyCode>,
    /// See [`System::signing`].
    pub signing: SigningMode,
}

/// What is wrong with the systems.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// A file could not be read or written.
    #[error("cannot {verb} `{path}`: {cause}")]
    File {
        /// Read or write.
        verb: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file says something that can't be used.
    #[error("`{path}` can't be used: {cause}")]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what to do.
        cause: String,
    },
    /// The id can't be one.
    #[error("`{0}` is no id of a system; use 1 to 64 letters, digits, `.`, `-` and `_`")]
    Id(String),
    /// There is one of that id.
    #[error("system `{0}` is there already; remove it first, or take another name")]
    Taken(String),
    /// There is none of that id.
    #[error("system `{0}` is not there; `truc system list` shows those that are")]
    Unknown(String),
    /// Nobody to act for.
    #[error("a system acts for one agency at least; name one with `--agencies`")]
    NoAgency,
    /// The operating system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

/// The systems of a folder. A running gateway sees within a second what another process adds or removes.
pub struct Systems {
    folder: PathBuf,
    known: ArcSwap<Vec<Arc<System>>>,
    looked: Mutex<Looked>,
}

struct Looked {
    at: Instant,
    changed: Option<SystemTime>,
}

impl Systems {
    /// Opens a folder; one without the files has no systems.
    ///
    /// # Errors
    /// The files are there and can't be used.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, SystemError> {
        let folder = folder.into();
        let changed = file::changed(&folder);
        let known = load(&folder)?;
        Ok(Self {
            folder,
            known: ArcSwap::from_pointee(known),
            looked: Mutex::new(Looked {
                at: Instant::now(),
                changed,
            }),
        })
    }

    /// Where they stand.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The system of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<System>> {
        self.look(LOOK_AGAIN);
        let find = || self.known.load().iter().find(|system| system.id == id).cloned();
        find().or_else(|| {
            // Added just now, it may be.
            self.look(Duration::ZERO);
            find()
        })
    }

    /// All of them, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<System>> {
        self.look(Duration::ZERO);
        self.known.load().to_vec()
    }

    /// Adds a system with a secret of chance, and gives it.
    ///
    /// # Errors
    /// The id is no id or taken, there is no agency, or the files can't be written.
    pub fn add(&self, new: NewSystem) -> Result<Arc<System>, SystemError> {
        let id_is_good = |id: &str| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        };
        if !id_is_good(&new.id) {
            return Err(SystemError::Id(new.id.chars().take(80).collect()));
        }
        if new.agencies.is_empty() {
            return Err(SystemError::NoAgency);
        }
        let mut file = File::load(&self.folder)?;
        if file.system.iter().any(|system| system.id == new.id) {
            return Err(SystemError::Taken(new.id));
        }
        let system = System {
            secret: Secret::of_chance()?,
            id: new.id,
            agencies: new.agencies,
            signing: new.signing,
        };
        let vault = Vault::open_or_make(&self.folder)?;
        file.system.push(file::Entry::of(&system, &vault)?);
        file.system.sort_by(|one, other| one.id.cmp(&other.id));
        file.save(&self.folder)?;
        self.reload()?;
        Ok(Arc::new(system))
    }

    /// Removes a system: its calls are refused from now on.
    ///
    /// # Errors
    /// There is none of that id, or the file can't be written.
    pub fn remove(&self, id: &str) -> Result<(), SystemError> {
        let mut file = File::load(&self.folder)?;
        let before = file.system.len();
        file.system.retain(|system| system.id != id);
        if file.system.len() == before {
            return Err(SystemError::Unknown(id.to_owned()));
        }
        file.save(&self.folder)?;
        self.reload()
    }

    fn reload(&self) -> Result<(), SystemError> {
        let changed = file::changed(&self.folder);
        self.known.store(Arc::new(load(&self.folder)?));
        *self.looked.lock() = Looked {
            at: Instant::now(),
            changed,
        };
        Ok(())
    }

    /// Reads the file anew where it has changed, unless it was looked at just before. One that can't be used changes
    /// nothing but the log.
    fn look(&self, not_within: Duration) {
        {
            let mut looked = self.looked.lock();
            if looked.at.elapsed() < not_within {
                return;
            }
            looked.at = Instant::now();
            if file::changed(&self.folder) == looked.changed {
                return;
            }
        }
        if let Err(error) = self.reload() {
            tracing::error!(%error, "systems are not read anew");
        }
    }
}

fn load(folder: &Path) -> Result<Vec<Arc<System>>, SystemError> {
    let file = File::load(folder)?;
    if file.system.is_empty() {
        return Ok(Vec::new());
    }
    let vault = Vault::open(folder)?;
    file.system
        .into_iter()
        .map(|entry| entry.read(folder, &vault).map(Arc::new))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(id: &str) -> NewSystem {
        NewSystem {
            id: id.to_owned(),
            agencies: vec!["H54".parse().unwrap(), "H54.1".parse().unwrap()],
            signing: SigningMode::Unsigned,
        }
    }

    #[test]
    fn what_is_added_is_there_for_others_too_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let systems = Systems::open(folder.path()).unwrap();
        assert!(systems.all().is_empty());
        let added = systems.add(new("vxp.one")).unwrap();
        let other = Systems::open(folder.path()).unwrap();
        let found = other.find("vxp.one").unwrap();
        assert_eq!(found.secret.as_bytes(), added.secret.as_bytes());
        assert_eq!((found.agencies.len(), found.signing), (2, SigningMode::Unsigned));
        assert!(matches!(systems.add(new("vxp.one")), Err(SystemError::Taken(_))));
        systems.remove("vxp.one").unwrap();
        assert!(systems.find("vxp.one").is_none());
        assert!(matches!(systems.remove("vxp.one"), Err(SystemError::Unknown(_))));
        for wrong in ["", "có dấu", "a b", &"x".repeat(65)] {
            assert!(matches!(systems.add(new(wrong)), Err(SystemError::Id(_))), "{wrong}");
        }
    }

    #[test]
    fn the_secret_is_not_in_the_file_and_another_key_does_not_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let systems = Systems::open(folder.path()).unwrap();
        let secret = systems.add(new("vxp.one")).unwrap().secret.expose().to_owned();
        let text = std::fs::read_to_string(folder.path().join("systems.toml")).unwrap();
        assert!(!text.contains(&secret) && text.contains("vxp.one"));
        std::fs::write(folder.path().join("systems.key"), "00".repeat(32)).unwrap();
        let error = Systems::open(folder.path()).map(|_| ()).unwrap_err().to_string();
        assert!(
            error.contains("systems.toml") && error.contains("systems.key"),
            "{error}"
        );
    }

    #[test]
    fn an_entry_under_another_id_does_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let systems = Systems::open(folder.path()).unwrap();
        systems.add(new("vxp.one")).unwrap();
        let path = folder.path().join("systems.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("vxp.one", "vxp.two")).unwrap();
        assert!(Systems::open(folder.path()).is_err());
    }
}
