//! A journal on JetStream: a log over its stream, with its archive.

use std::{future::Future, path::Path, sync::Arc};

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::{sync::watch, task::JoinSet};
use truc_store::journal::{
    Appended, Contact, Durability, EmbeddedOptions, EmbeddedReader, Head, Journal, JournalError, Ordered,
    SharedAttachments, SharedJournal,
};
use truc_store::snapshot::SharedSnapshots;

use super::{
    archive::{Archive, Keeper},
    attachments::Objects,
    durability,
    line::StreamLine,
    snapshots::Snapshots,
    stream,
};
use crate::{
    address::Address,
    engine::{self, SharedLog},
    error::ClusterError,
    line::Line,
};

/// A journal on JetStream, with its copy in a folder.
pub struct JetStream {
    log: SharedLog,
    snapshots: Arc<Snapshots>,
    /// Who keeps the stream short; it ends with the journal.
    _keeper: JoinSet<()>,
}

impl JetStream {
    /// Joins the shared journal, and follows it as far as it goes now. `data` is the folder of one hub; the copy stands in its
    /// `journal`.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub async fn open(address: &Address, data: &Path) -> Result<Self, ClusterError> {
        Self::open_with(address, data, EmbeddedOptions::default().segment_bytes).await
    }

    /// As [`JetStream::open`], with segments of another size in the copy.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub async fn open_with(address: &Address, data: &Path, segment_bytes: u64) -> Result<Self, ClusterError> {
        let options = EmbeddedOptions {
            segment_bytes,
            ..EmbeddedOptions::default()
        };
        let mut copy = engine::open_copy(data, options)?;
        let reached = stream::reach(address).await?;
        let copies = reached.stream.cached_info().config.num_replicas;
        let archive = Archive::new(reached.context.clone(), &address.axis, copies);
        let objects = Arc::new(Objects::new(reached.context.clone(), &address.axis, copies));
        let snapshots = Arc::new(Snapshots::new(reached.context.clone(), &address.axis, copies));
        let stream = reached.stream.clone();
        let line: Arc<dyn Line> = Arc::new(StreamLine::new(address.axis.clone(), reached));
        let extent = engine::extent(&*line).await?;
        engine::compare(&*line, extent, copy.sequence(), copy.last()?, data).await?;
        if copy.sequence() + 1 < extent.first {
            let filled = archive.fill(&mut copy, extent.first - 1).await;
            filled.map_err(|error| ClusterError::Archive {
                stream: address.axis.clone(),
                what: error.to_string(),
            })?;
        }
        let durability = durability::find_out(&address.monitors, copies).await;
        let mut log = SharedLog::run(line, copy, objects, durability)?;
        let mut tasks = JoinSet::new();
        if let Some(keep) = address.keep {
            let keeper = Keeper {
                archive,
                stream,
                reader: SharedJournal::reader(&log),
                progress: log.progress(),
                keep,
            };
            tasks.spawn(keeper.run());
        }
        log.catch_up(extent.last).await?;
        Ok(Self {
            log,
            snapshots,
            _keeper: tasks,
        })
    }
}

impl SharedJournal for JetStream {
    fn head(&self) -> Head {
        SharedJournal::head(&self.log)
    }

    fn reader(&self) -> EmbeddedReader {
        SharedJournal::reader(&self.log)
    }

    fn group_bytes_max(&self) -> usize {
        self.log.group_bytes_max()
    }

    fn begin(&mut self, records: &[Bytes]) -> Result<(), JournalError> {
        self.log.begin(records)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Ordered, JournalError>> {
        self.log.next()
    }

    fn contact(&self) -> watch::Receiver<Contact> {
        self.log.contact()
    }

    fn durability(&self) -> Durability {
        self.log.durability()
    }

    fn attachments(&self) -> Arc<dyn SharedAttachments> {
        self.log.attachments()
    }

    fn snapshots(&self) -> Option<Arc<dyn SharedSnapshots>> {
        Some(Arc::clone(&self.snapshots) as _)
    }
}

/// For who wants nothing but its own groups: those of others are in the copy too.
impl Journal for JetStream {
    type Reader = EmbeddedReader;

    fn append(&mut self, records: &[Bytes]) -> impl Future<Output = Result<Appended, JournalError>> + Send {
        self.log.append(records)
    }

    fn head(&self) -> Head {
        Journal::head(&self.log)
    }

    fn reader(&self) -> EmbeddedReader {
        Journal::reader(&self.log)
    }
}
