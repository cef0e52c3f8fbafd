//! The machine stops at every step of a run, and comes back with any part of what was not synced.

use super::*;

const COUNTS: [u64; 12] = [1, 5, 8, 2, 8, 30, 1, 1, 8, 8, 3, 8];

/// Chance from a seed; each use of it is a new value.
fn chance(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 31)
    }
}

/// Opens and appends until the disk fails; returns what was answered as stored.
fn run(disk: &Arc<Disk>) -> Vec<StoredGroup> {
    let Ok(mut journal) = open(disk) else { return Vec::new() };
    let mut stored = Vec::new();
    for count in COUNTS {
        let Head {
            next: first,
            chain: chain_before,
        } = journal.head();
        let records = battery::group(first.0, count);
        let Ok(Appended { chain, .. }) = journal.append_blocking(&records) else {
            break;
        };
        stored.push(StoredGroup {
            first,
            records,
            chain_before,
            chain,
        });
    }
    stored
}

#[test]
fn what_was_answered_is_there_and_no_group_is_there_in_part() {
    let whole_disk = Arc::new(Disk::default());
    let whole = run(&whole_disk);
    assert_eq!(whole.len(), COUNTS.len());
    let mut torn = 0;
    for step in 1..=whole_disk.steps() {
        // Nothing of what was not synced is there, all of it, or some.
        for seed in 0..8 {
            let mut chance = chance(step * 8 + seed);
            let mut keep = || match seed {
                0 => false,
                1 => true,
                _ => chance().is_multiple_of(2),
            };
            let disk = Arc::new(Disk::default());
            disk.plan(Fault::From(step));
            let answered = run(&disk).len();
            disk.crash(&mut keep);

            let mut journal = open(&disk).unwrap_or_else(|error| panic!("step {step}, seed {seed}: {error:?}"));
            torn += u64::from(journal.recovery().torn.is_some());
            let found = battery::read_groups(&journal.reader(), 1);
            // The one that was under way is there in full, or not at all.
            assert!(
                (answered..=answered + 1).contains(&found.len()),
                "step {step}, seed {seed}"
            );
            check_holds(&journal, &whole[..found.len()]);

            let more = fill(&mut journal, &COUNTS[found.len()..]);
            drop(journal);
            disk.crash(|| false);
            check_holds(&open(&disk).unwrap(), &[found, more].concat());
        }
    }
    assert!(torn > 50, "the test has hardly tested anything: {torn} torn writes");
}

#[test]
fn a_crash_while_a_torn_tail_is_cut_loses_nothing() {
    let (disk, groups) = disk_with(&[3, 2]);
    let spoil = || disk.change("00000001.segment", |content| content[SEGMENT_HEADER_BYTES + 2_000] = 1);
    spoil();
    let before = disk.steps();
    drop(open(&disk).unwrap());
    let steps = disk.steps() - before;
    for step in 1..=steps {
        for keep in [false, true] {
            spoil();
            disk.plan(Fault::From(disk.steps() + step));
            assert!(open(&disk).is_err());
            disk.crash(|| keep);
            check_holds(&open(&disk).unwrap(), &groups);
        }
    }
}
