//! The administrative lists, read.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use truc_document::{AgencyCode, SigningPolicy};

use super::{MakeError, Province};

/// A province, district or commune.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Code of the General Statistics Office.
    pub(super) gso: String,
    /// With its type, such as `Huyện Vũ Thư`.
    pub(super) name: String,
}

/// All units, and the axis codes of the provinces.
pub(super) struct Units {
    provinces: BTreeMap<AgencyCode, Unit>,
    children: BTreeMap<String, Vec<Unit>>,
    merged_into: BTreeMap<AgencyCode, String>,
}

#[derive(Deserialize)]
struct UnitLine {
    gso_code: String,
    parent_gso_code: String,
    name: String,
}

#[derive(Deserialize)]
struct ProvinceLine {
    agency_code: String,
    gso_code: String,
    name: String,
    #[serde(default)]
    gso_code_after_july_2025: String,
}

impl Units {
    pub(super) fn read(units: &Path, provinces: &Path) -> Result<Self, MakeError> {
        let mut children: BTreeMap<String, Vec<Unit>> = BTreeMap::new();
        for line in lines::<UnitLine>(units)? {
            if !line.parent_gso_code.is_empty() {
                children.entry(line.parent_gso_code).or_default().push(Unit {
                    gso: line.gso_code,
                    name: plain(&line.name),
                });
            }
        }
        for units in children.values_mut() {
            units.sort_by(|a, b| a.gso.cmp(&b.gso));
        }
        let mut by_code = BTreeMap::new();
        let mut merged_into = BTreeMap::new();
        for line in lines::<ProvinceLine>(provinces)? {
            let code: AgencyCode = line.agency_code.parse().map_err(|error| {
                MakeError::Contradiction(format!(
                    "agency_code `{}` in `{}`: {error}",
                    line.agency_code,
                    provinces.display()
                ))
            })?;
            merged_into.insert(code.clone(), line.gso_code_after_july_2025);
            by_code.insert(
                code,
                Unit {
                    gso: line.gso_code,
                    name: plain(&line.name),
                },
            );
        }
        Ok(Self {
            provinces: by_code,
            children,
            merged_into,
        })
    }

    /// The provinces of the list of units alone, under the names that it has for them: those of before the merger that
    /// kept their statistics code.
    pub(super) fn read_merged(units: &Path, provinces: &Path) -> Result<Self, MakeError> {
        let mut read = Self::read(units, provinces)?;
        let names: BTreeMap<String, String> = lines::<UnitLine>(units)?
            .into_iter()
            .filter(|line| line.parent_gso_code.is_empty())
            .map(|line| (line.gso_code, plain(&line.name)))
            .collect();
        read.provinces.retain(|_, unit| names.contains_key(&unit.gso));
        for unit in read.provinces.values_mut() {
            if let Some(name) = names.get(&unit.gso) {
                unit.name.clone_from(name);
            }
        }
        if read.provinces.len() != names.len() {
            return Err(MakeError::Contradiction(format!(
                "`{}` has {} provinces, of which `{}` knows {}; give lists of one time",
                units.display(),
                names.len(),
                provinces.display(),
                read.provinces.len()
            )));
        }
        Ok(read)
    }

    /// Statistics code of the province that a province is part of since the merger.
    pub(super) fn merged_into(&self, code: &AgencyCode) -> Option<&str> {
        self.merged_into.get(code).map(String::as_str)
    }

    /// All provinces by axis code.
    pub(super) fn provinces(&self) -> impl Iterator<Item = (&AgencyCode, &Unit)> {
        self.provinces.iter()
    }

    pub(super) fn province(&self, code: &AgencyCode) -> Option<&Unit> {
        self.provinces.get(code)
    }

    pub(super) fn every_province(&self) -> Vec<Province> {
        let whole = |code: &AgencyCode| Province {
            code: code.clone(),
            policy: SigningPolicy::Required,
            portal_services: 0,
        };
        self.provinces.keys().map(whole).collect()
    }

    pub(super) fn children(&self, gso: &str) -> &[Unit] {
        self.children.get(gso).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, MakeError> {
    let failed = |source| MakeError::List {
        path: PathBuf::from(path),
        source,
    };
    csv::Reader::from_path(path)
        .map_err(failed)?
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(failed)
}

/// The lists have doubled spaces here and there.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
