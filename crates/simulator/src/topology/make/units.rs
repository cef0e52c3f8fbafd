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
        for line in lines::<ProvinceLine>(provinces)? {
            let code = line.agency_code.parse().map_err(|error| {
                MakeError::Contradiction(format!(
                    "agency_code `{}` in `{}`: {error}",
                    line.agency_code,
                    provinces.display()
                ))
            })?;
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
        })
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

fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, MakeError> {
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
