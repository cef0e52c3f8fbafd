//! The index file beside a sealed segment. It saves reading the segment when the journal is opened, and holds nothing that
//! the segment doesn't: a lost or damaged one is made again.
//!
//! ```text
//! magic 8, mark of the segment 8, first position 8, position after the last 8, hash before 32, hash of the last group 32,
//! end of the last group 8, number of entries 4, CRC-32 of the entries 4, CRC-32 of all before 4, zero 4
//! entries, 16 bytes each
//! ```

use std::io;

use super::{
    super::{Head, Position},
    group::{Mark, field},
    index::{ENTRY_BYTES, Entry, SparseIndex},
    segment::{Sequence, index_name},
    storage::{SegmentFile, Storage},
};

const MAGIC: [u8; 8] = *b"TRUC.IX1";
const HEADER_BYTES: usize = 120;
const CRC_AT: usize = 112;

/// What is to be known of a sealed segment without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) sequence: Sequence,
    pub(super) mark: Mark,
    /// Head of the journal before the segment's first group.
    pub(super) before: Head,
    /// Head of the journal after its last group.
    pub(super) after: Head,
    /// Offset after its last group.
    pub(super) end: u64,
}

/// Writes the file under another name first, so that a whole one is never replaced by half of one. Nothing is synced: after
/// a crash the checksums tell whether it can be used.
pub(super) fn write<S: Storage>(storage: &S, summary: &Summary, index: &SparseIndex) -> io::Result<()> {
    let name = index_name(summary.sequence);
    let unfinished = unfinished_name(&name);
    storage.create(&unfinished)?.write_at(&encode(summary, index), 0)?;
    storage.rename(&unfinished, &name)
}

/// Name of an index file while it is written.
pub(super) fn unfinished_name(name: &str) -> String {
    format!("{name}.unfinished")
}

/// The summary in the index file of segment `sequence`; `None` if there is none, or it is damaged or of another segment.
pub(super) fn read_summary<S: Storage>(storage: &S, sequence: Sequence, mark: Mark) -> Option<Summary> {
    let mut bytes = [0; HEADER_BYTES];
    storage.open(&index_name(sequence)).ok()?.read_at(&mut bytes, 0).ok()?;
    let (summary, _) = decode_header(&bytes, sequence)?;
    (summary.mark == mark).then_some(summary)
}

/// The entries in the index file of the segment; `None` if it is not the one that belongs to `summary`, or damaged.
pub(super) fn read_index<S: Storage>(storage: &S, summary: &Summary) -> Option<SparseIndex> {
    let file = storage.open(&index_name(summary.sequence)).ok()?;
    let mut bytes = vec![0; file.length().ok()?.try_into().ok()?];
    file.read_at(&mut bytes, 0).ok()?;
    let (header, entries) = bytes.split_at_checked(HEADER_BYTES)?;
    let (found, crc) = decode_header(header.try_into().ok()?, summary.sequence)?;
    if found != *summary || crc32fast::hash(entries) != crc {
        return None;
    }
    let entries = entries.as_chunks::<ENTRY_BYTES>().0.iter().map(Entry::decode).collect();
    Some(SparseIndex {
        first: summary.before.next,
        entries,
    })
}

fn encode(summary: &Summary, index: &SparseIndex) -> Vec<u8> {
    let entries: Vec<u8> = index.entries.iter().flat_map(|entry| entry.encode()).collect();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + entries.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&summary.mark);
    bytes.extend_from_slice(&summary.before.next.0.to_le_bytes());
    bytes.extend_from_slice(&summary.after.next.0.to_le_bytes());
    bytes.extend_from_slice(&summary.before.chain);
    bytes.extend_from_slice(&summary.after.chain);
    bytes.extend_from_slice(&summary.end.to_le_bytes());
    bytes.extend_from_slice(&(index.entries.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&entries).to_le_bytes());
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&entries);
    bytes
}

/// The summary and the checksum of the entries.
fn decode_header(bytes: &[u8; HEADER_BYTES], sequence: Sequence) -> Option<(Summary, u32)> {
    let crc = u32::from_le_bytes(field(bytes, CRC_AT));
    if bytes[..8] != MAGIC || crc32fast::hash(&bytes[..CRC_AT]) != crc {
        return None;
    }
    let number = |at| u64::from_le_bytes(field(bytes, at));
    let summary = Summary {
        sequence,
        mark: field(bytes, 8),
        before: Head {
            next: Position(number(16)),
            chain: field(bytes, 32),
        },
        after: Head {
            next: Position(number(24)),
            chain: field(bytes, 64),
        },
        end: number(96),
    };
    Some((summary, u32::from_le_bytes(field(bytes, 108))))
}
