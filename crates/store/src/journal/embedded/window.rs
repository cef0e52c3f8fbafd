//! Reading a segment from front to back with few calls.

use std::io;

use super::storage::SegmentFile;

const AHEAD_BYTES: u64 = 256 << 10;

/// A piece of a file that moves forward.
#[derive(Debug, Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    offset: u64,
}

// === impl Window ===

impl Window {
    /// The bytes from `offset` on: `count` of them, or fewer where `limit` comes first. Nothing at or after `limit` is read;
    /// what is before `limit` must not change any more.
    pub(super) fn get<F: SegmentFile>(&mut self, file: &F, offset: u64, count: u64, limit: u64) -> io::Result<&[u8]> {
        let end = offset.saturating_add(count).min(limit);
        let held = self.offset..self.offset + self.bytes.len() as u64;
        if offset < held.start || end > held.end {
            let until = end.max(offset.saturating_add(AHEAD_BYTES).min(limit));
            // If the read fails, nothing is held.
            self.bytes.clear();
            let mut bytes = std::mem::take(&mut self.bytes);
            bytes.resize(until.saturating_sub(offset) as usize, 0);
            file.read_at(&mut bytes, offset)?;
            (self.bytes, self.offset) = (bytes, offset);
        }
        let start = (offset - self.offset) as usize;
        Ok(&self.bytes[start..start + end.saturating_sub(offset) as usize])
    }

    /// Forgets everything, for another file.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }
}
