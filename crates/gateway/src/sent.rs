//! What was sent through the gateway: the hub tells the life of a document to who knows its id, so the ids are kept.
//!
//! One line a document or status, appended to `sent.log`: time, kind, agency, id of the document, and the code of a
//! status. All else in the list of sent packages is asked of the hub. A line is written after the receipt and before the
//! answer: a system that got no answer sends the package again, and then the line is written. It is not synced: after a
//! power cut the newest rows may be missing from lists; the documents are not.

use std::{
    collections::{HashMap, HashSet},
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use truc_document::{AgencyCode, StatusCode};
use uuid::Uuid;

/// See the module.
pub struct Sent(Mutex<Index>);

struct Index {
    file: File,
    by_agency: HashMap<AgencyCode, OfAgency>,
}

#[derive(Default)]
struct OfAgency {
    in_order: Vec<Entry>,
    known: HashSet<(Uuid, Option<StatusCode>)>,
}

impl OfAgency {
    /// Whether it is new.
    fn add(&mut self, entry: Entry) -> bool {
        let new = self.known.insert((entry.document, entry.status));
        if new {
            self.in_order.push(entry);
        }
        new
    }
}

/// One thing that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) document: Uuid,
    /// None for the document itself.
    pub(crate) status: Option<StatusCode>,
}

impl Sent {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("sent.log");
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            // Killed in the middle of a line; the next one begins anew.
            file.write_all(b"\n")?;
        }
        let mut by_agency: HashMap<AgencyCode, OfAgency> = HashMap::new();
        for line in text.lines() {
            match parse(line) {
                Some((agency, entry)) => drop(by_agency.entry(agency).or_default().add(entry)),
                None if line.is_empty() => {}
                None => tracing::warn!(line, "a line of sent.log is not understood and left out"),
            }
        }
        Ok(Self(Mutex::new(Index { file, by_agency })))
    }

    /// Notes what was sent; what was noted before is good.
    pub(crate) fn note(&self, agency: &AgencyCode, entry: Entry) -> io::Result<()> {
        let line = match entry.status {
            None => format!("{} document {agency} {}\n", entry.at, entry.document),
            Some(status) => format!("{} status {agency} {} {status}\n", entry.at, entry.document),
        };
        let mut index = self.0.lock();
        let index = &mut *index;
        if index.by_agency.entry(agency.clone()).or_default().add(entry) {
            index.file.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    /// Whether an agency sent a document through here.
    pub(crate) fn has(&self, agency: &AgencyCode, document: Uuid) -> bool {
        let index = self.0.lock();
        index
            .by_agency
            .get(agency)
            .is_some_and(|of| of.known.contains(&(document, None)))
    }

    /// What an agency sent, in the order of sending.
    pub(crate) fn of(&self, agency: &AgencyCode) -> Vec<Entry> {
        let index = self.0.lock();
        index
            .by_agency
            .get(agency)
            .map(|of| of.in_order.clone())
            .unwrap_or_default()
    }
}

fn parse(line: &str) -> Option<(AgencyCode, Entry)> {
    let mut words = line.split(' ');
    let at = words.next()?.parse().ok()?;
    let kind = words.next()?;
    let (agency, document) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let status = match kind {
        "document" => None,
        "status" => Some(words.next()?.parse().ok()?),
        _ => return None,
    };
    words
        .next()
        .is_none()
        .then_some((agency, Entry { at, document, status }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u128, status: Option<StatusCode>) -> Entry {
        Entry {
            at: "2026-11-24T00:00:00Z".parse().unwrap(),
            document: Uuid::from_u128(number),
            status,
        }
    }

    #[test]
    fn what_was_noted_is_there_after_a_crash_in_the_middle_of_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other): (AgencyCode, AgencyCode) = ("H54".parse().unwrap(), "H05".parse().unwrap());
        let sent = Sent::open(folder.path()).unwrap();
        sent.note(&one, entry(1, None)).unwrap();
        sent.note(&one, entry(1, None)).unwrap();
        sent.note(&other, entry(1, Some(StatusCode::Accepted))).unwrap();
        drop(sent);
        let mut file = OpenOptions::new()
            .append(true)
            .open(folder.path().join("sent.log"))
            .unwrap();
        file.write_all(b"2026-11-24T00:00:00Z docu").unwrap();
        let sent = Sent::open(folder.path()).unwrap();
        sent.note(&one, entry(2, None)).unwrap();
        drop(sent);
        let sent = Sent::open(folder.path()).unwrap();
        assert_eq!(sent.of(&one), [entry(1, None), entry(2, None)]);
        assert_eq!(sent.of(&other), [entry(1, Some(StatusCode::Accepted))]);
    }
}
