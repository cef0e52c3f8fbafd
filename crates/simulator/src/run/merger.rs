//! The merger of agencies on a running hub: successors open, agencies close, what waits follows.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use truc_agency::{AgencyFilter, Directory};
use truc_document::AgencyCode;

use super::enrol::{AT_ONCE, EnrolError, listed_entry};
use crate::topology::{Merger, Topology};

/// What a merger did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Merged {
    /// Agencies that opened.
    pub opened: usize,
    /// Agencies that go on under another name or place.
    pub renamed: usize,
    /// Agencies that closed.
    pub closed: usize,
    /// Deliveries that went on to successors.
    pub moved: u64,
    /// Deliveries withdrawn, as the successor has the same document.
    pub folded: u64,
}

/// Does to a hub's address book what the table says, as far as the hub knows the agencies that close; `after` has those that
/// take over. Those open first, connected and with their parents, so that nothing that moves lies unseen. The same again does
/// nothing.
///
/// # Errors
/// The hub can't be reached or refuses, or `after` lacks a successor.
pub async fn merge(directory: &Directory, merger: &Merger, after: &Topology) -> Result<Merged, MergeError> {
    let known: HashMap<AgencyCode, truc_agency::AgencyEntry> = directory
        .agencies(AgencyFilter::default())
        .map_ok(|entry| (entry.code.clone(), entry))
        .try_collect()
        .await
        .map_err(EnrolError::from)?;
    let closing: Vec<(&AgencyCode, &AgencyCode)> = merger
        .closing()
        .filter(|(code, _)| known.get(*code).is_some_and(|entry| entry.successor.is_none()))
        .collect();
    let needed = with_parents(closing.iter().map(|(_, successor)| *successor), after)?;
    let mut merged = Merged::default();
    let (mut opening, mut renamed) = (vec![Vec::new(); 6], Vec::new());
    // In the order of their codes: the same on every run.
    for entry in after.agencies().filter(|entry| needed.contains(&entry.code)) {
        match known.get(&entry.code) {
            None => {
                let depth = entry.code.as_str().matches('.').count().min(5);
                opening[depth].push(truc_agency::AgencyEntry {
                    connected: true,
                    ..listed_entry(entry)
                });
                merged.opened += 1;
            }
            Some(there) => {
                let since = truc_agency::AgencyEntry {
                    name: entry.name.clone(),
                    level: entry.level,
                    parent: entry.parent.clone(),
                    connected: true,
                    ..there.clone()
                };
                if since != *there {
                    renamed.push(since);
                    merged.renamed += 1;
                }
            }
        }
    }
    for level in opening {
        let calls = level.into_iter().map(|entry| directory.register_agency(entry));
        all(calls).await?;
    }
    all(renamed.into_iter().map(|entry| directory.update_agency(entry))).await?;
    // Of one successor in the order of codes: of several deliveries of a document always the same one goes on.
    let mut by_successor: BTreeMap<AgencyCode, Vec<AgencyCode>> = BTreeMap::new();
    for (code, successor) in closing {
        by_successor.entry(successor.clone()).or_default().push(code.clone());
    }
    let calls = by_successor.into_iter().map(|(successor, codes)| async move {
        let mut closed = Vec::with_capacity(codes.len());
        for code in codes {
            closed.push(directory.close_agency(&code, &successor).await?);
        }
        Ok(closed)
    });
    for closed in all(calls).await?.into_iter().flatten() {
        merged.closed += 1;
        merged.moved += closed.moved;
        merged.folded += closed.folded;
    }
    Ok(merged)
}

/// Why a merger did not take place, or not as a whole. It may be begun again.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// The address book could not be read or written.
    #[error(transparent)]
    Directory(#[from] EnrolError),
    /// The topology of afterwards is of another merger.
    #[error("successor `{0}` is not in the topology of afterwards; give the one that the table leads to")]
    Unknown(AgencyCode),
}

async fn all<T>(
    calls: impl Iterator<Item = impl Future<Output = Result<T, truc_agency::CallError>>>,
) -> Result<Vec<T>, EnrolError> {
    Ok(stream::iter(calls).buffer_unordered(AT_ONCE).try_collect().await?)
}

/// Agencies with all those above them.
fn with_parents<'a>(
    codes: impl Iterator<Item = &'a AgencyCode>,
    after: &Topology,
) -> Result<HashSet<AgencyCode>, MergeError> {
    let mut needed = HashSet::new();
    for code in codes {
        let mut next = Some(code.clone());
        while let Some(code) = next {
            let entry = after.agency(&code).ok_or_else(|| MergeError::Unknown(code.clone()))?;
            next = if needed.insert(code) {
                entry.parent.clone()
            } else {
                None
            };
        }
    }
    Ok(needed)
}
