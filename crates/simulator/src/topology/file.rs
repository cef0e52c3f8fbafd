//! The topology's file format: read, checked, written.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Deserialize;
use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};

use super::{AgencyEntry, Topology, rows};
use crate::{strict_toml::InvalidFile, token::Token};

/// A file as it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    title: String,
    #[serde(default)]
    about: String,
    /// What every agency of a level runs; `also` of an agency adds to it.
    systems: Systems,
    /// Those of the first level that are no provinces; each counts under its own code.
    #[serde(default)]
    central: Part,
    #[serde(default)]
    province: Vec<Part>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Systems {
    #[serde(default)]
    central: Vec<Token<SystemKind>>,
    #[serde(default)]
    province: Vec<Token<SystemKind>>,
    #[serde(default)]
    district: Vec<Token<SystemKind>>,
    #[serde(default)]
    commune: Vec<Token<SystemKind>>,
}

/// The agencies of one province, its People's Committee among them, or those of the centre.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Part {
    /// Absent for the centre.
    code: Option<Token<AgencyCode>>,
    #[serde(default = "required")]
    signing_policy: Token<SigningPolicy>,
    #[serde(default)]
    agencies: Vec<Line>,
    /// The same as rows of text: [`rows`].
    #[serde(default)]
    rows: String,
}

/// One agency.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Line {
    pub(super) code: Token<AgencyCode>,
    pub(super) name: String,
    pub(super) level: Token<Level>,
    /// The code without its last group where absent, none for a code of one group.
    pub(super) parent: Option<Token<AgencyCode>>,
    /// Derived from `code` where absent and possible.
    pub(super) legacy: Option<Token<AgencyCode>>,
    #[serde(default)]
    pub(super) also: Vec<Token<SystemKind>>,
    #[serde(default = "yes")]
    pub(super) connected: bool,
    #[serde(default)]
    pub(super) portal_services: u32,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            code: None,
            signing_policy: required(),
            agencies: Vec::new(),
            rows: String::new(),
        }
    }
}

fn required() -> Token<SigningPolicy> {
    Token(SigningPolicy::Required)
}

fn yes() -> bool {
    true
}

impl Systems {
    fn of(&self, level: Level) -> &[Token<SystemKind>] {
        match level {
            Level::Central => &self.central,
            Level::Province => &self.province,
            Level::District => &self.district,
            Level::Commune => &self.commune,
        }
    }
}

pub(super) fn check(name: &str, file: File) -> Result<Topology, InvalidFile> {
    let mut entries = Vec::new();
    if let Some(code) = &file.central.code {
        let message = format!(
            "central agencies count under their own codes; take `code = \"{}\"` out of [central]",
            code.0
        );
        return Err(InvalidFile::whole(name, message));
    }
    for part in std::iter::once(file.central).chain(file.province) {
        let rows = rows::read(name, &part.rows)?;
        for line in part.agencies.into_iter().chain(rows) {
            entries.push(entry(line, part.code.as_ref(), part.signing_policy.0, &file.systems));
        }
    }
    Topology::of(file.title, file.about, entries).map_err(|message| InvalidFile::whole(name, message))
}

fn entry(line: Line, province: Option<&Token<AgencyCode>>, policy: SigningPolicy, systems: &Systems) -> AgencyEntry {
    let code = line.code.0;
    let mut runs: Vec<SystemKind> = systems.of(line.level.0).iter().map(|system| system.0).collect();
    for system in line.also {
        if !runs.contains(&system.0) {
            runs.push(system.0);
        }
    }
    runs.sort_unstable();
    AgencyEntry {
        legacy: line.legacy.map(|legacy| legacy.0).or_else(|| code.to_legacy()),
        name: line.name,
        level: line.level.0,
        parent: line.parent.map(|parent| parent.0).or_else(|| parent_of(&code)),
        province: province.map_or_else(|| first_group(&code), |province| province.0.clone()),
        connected: line.connected,
        signing_policy: policy,
        systems: runs,
        portal_services: line.portal_services,
        code,
    }
}

/// What a central agency counts under: the ministry's code, its own or that of the one above.
fn first_group(code: &AgencyCode) -> AgencyCode {
    code.top().parse().unwrap_or_else(|_| code.clone())
}

/// The code without its last group.
pub(super) fn parent_of(code: &AgencyCode) -> Option<AgencyCode> {
    let (above, _) = code.as_ref().rsplit_once('.')?;
    above.parse().ok()
}

/// From so many agencies on they are written as rows: a line is then two thirds as long, and quicker to read.
const ROWS_FROM: usize = 5_000;

pub(super) fn write(topology: &Topology) -> String {
    let common = common_systems(topology);
    let as_rows = topology.agencies().len() >= ROWS_FROM;
    let mut text = format!("title = {}\n", quoted(&topology.title));
    if !topology.about.is_empty() {
        let _ = writeln!(text, "about = {}", quoted(&topology.about));
    }
    text.push_str("\n# What every agency of a level runs; `also` of an agency adds to it.\n[systems]\n");
    for (level, systems) in &common {
        let _ = writeln!(text, "{level} = {}", list(systems));
    }
    let (central, provincial): (Vec<_>, Vec<_>) = topology.agencies().partition(|entry| entry.level == Level::Central);
    if !central.is_empty() {
        text.push_str("\n[central]\n");
        write_part(&mut text, &central, &common, as_rows);
    }
    let mut provinces: BTreeMap<&AgencyCode, Vec<&AgencyEntry>> = BTreeMap::new();
    for entry in provincial {
        provinces.entry(&entry.province).or_default().push(entry);
    }
    for (code, entries) in provinces {
        let _ = write!(text, "\n[[province]]\ncode = \"{code}\"\n");
        write_part(&mut text, &entries, &common, as_rows);
    }
    text
}

fn write_part(text: &mut String, entries: &[&AgencyEntry], common: &BTreeMap<String, Vec<SystemKind>>, as_rows: bool) {
    if let Some(first) = entries.first() {
        let _ = writeln!(text, "signing-policy = \"{}\"", first.signing_policy);
    }
    if as_rows {
        let lines = entries
            .iter()
            .map(|entry| rows::write(entry, &also(entry, common.get(&entry.level.to_string()))));
        let _ = write!(text, "rows = '''\n{}'''\n", lines.collect::<String>());
        return;
    }
    text.push_str("agencies = [\n");
    for entry in entries {
        let _ = writeln!(text, "  {},", line(entry, common.get(&entry.level.to_string())));
    }
    text.push_str("]\n");
}

/// What all agencies of a level run, by the level's name.
fn common_systems(topology: &Topology) -> BTreeMap<String, Vec<SystemKind>> {
    let mut common: BTreeMap<String, Vec<SystemKind>> = BTreeMap::new();
    for entry in topology.agencies() {
        let shared = common
            .entry(entry.level.to_string())
            .or_insert_with(|| entry.systems.clone());
        shared.retain(|system| entry.runs(*system));
    }
    common
}

fn line(entry: &AgencyEntry, common: Option<&Vec<SystemKind>>) -> String {
    let mut fields = vec![
        format!("code = \"{}\"", entry.code),
        format!("name = {}", quoted(&entry.name)),
        format!("level = \"{}\"", entry.level),
    ];
    if entry.parent != parent_of(&entry.code)
        && let Some(parent) = &entry.parent
    {
        fields.push(format!("parent = \"{parent}\""));
    }
    if entry.legacy != entry.code.to_legacy()
        && let Some(legacy) = &entry.legacy
    {
        fields.push(format!("legacy = \"{legacy}\""));
    }
    let also = also(entry, common);
    if !also.is_empty() {
        fields.push(format!("also = {}", list(&also)));
    }
    if entry.portal_services > 0 {
        fields.push(format!("portal-services = {}", entry.portal_services));
    }
    if !entry.connected {
        fields.push("connected = false".to_owned());
    }
    format!("{{ {} }}", fields.join(", "))
}

/// What it runs beyond the others of its level.
fn also(entry: &AgencyEntry, common: Option<&Vec<SystemKind>>) -> Vec<SystemKind> {
    let all = entry.systems.iter().copied();
    all.filter(|system| !common.is_some_and(|common| common.contains(system)))
        .collect()
}

fn list(systems: &[SystemKind]) -> String {
    let names: Vec<String> = systems.iter().map(|system| format!("\"{system}\"")).collect();
    format!("[{}]", names.join(", "))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
