//! States that hubs of a shared journal leave for each other: a new hub applies only the records since.
//!
//! A state is taken when its digest proves it and it stands where this hub's own copy of the journal stands: at that position, with that
//! hash. Whatever is wrong with it costs a longer replay, and nothing else.

use truc_store::{
    journal::{JournalReader as _, Position},
    snapshot::{SharedSnapshots, SnapshotFolder, SnapshotMark},
};

use crate::engine::Reader;

/// Brings the newest good state of another hub into the folder, where that saves applying so many records.
pub(crate) async fn bring(
    shared: &dyn SharedSnapshots,
    folder: &SnapshotFolder,
    reader: &Reader,
    last: Position,
    worthwhile: u64,
) {
    let own = folder.newest().unwrap_or_default();
    let saves = |position: Position| position <= last && position.0.saturating_sub(own.0) >= worthwhile;
    if !saves(last) {
        return;
    }
    let offered = match shared.list().await {
        Ok(offered) => offered,
        Err(why) => {
            tracing::warn!(why, "states of other hubs can't be listed; the start takes longer");
            return;
        }
    };
    for mark in offered.into_iter().filter(|mark| saves(mark.position)) {
        let position = mark.position.0;
        match take(shared, folder, reader, mark).await {
            Ok(()) => {
                tracing::info!(position, "the state of another hub is taken over");
                return;
            }
            Err(why) => tracing::warn!(position, why, "the state of another hub is refused"),
        }
    }
}

async fn take(
    shared: &dyn SharedSnapshots,
    folder: &SnapshotFolder,
    reader: &Reader,
    mark: SnapshotMark,
) -> Result<(), String> {
    match reader.groups(mark.position).next() {
        Some(Ok(group)) if group.chain == mark.chain => {}
        Some(Err(error)) => return Err(error.to_string()),
        _ => return Err("its journal is another than this one".to_owned()),
    }
    let file = folder.receive(mark.position).map_err(|error| error.to_string())?;
    let fetched = shared.fetch(mark, file).await;
    // Also to remove what has not come whole.
    let taken = folder.take_in(&mark).map_err(|error| error.to_string());
    fetched.and(taken)
}

/// Leaves a saved state for the others, unless one of them has done so a short while ago.
pub(crate) async fn leave(
    shared: &dyn SharedSnapshots,
    folder: &SnapshotFolder,
    mark: SnapshotMark,
    every: u64,
) -> Result<(), String> {
    let newest = shared.list().await?.first().map_or(0, |newest| newest.position.0);
    if newest.saturating_add(every / 2) > mark.position.0 {
        return Ok(());
    }
    let file = folder.file(mark.position).map_err(|error| error.to_string())?;
    shared.keep(mark, file).await
}
