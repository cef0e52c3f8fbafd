//! Reading a trace: strict, and every fault is told with file and line.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use truc_document::AgencyCode;

use super::line::{AgencyLine, Contents, Head, Line, VERSION};

/// A line that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{}:{line}`: {what}", file.display())]
pub struct TraceError {
    /// The trace.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// What is wrong with it, and what to do.
    pub what: String,
}

/// Gives the lines after the first, judged.
#[derive(Debug)]
pub struct Reader<R> {
    file: PathBuf,
    from: R,
    head: Head,
    line: usize,
    known: HashSet<AgencyCode>,
    latest: Option<Timestamp>,
    text: String,
}

/// What a trace holds, known after all of it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// What it has of contents.
    pub contents: Contents,
    /// Its agencies, in the order in which they are told.
    pub agencies: Vec<AgencyLine>,
    /// Hub time of its first event.
    pub first: Option<Timestamp>,
    /// Hub time of its last event.
    pub last: Option<Timestamp>,
    /// Documents accepted.
    pub documents: u64,
    /// Documents refused, by reason.
    pub refused: BTreeMap<String, u64>,
}

impl Reader<BufReader<File>> {
    /// Opens a trace and reads its first line.
    ///
    /// # Errors
    /// The file cannot be read, or is no trace of this version.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let failed = |error: std::io::Error| TraceError {
            file: path.to_owned(),
            line: 1,
            what: format!("cannot be read: {error}"),
        };
        Self::begin(path, BufReader::new(File::open(path).map_err(failed)?))
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line; `file` is what faults are told with.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn begin(file: &Path, from: R) -> Result<Self, TraceError> {
        let head = Head {
            truc_trace: VERSION,
            contents: crate::token::Token(Contents::None),
        };
        let mut reader = Self {
            file: file.to_owned(),
            from,
            head,
            line: 0,
            known: HashSet::new(),
            latest: None,
            text: String::new(),
        };
        if !reader.read()? {
            return Err(
                reader.fault("is empty; a trace begins with a line such as `{\"truc_trace\":1,\"contents\":\"keep\"}`")
            );
        }
        // The version first: a later one may have other fields.
        let version: Result<serde_json::Value, _> = serde_json::from_str(&reader.text);
        let version = version
            .ok()
            .and_then(|line| line.get("truc_trace").and_then(serde_json::Value::as_u64));
        match version {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) => {
                let what = format!("is a trace of version {version}; this release reads version {VERSION}");
                return Err(reader.fault(what));
            }
            None => {
                let what =
                    "is no trace: its first line has no `truc_trace`, the version; record one with `truc record`";
                return Err(reader.fault(what));
            }
        }
        reader.head = serde_json::from_str(&reader.text).map_err(|error| reader.fault(without_place(&error)))?;
        Ok(reader)
    }

    /// What the first line says.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The line last read, from 1.
    pub fn line_number(&self) -> usize {
        self.line
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// The first line that cannot be used.
    pub fn survey(self) -> Result<Survey, TraceError> {
        let mut survey = Survey {
            contents: self.head.contents.0,
            agencies: Vec::new(),
            first: None,
            last: None,
            documents: 0,
            refused: BTreeMap::new(),
        };
        for line in self {
            let line = line?;
            survey.first = survey.first.or(line.at());
            survey.last = line.at().or(survey.last);
            match line {
                Line::Agency(agency) => survey.agencies.push(agency),
                Line::Document(_) => survey.documents += 1,
                Line::Refused(refused) => *survey.refused.entry(refused.reason.0.as_str().to_owned()).or_default() += 1,
                Line::Acknowledged(_) | Line::Status(_) => {}
            }
        }
        Ok(survey)
    }

    /// Takes the next line into `text`; false at the end.
    fn read(&mut self) -> Result<bool, TraceError> {
        self.text.clear();
        self.line += 1;
        match self.from.read_line(&mut self.text) {
            Ok(read) => Ok(read > 0),
            Err(error) => Err(self.fault(format!("cannot be read: {error}"))),
        }
    }

    fn judged(&mut self) -> Result<Line, TraceError> {
        if self.text.trim().is_empty() {
            return Err(self.fault("is empty; take it out"));
        }
        let line: Line = serde_json::from_str(&self.text).map_err(|error| self.fault(without_place(&error)))?;
        for code in line.agencies() {
            if !self.known.contains(code) {
                let what = format!("agency `{code}` has no line before it; add one with `\"event\":\"agency\"`");
                return Err(self.fault(what));
            }
        }
        if let (Some(at), Some(latest)) = (line.at(), self.latest)
            && at < latest
        {
            return Err(self.fault(format!(
                "`at` is {at}, before {latest} of an earlier line; put lines in the order of hub time"
            )));
        }
        self.latest = line.at().or(self.latest);
        match &line {
            Line::Agency(agency) => {
                if !self.known.insert(agency.code.0.clone()) {
                    return Err(self.fault(format!("agency `{}` is there twice; take one out", agency.code.0)));
                }
            }
            Line::Document(document) => {
                document.header.header().map_err(|refusal| self.fault(refusal))?;
                for (digest, content) in &document.contents {
                    if super::redact::digest(&content.0.0) != digest.0.0 {
                        return Err(self.fault(format!("content of `{}` has another SHA-256", digest.0)));
                    }
                }
            }
            Line::Acknowledged(_) | Line::Status(_) | Line::Refused(_) => {}
        }
        Ok(line)
    }

    fn fault(&self, what: impl ToString) -> TraceError {
        TraceError {
            file: self.file.clone(),
            line: self.line,
            what: what.to_string(),
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Line, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.read() {
            Ok(true) => Some(self.judged()),
            Ok(false) => None,
            Err(fault) => Some(Err(fault)),
        }
    }
}

/// `serde_json` counts lines within the line that it was given.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(place) => {
            let column = error.column();
            match column {
                0 => text[..place].to_owned(),
                column => format!("{} (column {column})", &text[..place]),
            }
        }
        None => text,
    }
}
