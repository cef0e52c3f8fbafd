//! Walking through the groups of a segment when its index can't be had: the last segment at each opening, a sealed one
//! whose index file was lost.

use std::io;

use bytes::Bytes;

use super::{
    super::{Head, StoredGroup},
    group::{self, GroupHeader, HEADER_BYTES, Mark},
    index::SparseIndex,
    segment::SEGMENT_HEADER_BYTES,
    storage::SegmentFile,
    window::Window,
};

/// What a walk over a segment found.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) index: SparseIndex,
    /// Head after the last good group.
    pub(super) after: Head,
    /// Offset and bytes of the last good group.
    pub(super) last: Option<(u64, u64)>,
    /// Offset after the last good group.
    pub(super) end: u64,
    /// What stands after the last good group.
    pub(super) rest: Rest,
}

/// What stands after the last good group of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Zeros, up to the end of the file.
    Free,
    /// Something that is no whole group, and no whole group after it: what a crash in the middle of a write leaves.
    /// Everything from `nonzero_end` on is zero.
    Torn { nonzero_end: u64 },
    /// Something that no crash leaves: a bad group with a good one after it, or a good one that doesn't follow.
    Damaged(&'static str),
}

/// Walks the groups of a segment of `length` bytes that starts where the journal is at `before`.
pub(super) fn scan<F: SegmentFile>(file: &F, length: u64, mark: Mark, before: Head) -> io::Result<Scan> {
    let mut window = Window::default();
    let mut index = SparseIndex::new(before.next);
    let (mut after, mut last, mut end) = (before, None, SEGMENT_HEADER_BYTES as u64);
    while let Some((group, bytes)) = read_group(file, &mut window, end, length, mark)? {
        if group.first != after.next {
            return Ok(Scan {
                index,
                after,
                last,
                end,
                rest: Rest::Damaged("positions do not go on here"),
            });
        }
        if group.chain_before != after.chain {
            return Ok(Scan {
                index,
                after,
                last,
                end,
                rest: Rest::Damaged("hash chain does not go on here"),
            });
        }
        let count = group.records.len() as u32;
        index.add_group(end, count, group::frames(end, group.first, &group.records));
        after = group.head_after();
        last = Some((end, bytes));
        end += bytes;
    }
    let rest = look_at_rest(file, &mut window, end, length, mark)?;
    Ok(Scan {
        index,
        after,
        last,
        end,
        rest,
    })
}

/// The group whose header stands at `offset` and the bytes it takes; `None` if no whole group stands there.
pub(super) fn read_group<F: SegmentFile>(
    file: &F,
    window: &mut Window,
    offset: u64,
    limit: u64,
    mark: Mark,
) -> io::Result<Option<(StoredGroup, u64)>> {
    let header = GroupHeader::parse(window.get(file, offset, HEADER_BYTES as u64, limit)?, mark);
    let Some((header, size)) = header.and_then(|header| Some((header, header.group_bytes()?))) else {
        return Ok(None);
    };
    let bytes = window.get(file, offset, size, limit)?;
    if bytes.len() as u64 != size {
        return Ok(None);
    }
    let group = group::verify(bytes).and_then(|chain| group::decode(&header, chain, Bytes::copy_from_slice(bytes)));
    Ok(group.map(|group| (group, size)))
}

fn look_at_rest<F: SegmentFile>(file: &F, window: &mut Window, end: u64, length: u64, mark: Mark) -> io::Result<Rest> {
    let mut nonzero_end = end;
    // A search of its own for each byte would read the window anew where a group is looked at in between.
    let mut candidates = Vec::new();
    let mut at = end;
    const STEP: u64 = 64 << 10;
    while at < length {
        // A mark may lie across two steps.
        let bytes = window.get(file, at, STEP + mark.len() as u64 - 1, length)?;
        let step = bytes.len().min(STEP as usize);
        if let Some(last) = bytes[..step].iter().rposition(|byte| *byte != 0) {
            nonzero_end = at + last as u64 + 1;
            let starts = bytes
                .windows(mark.len())
                .enumerate()
                .filter(|(_, bytes)| *bytes == mark);
            candidates.extend(starts.map(|(start, _)| at + start as u64).filter(|start| *start > end));
        }
        at += STEP;
    }
    if nonzero_end == end {
        return Ok(Rest::Free);
    }
    for start in candidates {
        if read_group(file, window, start, length, mark)?.is_some() {
            return Ok(Rest::Damaged("group is broken, and there is a whole one after it"));
        }
    }
    Ok(Rest::Torn { nonzero_end })
}
