//! Opening a hub: lock, journal, state, what the journal holds beyond it; then the sequencer runs.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

use parking_lot::RwLock;
use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc, watch},
};
use truc_proto::v1 as pb;
use truc_signature::{InvalidCertificate, TokenVerifier, TrustStore};
use truc_store::{
    apply::apply,
    attachments::{AttachmentError, AttachmentStore},
    journal::{
        Durability, Embedded, EmbeddedOptions, Head, Journal as _, JournalError, JournalReader as _, Position,
        SharedAttachments, SharedJournal,
    },
    lock::{FolderLock, FolderLockError},
    record::{Change, Entry, InvalidRecord, wire},
    snapshot::{SharedSnapshots, SnapshotError, SnapshotFolder},
    state::State,
};

use crate::{
    bodies::Bodies,
    caller::Callers,
    certificates::Certificates,
    clock::HubClock,
    config::{CantShare, HubConfig, JournalChoice},
    core::Core,
    engine::Reader,
    following::Following,
    proposal::Proposal,
    revocation::RevocationLists,
    sequencer::Sequencer,
    states,
    threads::{Workers, Writer},
};

/// Why a hub can't start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another hub has the folder, or it can't be made.
    #[error(transparent)]
    Lock(#[from] FolderLockError),
    /// The journal can't be opened, or is damaged.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal that hubs share can't be reached, or has no place for this hub.
    #[error(transparent)]
    Shared(#[from] CantShare),
    /// The journal holds what this version can't read.
    #[error("record at position {position}: {source}")]
    Record {
        /// Where.
        position: u64,
        /// Why.
        source: InvalidRecord,
    },
    /// The saved state is ahead of the journal: a part of the journal is gone.
    #[error("saved state stands at {state} and the journal ends at {journal}; restore the journal from a copy")]
    Ahead {
        /// Position of the state.
        state: u64,
        /// Last position of the journal.
        journal: u64,
    },
    /// The saved state and the journal are of two histories.
    #[error("saved state and journal disagree at position {0}; remove the `state` folder to make it anew")]
    Disagree(u64),
    /// The folder of the state.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The folder of the attachments.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
    /// A root that is no certificate.
    #[error("trusted root is unusable: {0}")]
    Root(#[from] InvalidCertificate),
    /// The operating system gives no thread.
    #[error("no thread for the sequencer: {0}")]
    Thread(std::io::Error),
    /// The operating system gives no threads to verify on.
    #[error("no threads for verification: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The first records can't be written.
    #[error("journal takes no records: {0}")]
    First(String),
}

/// An open hub, not yet listening.
pub struct Hub {
    pub(crate) core: Arc<Core>,
    /// Dropped when the hub stops: then the sequencer ends, when everything proposed is durable.
    pub(crate) proposals: mpsc::UnboundedSender<Proposal>,
    pub(crate) writer: Writer,
}

impl Hub {
    /// Opens the folder of a hub and makes it ready to serve.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(config: HubConfig) -> Result<Self, OpenError> {
        let lock = FolderLock::acquire(&config.data)?;
        let journal = Opened::open(config.journal, &config.data).await?;
        let snapshots = SnapshotFolder::open(config.data.join("state"))?;
        let last = Position(journal.head().next.0 - 1);
        let shared_snapshots = journal.snapshots();
        if let Some(shared) = &shared_snapshots {
            states::bring(
                &**shared,
                &snapshots,
                &journal.reader(),
                last,
                config.machine.snapshot_records,
            )
            .await;
        }
        let state = replay(&snapshots, &journal.reader(), last.0)?;
        let snapshot_at = state.position.0;
        let (sender, receiver) = mpsc::unbounded_channel();
        let clock = HubClock::new(state.clock, state.now, config.machine.wall);
        let fresh = snapshot_at == 0;
        let core = Arc::new(Core {
            reader: journal.reader(),
            attachments: AttachmentStore::open(&config.data.join("attachments"))?,
            snapshots,
            clock,
            identity: Arc::new(config.identity),
            certificates: Certificates::new(TrustStore::new(config.roots)?),
            revocation_lists: RevocationLists::new(config.authority),
            callers: Callers::new(TokenVerifier::new(&config.token_key)),
            arrivals: crate::arrivals::Arrivals::default(),
            bodies: Bodies::default(),
            workers: Workers::start(config.machine.threads)?,
            wakers: crate::wake::Wakers::default(),
            refusals: crate::refusals::RefusalLog::default(),
            faults: crate::faults::Faults::new(&state.faults),
            limits: config.limits,
            stages: crate::stages::StageTimes::default(),
            documents: Arc::new(Semaphore::new(config.limits.documents_in_flight)),
            changes: Arc::new(Semaphore::new(config.limits.changes_in_flight)),
            applied: watch::Sender::new(snapshot_at),
            revocations: watch::Sender::new(()),
            poisoned: watch::Sender::new(false),
            in_contact: watch::Sender::new(true),
            durability: journal.durability(),
            shared_attachments: journal.attachments(),
            shared_snapshots,
            stopping: tokio_util::sync::CancellationToken::new(),
            proposals: sender.downgrade(),
            snapshot_records: config.machine.snapshot_records,
            snapshot_at: AtomicU64::new(snapshot_at),
            snapshot_running: AtomicBool::new(false),
            state: RwLock::new(state),
        });
        let writer = journal.run(Arc::clone(&core), receiver, lock)?;
        let hub = Self {
            core,
            proposals: sender,
            writer,
        };
        hub.first_records(config.directory, if fresh { config.clock } else { None })
            .await?;
        Ok(hub)
    }

    async fn first_records(
        &self,
        directory: Vec<pb::Agency>,
        clock: Option<(truc_store::state::ClockSetting, jiff::Timestamp)>,
    ) -> Result<(), OpenError> {
        let failed = |status: tonic::Status| OpenError::First(status.message().to_owned());
        let certificates = self.core.identity.chain().certificates.clone();
        let started = wire::HubStarted {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            certificates,
            shared: self.core.shared_attachments.is_some(),
        };
        if let Some((setting, start)) = clock {
            let to = start.as_microsecond();
            self.core.clock.set(setting, to);
            let moved = wire::ClockMoved {
                to,
                mode: setting.mode as i32,
                factor: setting.factor,
            };
            self.core
                .change(Change::ClockMoved(moved), None)
                .await
                .map_err(failed)?;
        }
        self.core
            .change(Change::HubStarted(started), None)
            .await
            .map_err(failed)?;
        let unknown: Vec<_> = {
            let state = self.core.state.read();
            let known = |agency: &pb::Agency| {
                agency
                    .code
                    .parse()
                    .is_ok_and(|code| state.directory.find(&code).is_some())
            };
            directory.into_iter().filter(|agency| !known(agency)).collect()
        };
        let mut last = None;
        for agency in unknown {
            // Only the last is waited for: they are durable in their order.
            let (answer, answered) = tokio::sync::oneshot::channel();
            let reply = Box::new(move |outcome| drop(answer.send(outcome)));
            let change = Change::AgencyChanged(wire::AgencyChanged {
                agency: Some(agency),
                create: true,
            });
            self.core.propose(Proposal {
                change,
                header: None,
                reply,
            });
            last = Some(answered);
        }
        match last {
            None => Ok(()),
            Some(last) => match last.await {
                Ok(Ok(_)) => Ok(()),
                _ => Err(OpenError::First("the directory can't be registered".to_owned())),
            },
        }
    }
}

/// The saved state, and what the journal holds beyond it.
fn replay(snapshots: &SnapshotFolder, reader: &Reader, last: u64) -> Result<State, OpenError> {
    let mut state = snapshots.load_latest()?.unwrap_or_default();
    if state.position.0 > last {
        return Err(OpenError::Ahead {
            state: state.position.0,
            journal: last,
        });
    }
    let from = state.position.next();
    tracing::info!(
        from = from.0,
        last,
        "the state is made of the saved one and the records since"
    );
    for group in reader.groups(from) {
        let group = group?;
        if group.first == from && from.0 > 1 && group.chain_before != state.chain {
            return Err(OpenError::Disagree(from.0));
        }
        for (at, record) in group.records.into_iter().enumerate() {
            let position = group.first.plus(at as u64);
            if position < from {
                continue;
            }
            let entry = Entry::decode(record).map_err(|source| OpenError::Record {
                position: position.0,
                source,
            })?;
            apply(&mut state, position, group.chain, &entry).map_err(|_| OpenError::Disagree(position.0))?;
        }
    }
    Ok(state)
}

/// A journal that was opened.
enum Opened {
    Own(Box<Embedded>),
    Shared(Box<dyn SharedJournal>),
}

impl Opened {
    async fn open(choice: JournalChoice, data: &Path) -> Result<Self, OpenError> {
        match choice {
            JournalChoice::Own => {
                let journal = Embedded::open(&data.join("journal"), EmbeddedOptions::default())?;
                Ok(Self::Own(Box::new(journal)))
            }
            JournalChoice::On(storage, options) => {
                Ok(Self::Own(Box::new(Embedded::open_on(Arc::new(storage), options)?)))
            }
            JournalChoice::Shared(open) => {
                let journal = open(data).await?;
                let Durability { kept, words } = journal.durability();
                match kept {
                    true => tracing::info!(durability = words, "the journal is shared"),
                    false => tracing::warn!(
                        durability = words,
                        "the journal is shared, and a receipt is not certain to mean for good"
                    ),
                }
                Ok(Self::Shared(journal))
            }
        }
    }

    fn reader(&self) -> Reader {
        match self {
            Self::Own(journal) => journal.reader(),
            Self::Shared(journal) => journal.reader(),
        }
    }

    fn head(&self) -> Head {
        match self {
            Self::Own(journal) => journal.head(),
            Self::Shared(journal) => journal.head(),
        }
    }

    fn durability(&self) -> Durability {
        match self {
            Self::Own(_) => Durability {
                kept: true,
                words: "1 copy on this machine, synced before the answer".to_owned(),
            },
            Self::Shared(journal) => journal.durability(),
        }
    }

    fn snapshots(&self) -> Option<Arc<dyn SharedSnapshots>> {
        match self {
            Self::Own(_) => None,
            Self::Shared(journal) => journal.snapshots(),
        }
    }

    fn attachments(&self) -> Option<Arc<dyn SharedAttachments>> {
        match self {
            Self::Own(_) => None,
            Self::Shared(journal) => Some(journal.attachments()),
        }
    }

    /// Runs the one that writes.
    fn run(
        self,
        core: Arc<Core>,
        proposals: mpsc::UnboundedReceiver<Proposal>,
        lock: FolderLock,
    ) -> Result<Writer, OpenError> {
        let workers = &Arc::clone(&core).workers;
        let started = match self {
            Self::Own(journal) => {
                let sequencer = Sequencer {
                    core,
                    journal: *journal,
                    proposals,
                    unsigned: 0,
                    _lock: lock,
                };
                workers.write(sequencer, Sequencer::run, Sequencer::run_among_others)
            }
            Self::Shared(journal) => {
                let following = Following::new(core, journal, proposals, lock);
                let alone = |(following, runtime): (Following, Handle)| runtime.block_on(following.run());
                workers.write((following, Handle::current()), alone, |(following, _)| following.run())
            }
        };
        started.map_err(OpenError::Thread)
    }
}
