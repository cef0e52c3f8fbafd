//! What the state keeps of a document, for ever: enough to answer a repeat, to judge a reference, and to find the rest
//! in the journal.

use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;
use uuid::Uuid;

use super::{AgencyIndex, paged::Paged, timeline::Timelines};
use crate::journal::Position;

/// Index of a document in the order of acceptance.
pub type DocumentIndex = u32;

/// No entry: the end of a chain.
pub(crate) const NONE: u32 = u32::MAX;

/// A document as the state keeps it: 104 bytes, beside 6 to 12 for each of two indexes.
#[derive(Clone, Debug)]
pub struct DocumentEntry {
    /// Chosen by its sender.
    pub id: Uuid,
    /// Where it stands in the journal.
    pub position: Position,
    /// What identifies "the same envelope".
    pub digest: [u8; 32],
    /// Hub time of acceptance, µs.
    pub accepted_at: i64,
    /// First of its deliveries; the others follow.
    pub first_delivery: u64,
    /// Hash of sender, year, number and notation, to warn of a number used twice.
    pub number_key: u64,
    /// Number of recipients.
    pub recipients: u32,
    /// Its sender.
    pub sender: AgencyIndex,
    /// Last event of its timeline, or none.
    pub last_event: u32,
    /// Last day on which it should be done, days since 1970, or `i32::MIN`.
    pub due: i32,
    /// Urgency, wire number.
    pub urgency: u8,
    /// `SignatureStanding`, wire number.
    pub standing: u8,
    /// `SystemKind`, wire number.
    pub system: u8,
    /// Bits of [`flag`].
    pub flags: u8,
}

/// Bits of [`DocumentEntry::flags`].
pub mod flag {
    /// A recall froze it.
    pub const FROZEN: u8 = 1;
    /// Another document took its place.
    pub const REPLACED: u8 = 2;
    /// A paper copy follows.
    pub const PAPER: u8 = 4;
}

impl DocumentEntry {
    /// Whether a bit of [`flag`] is set.
    #[must_use]
    pub fn is(&self, bit: u8) -> bool {
        self.flags & bit != 0
    }

    /// Ids of its deliveries, in the order of its recipients.
    #[must_use]
    pub fn deliveries(&self) -> std::ops::Range<u64> {
        self.first_delivery..self.first_delivery + u64::from(self.recipients)
    }
}

/// All documents, by index, by id, and by number.
#[derive(Clone, Default)]
pub struct Documents {
    pub(crate) entries: Paged<DocumentEntry>,
    pub(crate) events: Timelines,
    by_id: HashTable<DocumentIndex>,
    by_number: HashTable<DocumentIndex>,
    /// Ids are chosen by clients: hashed under a key of this process, so that crafted ones can't all fall into one
    /// place. Nothing shows the order of the table, so the state is the same under any key.
    key: RandomState,
}

fn index_ids(entries: &Paged<DocumentEntry>, key: &RandomState) -> HashTable<DocumentIndex> {
    let mut by_id = HashTable::with_capacity(entries.len());
    let hash = |index: &DocumentIndex| entries.get(*index as usize).map_or(0, |entry| key.hash_one(entry.id));
    for (entry, index) in entries.iter().zip(0..) {
        by_id.insert_unique(key.hash_one(entry.id), index, hash);
    }
    by_id
}

/// Of several documents with the same number the first is found.
fn index_numbers(entries: &Paged<DocumentEntry>) -> HashTable<DocumentIndex> {
    let mut by_number = HashTable::with_capacity(entries.len());
    let key_of = |index: &DocumentIndex| entries.get(*index as usize).map_or(0, |entry| entry.number_key);
    for (entry, index) in entries.iter().zip(0..) {
        let key = entry.number_key;
        if by_number.find(key, |other| key_of(other) == key).is_none() {
            by_number.insert_unique(key, index, key_of);
        }
    }
    by_number
}

impl Documents {
    /// Number of documents ever accepted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none was ever accepted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The document of this id.
    #[must_use]
    pub fn find(&self, id: Uuid) -> Option<(DocumentIndex, &DocumentEntry)> {
        let entry = |&index: &DocumentIndex| self.entries.get(index as usize).is_some_and(|entry| entry.id == id);
        let index = *self.by_id.find(self.key.hash_one(id), entry)?;
        Some((index, self.entries.get(index as usize)?))
    }

    /// The first document with this number key.
    #[must_use]
    pub fn find_number(&self, key: u64) -> Option<&DocumentEntry> {
        let same = |&index: &DocumentIndex| {
            self.entries
                .get(index as usize)
                .is_some_and(|entry| entry.number_key == key)
        };
        self.entries.get(*self.by_number.find(key, same)? as usize)
    }

    /// The document at an index.
    #[must_use]
    pub fn get(&self, index: DocumentIndex) -> Option<&DocumentEntry> {
        self.entries.get(index as usize)
    }

    pub(crate) fn get_mut(&mut self, index: DocumentIndex) -> Option<&mut DocumentEntry> {
        self.entries.get_mut(index as usize)
    }

    pub(crate) fn push(&mut self, entry: DocumentEntry) -> DocumentIndex {
        let (id, number) = (entry.id, entry.number_key);
        let index = self.entries.push(entry) as DocumentIndex;
        let Self {
            entries,
            by_id,
            by_number,
            key,
            ..
        } = self;
        let at = |index: DocumentIndex| entries.get(index as usize);
        by_id.insert_unique(key.hash_one(id), index, |&other| {
            at(other).map_or(0, |entry| key.hash_one(entry.id))
        });
        if by_number
            .find(number, |&other| {
                at(other).is_some_and(|entry| entry.number_key == number)
            })
            .is_none()
        {
            by_number.insert_unique(number, index, |&other| at(other).map_or(0, |entry| entry.number_key));
        }
        index
    }

    /// Entries with the indexes made anew, when a state is read back: each by a thread of its own, as that is most of the
    /// time that it takes.
    pub(crate) fn indexed(entries: Paged<DocumentEntry>, events: Timelines) -> Self {
        let key = RandomState::new();
        let (by_id, by_number) = std::thread::scope(|scope| {
            let by_number = scope.spawn(|| index_numbers(&entries));
            (
                index_ids(&entries, &key),
                by_number.join().unwrap_or_else(|_| index_numbers(&entries)),
            )
        });
        Self {
            entries,
            events,
            by_id,
            by_number,
            key,
        }
    }

    /// Adds an event to the timeline of a document.
    pub(crate) fn note(&mut self, index: DocumentIndex, position: Position) {
        let Some(previous) = self.get(index).map(|entry| entry.last_event) else {
            return;
        };
        // A record that touches a document more than once (a batch of acknowledgements) is one event of it.
        if self.events.get(previous).is_some_and(|(_, last)| last == position) {
            return;
        }
        let event = self.events.push(previous, position);
        if let Some(entry) = self.get_mut(index) {
            entry.last_event = event;
        }
    }

    /// Positions of the records that concern a document after its acceptance, oldest first.
    #[must_use]
    pub fn timeline(&self, entry: &DocumentEntry) -> Vec<Position> {
        self.events.up_to(entry.last_event)
    }
}
