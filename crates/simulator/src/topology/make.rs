//! Makes a topology from the administrative lists: provinces with their districts and communes, the usual provincial
//! departments, and the central agencies that they write to.
//!
//! ```text
//! truc topology make --units units-63.csv --provinces provinces.csv --seed 2020 \
//!     --province H02 --province H05:pilot --province H25 --province H40::6 --province H44::6 \
//!     --province H54:pilot:5 --province H62 > simulations/topologies/seven-provinces.toml
//! ```
//!
//! Real are the names of provinces, districts and communes, the codes of the first level, and that a department's
//! second group repeats its ministry's number. Invented are all other codes (districts from 41 on and communes from 01
//! on in the order of the statistics office's list), which agencies are connected, and which take part in the
//! reporting system: so many as the options say, drawn by seed.
//!
//! `docs/topologies.md` has the commands for the whole country, before and since the merger of 1 July 2025. Which H code
//! a merged province bears is not published; here it is the one of the province whose statistics code it took over, as
//! Decision 19/2025/QĐ-TTg gives statistics codes.

mod bodies;
mod draw;
mod merger;
mod province;
mod units;

use std::path::PathBuf;

use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};

use self::{
    bodies::{CENTRAL, CENTRAL_2025, DEPARTMENTS, DEPARTMENTS_2025, MINISTRY_BODIES, PROVINCIAL_BODIES},
    draw::draw,
    units::{Unit, Units},
};
pub use self::{
    merger::{MergerOptions, make_merger},
    province::{InvalidProvince, Province},
};
use super::{AgencyEntry, Topology};
use crate::share::Share;

/// What to make a topology of.
#[derive(Clone, Debug)]
pub struct MakeOptions {
    /// One line.
    pub title: String,
    /// Provinces, districts and communes: `level,gso_code,parent_gso_code,name`.
    pub units: PathBuf,
    /// Axis codes of the provinces: `agency_code,gso_code,name,…`.
    pub provinces: PathBuf,
    /// The provinces wanted; all of the list, with the policy `required`, where empty.
    pub select: Vec<Province>,
    /// Draws which agencies are connected, and which take part in the reporting system.
    pub seed: u64,
    /// Agencies connected.
    pub connected: ShareByLevel,
    /// Agencies that take part in the National Reporting System.
    pub reporting: ShareByLevel,
    /// Also departments of the ministries and the other bodies of a province.
    pub full: bool,
    /// The axis as it is since 1 July 2025: no districts, fewer ministries, and the provinces of [`Self::units`] only.
    pub since_merger: bool,
}

/// A share for each level below the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareByLevel {
    /// Province's level; its People's Committee is always taken first.
    pub province: Share,
    /// Districts.
    pub district: Share,
    /// Communes.
    pub commune: Share,
}

impl ShareByLevel {
    /// Invented: all but a few communes are connected.
    pub const CONNECTED: Self = Self {
        province: Share::ALL,
        district: Share::ALL,
        commune: Share::percent(97),
    };
    /// The targets of November 2020 for the National Reporting System: 70 %, 60 % and 30 %.
    pub const REPORTING: Self = Self {
        province: Share::percent(70),
        district: Share::percent(60),
        commune: Share::percent(30),
    };
}

/// Why no topology was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// A list cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    List {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: csv::Error,
    },
    /// A province that the lists do not have.
    #[error("province `{0}` is not in the list of provinces; see its column agency_code")]
    UnknownProvince(AgencyCode),
    /// The lists contradict themselves.
    #[error("{0}")]
    Contradiction(String),
}

/// Reads the lists and makes the topology.
///
/// # Errors
/// A list cannot be read or lacks what was asked for.
pub fn make(options: &MakeOptions) -> Result<Topology, MakeError> {
    let units = if options.since_merger {
        Units::read_merged(&options.units, &options.provinces)?
    } else {
        Units::read(&options.units, &options.provinces)?
    };
    let select = if options.select.is_empty() {
        units.every_province()
    } else {
        options.select.clone()
    };
    let ministries: &[(&str, &str)] = if options.since_merger { &CENTRAL_2025 } else { &CENTRAL };
    let mut entries: Vec<AgencyEntry> = ministries.iter().map(|(code, name)| central(code, name)).collect();
    if options.full {
        let bodies = |(code, name): &(&str, &str)| {
            let ministry = central(code, name);
            MINISTRY_BODIES
                .iter()
                .map(move |(number, body)| ministry_body(&ministry, *number, body))
        };
        entries.extend(ministries.iter().flat_map(bodies).collect::<Vec<_>>());
    }
    for province in &select {
        let unit = units
            .province(&province.code)
            .ok_or_else(|| MakeError::UnknownProvince(province.code.clone()))?;
        province_entries(&units, unit, province, options, &mut entries);
    }
    let (seed, all) = (options.seed, |_: &AgencyEntry| true);
    draw(&mut entries, seed, "connected", options.connected, all, |entry| {
        entry.connected = true
    });
    // Who is not connected cannot take part.
    let connected = |entry: &AgencyEntry| entry.connected;
    draw(&mut entries, seed, "reporting", options.reporting, connected, |entry| {
        entry.systems.push(SystemKind::Reporting);
    });
    Topology::of(options.title.clone(), ABOUT.to_owned(), entries).map_err(MakeError::Contradiction)
}

/// Number of the first commune of a province without districts: three digits, so that no code means an old district's agency.
const FIRST_COMMUNE: u32 = 101;

const ABOUT: &str = "Tên tỉnh, huyện, xã và mã cấp 1 là thật; mã các cấp dưới, cơ quan nào đã kết nối và cơ quan nào đã \
                     tham gia hệ thống báo cáo là giả định, rút ngẫu nhiên theo seed. Made by `truc topology make`: names \
                     of units and codes of the first level are real, the other codes are numbered, who is connected and \
                     who reports is drawn by seed.";

fn central(code: &str, name: &str) -> AgencyEntry {
    let code: AgencyCode = code
        .parse()
        .unwrap_or_else(|_| unreachable!("codes of the table are valid: its test"));
    let mut systems = vec![SystemKind::DocumentManagement];
    match code.as_ref() {
        // The portal, the reporting system and the feedback system are the Government Office's.
        "G22" => {
            systems.extend([
                SystemKind::PublicServicePortal,
                SystemKind::Reporting,
                SystemKind::Feedback,
            ]);
        }
        // The state archives are the Ministry of Home Affairs'.
        "G09" => systems.push(SystemKind::Archive),
        _ => {}
    }
    AgencyEntry {
        legacy: code.to_legacy(),
        name: name.to_owned(),
        level: Level::Central,
        parent: None,
        province: code.clone(),
        connected: true,
        signing_policy: SigningPolicy::Required,
        systems,
        portal_services: 0,
        code,
    }
}

fn ministry_body(ministry: &AgencyEntry, number: u8, name: &str) -> AgencyEntry {
    let code: AgencyCode = format!("{}.{number:02}", ministry.code)
        .parse()
        .unwrap_or_else(|_| unreachable!("a valid code with two digits more"));
    AgencyEntry {
        legacy: code.to_legacy(),
        name: format!("{name}, {}", ministry.name),
        parent: Some(ministry.code.clone()),
        systems: vec![SystemKind::DocumentManagement],
        code,
        ..ministry.clone()
    }
}

fn province_entries(
    units: &Units,
    unit: &Unit,
    province: &Province,
    options: &MakeOptions,
    entries: &mut Vec<AgencyEntry>,
) {
    let mut add = |code: String, name: String, level: Level, parent: Option<&AgencyCode>| {
        let code: AgencyCode = code
            .parse()
            .unwrap_or_else(|_| unreachable!("a valid code with two digits more"));
        let mut systems = vec![SystemKind::DocumentManagement, SystemKind::OneStopShop];
        let is_department = level == Level::Province && parent.is_some();
        if !is_department {
            systems.push(SystemKind::Feedback);
        }
        if level == Level::Province && !is_department {
            systems.push(SystemKind::PublicServicePortal);
        }
        // Provincial archives stand under the Department of Home Affairs.
        if is_department && code.as_ref().ends_with(".09") {
            systems.push(SystemKind::Archive);
        }
        entries.push(AgencyEntry {
            legacy: code.to_legacy(),
            name,
            level,
            parent: parent.cloned(),
            province: province.code.clone(),
            connected: false,
            signing_policy: province.policy,
            systems,
            portal_services: if parent.is_none() { province.portal_services } else { 0 },
            code: code.clone(),
        });
        code
    };
    let top = add(province.code.to_string(), committee(&unit.name), Level::Province, None);
    let departments: &[(u8, &str)] = if options.since_merger {
        &DEPARTMENTS_2025
    } else {
        &DEPARTMENTS
    };
    let others: &[(u8, &str)] = if options.full { &PROVINCIAL_BODIES } else { &[] };
    for (number, name) in departments.iter().chain(others) {
        add(
            format!("{top}.{number:02}"),
            format!("{name} {}", lowered(&unit.name)),
            Level::Province,
            Some(&top),
        );
    }
    if options.since_merger {
        for (number, commune) in (FIRST_COMMUNE..).zip(units.children(&unit.gso)) {
            add(
                format!("{top}.{number}"),
                committee(&commune.name),
                Level::Commune,
                Some(&top),
            );
        }
        return;
    }
    for (number, district) in (41..).zip(units.children(&unit.gso)) {
        let code = add(
            format!("{top}.{number:02}"),
            committee(&district.name),
            Level::District,
            Some(&top),
        );
        for (number, commune) in (1..).zip(units.children(&district.gso)) {
            add(
                format!("{code}.{number:02}"),
                committee(&commune.name),
                Level::Commune,
                Some(&code),
            );
        }
    }
}

/// `Huyện Vũ Thư` → `Ủy ban nhân dân huyện Vũ Thư`.
fn committee(unit: &str) -> String {
    format!("Ủy ban nhân dân {}", lowered(unit))
}

/// With a small first letter: the type of a unit stands within a name.
fn lowered(unit: &str) -> String {
    let mut letters = unit.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_lowercase)
        .chain(letters)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::Party;

    fn lists(folder: &std::path::Path) -> MakeOptions {
        let units = "level,gso_code,parent_gso_code,name\n\
                     province,34,,Tỉnh Thái Bình\nprovince,36,,Tỉnh Nam Định\n\
                     district,344,34,Huyện Vũ Thư\ndistrict,336,34,Thành phố Thái Bình\n\
                     commune,13192,344,Thị trấn Vũ Thư\ncommune,13195,344,Xã  Hồng Lý\ncommune,12433,336,Phường Lê Hồng Phong\n";
        let provinces = "agency_code,gso_code,name,gso_code_after_july_2025,agency_code_source\n\
                         H40,36,Tỉnh Nam Định,37,derived\nH54,34,Tỉnh Thái Bình,33,verified\n";
        std::fs::write(folder.join("units.csv"), units).unwrap();
        std::fs::write(folder.join("provinces.csv"), provinces).unwrap();
        let all = ShareByLevel {
            province: Share::ALL,
            district: Share::ALL,
            commune: Share::ALL,
        };
        MakeOptions {
            title: "Thử".to_owned(),
            units: folder.join("units.csv"),
            provinces: folder.join("provinces.csv"),
            select: vec!["H54:pilot:5".parse().unwrap()],
            seed: 1,
            connected: all,
            full: false,
            since_merger: false,
            reporting: ShareByLevel {
                commune: Share::of(0.5).unwrap(),
                ..all
            },
        }
    }

    #[test]
    fn units_become_agencies_with_codes_by_place() {
        let folder = tempfile::tempdir().unwrap();
        let topology = make(&lists(folder.path())).unwrap();
        let of = |code: &str| topology.agency(&code.parse().unwrap()).unwrap();
        assert_eq!(of("H54").name, "Ủy ban nhân dân tỉnh Thái Bình");
        assert_eq!(
            (of("H54").portal_services, of("H54").signing_policy),
            (5, SigningPolicy::Pilot)
        );
        // In the order of the statistics office's codes: 336 before 344.
        assert_eq!(of("H54.41").name, "Ủy ban nhân dân thành phố Thái Bình");
        assert_eq!(of("H54.42.02").name, "Ủy ban nhân dân xã Hồng Lý");
        assert_eq!(of("H54.42.02").legacy, Some("000.02.42.H54".parse().unwrap()));
        assert_eq!(of("H54.09").party(), Party::Department);
        assert_eq!(of("H54.09").name, "Sở Nội vụ tỉnh Thái Bình");
        assert!(topology.agency(&"H40".parse().unwrap()).is_none());
        let reporting = topology
            .agencies()
            .filter(|entry| entry.level == Level::Commune && entry.runs(SystemKind::Reporting));
        assert_eq!(reporting.count(), 2);
    }

    #[test]
    fn same_lists_and_seed_give_the_same_file_and_it_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let topology = make(&lists(folder.path())).unwrap();
        let text = topology.to_toml();
        assert_eq!(text, make(&lists(folder.path())).unwrap().to_toml());
        assert_eq!(Topology::parse("made.toml", &text).unwrap(), topology);
    }

    #[test]
    fn unknown_province_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let options = MakeOptions {
            select: vec!["H99".parse().unwrap()],
            ..lists(folder.path())
        };
        assert!(
            make(&options)
                .unwrap_err()
                .to_string()
                .starts_with("province `H99` is not in the list")
        );
    }
}
