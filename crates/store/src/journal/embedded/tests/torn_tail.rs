//! A crash in the middle of the last write, in every way that bytes can be missing.

use super::*;

/// Groups, and where the last one starts in the only segment.
fn written() -> (Arc<Disk>, Vec<StoredGroup>, usize) {
    let (disk, groups) = disk_with(&[3, 1, 2]);
    let before: u64 = groups[..2].iter().map(bytes_of).sum();
    (disk, groups, SEGMENT_HEADER_BYTES + before as usize)
}

/// Spoils the last group, opens, and expects it to be cut and the journal to go on.
#[track_caller]
fn check_cut(spoil: impl Fn(&mut [u8])) {
    let (disk, mut groups, start) = written();
    let bytes = bytes_of(&groups[2]) as usize;
    disk.change("00000001.segment", |content| spoil(&mut content[start..start + bytes]));
    let anything_left = disk.bytes("00000001.segment")[start..].iter().any(|byte| *byte != 0);

    groups.pop();
    let mut journal = open(&disk).unwrap();
    check_holds(&journal, &groups);
    match &journal.recovery().torn {
        Some(torn) => {
            assert!(anything_left);
            assert_eq!((torn.segment.as_str(), torn.offset), ("00000001.segment", start as u64));
        }
        None => assert!(!anything_left),
    }
    assert!(disk.bytes("00000001.segment")[start..].iter().all(|byte| *byte == 0));

    groups.extend(fill(&mut journal, &[1, 4]));
    drop(journal);
    let journal = open(&disk).unwrap();
    check_holds(&journal, &groups);
    assert_eq!(journal.recovery(), &Recovery::default());
}

fn last_group_bytes() -> usize {
    bytes_of(&written().1[2]) as usize
}

#[test]
fn only_the_first_bytes_arrived() {
    for arrived in 0..last_group_bytes() {
        // The hash may end with zeros of its own; then nothing is missing.
        check_cut(|group| {
            group[arrived..].fill(0);
            if arrived == group.len() - 1 {
                group[arrived - 1] ^= 1;
            }
        });
    }
}

#[test]
fn only_the_last_bytes_arrived() {
    for missing in 1..=last_group_bytes() {
        check_cut(|group| group[..missing].fill(0));
    }
}

#[test]
fn one_byte_is_wrong() {
    for at in 0..last_group_bytes() {
        check_cut(|group| group[at] ^= 0x40);
    }
}

#[test]
fn the_only_group_is_torn() {
    let (disk, groups) = disk_with(&[2]);
    disk.change("00000001.segment", |content| content[SEGMENT_HEADER_BYTES + 100] ^= 1);
    let mut journal = open(&disk).unwrap();
    check_holds(&journal, &[]);
    assert_eq!(fill(&mut journal, &[2]), groups);
}

#[test]
fn a_record_that_looks_like_a_group_does_not_count_as_one() {
    // Whoever sends it can know the format and the chain, but not the mark of the segment.
    let (disk, mut groups, _) = written();
    let mut forged = Vec::new();
    super::super::group::encode(
        &mut forged,
        [0x55; 8],
        Position(8),
        &groups[2].chain,
        &battery::group(8, 1),
    );
    let mut journal = open(&disk).unwrap();
    journal.append_blocking(&[Bytes::from(forged)]).unwrap();
    let start = journal.active.end as usize;
    drop(journal);

    disk.change("00000001.segment", |content| content[start - 1] ^= 1);
    let mut journal = open(&disk).unwrap();
    assert!(journal.recovery().torn.is_some());
    check_holds(&journal, &groups);
    groups.extend(fill(&mut journal, &[1]));
    check_holds(&journal, &groups);
}

#[test]
fn the_first_group_of_a_later_segment_is_torn() {
    let (disk, mut groups) = disk_with(&[8, 8, 8]);
    let journal = open(&disk).unwrap();
    let (name, end) = (segment_name(journal.active.sequence), journal.active.end);
    assert_eq!(journal.active.sequence, 2);
    let in_last = groups
        .iter()
        .filter(|group| journal.catalogue.segment_of(group.first).0 > 1)
        .count();
    drop(journal);
    disk.change(&name, |content| {
        content[SEGMENT_HEADER_BYTES..end as usize - 1].fill(0xee)
    });

    groups.truncate(groups.len() - in_last);
    let mut journal = open(&disk).unwrap();
    check_holds(&journal, &groups);
    groups.extend(fill(&mut journal, &[1]));
    drop(journal);
    check_holds(&open(&disk).unwrap(), &groups);
}
