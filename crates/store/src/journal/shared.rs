//! A journal that several hubs write at once: what others append comes in between, and a group's place is known only when it
//! comes back in its order.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::sync::watch;

use super::{EmbeddedReader, Head, JournalError, StoredGroup};
use crate::{attachments::AttachmentStore, snapshot::SharedSnapshots};

/// A journal that other hubs write too, with a copy of it on this machine.
///
/// All hubs get the same groups in the same order, with the same positions and the same hashes.
pub trait SharedJournal: Send + 'static {
    /// The end of what [`SharedJournal::next`] has given.
    fn head(&self) -> Head;

    /// Reads the copy, which holds what [`SharedJournal::next`] has given, and nothing else.
    fn reader(&self) -> EmbeddedReader;

    /// The most bytes that the records of one group should have together. A last record may go beyond it.
    fn group_bytes_max(&self) -> usize;

    /// Hands a group over to be ordered. It comes back through [`SharedJournal::next`], once, however long that takes; until
    /// then no other may be handed over.
    ///
    /// # Errors
    /// [`JournalError`] that says that nothing was handed over.
    fn begin(&mut self, records: &[Bytes]) -> Result<(), JournalError>;

    /// The next group in the order, whoever wrote it, durable and in the copy. Dropping the future loses nothing.
    fn next(&mut self) -> BoxFuture<'_, Result<Ordered, JournalError>>;

    /// Whether the shared part answers.
    fn contact(&self) -> watch::Receiver<Contact>;

    /// What an answered append survives.
    fn durability(&self) -> Durability;

    /// Contents that go beside the records.
    fn attachments(&self) -> Arc<dyn SharedAttachments>;

    /// Where hubs leave states for each other; `None` where there is no such place.
    fn snapshots(&self) -> Option<Arc<dyn SharedSnapshots>> {
        None
    }
}

/// Contents of attachments that all hubs of a shared journal can get at. Their own folders are caches of it.
pub trait SharedAttachments: Send + Sync + 'static {
    /// Returns once the others can get at a content that is in the hub's own folder, however often it was kept before.
    fn keep(&self, sha256: [u8; 32], local: AttachmentStore) -> BoxFuture<'_, Result<(), String>>;

    /// Brings a content into the hub's own folder, checked by its digest; false where nobody has kept it.
    fn fetch(&self, sha256: [u8; 32], local: AttachmentStore) -> BoxFuture<'_, Result<bool, String>>;
}

/// A group in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The group.
    pub group: StoredGroup,
    /// Whether it is the one that this journal was handed last.
    pub own: bool,
}

/// Whether the shared part of a journal answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contact {
    /// It does, as far as is known.
    #[default]
    Held,
    /// It does not. What was handed over is tried again until it does.
    Lost,
}

/// What an answered append survives, as far as this hub could find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durability {
    /// Whether nothing is missing for the promise of a receipt.
    pub kept: bool,
    /// In words: what it survives, or what is not known or set wrongly, and where to set it.
    pub words: String,
}
