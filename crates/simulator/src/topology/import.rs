//! A user's own directory, from CSV.
//!
//! The first line names the columns, in any order: `code`, `name` and `level` must be there; `parent` (the code without its
//! last group where empty), `legacy_code`, `province` (the code's first group), `connected` (yes), `signing_policy`
//! (required), `systems` (with `;` between them; document-management) and `portal_services` (0) may be.

use std::{collections::BTreeMap, io::Read, str::FromStr};

use csv::StringRecord;
use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind, limits};

use super::{AgencyEntry, Topology, file::parent_of};
use crate::strict_toml::{InvalidFile, nearest};

/// Columns that are known; the first three are needed.
const COLUMNS: [&str; 10] = [
    "code",
    "name",
    "level",
    "parent",
    "legacy_code",
    "province",
    "connected",
    "signing_policy",
    "systems",
    "portal_services",
];

/// Agencies that a topology can have: somewhat more than the axis had in October 2025, 111,339.
const AGENCIES_MAX: usize = 120_000;

/// Makes a topology of CSV; `name` is what messages call it.
///
/// # Errors
/// The first fault, with its line.
pub fn import_csv(name: &str, title: &str, input: impl Read) -> Result<Topology, InvalidFile> {
    let at = |line: u64, message: String| InvalidFile {
        line: usize::try_from(line).unwrap_or(0),
        ..InvalidFile::whole(name, message)
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let unreadable = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        at(
            line,
            format!("{error}; write CSV in UTF-8, each row with as many fields as the first line"),
        )
    };
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let columns = Columns::of(&header).map_err(|message| at(1, message))?;
    let mut entries: Vec<AgencyEntry> = Vec::new();
    let mut lines: BTreeMap<AgencyCode, u64> = BTreeMap::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| unreadable(&error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let entry = columns.entry(&record).map_err(|message| at(line, message))?;
        if let Some(first) = lines.insert(entry.code.clone(), line) {
            let message = format!(
                "code `{}` stands in line {first} too; each agency has one of its own",
                entry.code
            );
            return Err(at(line, message));
        }
        entries.push(entry);
        if entries.len() > AGENCIES_MAX {
            let message = format!("more than {AGENCIES_MAX} agencies; divide them into several topologies");
            return Err(at(line, message));
        }
    }
    let checked = Topology::of(title.to_owned(), String::new(), entries.iter().cloned());
    checked.map_err(|message| {
        // The fault is in one agency's place: its line is that of the code that the message names first.
        let code = message.split('`').skip(1).step_by(2).find_map(|code| {
            let code: AgencyCode = code.parse().ok()?;
            lines.get(&code).copied()
        });
        at(code.unwrap_or(0), message)
    })
}

/// Where each column stands.
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let mut places = [None; COLUMNS.len()];
        for (at, name) in header.iter().enumerate() {
            let Some(known) = COLUMNS.iter().position(|column| *column == name) else {
                let advice = match nearest(name, &COLUMNS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known are {}", COLUMNS.join(", ")),
                };
                return Err(format!("unknown column `{name}`; {advice}"));
            };
            if places[known].replace(at).is_some() {
                return Err(format!("column `{name}` stands twice; keep one"));
            }
        }
        match COLUMNS.iter().zip(&places).take(3).find(|(_, place)| place.is_none()) {
            Some((missing, _)) => Err(format!(
                "column `{missing}` is missing; code, name and level must be there"
            )),
            None => Ok(Self(places)),
        }
    }

    fn entry(&self, record: &StringRecord) -> Result<AgencyEntry, String> {
        let [
            code,
            name,
            level,
            parent,
            legacy,
            province,
            connected,
            policy,
            systems,
            services,
        ] = self
            .0
            .map(|place| place.and_then(|at| record.get(at)).filter(|text| !text.is_empty()));
        let code: AgencyCode = value("code", code)?.ok_or("the code is missing")?;
        let level: Level = value("level", level)?.ok_or_else(|| format!("agency `{code}` has no level"))?;
        let name = name.ok_or_else(|| format!("agency `{code}` has no name"))?;
        if name.chars().count() > limits::AGENCY_NAME_MAX {
            return Err(format!(
                "name of agency `{code}` is longer than {} characters",
                limits::AGENCY_NAME_MAX
            ));
        }
        if name.contains(['|', '\'']) || name.chars().any(char::is_control) {
            return Err(format!(
                "name of agency `{code}` has a `|`, an apostrophe or a control character; leave it out"
            ));
        }
        let mut runs: Vec<SystemKind> = systems
            .unwrap_or("document-management")
            .split(';')
            .map(str::trim)
            .map(|system| value("systems", Some(system)).map(|system| system.unwrap_or(SystemKind::DocumentManagement)))
            .collect::<Result<_, _>>()?;
        runs.sort_unstable();
        runs.dedup();
        Ok(AgencyEntry {
            legacy: value("legacy_code", legacy)?.or_else(|| code.to_legacy()),
            name: name.to_owned(),
            level,
            parent: value("parent", parent)?.or_else(|| parent_of(&code)),
            province: match value("province", province)? {
                Some(province) => province,
                None => code.top().parse().unwrap_or_else(|_| code.clone()),
            },
            connected: match connected {
                None | Some("yes" | "true" | "1") => true,
                Some("no" | "false" | "0") => false,
                Some(other) => return Err(format!("connected is `{other}`; write yes or no")),
            },
            signing_policy: value("signing_policy", policy)?.unwrap_or(SigningPolicy::Required),
            systems: runs,
            portal_services: value("portal_services", services)?.unwrap_or(0),
            code,
        })
    }
}

fn value<T: FromStr<Err: std::fmt::Display>>(column: &str, text: Option<&str>) -> Result<Option<T>, String> {
    text.map(|text| {
        text.parse()
            .map_err(|error: T::Err| format!("{column} `{text}`: {error}"))
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Party;

    fn import(text: &str) -> Result<Topology, String> {
        import_csv("d.csv", "Thử", text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_stand_in_any_order_and_the_usual_is_filled_in() {
        let topology = import(
            "level,code,systems,name,connected\nprovince,H54,reporting; feedback,\"Tỉnh, một\",\ncommune,H54.101,,Xã,no\n",
        )
        .unwrap();
        let of = |code: &str| topology.agency(&code.parse().unwrap()).unwrap();
        assert_eq!(of("H54").systems, [SystemKind::Reporting, SystemKind::Feedback]);
        assert_eq!(of("H54").name, "Tỉnh, một");
        assert_eq!(
            (of("H54.101").party(), of("H54.101").connected),
            (Party::Commune, false)
        );
        assert_eq!(of("H54.101").systems, [SystemKind::DocumentManagement]);
    }

    #[test]
    fn faults_are_named_with_their_line_and_a_remedy() {
        let fault = |text: &str| import(text).unwrap_err();
        assert!(fault("code,nam,level\n").contains("`d.csv:1`: unknown column `nam`; did you mean `name`?"));
        assert!(fault("code,name\n").contains("column `level` is missing"));
        let head = "code,name,level\nH54,Tỉnh,province\n";
        assert!(fault(&format!("{head}H54,Nữa,province\n")).starts_with("`d.csv:3`: code `H54` stands in line 2 too"));
        assert!(fault(&format!("{head}h5,Xã,commune\n")).starts_with("`d.csv:3`: code `h5`"));
        assert!(fault(&format!("{head}H54.1,Xã,village\n")).starts_with("`d.csv:3`: level `village`"));
        assert!(fault(&format!("{head}H54.1,Xã\n")).contains("d.csv:3"));
        assert!(
            fault(&format!("{head}H55.1,Xã,commune\n")).starts_with("`d.csv:3`: parent `H55`"),
            "{}",
            fault(&format!("{head}H55.1,Xã,commune\n"))
        );
    }

    #[test]
    fn the_whole_axis_of_120_000_agencies_goes_in_and_not_one_more() {
        use std::fmt::Write as _;
        let mut text = "code,name,level\n".to_owned();
        for province in 1..=60 {
            writeln!(text, "H{province:02},Ủy ban nhân dân tỉnh số {province},province").unwrap();
            for commune in 1..2000 {
                writeln!(
                    text,
                    "H{province:02}.{commune:04},Ủy ban nhân dân xã số {commune},commune"
                )
                .unwrap();
            }
        }
        let topology = import(&text).unwrap();
        assert_eq!(topology.agencies().len(), AGENCIES_MAX);
        assert_eq!(Topology::parse("t.toml", &topology.to_toml()).unwrap(), topology);
        text.push_str("H61,Một tỉnh nữa,province\n");
        assert!(import(&text).unwrap_err().contains("more than 120000 agencies"));
    }
}
