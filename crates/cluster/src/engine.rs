//! The journal of a hub that shares it: what comes from the line goes into the copy, in order, and then to the hub.

use std::{future::Future, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::Instant,
};
use truc_document::limits::ENVELOPE_BYTES_MAX;
use truc_store::journal::{
    Appended, Contact, Durability, EmbeddedOptions, EmbeddedReader, Head, Journal, JournalError, Ordered,
    SharedAttachments, SharedJournal, StoredGroup,
};
use uuid::Uuid;

use crate::{
    copy::Copy,
    error::ClusterError,
    follower::{Followed, Follower},
    line::{Extent, Line},
    message,
    publisher::{self, Outgoing, Progress, Publisher},
};

/// Messages read ahead of the hub.
const AHEAD: usize = 64;
/// How long a copy that lags may be asked for a message that others have.
const LAG: Duration = Duration::from_secs(10);
/// Before a copy without room is tried again.
const ROOM: Duration = Duration::from_millis(500);

/// Room in a message beside the records of a group: a record is more than its envelope, and there are headers.
const MARGIN: usize = 256 << 10;

/// A journal over a line of messages, with its copy in a folder.
pub struct SharedLog {
    copy: Copy,
    followed: mpsc::Receiver<Result<Followed, String>>,
    /// Followed, and not in the copy yet.
    held: Option<Followed>,
    outgoing: mpsc::Sender<Outgoing>,
    progress: watch::Sender<Progress>,
    contact: watch::Receiver<Contact>,
    writer: String,
    /// Number of the group that was handed over last.
    number: u64,
    under_way: bool,
    group_bytes_max: usize,
    message_bytes_max: usize,
    durability: Durability,
    attachments: Arc<dyn SharedAttachments>,
    /// Follower and publisher; they end with the journal.
    _tasks: JoinSet<()>,
}

impl SharedLog {
    /// Joins the journal of a line, and follows it as far as it goes now. `data` is the folder of one hub; the copy stands in its
    /// `journal`, never synced, whatever the options say.
    ///
    /// # Errors
    /// [`ClusterError`]. A line that no longer has what the copy lacks is one: only who has an archive can go on from there.
    pub async fn open(
        line: Arc<dyn Line>,
        data: &Path,
        options: EmbeddedOptions,
        attachments: Arc<dyn SharedAttachments>,
        durability: Durability,
    ) -> Result<Self, ClusterError> {
        let copy = open_copy(data, options)?;
        let extent = extent(&*line).await?;
        compare(&*line, extent, copy.sequence(), copy.last()?, data).await?;
        if copy.sequence() + 1 < extent.first {
            return Err(ClusterError::Archive {
                stream: line.name().to_owned(),
                what: format!("it begins at message {}, and there is no archive", extent.first),
            });
        }
        let mut log = Self::run(line, copy, attachments, durability)?;
        log.catch_up(extent.last).await?;
        Ok(log)
    }

    pub(crate) fn run(
        line: Arc<dyn Line>,
        copy: Copy,
        attachments: Arc<dyn SharedAttachments>,
        durability: Durability,
    ) -> Result<Self, ClusterError> {
        let message_bytes_max = line.message_bytes_max();
        let group_bytes_max = group_bytes_max(message_bytes_max)?;
        let (followed_sender, followed) = mpsc::channel(AHEAD);
        let (outgoing, outgoing_receiver) = mpsc::channel(1);
        let (contact_sender, contact) = watch::channel(Contact::Held);
        let (acknowledged_sender, acknowledged) = watch::channel(copy.sequence());
        let (progress, progress_receiver) = watch::channel(Progress {
            sequence: copy.sequence(),
            own: (0, 0),
        });
        // Of this opening alone: what an earlier one left under way may still come, and is nobody's then.
        let writer = Uuid::now_v7().simple().to_string();
        let mut tasks = JoinSet::new();
        let follower = Follower {
            line: Arc::clone(&line),
            next: copy.sequence() + 1,
            followed: followed_sender,
            contact: contact_sender,
            acknowledged,
        };
        tasks.spawn(follower.run());
        let publisher = Publisher {
            line,
            writer: writer.clone(),
            outgoing: outgoing_receiver,
            progress: progress_receiver,
            acknowledged: acknowledged_sender,
        };
        tasks.spawn(publisher.run());
        Ok(Self {
            copy,
            followed,
            held: None,
            outgoing,
            progress,
            contact,
            writer,
            number: 0,
            under_way: false,
            group_bytes_max,
            message_bytes_max,
            durability,
            attachments,
            _tasks: tasks,
        })
    }

    /// Takes what others wrote, up to a message.
    pub(crate) async fn catch_up(&mut self, last: u64) -> Result<(), JournalError> {
        while self.copy.sequence() < last {
            self.next_group().await?;
        }
        Ok(())
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// The next group. Dropping the future loses nothing.
    async fn next_group(&mut self) -> Result<Ordered, JournalError> {
        loop {
            if self.held.is_none() {
                let gone = || JournalError::Shared("nothing follows the stream any more; restart the hub".to_owned());
                let followed = self.followed.recv().await.ok_or_else(gone)?;
                self.held = Some(followed.map_err(JournalError::Shared)?);
            }
            let Some(followed) = &self.held else { continue };
            let chain_before = self.copy.head().chain;
            match self.copy.append(&followed.records) {
                Ok(appended) => {
                    let Some(followed) = self.held.take() else { continue };
                    return Ok(self.ordered(followed, appended, chain_before));
                }
                // The group is in the stream; it waits until there is room for the copy.
                Err(error @ JournalError::NoRoom { .. }) => {
                    tracing::warn!(%error, "no room for the copy of the journal; the hub stands still until there is");
                    tokio::time::sleep(ROOM).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn ordered(&mut self, followed: Followed, appended: Appended, chain_before: [u8; 32]) -> Ordered {
        let own = self.under_way && followed.id == publisher::id(&self.writer, self.number);
        if own {
            self.under_way = false;
        }
        self.progress.send_modify(|progress| {
            progress.sequence = followed.sequence;
            if own {
                progress.own = (self.number, followed.sequence);
            }
        });
        let group = StoredGroup {
            first: appended.first,
            records: followed.records,
            chain_before,
            chain: appended.chain,
        };
        Ordered { group, own }
    }

    fn hand_over(&mut self, records: &[Bytes]) -> Result<(), JournalError> {
        if records.is_empty() {
            return Err(JournalError::EmptyGroup);
        }
        if self.under_way {
            return Err(JournalError::Poisoned);
        }
        // The headers need room too.
        let (bytes, bytes_max) = (message::size_of(records) + 1024, self.message_bytes_max);
        if bytes > bytes_max {
            return Err(JournalError::GroupTooLarge {
                bytes: bytes as u64,
                bytes_max: bytes_max as u64,
            });
        }
        let outgoing = Outgoing {
            number: self.number + 1,
            payload: message::encode(records),
        };
        let gone = |_| JournalError::Shared("nothing publishes to the stream any more; restart the hub".to_owned());
        self.outgoing.try_send(outgoing).map_err(gone)?;
        self.number += 1;
        self.under_way = true;
        Ok(())
    }
}

impl SharedJournal for SharedLog {
    fn head(&self) -> Head {
        self.copy.head()
    }

    fn reader(&self) -> EmbeddedReader {
        self.copy.reader()
    }

    fn group_bytes_max(&self) -> usize {
        self.group_bytes_max
    }

    fn begin(&mut self, records: &[Bytes]) -> Result<(), JournalError> {
        self.hand_over(records)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Ordered, JournalError>> {
        Box::pin(self.next_group())
    }

    fn contact(&self) -> watch::Receiver<Contact> {
        self.contact.clone()
    }

    fn durability(&self) -> Durability {
        self.durability.clone()
    }

    fn attachments(&self) -> Arc<dyn SharedAttachments> {
        Arc::clone(&self.attachments)
    }
}

/// For who wants nothing but its own groups: those of others are in the copy too.
impl Journal for SharedLog {
    type Reader = EmbeddedReader;

    fn append(&mut self, records: &[Bytes]) -> impl Future<Output = Result<Appended, JournalError>> + Send {
        let begun = self.hand_over(records);
        async move {
            begun?;
            loop {
                let Ordered { group, own } = self.next_group().await?;
                if own {
                    return Ok(Appended {
                        first: group.first,
                        count: group.records.len() as u64,
                        chain: group.chain,
                    });
                }
            }
        }
    }

    fn head(&self) -> Head {
        self.copy.head()
    }

    fn reader(&self) -> EmbeddedReader {
        self.copy.reader()
    }
}

pub(crate) fn open_copy(data: &Path, options: EmbeddedOptions) -> Result<Copy, ClusterError> {
    std::fs::create_dir_all(data).map_err(|source| ClusterError::Io {
        operation: "create",
        path: data.display().to_string(),
        source,
    })?;
    Copy::open(data.join("journal"), data.join("journal.note"), options)
}

/// The most bytes of a group where messages have so many at most.
pub(crate) fn group_bytes_max(message_bytes_max: usize) -> Result<usize, ClusterError> {
    let needed = ENVELOPE_BYTES_MAX + 2 * MARGIN;
    match message_bytes_max.checked_sub(needed) {
        Some(more) => Ok(more + MARGIN),
        None => Err(ClusterError::Payload {
            found: message_bytes_max,
            needed,
        }),
    }
}

pub(crate) async fn extent(line: &dyn Line) -> Result<Extent, ClusterError> {
    line.extent().await.map_err(|error| ClusterError::Stream {
        stream: line.name().to_owned(),
        what: error.to_string(),
    })
}

/// Whether the last group of the copy is the line's message of that number.
pub(crate) async fn compare(
    line: &dyn Line,
    extent: Extent,
    sequence: u64,
    last: Option<Vec<Bytes>>,
    data: &Path,
) -> Result<(), ClusterError> {
    let differ = |what: String| ClusterError::Histories {
        folder: data.display().to_string(),
        stream: line.name().to_owned(),
        what,
    };
    let Some(records) = last else { return Ok(()) };
    if sequence < extent.first {
        tracing::warn!(
            sequence,
            first = extent.first,
            "the stream no longer has what the copy ends with"
        );
        return Ok(());
    }
    let begun = Instant::now();
    let message = loop {
        match line.get(sequence).await {
            Ok(message) => break message,
            Err(_) if begun.elapsed() < LAG => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => {
                let last = extent.last;
                return Err(differ(format!(
                    "the copy has message {sequence} and the stream ends at {last} ({error})"
                )));
            }
        }
    };
    let same = message::decode(&message.payload).is_ok_and(|found| found == records);
    match same {
        true => Ok(()),
        false => Err(differ(format!("message {sequence} is another"))),
    }
}

#[cfg(test)]
mod tests;
