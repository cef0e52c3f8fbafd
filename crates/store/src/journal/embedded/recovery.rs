//! Opening: what stands in the folder, whether it hangs together, and where the journal goes on.

use std::{io, sync::Arc};

use tracing::warn;

use super::{
    super::{Head, JournalError},
    catalogue::{Active, io_error, path_of, scan_sealed},
    group::Mark,
    scan::{Rest, Scan, scan},
    segment::{OVERSIZE, PREPARED, PREPARING, Sequence, make_empty, parse_segment_name, read_header, segment_name},
    sidecar::{self, Summary},
    storage::{SegmentFile, Storage},
};

/// What opening a journal had to mend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The last write before a crash, if it was cut short. It was never answered as stored.
    pub torn: Option<TornTail>,
    /// Number of segments whose index file was missing or damaged and was made again.
    pub indexes_made: u64,
}

/// An unfinished write that was removed from the end of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// File in which it stood.
    pub segment: String,
    /// Where it began; the journal goes on there.
    pub offset: u64,
    /// Bytes of it that had reached the disk, with the gaps between them.
    pub bytes: u64,
}

/// What opening found.
#[derive(Debug)]
pub(super) struct Recovered<F> {
    pub(super) head: Head,
    pub(super) sealed: Vec<Summary>,
    pub(super) active: Active<F>,
    /// Length of the active segment's file.
    pub(super) length: u64,
    pub(super) recovery: Recovery,
}

/// Reads the folder, cuts a torn tail, and begins the first segment if there is none.
pub(super) fn recover<S: Storage>(storage: &S, segment_bytes: u64) -> Result<Recovered<S::File>, JournalError> {
    let sequences = tidy(storage)?;
    let mut recovery = Recovery::default();
    let mut sealed: Vec<Summary> = Vec::with_capacity(sequences.len());
    let mut head = Head::EMPTY;
    let Some((&last, all_sealed)) = sequences.split_last() else {
        return begin(storage, segment_bytes);
    };
    for (&sequence, expected) in sequences.iter().zip(1..) {
        if sequence != expected {
            let (position, offset) = (head.next, 0);
            let what = "file is missing";
            return Err(JournalError::Damaged {
                position,
                segment: path_of(storage, expected),
                offset,
                what,
            });
        }
        if sequence <= all_sealed.len() as Sequence {
            let summary = recover_sealed(storage, sequence, head, &mut recovery)?;
            head = summary.after;
            sealed.push(summary);
        }
    }
    let (active, length, after) = recover_last(storage, last, head, &mut recovery)?;
    Ok(Recovered {
        head: after,
        sealed,
        active,
        length,
        recovery,
    })
}

/// Removes what a crash left unfinished, and returns the segments in order.
fn tidy<S: Storage>(storage: &S) -> Result<Vec<Sequence>, JournalError> {
    let names = storage.list().map_err(io_error(storage, "list", ""))?;
    for name in &names {
        // A prepared segment is made again rather than trusted: its length may be that of other options.
        if [PREPARING, PREPARED, OVERSIZE].contains(&name.as_str()) || name.ends_with(".unfinished") {
            storage.remove(name).map_err(io_error(storage, "remove", name))?;
        }
    }
    let mut sequences: Vec<Sequence> = names.iter().filter_map(|name| parse_segment_name(name)).collect();
    sequences.sort_unstable();
    Ok(sequences)
}

fn begin<S: Storage>(storage: &S, segment_bytes: u64) -> Result<Recovered<S::File>, JournalError> {
    let name = segment_name(1);
    let make = || {
        let segment = make_empty(storage, PREPARING, segment_bytes, |_| ())?;
        storage.rename(PREPARING, &name)?;
        storage.sync_names()?;
        io::Result::Ok(segment)
    };
    let segment = make().map_err(io_error(storage, "create", &name))?;
    let active = Active::empty(1, segment.file, segment.mark, Head::EMPTY);
    let (length, recovery) = (segment.length, Recovery::default());
    Ok(Recovered {
        head: Head::EMPTY,
        sealed: Vec::new(),
        active,
        length,
        recovery,
    })
}

fn recover_sealed<S: Storage>(
    storage: &S,
    sequence: Sequence,
    head: Head,
    recovery: &mut Recovery,
) -> Result<Summary, JournalError> {
    let (file, mark) = open_segment(storage, sequence, head)?;
    let length = file
        .length()
        .map_err(io_error(storage, "read", &segment_name(sequence)))?;
    if let Some(summary) = sidecar::read_summary(storage, sequence, mark)
        && summary.before == head
    {
        if length < summary.end {
            let (position, offset) = (head.next, length);
            let what = "file is shorter than what was written to it";
            return Err(JournalError::Damaged {
                position,
                segment: path_of(storage, sequence),
                offset,
                what,
            });
        }
        return Ok(summary);
    }
    warn!(segment = %path_of(storage, sequence), "index file is missing or damaged, made again");
    recovery.indexes_made += 1;
    scan_sealed(storage, &file, sequence, mark, head).map(|(summary, _)| summary)
}

fn recover_last<S: Storage>(
    storage: &S,
    sequence: Sequence,
    before: Head,
    recovery: &mut Recovery,
) -> Result<(Active<S::File>, u64, Head), JournalError> {
    let name = segment_name(sequence);
    let (file, mark) = open_segment(storage, sequence, before)?;
    let read = || {
        let length = file.length()?;
        Ok((length, scan(&file, length, mark, before)?))
    };
    let (length, scan) = read().map_err(io_error(storage, "read", &name))?;
    let Scan {
        index,
        after,
        last,
        end,
        rest,
    } = scan;
    match rest {
        Rest::Free => {}
        Rest::Torn { nonzero_end } => {
            let torn = TornTail {
                segment: path_of(storage, sequence),
                offset: end,
                bytes: nonzero_end - end,
            };
            warn!(
                segment = torn.segment,
                offset = torn.offset,
                bytes = torn.bytes,
                "journal ends with an unfinished write that was never answered; removed"
            );
            clear(&file, end, nonzero_end).map_err(io_error(storage, "write", &name))?;
            recovery.torn = Some(torn);
        }
        Rest::Damaged(what) => {
            let segment = path_of(storage, sequence);
            return Err(JournalError::Damaged {
                position: after.next,
                segment,
                offset: end,
                what,
            });
        }
    }
    if let Some((offset, bytes)) = last {
        write_again(&file, offset, bytes).map_err(io_error(storage, "write", &name))?;
    }
    Ok((
        Active {
            sequence,
            file: Arc::new(file),
            mark,
            before,
            end,
            index,
        },
        length,
        after,
    ))
}

fn open_segment<S: Storage>(storage: &S, sequence: Sequence, head: Head) -> Result<(S::File, Mark), JournalError> {
    let name = segment_name(sequence);
    let file = storage.open(&name).map_err(io_error(storage, "open", &name))?;
    let mark = read_header(&file, || path_of(storage, sequence), head.next)?;
    Ok((file, mark))
}

fn clear<F: SegmentFile>(file: &F, from: u64, until: u64) -> io::Result<()> {
    let zeros = vec![0; (until - from).min(1 << 20) as usize];
    let mut at = from;
    while at < until {
        let bytes = (until - at).min(zeros.len() as u64);
        file.write_at(&zeros[..bytes as usize], at)?;
        at += bytes;
    }
    file.sync()
}

/// Writes the last group once more, unchanged. Its sync may have failed, in which case it can stand in the page cache (where
/// we just read it) and nowhere else; a page that was written anew is certainly part of the next sync.
fn write_again<F: SegmentFile>(file: &F, offset: u64, bytes: u64) -> io::Result<()> {
    let mut group = vec![0; bytes as usize];
    file.read_at(&mut group, offset)?;
    file.write_at(&group, offset)?;
    file.sync()
}

// === impl Active ===

impl<F> Active<F> {
    pub(super) fn empty(sequence: Sequence, file: F, mark: Mark, before: Head) -> Self {
        let end = super::segment::SEGMENT_HEADER_BYTES as u64;
        let index = super::index::SparseIndex::new(before.next);
        Self {
            sequence,
            file: Arc::new(file),
            mark,
            before,
            end,
            index,
        }
    }
}
