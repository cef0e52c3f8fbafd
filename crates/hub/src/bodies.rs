//! Envelopes to deliver: most are asked for right after they were accepted, so the newest stay in memory; the others are
//! read from the journal.

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use truc_proto::v1::Envelope;
use truc_store::{
    journal::{JournalReader as _, Position},
    record::{Change, Entry},
};

use crate::engine::Reader;

/// What stays in memory, bytes of envelopes.
const BYTES_MAX: usize = 16 << 20;

#[derive(Default)]
pub(crate) struct Bodies(Mutex<Recent>);

#[derive(Default)]
struct Recent {
    envelopes: HashMap<Position, Envelope>,
    order: VecDeque<(Position, usize)>,
    bytes: usize,
}

impl Bodies {
    pub(crate) fn keep(&self, position: Position, envelope: Envelope, bytes: usize) {
        let mut recent = self.0.lock();
        recent.bytes += bytes;
        recent.order.push_back((position, bytes));
        recent.envelopes.insert(position, envelope);
        while recent.bytes > BYTES_MAX {
            let Some((oldest, bytes)) = recent.order.pop_front() else {
                break;
            };
            recent.envelopes.remove(&oldest);
            recent.bytes -= bytes;
        }
    }

    /// The envelope of the document at a position; `None` when the journal can't give it any more.
    pub(crate) fn get(&self, reader: &Reader, position: Position) -> Option<Envelope> {
        if let Some(envelope) = self.0.lock().envelopes.get(&position) {
            return Some(envelope.clone());
        }
        match read(reader, position)?.change {
            Change::DocumentSent(sent) => sent.envelope,
            _ => None,
        }
    }
}

/// The record at a position. What can't be read is said in the log: the journal is damaged.
pub(crate) fn read(reader: &Reader, position: Position) -> Option<Entry> {
    let bytes = reader
        .read(position)
        .inspect_err(|error| tracing::error!(%position, %error, "journal can't be read"));
    let entry = Entry::decode(bytes.ok()?);
    entry
        .inspect_err(|error| tracing::error!(%position, %error, "record can't be decoded"))
        .ok()
}
