//! The promises of [`Journal`] as tests that every engine goes through, so that "works on the embedded engine" and "works on
//! a cluster" are one claim.
//!
//! ```ignore
//! truc_store::journal_battery!(embedded, async |folder| Embedded::open(folder, EmbeddedOptions::default()).unwrap());
//! ```
//!
//! The closure opens the journal that belongs to a folder: a new one if the folder is empty, the same one if it was opened
//! (and dropped) before.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; their names say what they test"
)]

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use bytes::Bytes;
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use super::{CHAIN_START, Head, Journal, JournalError, JournalReader, Position, StoredGroup};

/// Makes a module `$engine` with one test for each promise. `$open` is an `async |folder: &Path| -> impl Journal`.
#[macro_export]
macro_rules! journal_battery {
    ($engine:ident, $open:expr) => {
        $crate::journal_battery! { $engine, $open,
            positions_are_dense_from_one
            a_group_is_read_back_as_it_was_appended
            the_chain_links_all_groups
            the_same_groups_make_the_same_chain
            a_reopened_journal_goes_on
            an_empty_group_is_refused
            what_is_not_there_is_absent
            records_may_be_empty_or_large
            readers_see_what_is_durable_while_the_journal_is_written
            any_groups_are_read_back
        }
    };
    ($engine:ident, $open:expr, $($promise:ident)*) => {
        mod $engine {
            #[allow(unused_imports)]
            use super::*;

            $(
                #[test]
                fn $promise() {
                    $crate::journal::battery::$promise($open);
                }
            )*
        }
    };
}

pub fn positions_are_dense_from_one<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let mut journal = open(folder).await;
        assert_eq!(journal.head(), Head::EMPTY);
        let mut next = 1;
        for count in [1, 2, 64, 1, 500] {
            let appended = journal.append(&group(next, count)).await.unwrap();
            assert_eq!((appended.first, appended.count), (Position(next), count));
            next += count;
            assert_eq!(
                journal.head(),
                Head {
                    next: Position(next),
                    chain: appended.chain
                }
            );
        }
        let reader = journal.reader();
        for position in 1..next {
            assert_eq!(reader.read(Position(position)).unwrap(), record(position));
        }
    });
}

pub fn a_group_is_read_back_as_it_was_appended<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let mut journal = open(folder).await;
        let groups = fill(&mut journal, &[3, 1, 200, 1, 1, 40]).await;
        let reader = journal.reader();
        // From each position, not only the first of a group.
        for from in 1..journal.head().next.0 {
            let holds = groups
                .iter()
                .position(|group| from < group.head_after().next.0)
                .unwrap();
            assert_eq!(read_groups(&reader, from), groups[holds..], "from {from}");
        }
    });
}

pub fn the_chain_links_all_groups<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let mut journal = open(folder).await;
        fill(&mut journal, &[1, 1, 5, 1]).await;
        let mut chain = CHAIN_START;
        for group in read_groups(&journal.reader(), 1) {
            assert_eq!(group.chain_before, chain);
            assert_ne!(group.chain, chain);
            chain = group.chain;
        }
        assert_eq!(journal.head().chain, chain);
    });
}

pub fn the_same_groups_make_the_same_chain<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let mut heads = Vec::new();
        for (name, counts) in [("one", [2, 3].as_slice()), ("two", &[2, 3]), ("other groups", &[3, 2])] {
            let mut journal = open(&folder.join(name)).await;
            fill(&mut journal, counts).await;
            heads.push(journal.head());
        }
        assert_eq!(heads[0], heads[1]);
        assert_ne!(heads[0].chain, heads[2].chain);
    });
}

pub fn a_reopened_journal_goes_on<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let mut written = Vec::new();
        let mut head = Head::EMPTY;
        for _ in 0..3 {
            let mut journal = open(folder).await;
            assert_eq!(journal.head(), head);
            assert_eq!(read_groups(&journal.reader(), 1), written);
            written.extend(fill(&mut journal, &[2, 100]).await);
            head = journal.head();
        }
        let journal = open(folder).await;
        assert_eq!((journal.head(), read_groups(&journal.reader(), 1)), (head, written));
    });
}

pub fn an_empty_group_is_refused<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let mut journal = open(folder).await;
        let error = journal.append(&[]).await.unwrap_err();
        assert!(matches!(error, JournalError::EmptyGroup), "{error:?}");
        assert!(error.certainly_not_stored());
        assert_eq!(journal.head(), Head::EMPTY);
        // It is a mistake of the caller; the journal works on.
        fill(&mut journal, &[1]).await;
    });
}

pub fn what_is_not_there_is_absent<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let mut journal = open(folder).await;
        let reader = journal.reader();
        assert_eq!(read_groups(&reader, 1), []);
        fill(&mut journal, &[2, 1]).await;
        for absent in [0, 4, 5, u64::MAX] {
            let error = reader.read(Position(absent)).unwrap_err();
            let expected = (Position(absent), Position(4));
            assert!(
                matches!(error, JournalError::Absent { position, next } if (position, next) == expected),
                "{error:?}"
            );
        }
        assert_eq!(reader.groups(Position(4)).count(), 0);
        for absent in [0, 5] {
            let found: Vec<_> = reader.groups(Position(absent)).collect();
            assert!(matches!(found[..], [Err(JournalError::Absent { .. })]), "{found:?}");
        }
    });
}

pub fn records_may_be_empty_or_large<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    with_folder(async |folder| {
        let large = |byte: u8| Bytes::from([byte, 1, 2, 3, 5, 7, 11].repeat(100_000));
        let groups = [
            vec![Bytes::new()],
            vec![large(1), Bytes::new(), large(2)],
            vec![record(5)],
            vec![large(3)],
            vec![Bytes::new(), record(8), large(4), record(10), Bytes::new()],
        ];
        for reopened in [false, true] {
            let mut journal = open(folder).await;
            if !reopened {
                for group in &groups {
                    journal.append(group).await.unwrap();
                }
            }
            let reader = journal.reader();
            for (position, record) in (1..).zip(groups.iter().flatten()) {
                assert!(
                    reader.read(Position(position)).unwrap() == record,
                    "position {position}"
                );
            }
            let read: Vec<_> = read_groups(&reader, 1).into_iter().map(|group| group.records).collect();
            assert!(read == groups);
        }
    });
}

pub fn readers_see_what_is_durable_while_the_journal_is_written<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    const LAST: u64 = 3_000;
    with_folder(async |folder| {
        let mut journal = open(folder).await;
        let durable = Arc::new(AtomicU64::new(0));

        let reader = journal.reader();
        let follower = thread::spawn(move || {
            let mut next = 1;
            while next <= LAST {
                for group in reader.groups(Position(next)) {
                    for (position, found) in group.unwrap().positioned() {
                        assert_eq!((position, found), (Position(next), &record(next)));
                        next += 1;
                    }
                }
                thread::yield_now();
            }
        });
        let (reader, seen) = (journal.reader(), durable.clone());
        let looker = thread::spawn(move || {
            let mut turn = 0_u64;
            loop {
                let last = seen.load(Ordering::Acquire);
                for position in [last, last / 2, turn % (last + 1)]
                    .into_iter()
                    .filter(|position| *position > 0)
                {
                    assert_eq!(reader.read(Position(position)).unwrap(), record(position));
                }
                if last == LAST {
                    break;
                }
                turn += 7;
                thread::yield_now();
            }
        });

        let mut next = 1;
        while next <= LAST {
            let count = (next % 13 + 1).min(LAST - next + 1);
            journal.append(&group(next, count)).await.unwrap();
            next += count;
            durable.store(next - 1, Ordering::Release);
        }
        follower.join().unwrap();
        looker.join().unwrap();
    });
}

pub fn any_groups_are_read_back<J: Journal>(open: impl AsyncFn(&Path) -> J) {
    let records = vec(vec(any::<u8>(), 0..2_000).prop_map(Bytes::from), 1..12);
    let runs = vec(vec(records, 0..6), 1..4);
    let config = ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&runs, |runs| {
            with_folder(async |folder| {
                let mut written: Vec<StoredGroup> = Vec::new();
                for run in &runs {
                    let mut journal = open(folder).await;
                    for records in run {
                        let before = journal.head();
                        let appended = journal.append(records).await.unwrap();
                        let (first, chain_before, chain) = (before.next, before.chain, appended.chain);
                        written.push(StoredGroup {
                            first,
                            records: records.clone(),
                            chain_before,
                            chain,
                        });
                    }
                    assert_eq!(read_groups(&journal.reader(), 1), written);
                }
                let reader = open(folder).await.reader();
                for (position, record) in written.iter().flat_map(StoredGroup::positioned) {
                    assert_eq!(reader.read(position).unwrap(), record);
                }
            });
            Ok(())
        })
        .unwrap();
}

/// A record that tells its position, of uneven length.
pub fn record(position: u64) -> Bytes {
    let filler = (position * 37 % 300) as usize;
    let mut bytes = position.to_le_bytes().to_vec();
    bytes.extend((0..filler).map(|nth| (position as usize + nth) as u8));
    bytes.into()
}

/// The records from `first` on.
pub fn group(first: u64, count: u64) -> Vec<Bytes> {
    (first..first + count).map(record).collect()
}

/// Appends groups of these sizes, of the records that [`record`] makes, and returns them as they should be read.
pub async fn fill(journal: &mut impl Journal, counts: &[u64]) -> Vec<StoredGroup> {
    let mut groups = Vec::new();
    for count in counts {
        let before = journal.head();
        let records = group(before.next.0, *count);
        let chain = journal.append(&records).await.unwrap().chain;
        groups.push(StoredGroup {
            first: before.next,
            records,
            chain_before: before.chain,
            chain,
        });
    }
    groups
}

/// All groups from `from` on; panics at an error.
pub fn read_groups(reader: &impl JournalReader, from: u64) -> Vec<StoredGroup> {
    reader.groups(Position(from)).collect::<Result<_, _>>().unwrap()
}

fn with_folder(test: impl AsyncFnOnce(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    // Several workers: an engine on a network has tasks of its own, and some tests block this thread.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test(folder.path()));
}
