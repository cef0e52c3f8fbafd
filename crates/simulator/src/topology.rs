//! Topology (sơ đồ kết nối): which agencies exist, what each runs, which are connected, what signing policy holds.
//!
//! One TOML file of the project's own format, one line an agency, so that a file for thousands of agencies can be read
//! and compared by people. [`make`] writes such files from the administrative lists.

mod entry;
mod file;
mod import;
pub mod make;
mod merger;
mod party;
mod rows;
mod shipped;

use std::{collections::BTreeMap, path::Path};

use truc_document::{AgencyCode, SigningPolicy};

pub use self::{entry::AgencyEntry, import::import_csv, merger::Merger, party::Party, shipped::SHIPPED};
use crate::strict_toml::{self, InvalidFile, LoadError};

/// All agencies of a simulated axis. Codes are unique, every parent exists and stands above, every agency counts under
/// the province of its parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Topology {
    /// One line.
    pub title: String,
    /// What it holds, and what of it is invented.
    pub about: String,
    /// By code, so that parents come before their children.
    agencies: BTreeMap<AgencyCode, AgencyEntry>,
}

impl Topology {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// The file cannot be read, has unknown keys, or contradicts itself.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let file = strict_toml::load(path)?;
        Ok(file::check(&path.display().to_string(), file)?)
    }

    /// A topology that the binary brings along, by its name such as `vietnam-63`, or else a file.
    ///
    /// # Errors
    /// As [`Self::load`]; of a name that neither is, the message has the names.
    pub fn named(name: &Path) -> Result<Self, LoadError> {
        shipped::load(name)
    }

    /// Reads and checks text; `name` is what messages call it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidFile> {
        file::check(name, strict_toml::parse(name, text)?)
    }

    /// In the project's format: what [`Self::parse`] reads.
    pub fn to_toml(&self) -> String {
        file::write(self)
    }

    /// All agencies by code, parents before children.
    pub fn agencies(&self) -> impl ExactSizeIterator<Item = &AgencyEntry> {
        self.agencies.values()
    }

    /// One agency.
    pub fn agency(&self, code: &AgencyCode) -> Option<&AgencyEntry> {
        self.agencies.get(code)
    }

    /// Codes under which agencies count: the provinces, in the order of their codes. Central agencies, which count
    /// under their own, are not among them.
    pub fn provinces(&self) -> impl Iterator<Item = &AgencyEntry> {
        self.agencies.values().filter(|entry| entry.party() == Party::Province)
    }

    /// Sets the policy of all agencies that count under a code.
    pub fn set_policy(&mut self, province: &AgencyCode, policy: SigningPolicy) {
        for entry in self.agencies.values_mut().filter(|entry| entry.province == *province) {
            entry.signing_policy = policy;
        }
    }

    fn of(title: String, about: String, agencies: impl IntoIterator<Item = AgencyEntry>) -> Result<Self, String> {
        let mut topology = Self {
            title,
            about,
            agencies: BTreeMap::new(),
        };
        for mut entry in agencies {
            entry.systems.sort_unstable();
            if let Some(twice) = topology.agencies.insert(entry.code.clone(), entry) {
                return Err(format!(
                    "code `{}` stands twice; each agency has one of its own",
                    twice.code
                ));
            }
        }
        for entry in topology.agencies.values() {
            topology.check_place(entry)?;
        }
        Ok(topology)
    }

    fn check_place(&self, entry: &AgencyEntry) -> Result<(), String> {
        let code = &entry.code;
        let Some(parent) = &entry.parent else {
            return match entry.party() {
                Party::Central | Party::Province if entry.province == *code => Ok(()),
                _ => Err(format!(
                    "agency `{code}` of level `{}` has no parent; name the agency above it",
                    entry.level
                )),
            };
        };
        let Some(above) = self.agency(parent) else {
            return Err(format!("parent `{parent}` of agency `{code}` is not in the topology"));
        };
        if !above.party().may_lead(entry.party()) {
            return Err(format!(
                "agency `{code}` of level `{}` stands under `{parent}` of level `{}`; a parent stands above",
                entry.level, above.level
            ));
        }
        if above.province != entry.province {
            return Err(format!(
                "agency `{code}` counts under `{}` and its parent `{parent}` under `{}`; they must agree",
                entry.province, above.province
            ));
        }
        Ok(())
    }
}
