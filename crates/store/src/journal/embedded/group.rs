//! How a group stands in a segment. All numbers are little-endian.
//!
//! ```text
//! header   mark of the segment   8   (not hashed)
//!          number of records     4
//!          zero                  4
//!          bytes of the body     8
//!          first position        8
//!          hash of group before 32
//! body     per record: length 4, CRC-32 of length and bytes 4, bytes
//! trailer  SHA-256 over header (without the mark) and body
//! ```
//!
//! The hash is both the link of the chain and the proof that the group was written in full. The CRC serves the reading of
//! one record, which should not cost the hash of a whole group.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::super::{Position, StoredGroup};

pub(super) const HEADER_BYTES: usize = 64;
const MARK_BYTES: usize = 8;
pub(super) const FRAME_BYTES: usize = 8;
pub(super) const TRAILER_BYTES: usize = 32;

/// The most that a group may take in its segment. Far above any sensible group; keeps offsets within 32 bits.
pub(super) const GROUP_BYTES_MAX: u64 = 256 << 20;

/// Random bytes that start each group of one segment. Whoever sends documents chooses the bytes of records, but can't
/// know the mark, and so can't make a record that looks like a group after a crash.
pub(super) type Mark = [u8; MARK_BYTES];

/// A group's header. What it says is only to be believed once the hash was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupHeader {
    pub(super) count: u32,
    pub(super) body_bytes: u64,
    pub(super) first: Position,
    pub(super) chain_before: [u8; 32],
}

/// Head of a record within a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) length: u32,
    crc: u32,
}

/// Bytes that a group of these records takes.
pub(super) fn size_of(records: &[Bytes]) -> u64 {
    let body: u64 = records.iter().map(|record| (FRAME_BYTES + record.len()) as u64).sum();
    (HEADER_BYTES + TRAILER_BYTES) as u64 + body
}

/// Position and offset of each record's frame, in a group whose header stands at `group`.
pub(super) fn frames(group: u64, first: Position, records: &[Bytes]) -> impl Iterator<Item = (Position, u64)> {
    let mut offset = group + HEADER_BYTES as u64;
    (first.0..).map(Position).zip(records).map(move |(position, record)| {
        let frame = offset;
        offset += (FRAME_BYTES + record.len()) as u64;
        (position, frame)
    })
}

/// Replaces what is in `buffer` with the group's bytes and returns its hash. The caller has checked [`GROUP_BYTES_MAX`].
pub(super) fn encode(
    buffer: &mut Vec<u8>,
    mark: Mark,
    first: Position,
    chain_before: &[u8; 32],
    records: &[Bytes],
) -> [u8; 32] {
    let bytes = size_of(records);
    buffer.clear();
    buffer.reserve(bytes as usize);
    buffer.extend_from_slice(&mark);
    buffer.extend_from_slice(&(records.len() as u32).to_le_bytes());
    buffer.extend_from_slice(&[0; 4]);
    buffer.extend_from_slice(&(bytes - (HEADER_BYTES + TRAILER_BYTES) as u64).to_le_bytes());
    buffer.extend_from_slice(&first.0.to_le_bytes());
    buffer.extend_from_slice(chain_before);
    for record in records {
        let frame = Frame::of(record);
        buffer.extend_from_slice(&frame.length.to_le_bytes());
        buffer.extend_from_slice(&frame.crc.to_le_bytes());
        buffer.extend_from_slice(record);
    }
    let chain: [u8; 32] = Sha256::digest(&buffer[MARK_BYTES..]).into();
    buffer.extend_from_slice(&chain);
    chain
}

/// Checks the hash of a whole group (header, body, trailer) and returns it.
pub(super) fn verify(group: &[u8]) -> Option<[u8; 32]> {
    let (hashed, trailer) = group.split_at_checked(group.len().checked_sub(TRAILER_BYTES)?)?;
    let chain: [u8; 32] = Sha256::digest(hashed.get(MARK_BYTES..)?).into();
    (chain == trailer).then_some(chain)
}

/// The group in `bytes`, whose hash was checked.
pub(super) fn decode(header: &GroupHeader, chain: [u8; 32], bytes: Bytes) -> Option<StoredGroup> {
    let mut records = Vec::with_capacity(header.count as usize);
    let mut at = HEADER_BYTES;
    for _ in 0..header.count {
        let start = at + FRAME_BYTES;
        let frame = Frame::parse(bytes.get(at..start)?)?;
        at = start + frame.length as usize;
        bytes.get(start..at)?;
        records.push(bytes.slice(start..at));
    }
    (at + TRAILER_BYTES == bytes.len()).then(|| StoredGroup {
        first: header.first,
        records,
        chain_before: header.chain_before,
        chain,
    })
}

// === impl GroupHeader ===

impl GroupHeader {
    /// Reads a header; `None` if the bytes don't start with `mark`.
    pub(super) fn parse(bytes: &[u8], mark: Mark) -> Option<Self> {
        let bytes: &[u8; HEADER_BYTES] = bytes.try_into().ok()?;
        if bytes[..8] != mark {
            return None;
        }
        Some(Self {
            count: u32::from_le_bytes(field(bytes, 8)),
            body_bytes: u64::from_le_bytes(field(bytes, 16)),
            first: Position(u64::from_le_bytes(field(bytes, 24))),
            chain_before: field(bytes, 32),
        })
    }

    /// Bytes of the whole group, or `None` if no group can be that large.
    pub(super) fn group_bytes(&self) -> Option<u64> {
        let bytes = self.body_bytes.checked_add((HEADER_BYTES + TRAILER_BYTES) as u64)?;
        (self.count > 0 && bytes <= GROUP_BYTES_MAX).then_some(bytes)
    }

    /// Position after the group's last record.
    pub(super) fn next(&self) -> Position {
        self.first.plus(u64::from(self.count))
    }
}

// === impl Frame ===

impl Frame {
    fn of(record: &[u8]) -> Self {
        let length = record.len() as u32;
        Self {
            length,
            crc: Self::crc(length, record),
        }
    }

    fn crc(length: u32, record: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&length.to_le_bytes());
        hasher.update(record);
        hasher.finalize()
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; FRAME_BYTES] = bytes.try_into().ok()?;
        Some(Self {
            length: u32::from_le_bytes(field(bytes, 0)),
            crc: u32::from_le_bytes(field(bytes, 4)),
        })
    }

    /// Whether these are the record's bytes.
    pub(super) fn fits(self, record: &[u8]) -> bool {
        record.len() == self.length as usize && self.crc == Self::crc(self.length, record)
    }
}

/// `N` bytes at a fixed place of a fixed-size array; a place outside it is a mistake in this program, not in the data.
pub(super) fn field<const SIZE: usize, const N: usize>(bytes: &[u8; SIZE], at: usize) -> [u8; N] {
    std::array::from_fn(|index| bytes[at + index])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MARK: Mark = *b"a mark!!";

    fn records() -> impl Strategy<Value = Vec<Bytes>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300).prop_map(Bytes::from), 1..20)
    }

    proptest! {
        #[test]
        fn a_group_is_read_as_it_was_written(records in records(), first in 1..u64::MAX / 2, before: [u8; 32]) {
            let mut buffer = b"rest of the last one".to_vec();
            let chain = encode(&mut buffer, MARK, Position(first), &before, &records);
            prop_assert_eq!(buffer.len() as u64, size_of(&records));

            let header = GroupHeader::parse(&buffer[..HEADER_BYTES], MARK).unwrap();
            prop_assert_eq!(header.group_bytes(), Some(buffer.len() as u64));
            prop_assert_eq!(verify(&buffer), Some(chain));
            let group = decode(&header, chain, Bytes::from(buffer)).unwrap();
            prop_assert_eq!(group, StoredGroup { first: Position(first), records, chain_before: before, chain });
        }

        #[test]
        fn a_changed_byte_is_seen(records in records(), at: prop::sample::Index, flip in 1..=u8::MAX) {
            let mut buffer = Vec::new();
            encode(&mut buffer, MARK, Position::FIRST, &[0; 32], &records);
            let at = at.index(buffer.len());
            buffer[at] ^= flip;
            let marked = GroupHeader::parse(&buffer[..HEADER_BYTES], MARK).is_some();
            prop_assert!(!marked || verify(&buffer).is_none());
        }

        #[test]
        fn any_bytes_are_no_reason_to_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), count: u32) {
            verify(&bytes);
            Frame::parse(&bytes);
            GroupHeader::parse(&bytes, MARK);
            let header = GroupHeader { count: count % 64, body_bytes: 0, first: Position::FIRST, chain_before: [0; 32] };
            decode(&header, [0; 32], Bytes::from(bytes));
        }
    }

    #[test]
    fn the_mark_is_no_part_of_the_chain() {
        // Otherwise the same records would give another chain in each journal.
        let records = [Bytes::from_static(b"one")];
        let chain = |mark| encode(&mut Vec::new(), mark, Position::FIRST, &[0; 32], &records);
        assert_eq!(chain(*b"01234567"), chain(*b"76543210"));
    }
}
