//! Where records stand in one segment: every 16 KiB one entry, from which a reader walks on.

use super::super::Position;

/// Distance of entries in bytes. A read fetches at most this and the record; an entry takes 16 bytes.
pub(super) const GRAIN_BYTES: u64 = 16 << 10;

pub(super) const ENTRY_BYTES: usize = 16;

/// A known record. Offsets are those of the segment file; a segment is smaller than 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Position, counted from the segment's first.
    pub(super) record: u32,
    /// Offset of the record's frame.
    pub(super) offset: u32,
    /// Records of its group from this one on, itself included.
    pub(super) remaining: u32,
    /// Offset of the header of its group.
    pub(super) group: u32,
}

/// The entries of one segment, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SparseIndex {
    /// Position of the segment's first record.
    pub(super) first: Position,
    pub(super) entries: Vec<Entry>,
}

/// A stretch of a segment in which a record is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Position of the record at `from`.
    pub(super) position: Position,
    /// Where to start: the nearest entry not after the record.
    pub(super) from: Entry,
    /// End of the stretch: the next entry, if any.
    pub(super) until: Option<u64>,
}

// === impl SparseIndex ===

impl SparseIndex {
    pub(super) fn new(first: Position) -> Self {
        Self {
            first,
            entries: Vec::new(),
        }
    }

    /// Notes a group that was written with its header at `group`; `records` are position and offset of its frames.
    pub(super) fn add_group(&mut self, group: u64, count: u32, records: impl Iterator<Item = (Position, u64)>) {
        let mut due = self
            .entries
            .last()
            .map_or(0, |entry| u64::from(entry.offset) + GRAIN_BYTES);
        for (nth, (position, offset)) in records.enumerate() {
            if offset >= due {
                self.entries.push(Entry {
                    record: (position.0 - self.first.0) as u32,
                    offset: offset as u32,
                    remaining: count - nth as u32,
                    group: group as u32,
                });
                due = offset + GRAIN_BYTES;
            }
        }
    }

    /// Where to look for `position`; `None` if it is before the first entry.
    pub(super) fn span(&self, position: Position) -> Option<Span> {
        let record = position.0.checked_sub(self.first.0)?;
        let after = self.entries.partition_point(|entry| u64::from(entry.record) <= record);
        let from = *self.entries.get(after.checked_sub(1)?)?;
        Some(Span {
            position: self.first.plus(u64::from(from.record)),
            from,
            until: self.entries.get(after).map(|entry| u64::from(entry.offset)),
        })
    }
}

// === impl Entry ===

impl Entry {
    pub(super) fn encode(self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        for (field, value) in bytes
            .chunks_exact_mut(4)
            .zip([self.record, self.offset, self.remaining, self.group])
        {
            field.copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    pub(super) fn decode(bytes: &[u8; ENTRY_BYTES]) -> Self {
        let field = |at| u32::from_le_bytes(super::group::field(bytes, at));
        Self {
            record: field(0),
            offset: field(4),
            remaining: field(8),
            group: field(12),
        }
    }
}
