//! Segment files: their names, their header, and how an empty one is made.
//!
//! A segment starts with a header of 32 bytes: magic 8, format version 2, zero 2, CRC-32 of the other fields 4, mark 8,
//! zero 8. Groups follow without gaps; what no group has taken is zero.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    io,
    time::{Duration, Instant},
};

use super::{
    super::{JournalError, Position},
    group::{Mark, field},
    storage::{SegmentFile, Storage},
};

pub(super) const VERSION: u16 = 1;
pub(super) const SEGMENT_HEADER_BYTES: usize = 32;

/// A segment that waits for its turn.
pub(super) const PREPARED: &str = "prepared";
/// A segment that is being made; worthless after a crash.
pub(super) const PREPARING: &str = "preparing";
/// As [`PREPARING`], for one that is made outside the usual order since a group needs more room.
pub(super) const OVERSIZE: &str = "oversize";

const MAGIC: [u8; 8] = *b"TRUC.SEG";

// Small enough that a group commit at the same time doesn't wait long behind it, and that the zeros stay in a cache.
const ZEROS_PER_SYNC: u64 = 256 << 10;

/// A segment's place among the segments, from 1 without gaps.
pub(super) type Sequence = u64;

/// An empty segment that is on stable storage, but not yet under its own name.
#[derive(Debug)]
pub(super) struct EmptySegment<F> {
    pub(super) file: F,
    pub(super) mark: Mark,
    pub(super) length: u64,
}

pub(super) fn segment_name(sequence: Sequence) -> String {
    format!("{sequence:08}.segment")
}

pub(super) fn index_name(sequence: Sequence) -> String {
    format!("{sequence:08}.index")
}

/// The sequence of a segment's file name, `None` for other names.
pub(super) fn parse_segment_name(name: &str) -> Option<Sequence> {
    let sequence = name.strip_suffix(".segment")?.parse().ok()?;
    (segment_name(sequence) == name).then_some(sequence)
}

/// Makes an empty segment of `length` bytes under the name `name`. All blocks are written, so that the sync of a group
/// needs no change of the file system's own tables: half the latency, and a calmer tail. `pause` is called after each part
/// with the time that it took.
pub(super) fn make_empty<S: Storage>(
    storage: &S,
    name: &str,
    length: u64,
    mut pause: impl FnMut(Duration),
) -> io::Result<EmptySegment<S::File>> {
    let mark = random_mark();
    let file = storage.create(name)?;
    file.write_at(&encode_header(mark), 0)?;
    let zeros = vec![0; ZEROS_PER_SYNC.min(length) as usize];
    let mut at = SEGMENT_HEADER_BYTES as u64;
    while at < length {
        let begun = Instant::now();
        let bytes = ZEROS_PER_SYNC.min(length - at);
        file.write_at(&zeros[..bytes as usize], at)?;
        file.sync()?;
        at += bytes;
        pause(begun.elapsed());
    }
    Ok(EmptySegment { file, mark, length })
}

/// Reads the header of a segment. `position` is the first that stands in it, for the error.
pub(super) fn read_header<F: SegmentFile>(
    file: &F,
    path: impl Fn() -> String,
    position: Position,
) -> Result<Mark, JournalError> {
    let mut bytes = [0; SEGMENT_HEADER_BYTES];
    let damaged = |what| JournalError::Damaged {
        position,
        segment: path(),
        offset: 0,
        what,
    };
    match file.read_at(&mut bytes, 0) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(damaged("file is too short")),
        Err(source) => {
            return Err(JournalError::Io {
                operation: "read",
                path: path().into(),
                source,
            });
        }
    }
    if bytes[..8] != MAGIC {
        return Err(damaged("file does not start as a journal segment"));
    }
    let found = u16::from_le_bytes(field(&bytes, 8));
    if found != VERSION {
        return Err(JournalError::Version {
            segment: path(),
            found,
            supported: VERSION,
        });
    }
    let mark = field(&bytes, 16);
    if bytes != encode_header(mark) {
        return Err(damaged("checksum of the segment header is wrong"));
    }
    Ok(mark)
}

fn encode_header(mark: Mark) -> [u8; SEGMENT_HEADER_BYTES] {
    let mut bytes = [0; SEGMENT_HEADER_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
    bytes[16..24].copy_from_slice(&mark);
    let crc = crc32fast::hash(&bytes);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// The standard library's source of random hash keys; it serves no secret that outlives the attempt to guess it, and the
/// mark is no part of the chain, so that runs stay reproducible.
fn random_mark() -> Mark {
    loop {
        let mark = RandomState::new().build_hasher().finish();
        // Zero would look like free space.
        if mark != 0 {
            return mark.to_le_bytes();
        }
    }
}
