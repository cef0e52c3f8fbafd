//! The table of the merger of 1 July 2025: which agency of before is which one since.
//!
//! ```text
//! truc topology merger --units units-63.csv --units-after units-34.csv --communes merger-2025.csv \
//!     --provinces provinces.csv > simulations/topologies/merger-2025.csv
//! ```
//!
//! One row for each agency that closes. Communes follow the published table, districts go to their province's People's
//! Committee, what stood under a province that is no more to the same body of the province that took it in. The ministries
//! and departments that merged some months earlier are in the table too, so that it leads from the one topology to the
//! other as a whole.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;
use truc_document::{AgencyCode, Level};

use super::{
    FIRST_COMMUNE, MakeError, MakeOptions, ShareByLevel,
    bodies::MINISTRIES_MERGED,
    make,
    units::{Units, lines},
};
use crate::topology::{Merger, Party, Topology};

/// The lists that the table is made of.
#[derive(Clone, Debug)]
pub struct MergerOptions {
    /// Units of before.
    pub units: PathBuf,
    /// Units since.
    pub units_after: PathBuf,
    /// Communes: `old_commune_gso_code,new_commune_gso_code`.
    pub communes: PathBuf,
    /// Axis codes of the provinces, with the province that each is part of since.
    pub provinces: PathBuf,
}

#[derive(Deserialize)]
struct CommuneLine {
    old_commune_gso_code: String,
    new_commune_gso_code: String,
}

/// Makes the table.
///
/// # Errors
/// A list cannot be read or lacks what another names.
pub fn make_merger(options: &MergerOptions) -> Result<Merger, MakeError> {
    let before = Units::read(&options.units, &options.provinces)?;
    let since = Units::read_merged(&options.units_after, &options.provinces)?;
    let topology = |units: &PathBuf, since_merger| {
        make(&MakeOptions {
            title: String::new(),
            units: units.clone(),
            provinces: options.provinces.clone(),
            select: Vec::new(),
            seed: 0,
            connected: ShareByLevel::CONNECTED,
            reporting: ShareByLevel::REPORTING,
            full: true,
            since_merger,
        })
    };
    let (old, new) = (topology(&options.units, false)?, topology(&options.units_after, true)?);
    let provinces = provinces(&before, &since)?;
    let communes = communes(&before, &since, &provinces, options)?;
    let mut closing = BTreeMap::new();
    for entry in old.agencies().filter(|entry| new.agency(&entry.code).is_none()) {
        let successor = match entry.party() {
            Party::Central => ministry(&entry.code),
            Party::Province | Party::District => provinces.get(&entry.province).cloned(),
            Party::Department => department(&entry.code, &provinces, &new),
            Party::Commune => communes
                .get(&entry.code)
                .or_else(|| provinces.get(&entry.province))
                .cloned(),
        };
        let successor = successor.filter(|code| new.agency(code).is_some()).ok_or_else(|| {
            MakeError::Contradiction(format!("agency `{}` has no successor in the lists", entry.code))
        })?;
        closing.insert(entry.code.clone(), successor);
    }
    debug_assert!(new.agencies().all(|entry| entry.level != Level::District));
    Ok(Merger::new(closing))
}

/// The province that each is part of since, itself where it lives on.
fn provinces(before: &Units, since: &Units) -> Result<BTreeMap<AgencyCode, AgencyCode>, MakeError> {
    let by_gso: BTreeMap<&str, &AgencyCode> = since.provinces().map(|(code, unit)| (&*unit.gso, code)).collect();
    let into = |(code, _): (&AgencyCode, _)| {
        let heir = before.merged_into(code).and_then(|gso| by_gso.get(gso));
        let heir = heir.ok_or_else(|| {
            MakeError::Contradiction(format!("province `{code}` is part of none of the list of units since"))
        })?;
        Ok((code.clone(), (*heir).clone()))
    };
    before.provinces().map(into).collect()
}

/// Communes of before, each with the one that it is part of since; the few that merged earlier are not among them.
fn communes(
    before: &Units,
    since: &Units,
    provinces: &BTreeMap<AgencyCode, AgencyCode>,
    options: &MergerOptions,
) -> Result<BTreeMap<AgencyCode, AgencyCode>, MakeError> {
    let into: BTreeMap<String, String> = lines::<CommuneLine>(&options.communes)?
        .into_iter()
        .map(|line| (line.old_commune_gso_code, line.new_commune_gso_code))
        .collect();
    let mut new_codes: BTreeMap<&str, AgencyCode> = BTreeMap::new();
    for (top, unit) in since.provinces() {
        for (number, commune) in (FIRST_COMMUNE..).zip(since.children(&unit.gso)) {
            new_codes.insert(&commune.gso, code(format!("{top}.{number}")));
        }
    }
    let mut communes = BTreeMap::new();
    for (top, unit) in before.provinces().filter(|(top, _)| provinces.contains_key(*top)) {
        for (district_number, district) in (41..).zip(before.children(&unit.gso)) {
            for (number, commune) in (1..).zip(before.children(&district.gso)) {
                if let Some(new) = into.get(&commune.gso).and_then(|gso| new_codes.get(&**gso)) {
                    communes.insert(code(format!("{top}.{district_number:02}.{number:02}")), new.clone());
                }
            }
        }
    }
    Ok(communes)
}

/// `G04.03` → `G17.03`.
fn ministry(old: &AgencyCode) -> Option<AgencyCode> {
    let (top, rest) = old.as_str().split_at(old.top().len());
    let number: u8 = top.strip_prefix('G')?.parse().ok()?;
    let heir = heir_of(number)?;
    Some(code(format!("G{heir:02}{rest}")))
}

/// `H05.04` → `H02.17`: the body of the same number, or of the ministry that took its ministry in.
fn department(old: &AgencyCode, provinces: &BTreeMap<AgencyCode, AgencyCode>, new: &Topology) -> Option<AgencyCode> {
    let top = provinces.get(&code(old.top().to_owned()))?;
    let number: u8 = old.as_str().rsplit_once('.')?.1.parse().ok()?;
    let same = code(format!("{top}.{number:02}"));
    if new.agency(&same).is_some() {
        return Some(same);
    }
    heir_of(number).map(|heir| code(format!("{top}.{heir:02}")))
}

fn heir_of(number: u8) -> Option<u8> {
    let found = MINISTRIES_MERGED.iter().find(|(old, _)| *old == number);
    found.map(|(_, heir)| *heir)
}

fn code(text: String) -> AgencyCode {
    text.parse()
        .unwrap_or_else(|_| unreachable!("made of a valid code and digits"))
}
