//! What the writer and the readers share: which segment holds which positions, and where the durable head is.

use std::{io, sync::Arc};

use parking_lot::RwLock;
use quick_cache::sync::Cache;
use tracing::warn;

use super::{
    super::{Head, JournalError, Position},
    group::Mark,
    index::SparseIndex,
    scan::{Rest, scan},
    segment::{Sequence, segment_name},
    sidecar::{self, Summary},
    storage::{SegmentFile, Storage},
};

/// Sealed segments that are kept open, with their indexes: 16 GiB of journal for 256 files and about 16 MiB.
const OPEN_SEALED_MAX: usize = 256;

/// All segments of a journal.
#[derive(Debug)]
pub(super) struct Catalogue<S: Storage> {
    pub(super) storage: Arc<S>,
    // Held for the length of a look-up or of noting a group, never during I/O.
    segments: RwLock<Segments<S::File>>,
    open_sealed: Cache<Sequence, Arc<OpenSealed<S::File>>>,
}

#[derive(Debug)]
struct Segments<F> {
    head: Head,
    sealed: Vec<Summary>,
    active: Active<F>,
}

/// The segment that is written.
#[derive(Debug)]
pub(super) struct Active<F> {
    pub(super) sequence: Sequence,
    pub(super) file: Arc<F>,
    pub(super) mark: Mark,
    /// Head before its first group.
    pub(super) before: Head,
    /// Offset after the last durable group.
    pub(super) end: u64,
    pub(super) index: SparseIndex,
}

#[derive(Debug)]
struct OpenSealed<F> {
    file: Arc<F>,
    index: SparseIndex,
}

/// Where to find a record.
#[derive(Debug)]
pub(super) struct Place<F> {
    pub(super) sequence: Sequence,
    pub(super) file: Arc<F>,
    pub(super) mark: Mark,
    pub(super) span: super::index::Span,
    /// End of what is durable in the segment.
    pub(super) end: u64,
}

// === impl Catalogue ===

impl<S: Storage> Catalogue<S> {
    pub(super) fn new(storage: Arc<S>, head: Head, sealed: Vec<Summary>, active: Active<S::File>) -> Self {
        let segments = RwLock::new(Segments { head, sealed, active });
        Self {
            storage,
            segments,
            open_sealed: Cache::new(OPEN_SEALED_MAX),
        }
    }

    pub(super) fn head(&self) -> Head {
        self.segments.read().head
    }

    /// Where `position` stands.
    pub(super) fn find(&self, position: Position) -> Result<Place<S::File>, JournalError> {
        let segments = self.segments.read();
        let next = segments.head.next;
        if position >= next || position < Position::FIRST {
            return Err(JournalError::Absent { position, next });
        }
        let active = &segments.active;
        if position >= active.before.next {
            let span = active
                .index
                .span(position)
                .ok_or_else(|| self.not_in_index(position, active.sequence))?;
            let (sequence, file, mark, end) = (active.sequence, active.file.clone(), active.mark, active.end);
            return Ok(Place {
                sequence,
                file,
                mark,
                span,
                end,
            });
        }
        let nth = segments
            .sealed
            .partition_point(|summary| summary.after.next <= position);
        let summary = segments.sealed[nth];
        drop(segments);
        let sealed = self.open_sealed(&summary)?;
        let span = sealed
            .index
            .span(position)
            .ok_or_else(|| self.not_in_index(position, summary.sequence))?;
        let Summary {
            sequence, mark, end, ..
        } = summary;
        Ok(Place {
            sequence,
            file: sealed.file.clone(),
            mark,
            span,
            end,
        })
    }

    /// Sequence of the segment that holds `position`, which is durable, and the end of what is durable in it.
    pub(super) fn segment_of(&self, position: Position) -> (Sequence, u64) {
        let segments = self.segments.read();
        if position >= segments.active.before.next {
            return (segments.active.sequence, segments.active.end);
        }
        let nth = segments
            .sealed
            .partition_point(|summary| summary.after.next <= position);
        (segments.sealed[nth].sequence, segments.sealed[nth].end)
    }

    /// Notes a durable group in the active segment; from now on readers see it.
    pub(super) fn add_group(&self, head: Head, end: u64, count: u32, records: impl Iterator<Item = (Position, u64)>) {
        let mut segments = self.segments.write();
        let group = segments.active.end;
        segments.active.index.add_group(group, count, records);
        segments.active.end = end;
        segments.head = head;
    }

    /// Seals the active segment and goes on with `next`, an empty one. Returns what belongs into the index file.
    pub(super) fn seal(&self, next: Active<S::File>) -> (Summary, SparseIndex) {
        let mut segments = self.segments.write();
        let head = segments.head;
        let Active {
            sequence,
            file,
            mark,
            before,
            end,
            index,
        } = std::mem::replace(&mut segments.active, next);
        let summary = Summary {
            sequence,
            mark,
            before,
            after: head,
            end,
        };
        segments.sealed.push(summary);
        // Readers go on with the open file, and don't wait for the index file.
        self.open_sealed.insert(
            sequence,
            Arc::new(OpenSealed {
                file,
                index: index.clone(),
            }),
        );
        (summary, index)
    }

    pub(super) fn path(&self, sequence: Sequence) -> String {
        path_of(&*self.storage, sequence)
    }

    fn open_sealed(&self, summary: &Summary) -> Result<Arc<OpenSealed<S::File>>, JournalError> {
        self.open_sealed.get_or_insert_with(&summary.sequence, || {
            let name = segment_name(summary.sequence);
            let open = || io::Result::Ok(Arc::new(self.storage.open(&name)?));
            let file = open().map_err(io_error(&*self.storage, "open", &name))?;
            let index = match sidecar::read_index(&*self.storage, summary) {
                Some(index) => index,
                None => {
                    warn!(segment = %self.path(summary.sequence), "index file is missing or damaged, made again");
                    rebuild_index(&*self.storage, &*file, summary)?
                }
            };
            Ok(Arc::new(OpenSealed { file, index }))
        })
    }

    fn not_in_index(&self, position: Position, sequence: Sequence) -> JournalError {
        let what = "the index does not hold this position";
        JournalError::Damaged {
            position,
            segment: self.path(sequence),
            offset: 0,
            what,
        }
    }
}

/// Makes the index of a sealed segment from the segment and stores it.
fn rebuild_index<S: Storage>(storage: &S, file: &S::File, summary: &Summary) -> Result<SparseIndex, JournalError> {
    let (found, index) = scan_sealed(storage, file, summary.sequence, summary.mark, summary.before)?;
    if found != *summary {
        let (position, offset) = (summary.before.next, 0);
        let what = "the segment does not hold what its index file said";
        return Err(JournalError::Damaged {
            position,
            segment: path_of(storage, summary.sequence),
            offset,
            what,
        });
    }
    Ok(index)
}

/// Reads a whole sealed segment, in which anything but good groups followed by zeros is damage, and writes its index file.
pub(super) fn scan_sealed<S: Storage>(
    storage: &S,
    file: &S::File,
    sequence: Sequence,
    mark: Mark,
    before: Head,
) -> Result<(Summary, SparseIndex), JournalError> {
    let name = segment_name(sequence);
    let scan = file
        .length()
        .and_then(|length| scan(file, length, mark, before))
        .map_err(io_error(storage, "read", &name))?;
    let what = match scan.rest {
        Rest::Free => {
            let summary = Summary {
                sequence,
                mark,
                before,
                after: scan.after,
                end: scan.end,
            };
            if let Err(error) = sidecar::write(storage, &summary, &scan.index) {
                warn!(segment = name, %error, "cannot write index file; it will be made again");
            }
            return Ok((summary, scan.index));
        }
        Rest::Torn { .. } => "group is broken, though it was complete when the next segment was begun",
        Rest::Damaged(what) => what,
    };
    let segment = path_of(storage, sequence);
    Err(JournalError::Damaged {
        position: scan.after.next,
        segment,
        offset: scan.end,
        what,
    })
}

pub(super) fn path_of<S: Storage>(storage: &S, sequence: Sequence) -> String {
    storage.path(&segment_name(sequence)).display().to_string()
}

pub(super) fn io_error<S: Storage>(
    storage: &S,
    operation: &'static str,
    name: &str,
) -> impl FnOnce(io::Error) -> JournalError + use<S> {
    let path = storage.path(name);
    move |source| JournalError::Io {
        operation,
        path,
        source,
    }
}
