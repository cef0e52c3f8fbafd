//! The address book as systems ask for it: read from the hub, kept for a while, written once for all who ask.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use futures::TryStreamExt as _;
use parking_lot::Mutex;
use serde::Serialize;
use truc_agency::{Agency, AgencyEntry, AgencyFilter, CallError};
use truc_document::{AgencyCode, Level};

/// Names that are kept apart from the list.
const NAMES_MAX: usize = 20_000;

/// The address book, or the part of it that was asked for so far.
pub(crate) struct Catalogue {
    life: Duration,
    list: ArcSwapOption<List>,
    /// One reader at a time; the others wait for what it reads.
    reading: tokio::sync::Mutex<()>,
    names: Mutex<HashMap<AgencyCode, (Instant, String)>>,
}

/// All agencies, as they were at one time.
pub(crate) struct List {
    read_at: Instant,
    entries: Vec<AgencyEntry>,
    agencies: OnceLock<Bytes>,
    units: OnceLock<Bytes>,
}

impl Catalogue {
    pub(crate) fn new(life: Duration) -> Self {
        Self {
            life,
            list: ArcSwapOption::empty(),
            reading: tokio::sync::Mutex::new(()),
            names: Mutex::default(),
        }
    }

    /// All agencies, read anew as `reader` where those that are here are too old.
    pub(crate) async fn list(&self, reader: &Agency) -> Result<Arc<List>, CallError> {
        if let Some(list) = self.fresh() {
            return Ok(list);
        }
        let _reading = self.reading.lock().await;
        if let Some(list) = self.fresh() {
            return Ok(list);
        }
        let entries = reader
            .directory()
            .agencies(AgencyFilter::default())
            .try_collect()
            .await?;
        let list = Arc::new(List {
            read_at: Instant::now(),
            entries,
            agencies: OnceLock::new(),
            units: OnceLock::new(),
        });
        self.list.store(Some(Arc::clone(&list)));
        Ok(list)
    }

    fn fresh(&self) -> Option<Arc<List>> {
        self.list.load_full().filter(|list| list.read_at.elapsed() < self.life)
    }

    /// The next who asks for the list gets a new one.
    pub(crate) fn forget(&self) {
        self.list.store(None);
        self.names.lock().clear();
    }

    /// The name of one agency; empty where the address book does not have it.
    pub(crate) async fn name(&self, reader: &Agency, code: &AgencyCode) -> Result<String, CallError> {
        if let Some((at, name)) = self.names.lock().get(code)
            && at.elapsed() < self.life
        {
            return Ok(name.clone());
        }
        let name = match reader.directory().agency(code).await {
            Ok(entry) => entry.name,
            Err(CallError::Refused(_)) => String::new(),
            Err(error) => return Err(error),
        };
        let mut names = self.names.lock();
        if names.len() >= NAMES_MAX {
            names.clear();
        }
        names.insert(code.clone(), (Instant::now(), name.clone()));
        Ok(name)
    }
}

impl List {
    /// `data` of `getAgenciesList`.
    pub(crate) fn agencies(&self) -> Bytes {
        self.agencies
            .get_or_init(|| written(self.entries.iter().map(agency)))
            .clone()
    }

    /// `data` of `getAgenciesListQD20`: those of one level, or all.
    pub(crate) fn agencies_of(&self, level: Option<Level>) -> Bytes {
        let Some(level) = level else {
            return self.agencies();
        };
        written(self.entries.iter().filter(|entry| entry.level == level).map(agency))
    }

    /// `data` of `getSynchronizeUnit`.
    pub(crate) fn units(&self) -> Bytes {
        self.units
            .get_or_init(|| written(self.entries.iter().map(unit)))
            .clone()
    }
}

/// Row by row: a nation of agencies takes no more memory than its text.
fn written(rows: impl Iterator<Item = impl Serialize>) -> Bytes {
    let mut text = vec![b'['];
    for row in rows {
        if text.len() > 1 {
            text.push(b',');
        }
        let before = text.len();
        if let Err(error) = serde_json::to_writer(&mut text, &row) {
            tracing::error!(%error, "an agency can't be written");
            text.truncate(before.saturating_sub(usize::from(before > 1)));
        }
    }
    text.push(b']');
    text.into()
}

/// Row of `getAgenciesList` and `getAgenciesListQD20`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AgencyRow<'a> {
    id: &'a str,
    pid: &'a str,
    code: &'a str,
    old_code: &'a str,
    code102: &'a str,
    name: &'a str,
    mail: &'a str,
}

/// Row of `getSynchronizeUnit`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnitRow<'a> {
    id: &'a str,
    pid: &'a str,
    code: &'a str,
    name: &'a str,
    mail: &'a str,
    center_code: &'a str,
    version: u32,
    deleted: bool,
    modify_date: &'a str,
    is_agency: bool,
}

fn agency(entry: &AgencyEntry) -> AgencyRow<'_> {
    let legacy = entry.legacy_code.as_ref().map(AgencyCode::as_str).unwrap_or_default();
    AgencyRow {
        id: entry.code.as_str(),
        pid: entry.parent.as_ref().map(AgencyCode::as_str).unwrap_or_default(),
        code: entry.code.as_str(),
        old_code: legacy,
        code102: legacy,
        name: &entry.name,
        mail: "",
    }
}

fn unit(entry: &AgencyEntry) -> UnitRow<'_> {
    UnitRow {
        id: entry.code.as_str(),
        pid: entry.parent.as_ref().map(AgencyCode::as_str).unwrap_or_default(),
        code: entry.code.as_str(),
        name: &entry.name,
        mail: "",
        center_code: entry.province.as_str(),
        version: 1,
        deleted: !entry.connected,
        modify_date: "",
        is_agency: true,
    }
}
