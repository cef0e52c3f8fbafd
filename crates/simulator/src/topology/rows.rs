//! Agencies as rows of text inside a topology file, for topologies of thousands.
//!
//! One agency a line: code, level, name, then what differs from the usual as words: systems that it runs beyond those of
//! its level, `unconnected`, `portal-services=5`, `parent=H54`, `legacy=000.00.12.H54`. Fields stand between `|`, which no
//! name has.

use std::fmt::Write as _;

use truc_document::SystemKind;

use super::{
    AgencyEntry,
    file::{Line, parent_of},
};
use crate::{strict_toml::InvalidFile, token::Token};

/// Reads rows; empty lines are skipped.
pub(super) fn read(file: &str, rows: &str) -> Result<Vec<Line>, InvalidFile> {
    let lines = rows.lines().map(str::trim).filter(|row| !row.is_empty());
    lines
        .map(|row| one(row).map_err(|fault| InvalidFile::whole(file, format!("row `{row}`: {fault}"))))
        .collect()
}

fn one(row: &str) -> Result<Line, String> {
    let mut fields = row.splitn(4, '|').map(str::trim);
    let (Some(code), Some(level), Some(name)) = (fields.next(), fields.next(), fields.next()) else {
        return Err("write code|level|name, and after another `|` what differs from the usual".to_owned());
    };
    let mut line = Line {
        code: Token(text(code)?),
        name: name.to_owned(),
        level: Token(text(level)?),
        parent: None,
        legacy: None,
        also: Vec::new(),
        connected: true,
        portal_services: 0,
    };
    for word in fields.next().unwrap_or_default().split_whitespace() {
        match word.split_once('=') {
            None if word == "unconnected" => line.connected = false,
            None => line.also.push(Token(text::<SystemKind>(word).map_err(|fault| {
                format!(
                    "{fault}; known words are the systems, `unconnected`, `portal-services=`, `parent=` and `legacy=`"
                )
            })?)),
            Some(("portal-services", count)) => {
                line.portal_services = count
                    .parse()
                    .map_err(|_| format!("`{count}` is no number of services"))?;
            }
            Some(("parent", code)) => line.parent = Some(Token(text(code)?)),
            Some(("legacy", code)) => line.legacy = Some(Token(text(code)?)),
            Some((key, _)) => {
                return Err(format!("unknown key `{key}`; known: portal-services, parent, legacy"));
            }
        }
    }
    Ok(line)
}

fn text<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// One row, with its line's end.
pub(super) fn write(entry: &AgencyEntry, also: &[SystemKind]) -> String {
    let mut row = format!("{}|{}|{}", entry.code, entry.level, entry.name);
    let mut words: Vec<String> = also.iter().map(ToString::to_string).collect();
    if !entry.connected {
        words.push("unconnected".to_owned());
    }
    if entry.portal_services > 0 {
        words.push(format!("portal-services={}", entry.portal_services));
    }
    if entry.parent != parent_of(&entry.code)
        && let Some(parent) = &entry.parent
    {
        words.push(format!("parent={parent}"));
    }
    if entry.legacy != entry.code.to_legacy()
        && let Some(legacy) = &entry.legacy
    {
        words.push(format!("legacy={legacy}"));
    }
    if !words.is_empty() {
        let _ = write!(row, "|{}", words.join(" "));
    }
    row.push('\n');
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Topology;

    #[test]
    fn rows_stand_for_the_same_agencies_as_tables() {
        let rows = "title = \"t\"\n[systems]\nprovince = [\"document-management\"]\n[[province]]\ncode = \"H54\"\nrows = '''\n\
                    H54|province|Tỉnh|reporting portal-services=5\nH54.02|province|Sở, ban|unconnected\n'''\n";
        let tables = "title = \"t\"\n[systems]\nprovince = [\"document-management\"]\n[[province]]\ncode = \"H54\"\nagencies = [\n\
                      { code = \"H54\", name = \"Tỉnh\", level = \"province\", also = [\"reporting\"], portal-services = 5 },\n\
                      { code = \"H54.02\", name = \"Sở, ban\", level = \"province\", connected = false },\n]\n";
        assert_eq!(
            Topology::parse("r", rows).unwrap(),
            Topology::parse("t", tables).unwrap()
        );
    }

    #[test]
    fn a_wrong_row_is_named_with_what_to_write() {
        let fault = |row: &str| {
            read("t.toml", row)
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default()
        };
        assert!(fault("H54|province").contains("write code|level|name"));
        assert!(fault("H54|province|Tỉnh|reportin").contains("known words"));
        assert!(fault("H54|province|Tỉnh|portal=5").contains("unknown key `portal`"));
        assert!(fault("h54|province|Tỉnh").contains("row `h54|province|Tỉnh`"));
    }
}
