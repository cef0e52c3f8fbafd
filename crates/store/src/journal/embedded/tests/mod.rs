mod crash;
mod damage;
mod poison;
mod segments;
mod torn_tail;

use std::sync::Arc;

use super::{
    super::battery,
    simulated::{Disk, Fault},
    *,
};
use crate::journal::{JournalReader, Position, StoredGroup};

crate::journal_battery!(small_segments, async |folder: &Path| {
    Embedded::open(
        folder,
        EmbeddedOptions {
            segment_bytes: 20_000,
            background: true,
            sync: true,
        },
    )
    .unwrap()
});
crate::journal_battery!(in_order, async |folder: &Path| {
    Embedded::open(
        folder,
        EmbeddedOptions {
            segment_bytes: 200_000,
            background: false,
            sync: true,
        },
    )
    .unwrap()
});

/// Small enough that a handful of groups fills several.
const SEGMENT_BYTES: u64 = 4_096;

fn open(disk: &Arc<Disk>) -> Result<Embedded<Disk>, JournalError> {
    Embedded::open_on(
        disk.clone(),
        EmbeddedOptions {
            segment_bytes: SEGMENT_BYTES,
            background: false,
            sync: true,
        },
    )
}

/// A disk with a journal of groups of these sizes, and the groups.
fn disk_with(counts: &[u64]) -> (Arc<Disk>, Vec<StoredGroup>) {
    let disk = Arc::new(Disk::default());
    let groups = fill(&mut open(&disk).unwrap(), counts);
    (disk, groups)
}

fn fill(journal: &mut Embedded<Disk>, counts: &[u64]) -> Vec<StoredGroup> {
    futures::executor::block_on(battery::fill(journal, counts))
}

/// Bytes that a group takes in its segment.
fn bytes_of(group: &StoredGroup) -> u64 {
    super::group::size_of(&group.records)
}

/// Whether the journal holds exactly these groups, however it is read.
#[track_caller]
fn check_holds(journal: &Embedded<Disk>, groups: &[StoredGroup]) {
    let reader = journal.reader();
    assert_eq!(battery::read_groups(&reader, 1), groups);
    for (position, record) in groups.iter().flat_map(StoredGroup::positioned) {
        assert_eq!(reader.read(position).unwrap(), record, "position {position}");
    }
    assert_eq!(
        journal.head(),
        groups.last().map_or(Head::EMPTY, StoredGroup::head_after)
    );
}

#[track_caller]
fn check_damaged<T>(result: Result<T, JournalError>, at: Position, file: &str) {
    match result {
        Err(JournalError::Damaged { position, segment, .. }) => assert_eq!((position, segment.as_str()), (at, file)),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("damage was not seen"),
    }
}
