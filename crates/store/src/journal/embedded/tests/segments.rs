//! Several segments, their index files, and groups that are larger than a segment.

use proptest::prelude::*;

use super::*;

const MANY: [u64; 12] = [8; 12];

/// Index files of the sealed segments.
fn indexes(disk: &Disk) -> Vec<String> {
    let names = disk.list().unwrap();
    names.into_iter().filter(|name| name.ends_with(".index")).collect()
}

#[test]
fn sealed_segments_get_an_index_file() {
    let (disk, groups) = disk_with(&MANY);
    let segments = disk
        .list()
        .unwrap()
        .iter()
        .filter(|name| name.ends_with(".segment"))
        .count();
    assert!(segments > 3);
    assert_eq!(indexes(&disk).len(), segments - 1);
    let journal = open(&disk).unwrap();
    assert_eq!(journal.recovery(), &Recovery::default());
    check_holds(&journal, &groups);
}

#[test]
fn a_lost_index_file_is_made_again() {
    let (disk, groups) = disk_with(&MANY);
    let before: Vec<_> = indexes(&disk).iter().map(|name| disk.bytes(name)).collect();
    for name in indexes(&disk) {
        disk.remove(&name).unwrap();
    }
    let journal = open(&disk).unwrap();
    assert_eq!(journal.recovery().indexes_made, before.len() as u64);
    check_holds(&journal, &groups);
    let after: Vec<_> = indexes(&disk).iter().map(|name| disk.bytes(name)).collect();
    assert_eq!(after, before);
}

#[test]
fn an_index_file_with_a_wrong_byte_or_length_is_made_again() {
    let (disk, groups) = disk_with(&MANY);
    let name = "00000002.index";
    let good = disk.bytes(name);
    for at in 0..good.len() {
        disk.change(name, |content| content[at] ^= 0x80);
        check_holds(&open(&disk).unwrap(), &groups);
        // The last four bytes of the header are not used.
        if !(116..120).contains(&at) {
            assert_eq!(disk.bytes(name), good, "byte {at}");
        }
        disk.change(name, |content| content.clone_from(&good));
    }
    for length in 0..good.len() {
        disk.change(name, |content| content.truncate(length));
        check_holds(&open(&disk).unwrap(), &groups);
        assert_eq!(disk.bytes(name), good, "length {length}");
    }
}

#[test]
fn an_index_file_of_another_segment_is_not_believed() {
    let (disk, groups) = disk_with(&MANY);
    let third = disk.bytes("00000003.index");
    disk.change("00000002.index", |content| *content = third);
    let journal = open(&disk).unwrap();
    assert_eq!(journal.recovery().indexes_made, 1);
    check_holds(&journal, &groups);
}

#[test]
fn an_index_file_may_be_lost_while_the_journal_is_open() {
    let (disk, groups) = disk_with(&MANY);
    let journal = open(&disk).unwrap();
    for name in indexes(&disk) {
        disk.remove(&name).unwrap();
    }
    check_holds(&journal, &groups);
}

#[test]
fn a_group_larger_than_a_segment_gets_its_own() {
    let disk = Arc::new(Disk::default());
    let mut journal = open(&disk).unwrap();
    let mut groups = fill(&mut journal, &[1, 100, 1, 1, 300, 200, 2]);
    assert!(groups.iter().any(|group| bytes_of(group) > 2 * SEGMENT_BYTES));
    check_holds(&journal, &groups);
    drop(journal);
    let mut journal = open(&disk).unwrap();
    groups.extend(fill(&mut journal, &[100, 1]));
    check_holds(&journal, &groups);
    drop(journal);
    for name in indexes(&disk) {
        disk.remove(&name).unwrap();
    }
    check_holds(&open(&disk).unwrap(), &groups);
}

#[test]
fn a_group_beyond_the_format_is_refused() {
    let disk = Arc::new(Disk::default());
    let mut journal = open(&disk).unwrap();
    // One buffer many times, so that the test needs no 256 MiB.
    let record = Bytes::from(vec![7; 1 << 20]);
    let error = journal.append_blocking(&vec![record; 256]).unwrap_err();
    assert!(
        matches!(
            error,
            JournalError::GroupTooLarge {
                bytes_max: GROUP_BYTES_MAX,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.certainly_not_stored());
    fill(&mut journal, &[1]);
}

#[test]
fn what_an_unfinished_start_left_is_removed() {
    let (disk, groups) = disk_with(&[2]);
    for name in ["preparing", "prepared", "oversize", "00000009.index.unfinished"] {
        disk.create(name).unwrap().write_at(b"unfinished", 0).unwrap();
    }
    disk.create("notes.txt").unwrap();
    check_holds(&open(&disk).unwrap(), &groups);
    assert_eq!(disk.list().unwrap(), ["00000001.segment", "notes.txt"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    // Records around the distance of index entries, so that a record may start, end or lie across where a window does.
    #[test]
    fn every_record_is_found_whatever_the_sizes(
        sizes in prop::collection::vec(prop::collection::vec(prop_oneof![0..40_usize, 16_300..16_500_usize, 0..60_000_usize], 1..20), 1..8),
    ) {
        let disk = Arc::new(Disk::default());
        let options = || EmbeddedOptions { segment_bytes: 300_000, background: false, sync: true };
        let mut journal = Embedded::open_on(disk.clone(), options()).unwrap();
        let mut written = Vec::new();
        for sizes in sizes {
            let records: Vec<_> = sizes.iter().enumerate().map(|(nth, size)| Bytes::from(vec![nth as u8; *size])).collect();
            let before = journal.head();
            let chain = journal.append_blocking(&records).unwrap().chain;
            written.push(StoredGroup { first: before.next, records, chain_before: before.chain, chain });
        }
        check_holds(&journal, &written);
        drop(journal);
        let journal = Embedded::open_on(disk, options()).unwrap();
        check_holds(&journal, &written);
        for from in 1..journal.head().next.0 {
            let holds = written.iter().position(|group| from < group.head_after().next.0).unwrap();
            prop_assert_eq!(journal.reader().groups(Position(from)).next().unwrap().unwrap(), written[holds].clone());
        }
    }
}
