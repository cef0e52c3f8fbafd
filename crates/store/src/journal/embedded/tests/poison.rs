//! A disk that fails while the program goes on.

use super::*;

/// Lets the `nth` step from now on fail once, and appends.
fn append_with_fault(disk: &Disk, journal: &mut Embedded<Disk>, nth: u64) -> JournalError {
    disk.plan(Fault::Once(disk.steps() + nth));
    journal
        .append_blocking(&battery::group(journal.head().next.0, 2))
        .unwrap_err()
}

#[track_caller]
fn check_poisoned(journal: &mut Embedded<Disk>, groups: &[StoredGroup]) {
    for _ in 0..2 {
        let error = journal.append_blocking(&battery::group(1, 1)).unwrap_err();
        assert!(matches!(error, JournalError::Poisoned), "{error:?}");
    }
    check_holds(journal, groups);
}

#[test]
fn a_failed_write_or_sync_is_final() {
    for (nth, step) in [(1, "write"), (2, "sync")] {
        let (disk, groups) = disk_with(&[3]);
        let mut journal = open(&disk).unwrap();
        let error = append_with_fault(&disk, &mut journal, nth);
        assert!(
            matches!(error, JournalError::Io { operation, .. } if operation == step),
            "{error:?}"
        );
        assert!(!error.certainly_not_stored());
        check_poisoned(&mut journal, &groups);
    }
}

#[test]
fn half_a_write_is_cut_when_the_journal_is_opened_again() {
    let (disk, mut groups) = disk_with(&[3]);
    let mut journal = open(&disk).unwrap();
    append_with_fault(&disk, &mut journal, 1);
    drop(journal);
    let mut journal = open(&disk).unwrap();
    assert!(journal.recovery().torn.is_some());
    check_holds(&journal, &groups);
    groups.extend(fill(&mut journal, &[2]));
    check_holds(&journal, &groups);
}

#[test]
fn a_group_whose_sync_failed_is_made_durable_if_it_is_found_again() {
    // The sync failed, the program restarts, the machine doesn't: the group is in the page cache and on no disk, and the
    // page counts as clean. Once the opened journal has shown it, a power cut must not take it away.
    let (disk, groups) = disk_with(&[3]);
    let mut journal = open(&disk).unwrap();
    append_with_fault(&disk, &mut journal, 2);
    drop(journal);
    let found = battery::read_groups(&open(&disk).unwrap().reader(), 1);
    assert_eq!((found.len(), &found[0]), (2, &groups[0]));
    disk.crash(|| false);
    check_holds(&open(&disk).unwrap(), &found);
}

#[test]
fn without_room_for_a_segment_nothing_is_stored_and_nothing_is_lost() {
    let (disk, mut groups) = disk_with(&[8, 8]);
    let mut journal = open(&disk).unwrap();
    groups.extend(fill_segment(&mut journal));
    // Steps of making a segment: create, header, zeros, sync, rename.
    for step in 1..=5 {
        disk.plan(Fault::Once(disk.steps() + step));
        let first = journal.head().next.0;
        let error = journal.append_blocking(&battery::group(first, 8)).unwrap_err();
        assert!(matches!(error, JournalError::NoRoom { .. }), "step {step}: {error:?}");
        assert!(error.certainly_not_stored());
    }
    groups.extend(fill(&mut journal, &[8]));
    check_holds(&journal, &groups);
}

#[test]
fn a_new_segment_whose_name_may_not_be_durable_is_not_used() {
    for step in [6, 7] {
        let (disk, mut groups) = disk_with(&[8, 8]);
        let mut journal = open(&disk).unwrap();
        groups.extend(fill_segment(&mut journal));
        disk.plan(Fault::Once(disk.steps() + step));
        let error = journal
            .append_blocking(&battery::group(journal.head().next.0, 8))
            .unwrap_err();
        assert!(
            matches!(
                error,
                JournalError::Io {
                    operation: "create",
                    ..
                }
            ),
            "{error:?}"
        );
        check_poisoned(&mut journal, &groups);
        drop(journal);
        check_holds(&open(&disk).unwrap(), &groups);
    }
}

/// Appends until a group of eight records needs a new segment.
fn fill_segment(journal: &mut Embedded<Disk>) -> Vec<StoredGroup> {
    let mut groups = Vec::new();
    loop {
        let next = battery::group(journal.head().next.0, 8);
        if journal.active.end + super::super::group::size_of(&next) > journal.active.length {
            return groups;
        }
        groups.extend(fill(journal, &[8]));
    }
}
