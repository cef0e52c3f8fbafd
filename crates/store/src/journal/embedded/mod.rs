//! The default engine: a log in files of one folder, nothing to install.
//!
//! ```text
//! 00000001.segment   sealed: full, never written again        00000001.index   where its records stand
//! 00000002.segment   active: groups are written at its end    prepared         the next segment, all zero
//! ```
//!
//! A group is one contiguous write into blocks that are already there, and one `fdatasync`. A group that is not whole at the
//! end of the last segment was never answered and is cut off when the journal is opened; anything else that is not what was
//! written is [`JournalError::Damaged`] and never skipped.
//!
//! The engine does not lock its folder: `lock` does that for the folder that holds it all.

mod background;
mod catalogue;
mod group;
mod index;
mod lookup;
mod reader;
mod recovery;
mod scan;
mod segment;
mod sidecar;
#[cfg(any(test, feature = "simulation"))]
pub mod simulated;
pub mod storage;
#[cfg(test)]
mod tests;
mod window;

use std::{path::Path, sync::Arc};

use bytes::Bytes;

use self::{
    background::Background,
    catalogue::{Active, Catalogue, io_error},
    group::{GROUP_BYTES_MAX, Mark},
    recovery::{Recovered, recover},
    segment::{SEGMENT_HEADER_BYTES, Sequence, segment_name},
    storage::{AnyStorage, Folder, SegmentFile, Storage},
};
use super::{Appended, Head, Journal, JournalError};

pub use self::{
    reader::EmbeddedReader,
    recovery::{Recovery, TornTail},
};

/// Settings of the embedded engine. They may differ from one opening to the next.
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// Size of a segment file in bytes, at most 1 GiB. A larger group gets a segment of its own.
    pub segment_bytes: u64,
    /// Whether a thread makes the next segment while the last one fills. Without it, an append that begins a segment takes
    /// as long as writing one; good for tests and small tools.
    pub background: bool,
    /// Whether an append waits for stable storage. Without it a power loss may take what was appended: only for a copy of
    /// a journal that is kept elsewhere.
    pub sync: bool,
}

/// A journal in a folder; the only one that writes there.
#[derive(Debug)]
pub struct Embedded<S: Storage = AnyStorage> {
    catalogue: Arc<Catalogue<S>>,
    head: Head,
    active: Writing<S::File>,
    background: Background<S>,
    /// Whether a write has begun whose end was not seen.
    poisoned: bool,
    sync: bool,
    buffer: Vec<u8>,
    recovery: Recovery,
}

/// The writer's own view of the active segment.
#[derive(Debug)]
struct Writing<F> {
    sequence: Sequence,
    file: Arc<F>,
    mark: Mark,
    end: u64,
    length: u64,
}

/// The bytes of a group are gathered in a buffer that is kept, unless an unusually large group made it larger than this.
const BUFFER_BYTES_KEPT: usize = 8 << 20;

// === impl EmbeddedOptions ===

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            background: true,
            sync: true,
        }
    }
}

// === impl Embedded ===

impl Embedded {
    /// Opens the journal in `folder`, making an empty one if there is none.
    ///
    /// Cost: one short read a segment, and reading the last segment whole.
    pub fn open(folder: &Path, options: EmbeddedOptions) -> Result<Self, JournalError> {
        let path = || folder.to_owned();
        let storage = Folder::open(folder).map_err(|source| JournalError::Io {
            operation: "open",
            path: path(),
            source,
        })?;
        Self::open_on(Arc::new(AnyStorage::new(storage)), options)
    }
}

impl<S: Storage> Embedded<S> {
    /// Opens the journal on a given storage.
    pub fn open_on(storage: Arc<S>, options: EmbeddedOptions) -> Result<Self, JournalError> {
        let segment_bytes = options.segment_bytes.clamp(SEGMENT_HEADER_BYTES as u64, 1 << 30);
        let Recovered {
            head,
            sealed,
            active,
            length,
            recovery,
        } = recover(&*storage, segment_bytes)?;
        let background = Background::new(storage.clone(), segment_bytes, options.background).map_err(io_error(
            &*storage,
            "start the thread for",
            "",
        ))?;
        let Active {
            sequence,
            ref file,
            mark,
            end,
            ..
        } = active;
        let writing = Writing {
            sequence,
            file: file.clone(),
            mark,
            end,
            length,
        };
        Ok(Self {
            catalogue: Arc::new(Catalogue::new(storage, head, sealed, active)),
            head,
            active: writing,
            background,
            poisoned: false,
            sync: options.sync,
            buffer: Vec::new(),
            recovery,
        })
    }

    /// What opening had to mend.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Stores a group; [`Journal::append`] for those who have no executor.
    pub fn append_blocking(&mut self, records: &[Bytes]) -> Result<Appended, JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        if records.is_empty() {
            return Err(JournalError::EmptyGroup);
        }
        let bytes = group::size_of(records);
        if bytes > GROUP_BYTES_MAX {
            return Err(JournalError::GroupTooLarge {
                bytes,
                bytes_max: GROUP_BYTES_MAX,
            });
        }
        if self.active.end + bytes > self.active.length {
            self.begin_segment(bytes)?;
        }
        self.write_group(records)
    }

    fn write_group(&mut self, records: &[Bytes]) -> Result<Appended, JournalError> {
        let first = self.head.next;
        let chain = group::encode(&mut self.buffer, self.active.mark, first, &self.head.chain, records);

        // Stays set if the write fails, and also if it panics.
        self.poisoned = true;
        let Writing {
            sequence,
            file,
            end: start,
            ..
        } = &self.active;
        let name = || segment_name(*sequence);
        file.write_at(&self.buffer, *start)
            .map_err(|error| self.io_error("write", &name())(error))?;
        if self.sync {
            file.sync().map_err(|error| self.io_error("sync", &name())(error))?;
        }
        self.poisoned = false;

        let (start, count) = (*start, records.len() as u64);
        self.head = Head {
            next: first.plus(count),
            chain,
        };
        self.active.end += self.buffer.len() as u64;
        self.catalogue.add_group(
            self.head,
            self.active.end,
            count as u32,
            group::frames(start, first, records),
        );
        if self.buffer.capacity() > BUFFER_BYTES_KEPT {
            self.buffer = Vec::new();
        }
        // A journal that is hardly used never pays for a second segment.
        if self.active.end > self.active.length / 4 {
            self.background.request_segment();
        }
        Ok(Appended { first, count, chain })
    }

    /// Seals the active segment and goes on in an empty one that has room for a group of `bytes`.
    fn begin_segment(&mut self, bytes: u64) -> Result<(), JournalError> {
        let length = SEGMENT_HEADER_BYTES as u64 + bytes;
        let sequence = self.active.sequence + 1;
        let name = segment_name(sequence);
        let storage = self.catalogue.storage.clone();
        // So far nothing has touched the journal itself: if the disk is full now, it may have room later.
        let (segment, made_as) = self
            .background
            .take_segment(length)
            .map_err(|source| JournalError::NoRoom {
                operation: "create",
                path: storage.path(&name),
                source,
            })?;
        self.poisoned = true;
        storage.rename(made_as, &name).map_err(self.io_error("create", &name))?;
        storage.sync_names().map_err(self.io_error("create", &name))?;
        self.poisoned = false;

        let active = Active::empty(sequence, segment.file, segment.mark, self.head);
        let (file, mark, end, length) = (active.file.clone(), active.mark, active.end, segment.length);
        let (summary, index) = self.catalogue.seal(active);
        self.active = Writing {
            sequence,
            file,
            mark,
            end,
            length,
        };
        self.background.write_index(summary, index);
        Ok(())
    }

    fn io_error(&self, operation: &'static str, name: &str) -> impl FnOnce(std::io::Error) -> JournalError + use<S> {
        io_error(&*self.catalogue.storage, operation, name)
    }
}

impl<S: Storage> Journal for Embedded<S> {
    type Reader = EmbeddedReader<S>;

    async fn append(&mut self, records: &[Bytes]) -> Result<Appended, JournalError> {
        self.append_blocking(records)
    }

    fn head(&self) -> Head {
        self.head
    }

    fn reader(&self) -> EmbeddedReader<S> {
        EmbeddedReader::new(self.catalogue.clone())
    }
}
