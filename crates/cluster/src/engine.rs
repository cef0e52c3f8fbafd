//! The journal of a hub that shares it: what comes from the stream goes into the copy, in order, and then to the hub.

use std::{future::Future, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use truc_store::journal::{
    Appended, Contact, Durability, EmbeddedOptions, EmbeddedReader, Head, Journal, JournalError, Ordered,
    SharedAttachments, SharedJournal, StoredGroup,
};
use uuid::Uuid;

use crate::{
    address::Address,
    archive::{Archive, Keeper},
    attachments::Objects,
    copy::Copy,
    durability,
    error::ClusterError,
    follower::{Followed, Follower},
    message,
    publisher::{self, Outgoing, Progress, Publisher},
    stream::{self, Reached},
};

/// Messages read ahead of the hub.
const AHEAD: usize = 64;
/// How long a copy that lags may be asked for a message that others have.
const LAG: Duration = Duration::from_secs(10);
/// Before a copy without room is tried again.
const ROOM: Duration = Duration::from_millis(500);

/// A journal on JetStream, with its copy in a folder.
pub struct JetStream {
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
    objects: Arc<Objects>,
    /// Follower and publisher; they end with the journal.
    _tasks: JoinSet<()>,
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
        std::fs::create_dir_all(data).map_err(|source| ClusterError::Io {
            operation: "create",
            path: data.display().to_string(),
            source,
        })?;
        let mut copy = Copy::open(data.join("journal"), data.join("journal.note"), segment_bytes)?;
        let reached = stream::reach(address).await?;
        compare(&reached, copy.sequence(), copy.last()?, data).await?;
        let info = reached.stream.cached_info();
        let archive = Archive::new(reached.context.clone(), &address.axis, info.config.num_replicas);
        if copy.sequence() + 1 < info.state.first_sequence {
            let filled = archive.fill(&mut copy, info.state.first_sequence - 1).await;
            filled.map_err(|error| ClusterError::Archive {
                stream: address.axis.clone(),
                what: error.to_string(),
            })?;
        }
        let (last, copies) = (info.state.last_sequence, info.config.num_replicas);
        let durability = durability::find_out(&address.monitors, copies).await;
        let mut journal = Self::run(address, reached, copy, durability, archive);
        while journal.copy.sequence() < last {
            journal.next_group().await?;
        }
        Ok(journal)
    }

    fn run(address: &Address, reached: Reached, copy: Copy, durability: Durability, archive: Archive) -> Self {
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
        let message_bytes_max = reached.client.server_info().max_payload;
        let copies = reached.stream.cached_info().config.num_replicas;
        let objects = Arc::new(Objects::new(reached.context.clone(), &address.axis, copies));
        let mut tasks = JoinSet::new();
        let follower = Follower {
            client: reached.client,
            stream: reached.stream.clone(),
            next: copy.sequence() + 1,
            followed: followed_sender,
            contact: contact_sender,
            acknowledged,
        };
        tasks.spawn(follower.run());
        let publisher = Publisher {
            context: reached.context,
            stream: reached.stream.clone(),
            stream_name: address.axis.clone(),
            subject: stream::subjects(&address.axis).replace('*', &writer),
            writer: writer.clone(),
            outgoing: outgoing_receiver,
            progress: progress_receiver,
            acknowledged: acknowledged_sender,
        };
        if let Some(keep) = address.keep {
            let keeper = Keeper {
                archive,
                stream: reached.stream,
                reader: copy.reader(),
                progress: publisher.progress.clone(),
                keep,
            };
            tasks.spawn(keeper.run());
        }
        tasks.spawn(publisher.run());
        Self {
            copy,
            followed,
            held: None,
            outgoing,
            progress,
            contact,
            writer,
            number: 0,
            under_way: false,
            group_bytes_max: reached.group_bytes_max,
            message_bytes_max,
            durability,
            objects,
            _tasks: tasks,
        }
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

impl SharedJournal for JetStream {
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
        Arc::clone(&self.objects) as _
    }
}

/// For who wants nothing but its own groups: those of others are in the copy too.
impl Journal for JetStream {
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

/// Whether the last group of the copy is the stream's message of that number.
async fn compare(reached: &Reached, sequence: u64, last: Option<Vec<Bytes>>, data: &Path) -> Result<(), ClusterError> {
    let info = reached.stream.cached_info();
    let differ = |what: String| ClusterError::Histories {
        folder: data.display().to_string(),
        stream: info.config.name.clone(),
        what,
    };
    let Some(records) = last else { return Ok(()) };
    if sequence < info.state.first_sequence {
        tracing::warn!(
            sequence,
            first = info.state.first_sequence,
            "the stream no longer has what the copy ends with"
        );
        return Ok(());
    }
    let begun = std::time::Instant::now();
    let message = loop {
        match reached.stream.direct_get(sequence).await {
            Ok(message) => break message,
            Err(_) if begun.elapsed() < LAG => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => {
                let last = info.state.last_sequence;
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
