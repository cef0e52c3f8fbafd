//! Merger table (bảng sáp nhập): which agency takes over from which.
//!
//! CSV of two columns, `old_code,new_code`, one row for each agency that closes.

use std::{collections::BTreeMap, path::Path};

use truc_document::AgencyCode;

use crate::strict_toml::{InvalidFile, LoadError};

/// First line of the file.
const HEADER: &str = "old_code,new_code";

/// Agencies that close, each with its successor. No successor closes in the same table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merger {
    closing: BTreeMap<AgencyCode, AgencyCode>,
}

impl Merger {
    pub(crate) fn new(closing: BTreeMap<AgencyCode, AgencyCode>) -> Self {
        Self { closing }
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// The file cannot be read, or a row of it cannot be.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let text = std::fs::read_to_string(path).map_err(|source| LoadError::Unreadable {
            path: path.into(),
            source,
        })?;
        Ok(Self::parse(&path.display().to_string(), &text)?)
    }

    /// The merger of 1 July 2025, from `vietnam-63` to `vietnam-34`.
    ///
    /// # Errors
    /// Never, as a test reads it.
    pub fn of_july_2025() -> Result<Self, InvalidFile> {
        let table = include_str!("../../../../simulations/topologies/merger-2025.csv");
        Self::parse("merger-2025.csv", table)
    }

    /// Reads and checks text; `name` is what messages call it.
    ///
    /// # Errors
    /// A code is none, closes twice, or is to take over though it closes itself.
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidFile> {
        let at = |line: usize, message: String| InvalidFile {
            line,
            ..InvalidFile::whole(name, message)
        };
        let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        match lines.next() {
            Some((_, HEADER)) => {}
            _ => return Err(at(1, format!("a merger table begins with the line `{HEADER}`"))),
        }
        let mut closing: BTreeMap<AgencyCode, AgencyCode> = BTreeMap::new();
        let mut rows: Vec<(usize, AgencyCode)> = Vec::new();
        for (line, row) in lines.filter(|(_, row)| !row.is_empty()) {
            let (old, new) = row.split_once(',').ok_or_else(|| {
                at(
                    line,
                    format!("row `{row}` has no comma; write the old code, a comma and the new one"),
                )
            })?;
            let code = |text: &str| -> Result<AgencyCode, InvalidFile> {
                text.trim()
                    .parse()
                    .map_err(|error: truc_document::InvalidAgencyCode| at(line, error.to_string()))
            };
            let (old, new) = (code(old)?, code(new)?);
            if closing.insert(old.clone(), new.clone()).is_some() {
                return Err(at(line, format!("agency `{old}` closes twice; keep one row of it")));
            }
            rows.push((line, new));
        }
        for (line, new) in rows {
            if closing.contains_key(&new) {
                let message = format!("successor `{new}` closes in the same table; name the agency that remains");
                return Err(at(line, message));
            }
        }
        Ok(Self { closing })
    }

    /// As a file.
    pub fn to_csv(&self) -> String {
        let rows = self.closing.iter().map(|(old, new)| format!("{old},{new}\n"));
        std::iter::once(format!("{HEADER}\n")).chain(rows).collect()
    }

    /// Agencies that close with their successors, by code.
    pub fn closing(&self) -> impl ExactSizeIterator<Item = (&AgencyCode, &AgencyCode)> {
        self.closing.iter()
    }

    /// Who takes over from an agency; `None` where it goes on.
    pub fn successor(&self, code: &AgencyCode) -> Option<&AgencyCode> {
        self.closing.get(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_written() {
        let text = "old_code,new_code\nH05,H02\nH05.41.01,H02.101\n";
        let merger = Merger::parse("m.csv", text).unwrap();
        assert_eq!(merger.to_csv(), text);
        assert_eq!(merger.successor(&"H05".parse().unwrap()), Some(&"H02".parse().unwrap()));
        assert_eq!(merger.successor(&"H02".parse().unwrap()), None);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = |rows: &str| {
            let text = format!("old_code,new_code\n{rows}");
            Merger::parse("m.csv", &text).unwrap_err().to_string()
        };
        assert!(error("H05,H02\nH05,H03\n").starts_with("`m.csv:3`: agency `H05` closes twice"));
        assert!(error("H05,H02\nH02,H03\n").starts_with("`m.csv:2`: successor `H02` closes"));
        assert!(error("H05\n").contains("no comma"));
        assert!(error("h05,H02\n").contains("m.csv:2"));
        assert!(
            Merger::parse("m.csv", "H05,H02\n")
                .unwrap_err()
                .to_string()
                .contains("begins with")
        );
    }
}
