//! Enrolment: brings a hub's address book in line with a topology.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use truc_agency::{AgencyFilter, CallError, Directory};
use truc_document::AgencyCode;

use crate::topology::{AgencyEntry, Topology};

/// Calls under way at once: enough to share the hub's syncs.
pub(super) const AT_ONCE: usize = 64;

/// The address book could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("agencies of the topology could not be registered: {source}; it takes the operator's credential")]
pub struct EnrolError {
    /// What came of the call.
    #[from]
    source: CallError,
}

impl EnrolError {
    /// What came of the call.
    pub(super) fn call(&self) -> &CallError {
        &self.source
    }
}

/// Registers the agencies that the hub does not know and updates those that it knows otherwise; gives how many of each.
///
/// # Errors
/// The hub cannot be reached or refuses.
pub async fn enrol(directory: &Directory, topology: &Topology) -> Result<(usize, usize), EnrolError> {
    let mut known: HashMap<AgencyCode, truc_agency::AgencyEntry> = HashMap::new();
    let mut listed = std::pin::pin!(directory.agencies(AgencyFilter::default()));
    while let Some(entry) = listed.try_next().await? {
        known.insert(entry.code.clone(), entry);
    }
    let wanted: Vec<truc_agency::AgencyEntry> = topology.agencies().map(listed_entry).collect();
    let (missing, present): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|entry| !known.contains_key(&entry.code));
    let differing: Vec<_> = present
        .into_iter()
        // A closed agency stays closed, whatever a topology says.
        .filter(|entry| known[&entry.code].successor.is_none() && !same(&known[&entry.code], entry))
        .collect();
    let counts = (missing.len(), differing.len());
    // Parents before children: the hub may ask for the agency above.
    let mut by_level: Vec<Vec<truc_agency::AgencyEntry>> = vec![Vec::new(); 6];
    for entry in missing {
        let depth = entry.code.as_str().matches('.').count().min(5);
        by_level[depth].push(entry);
    }
    for level in by_level {
        let calls = level.into_iter().map(|entry| directory.register_agency(entry));
        stream::iter(calls)
            .buffer_unordered(AT_ONCE)
            .try_for_each(|_| async { Ok(()) })
            .await?;
    }
    let calls = differing.into_iter().map(|entry| directory.update_agency(entry));
    stream::iter(calls)
        .buffer_unordered(AT_ONCE)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    Ok(counts)
}

pub(super) fn listed_entry(entry: &AgencyEntry) -> truc_agency::AgencyEntry {
    entry.listed()
}

fn same(known: &truc_agency::AgencyEntry, wanted: &truc_agency::AgencyEntry) -> bool {
    let mut systems = known.systems.clone();
    systems.sort_unstable();
    truc_agency::AgencyEntry {
        systems,
        ..known.clone()
    } == *wanted
}
