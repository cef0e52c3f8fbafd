use std::sync::Arc;

use bytes::Bytes;

use super::{
    super::{JournalError, JournalReader, Position, StoredGroup},
    catalogue::{Catalogue, io_error},
    group::{GroupHeader, HEADER_BYTES, Mark},
    lookup::read_record,
    scan::read_group,
    segment::{SEGMENT_HEADER_BYTES, Sequence, segment_name},
    storage::{AnyStorage, Storage},
    window::Window,
};

/// Reads a journal of the embedded engine while it is written.
#[derive(Debug)]
pub struct EmbeddedReader<S: Storage = AnyStorage> {
    catalogue: Arc<Catalogue<S>>,
}

/// Where an iterator over groups stands.
struct Groups<S: Storage> {
    catalogue: Arc<Catalogue<S>>,
    next: Position,
    cursor: Option<Cursor<S::File>>,
    /// Hash of the group that was handed out last.
    chain: Option<[u8; 32]>,
    window: Window,
    ended: bool,
}

struct Cursor<F> {
    sequence: Sequence,
    file: Arc<F>,
    mark: Mark,
    offset: u64,
}

// === impl EmbeddedReader ===

impl<S: Storage> EmbeddedReader<S> {
    pub(super) fn new(catalogue: Arc<Catalogue<S>>) -> Self {
        Self { catalogue }
    }
}

impl<S: Storage> Clone for EmbeddedReader<S> {
    fn clone(&self) -> Self {
        Self::new(self.catalogue.clone())
    }
}

impl<S: Storage> JournalReader for EmbeddedReader<S> {
    fn read(&self, position: Position) -> Result<Bytes, JournalError> {
        let place = self.catalogue.find(position)?;
        read_record(&self.catalogue, &place, position)
    }

    fn groups(&self, from: Position) -> impl Iterator<Item = Result<StoredGroup, JournalError>> + Send {
        let (catalogue, window) = (self.catalogue.clone(), Window::default());
        Groups {
            catalogue,
            next: from,
            cursor: None,
            chain: None,
            window,
            ended: false,
        }
    }
}

// === impl Groups ===

impl<S: Storage> Iterator for Groups<S> {
    type Item = Result<StoredGroup, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended || self.next == self.catalogue.head().next {
            self.ended = true;
            return None;
        }
        let group = self.read_next();
        self.ended = group.is_err();
        Some(group)
    }
}

impl<S: Storage> Groups<S> {
    fn read_next(&mut self) -> Result<StoredGroup, JournalError> {
        let position = self.next;
        // The first look-up also says whether the position exists at all.
        let mut cursor = match self.cursor.take() {
            Some(cursor) => cursor,
            None => self.start()?,
        };
        let (sequence, end) = self.catalogue.segment_of(position);
        if sequence != cursor.sequence {
            let place = self.catalogue.find(position)?;
            let (file, mark, offset) = (place.file, place.mark, SEGMENT_HEADER_BYTES as u64);
            cursor = Cursor {
                sequence,
                file,
                mark,
                offset,
            };
            self.window.clear();
        }
        let damaged = |offset, what| {
            let segment = self.catalogue.path(sequence);
            JournalError::Damaged {
                position,
                segment,
                offset,
                what,
            }
        };
        let (group, bytes) = read_group(&*cursor.file, &mut self.window, cursor.offset, end, cursor.mark)
            .map_err(io_error(&*self.catalogue.storage, "read", &segment_name(sequence)))?
            .ok_or_else(|| damaged(cursor.offset, "group is broken"))?;
        // Only the group that holds the start may begin before it.
        let follows = match self.chain {
            Some(chain) => group.first == position && group.chain_before == chain,
            None => group.first <= position && position < group.head_after().next,
        };
        if !follows {
            return Err(damaged(cursor.offset, "group does not follow the one before"));
        }
        self.next = group.head_after().next;
        self.chain = Some(group.chain);
        cursor.offset += bytes;
        self.cursor = Some(cursor);
        Ok(group)
    }

    /// The cursor at the group that holds `self.next`: the nearest group with an entry, and from there header by header.
    fn start(&mut self) -> Result<Cursor<S::File>, JournalError> {
        let place = self.catalogue.find(self.next)?;
        let mut offset = u64::from(place.span.from.group);
        loop {
            let bytes = self
                .window
                .get(&*place.file, offset, HEADER_BYTES as u64, place.end)
                .map_err(io_error(
                    &*self.catalogue.storage,
                    "read",
                    &segment_name(place.sequence),
                ))?;
            let header = GroupHeader::parse(bytes, place.mark);
            let Some((header, size)) = header.and_then(|header| Some((header, header.group_bytes()?))) else {
                let segment = self.catalogue.path(place.sequence);
                let what = "no group starts here";
                return Err(JournalError::Damaged {
                    position: self.next,
                    segment,
                    offset,
                    what,
                });
            };
            if self.next < header.next() {
                let (sequence, file, mark) = (place.sequence, place.file, place.mark);
                return Ok(Cursor {
                    sequence,
                    file,
                    mark,
                    offset,
                });
            }
            offset += size;
        }
    }
}
