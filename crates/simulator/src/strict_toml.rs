//! TOML files in which a misspelt key is an error that names file, line, column, key and the nearest right key.
//!
//! The types that are read deny unknown fields; what is added here is the place and the advice. Used for topologies,
//! scenarios, and by the binary for its configuration.

mod place;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;

/// Reads a file's text.
///
/// # Errors
/// The file cannot be read, or is no UTF-8.
pub fn read(path: &Path) -> Result<String, LoadError> {
    std::fs::read_to_string(path).map_err(|source| LoadError::Unreadable {
        path: path.into(),
        source,
    })
}

/// Reads a file into `T`, which must deny unknown fields.
///
/// # Errors
/// The file cannot be read, or says something that `T` has no place for.
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<T, LoadError> {
    Ok(parse(&path.display().to_string(), &read(path)?)?)
}

/// Reads text into `T`; `file` is what messages call it.
///
/// # Errors
/// The text is no TOML, or says something that `T` has no place for.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, InvalidFile> {
    toml::from_str(text).map_err(|error| InvalidFile::of(file, text, &error))
}

/// Why a file gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It could not be opened or read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It says something wrong.
    #[error(transparent)]
    Invalid(#[from] InvalidFile),
}

/// What is wrong in a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFile {
    /// As the caller named it.
    pub file: String,
    /// From 1; 0 where the fault is in no one line.
    pub line: usize,
    /// From 1, in characters; 0 where the fault is in no one place of a line.
    pub column: usize,
    /// One sentence without a full stop.
    pub message: String,
    /// The key or value that nobody knows, where that is the fault.
    pub unknown: Option<String>,
    /// The nearest that would be known there.
    pub nearest: Option<String>,
}

impl std::error::Error for InvalidFile {}

impl fmt::Display for InvalidFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "`{}`: {}", self.file, self.message)?,
            (line, 0) => write!(f, "`{}:{line}`: {}", self.file, self.message)?,
            (line, column) => write!(f, "`{}:{line}:{column}`: {}", self.file, self.message)?,
        }
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None => Ok(()),
        }
    }
}

impl InvalidFile {
    /// A fault that only shows when the whole is looked at, such as a code that no agency bears.
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            column: 0,
            message: message.into(),
            unknown: None,
            nearest: None,
        }
    }

    /// A fault at a place in the file: keys and places in lists, from 0, with a slash between them (`flow/3/fan-out`). Where
    /// the text has no such key, what would contain it is the place.
    pub fn at(file: &str, text: &str, path: &str, message: impl Into<String>) -> Self {
        let (line, column) = place::find(text, path).map_or((0, 0), |offset| place::line_and_column(text, offset));
        Self {
            line,
            column,
            ..Self::whole(file, message)
        }
    }

    fn of(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let (line, column) = error
            .span()
            .map_or((0, 0), |span| place::line_and_column(text, span.start));
        let mut invalid = Self {
            line,
            column,
            ..Self::whole(file, told(error.message()))
        };
        if let Some((kind, unknown, known)) = unknown_of(error.message()) {
            let nearest = nearest(&unknown, &known).map(str::to_owned);
            // The full list is noise where one of it is close.
            invalid.message = match (&nearest, known.as_slice()) {
                (Some(_), _) => format!("unknown {kind} `{unknown}`"),
                (None, []) => format!("unknown {kind} `{unknown}`; nothing may stand here"),
                (None, known) => format!("unknown {kind} `{unknown}`; known here: {}", known.join(", ")),
            };
            (invalid.unknown, invalid.nearest) = (Some(unknown), nearest);
        }
        invalid
    }
}

/// What the reader says, with what to do about it where that is plain.
fn told(message: &str) -> String {
    let message = message.trim().replace('\n', " ");
    match message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        Some(key) => format!("key `{key}` is missing; add it"),
        None => message,
    }
}

/// Takes serde's message for an unknown field or variant apart: what it is, what stood there, what is known.
fn unknown_of(message: &str) -> Option<(&'static str, String, Vec<&str>)> {
    let (kind, rest) = if let Some(rest) = message.strip_prefix("unknown field ") {
        ("key", rest)
    } else {
        ("value", message.strip_prefix("unknown variant ")?)
    };
    // Names stand between backticks, so every other part is one.
    let mut names = rest.split('`').skip(1).step_by(2);
    let unknown = names.next()?.to_owned();
    Some((kind, unknown, names.collect()))
}

/// The closest of `known`, unless it is too far to be what was meant.
pub fn nearest<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let close = |candidate: &&'a str| (strsim::damerau_levenshtein(unknown, candidate), *candidate);
    let (distance, candidate) = known.iter().map(close).min()?;
    (distance <= unknown.chars().count().max(candidate.chars().count()).div_ceil(3)).then_some(candidate)
}

#[cfg(test)]
pub(crate) mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Outer {
        title: String,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    #[allow(dead_code)]
    struct Inner {
        fan_out: u32,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        Driven,
        Scaled,
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = parse::<Outer>("s.toml", text).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn misspelt_key_is_told_with_its_line_and_the_right_one() {
        check(
            "titel = \"x\"\n",
            "`s.toml:1:1`: unknown key `titel`; did you mean `title`?",
        );
        check(
            "title = \"x\"\n\n[[inner]]\nfan-uot = 3\n",
            "`s.toml:4:1`: unknown key `fan-uot`; did you mean `fan-out`?",
        );
        check(
            "title = \"x\"\ninner = [\n  { fan-out = 3 },\n  { fan-out = 3, colour = 1 },\n]\n",
            "`s.toml:4:18`: unknown key `colour`; known here: fan-out, kind",
        );
    }

    #[test]
    fn misspelt_value_is_told_too() {
        check(
            "title = \"x\"\n[[inner]]\nfan-out = 1\nkind = \"drivn\"\n",
            "`s.toml:4:8`: unknown value `drivn`; did you mean `driven`?",
        );
    }

    #[test]
    fn other_faults_have_a_line() {
        check(
            "title = 3\n",
            "`s.toml:1:9`: invalid type: integer `3`, expected a string",
        );
        assert_eq!(
            parse::<Outer>("s.toml", "title = \"a\"\n[[inner]\n").unwrap_err().line,
            2
        );
    }

    /// Every text that is `text` with one stray key, one for each shape of table in it.
    pub(crate) fn with_stray_keys(text: &str) -> Vec<(String, String)> {
        let root: toml::Table = toml::from_str(text).unwrap();
        let mut shapes = Vec::new();
        shapes_of(&toml::Value::Table(root.clone()), "", "", &mut shapes);
        let mut seen = std::collections::BTreeSet::new();
        shapes.retain(|(shape, _)| seen.insert(shape.clone()));
        let stray = |path: &str| {
            let mut changed = toml::Value::Table(root.clone());
            let mut place = &mut changed;
            for step in path.split('/').filter(|step| !step.is_empty()) {
                place = match place {
                    toml::Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
                    table => &mut table[step],
                };
            }
            place
                .as_table_mut()
                .unwrap()
                .insert("stray-key".into(), toml::Value::Boolean(true));
            toml::to_string(&changed).unwrap()
        };
        shapes
            .iter()
            .map(|(shape, path)| (shape.clone(), stray(path)))
            .collect()
    }

    fn shapes_of(value: &toml::Value, shape: &str, path: &str, shapes: &mut Vec<(String, String)>) {
        match value {
            toml::Value::Table(table) => {
                shapes.push((shape.to_owned(), path.to_owned()));
                for (key, value) in table {
                    shapes_of(value, &format!("{shape}/{key}"), &format!("{path}/{key}"), shapes);
                }
            }
            toml::Value::Array(list) => {
                for (at, value) in list.iter().enumerate() {
                    shapes_of(value, &format!("{shape}[]"), &format!("{path}/{at}"), shapes);
                }
            }
            _ => {}
        }
    }
}
