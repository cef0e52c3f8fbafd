//! Bytes that no crash of ours can have changed: never skipped, never cut.

use super::*;

const FIRST: &str = "00000001.segment";

#[test]
fn every_byte_of_a_group_with_another_after_it() {
    let (disk, groups) = disk_with(&[2, 2, 2]);
    let start = SEGMENT_HEADER_BYTES + bytes_of(&groups[0]) as usize;
    for at in start..start + bytes_of(&groups[1]) as usize {
        disk.change(FIRST, |content| content[at] ^= 1);
        let before = disk.bytes(FIRST);
        check_damaged(open(&disk), groups[1].first, FIRST);
        assert_eq!(
            disk.bytes(FIRST),
            before,
            "a damaged file is evidence; it is not to be changed"
        );
        disk.change(FIRST, |content| content[at] ^= 1);
    }
    check_holds(&open(&disk).unwrap(), &groups);
}

#[test]
fn the_group_after_it_is_found_wherever_it_starts() {
    // The search goes in steps of 64 KiB; a mark may lie across two of them.
    const STEP: usize = 64 << 10;
    for group_bytes in STEP - 9..STEP + 9 {
        let disk = Arc::new(Disk::default());
        let open = || {
            let options = EmbeddedOptions {
                segment_bytes: 4 * STEP as u64,
                background: false,
                sync: true,
            };
            Embedded::open_on(disk.clone(), options)
        };
        let around = super::super::group::size_of(&[Bytes::new()]) as usize;
        let mut journal = open().unwrap();
        journal
            .append_blocking(&[Bytes::from(vec![1; group_bytes - around])])
            .unwrap();
        journal.append_blocking(&[Bytes::from_static(b"whole")]).unwrap();
        drop(journal);
        disk.change(FIRST, |content| content[SEGMENT_HEADER_BYTES + 200] ^= 1);
        check_damaged(open(), Position(1), FIRST);
    }
}

#[test]
fn a_group_is_gone() {
    let (disk, groups) = disk_with(&[2, 2, 2]);
    let start = SEGMENT_HEADER_BYTES + bytes_of(&groups[0]) as usize;
    disk.change(FIRST, |content| {
        content[start..start + bytes_of(&groups[1]) as usize].fill(0)
    });
    check_damaged(open(&disk), groups[1].first, FIRST);
}

#[test]
fn a_group_stands_where_another_belongs() {
    let (disk, groups) = disk_with(&[1, 1, 1]);
    let size = bytes_of(&groups[0]) as usize;
    let bytes = disk.bytes(FIRST)[SEGMENT_HEADER_BYTES..][..size].to_vec();
    // The first group again, whole and with a good hash, at the end.
    let end = SEGMENT_HEADER_BYTES + groups.iter().map(bytes_of).sum::<u64>() as usize;
    disk.change(FIRST, |content| content[end..end + size].copy_from_slice(&bytes));
    check_damaged(open(&disk), Position(4), FIRST);
}

#[test]
fn every_byte_of_a_sealed_segment_is_seen_by_those_who_read_it() {
    let (disk, groups) = disk_with(&[8, 8, 8, 8, 8]);
    let end = SEGMENT_HEADER_BYTES + bytes_of(&groups[0]) as usize;
    for at in SEGMENT_HEADER_BYTES..end {
        disk.change(FIRST, |content| content[at] ^= 1);
        // Opening does not read sealed segments, so that it stays fast.
        let journal = open(&disk).unwrap();
        let mut read = journal.reader().groups(Position(1)).collect::<Vec<_>>();
        assert_eq!(read.len(), 1, "nothing is handed out after damage");
        check_damaged(read.remove(0), Position(1), FIRST);
        drop(journal);
        disk.change(FIRST, |content| content[at] ^= 1);
    }
}

#[test]
fn a_damaged_record_is_not_handed_out() {
    let (disk, groups) = disk_with(&[3, 3]);
    let frames: Vec<_> =
        super::super::group::frames(SEGMENT_HEADER_BYTES as u64, Position(1), &groups[0].records).collect();
    let journal = open(&disk).unwrap();
    let reader = journal.reader();
    let [_, (position, start), (_, end)] = frames[..] else {
        panic!("three records were written")
    };
    for at in start as usize..end as usize {
        disk.change(FIRST, |content| content[at] ^= 0x10);
        check_damaged(reader.read(position), position, FIRST);
        assert_eq!(
            reader.read(Position(1)).unwrap(),
            groups[0].records[0],
            "its neighbour is not affected"
        );
        disk.change(FIRST, |content| content[at] ^= 0x10);
    }
}

#[test]
fn a_sealed_segment_without_index_is_read_strictly() {
    let (disk, groups) = disk_with(&[8, 8, 8, 8, 8]);
    let journal = open(&disk).unwrap();
    let in_first = groups
        .iter()
        .rfind(|group| journal.catalogue.segment_of(group.first).0 == 1)
        .unwrap();
    let (_, end) = journal.catalogue.segment_of(in_first.first);
    drop(journal);
    disk.remove("00000001.index").unwrap();
    // In the last segment this would be a torn tail.
    disk.change(FIRST, |content| content[end as usize - 1] ^= 1);
    check_damaged(open(&disk), in_first.first, FIRST);
}

/// Position with which the second segment starts, as the index file of the first says.
fn second_segment(disk: &Disk) -> Position {
    let mark = super::super::segment::read_header(&disk.open(FIRST).unwrap(), String::new, Position(1)).unwrap();
    super::super::sidecar::read_summary(disk, 1, mark).unwrap().after.next
}

#[test]
fn a_segment_is_missing() {
    let (disk, _) = disk_with(&[8; 12]);
    assert!(disk.has("00000003.segment"));
    disk.remove("00000002.segment").unwrap();
    check_damaged(open(&disk), second_segment(&disk), "00000002.segment");
}

#[test]
fn a_sealed_segment_was_cut_short() {
    let (disk, _) = disk_with(&[8, 8, 8, 8, 8]);
    disk.change(FIRST, |content| content.truncate(1_000));
    check_damaged(open(&disk), Position(1), FIRST);
}

#[test]
fn every_byte_of_a_segment_header() {
    let (disk, _) = disk_with(&[1]);
    for at in 0..SEGMENT_HEADER_BYTES {
        disk.change(FIRST, |content| content[at] ^= 1);
        let error = open(&disk).unwrap_err();
        match error {
            JournalError::Version { found, .. } => assert!((8..10).contains(&at) && found != 1),
            error => check_damaged::<()>(Err(error), Position(1), FIRST),
        }
        disk.change(FIRST, |content| content[at] ^= 1);
    }
}

#[test]
fn segments_of_two_journals_do_not_mix() {
    let (disk, _) = disk_with(&[8, 8, 8, 8, 8]);
    let (other, _) = disk_with(&[7, 7, 7, 7, 7, 7]);
    let theirs = other.bytes("00000002.segment");
    disk.change("00000002.segment", |content| *content = theirs);
    check_damaged(open(&disk), second_segment(&disk), "00000002.segment");
}
