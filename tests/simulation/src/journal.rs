//! Which journal a hub of the simulation has: its own on a disk that fails, or one that it shares over a stream that does.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};
use truc_cluster::{ClusterError, SharedLog};
use truc_hub::{CantShare, JournalChoice};
use truc_store::{
    attachments::AttachmentStore,
    journal::{Durability, EmbeddedOptions, SharedAttachments, SharedJournal, embedded::storage::AnyStorage},
};

use crate::{
    axis::{Axis, MachineOfHub},
    stream::Remote,
};

/// Small, so that a run fills several.
const SEGMENT_BYTES: u64 = 48 << 10;

/// Settings of each journal.
pub(crate) fn options() -> EmbeddedOptions {
    EmbeddedOptions {
        segment_bytes: SEGMENT_BYTES,
        background: false,
        sync: true,
    }
}

pub(crate) fn own(machine: &MachineOfHub) -> JournalChoice {
    JournalChoice::On(AnyStorage::new(machine.disk.clone()), options())
}

pub(crate) fn shared(axis: &Arc<Axis>, machine: &MachineOfHub) -> JournalChoice {
    let (axis, name) = (Arc::clone(axis), machine.name);
    JournalChoice::Shared(Box::new(move |data| {
        Box::pin(async move {
            let durability = Durability {
                kept: true,
                words: "simulated".to_owned(),
            };
            match SharedLog::open(Arc::new(Remote), data, options(), Arc::new(NoObjects), durability).await {
                Ok(log) => Ok(Box::new(log) as Box<dyn SharedJournal>),
                Err(error) => {
                    if matches!(error, ClusterError::Histories { .. } | ClusterError::Archive { .. }) {
                        axis.known
                            .violated(format!("{name} and the stream can't go on together: {error}"));
                    }
                    Err(CantShare(error.to_string()))
                }
            }
        })
    }))
}

/// All contents are carried in their documents.
struct NoObjects;

impl SharedAttachments for NoObjects {
    fn keep(&self, _: [u8; 32], _: AttachmentStore) -> BoxFuture<'_, Result<(), String>> {
        async { Ok(()) }.boxed()
    }

    fn fetch(&self, _: [u8; 32], _: AttachmentStore) -> BoxFuture<'_, Result<bool, String>> {
        async { Ok(false) }.boxed()
    }
}
