//! What all parts of a running hub share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use parking_lot::RwLock;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use truc_document::Header;
use truc_signature::Identity;
use truc_store::{
    attachments::AttachmentStore,
    journal::{Durability, SharedAttachments},
    record::Change,
    snapshot::{SharedSnapshots, SnapshotFolder, SnapshotMark},
    state::State,
};

use crate::{
    arrivals::Arrivals,
    bodies::Bodies,
    caller::Callers,
    certificates::Certificates,
    clock::HubClock,
    config::Limits,
    engine::Reader,
    faults::Faults,
    proposal::{Answer, Proposal, Stopped},
    refusals::RefusalLog,
    revocation::RevocationLists,
    stages::StageTimes,
    states,
    status::stopped,
    threads::Workers,
    wake::Wakers,
};

pub(crate) struct Core {
    pub(crate) state: RwLock<State>,
    pub(crate) reader: Reader,
    pub(crate) attachments: AttachmentStore,
    pub(crate) snapshots: SnapshotFolder,
    pub(crate) clock: HubClock,
    pub(crate) identity: Arc<Identity>,
    pub(crate) certificates: Certificates,
    pub(crate) revocation_lists: RevocationLists,
    pub(crate) callers: Callers,
    pub(crate) arrivals: Arrivals,
    pub(crate) bodies: Bodies,
    pub(crate) workers: Workers,
    pub(crate) wakers: Wakers,
    pub(crate) refusals: RefusalLog,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    pub(crate) stages: StageTimes,
    pub(crate) documents: Arc<Semaphore>,
    pub(crate) changes: Arc<Semaphore>,
    /// Position applied last: for who follows.
    pub(crate) applied: watch::Sender<u64>,
    /// Told of each revocation.
    pub(crate) revocations: watch::Sender<()>,
    /// The journal can't be written any more.
    pub(crate) poisoned: watch::Sender<bool>,
    /// The journal takes records. Where hubs share it, it may be out of reach for a while; an own one may lack room.
    pub(crate) in_contact: watch::Sender<bool>,
    /// What an answered call survives.
    pub(crate) durability: Durability,
    /// Where hubs share a journal: contents that others have.
    pub(crate) shared_attachments: Option<Arc<dyn SharedAttachments>>,
    /// Where hubs share a journal: states that they leave for each other.
    pub(crate) shared_snapshots: Option<Arc<dyn SharedSnapshots>>,
    /// The hub was told to stop: streams end, calls finish.
    pub(crate) stopping: CancellationToken,
    pub(crate) proposals: mpsc::WeakUnboundedSender<Proposal>,
    /// Records between two saved states, at least.
    pub(crate) snapshot_records: u64,
    pub(crate) snapshot_at: AtomicU64,
    pub(crate) snapshot_running: AtomicBool,
}

impl Core {
    /// Proposes a change; the reply comes on the sequencer's thread.
    pub(crate) fn propose(&self, proposal: Proposal) {
        match self.proposals.upgrade() {
            Some(sender) => {
                if let Err(mpsc::error::SendError(proposal)) = sender.send(proposal) {
                    (proposal.reply)(Err(Stopped));
                }
            }
            None => (proposal.reply)(Err(Stopped)),
        }
    }

    /// Proposes a change and waits until it is durable and applied.
    pub(crate) async fn change(&self, change: Change, header: Option<Box<Header>>) -> Result<Answer, Status> {
        let _permit = self.changes.try_acquire().map_err(|_| crate::intake::overloaded())?;
        let answered = self.ask(change, header);
        answered.await.map_err(|_| stopped())?.map_err(|_| stopped())
    }

    /// Proposes changes in this order and waits until all are durable and applied. They count as one under way: they share
    /// their groups.
    pub(crate) async fn changes(&self, changes: Vec<Change>) -> Result<Vec<Answer>, Status> {
        let _permit = self.changes.try_acquire().map_err(|_| crate::intake::overloaded())?;
        let asked: Vec<_> = changes.into_iter().map(|change| self.ask(change, None)).collect();
        let mut answers = Vec::with_capacity(asked.len());
        for answered in asked {
            answers.push(answered.await.map_err(|_| stopped())?.map_err(|_| stopped())?);
        }
        Ok(answers)
    }

    fn ask(&self, change: Change, header: Option<Box<Header>>) -> oneshot::Receiver<Result<Answer, Stopped>> {
        let (answer, answered) = oneshot::channel();
        let reply = Box::new(move |outcome| {
            // Who asked may have gone; what was asked is done all the same.
            drop(answer.send(outcome));
        });
        self.propose(Proposal { change, header, reply });
        answered
    }

    /// Makes a content that was stored here one that all hubs can get at. Before its record, which is what the others go by.
    pub(crate) async fn share(&self, sha256: [u8; 32]) -> Result<(), Status> {
        let Some(shared) = &self.shared_attachments else {
            return Ok(());
        };
        shared.keep(sha256, self.attachments.clone()).await.map_err(|error| {
            tracing::error!(error, "attachment can't be shared with the other hubs");
            Status::unavailable("the attachment can't be shared with the other hubs now; upload it again")
        })
    }

    /// Brings a content here that another hub took. Where that fails, it is as good as absent.
    pub(crate) async fn bring(&self, sha256: [u8; 32]) {
        let Some(shared) = &self.shared_attachments else {
            return;
        };
        if !self.attachments.contains(&sha256).unwrap_or(true)
            && let Err(error) = shared.fetch(sha256, self.attachments.clone()).await
        {
            tracing::warn!(error, "an attachment can't be brought from the others");
        }
    }

    /// Documents that were read and are not answered yet.
    pub(crate) fn documents_under_way(&self) -> usize {
        let free = self.documents.available_permits();
        self.limits.documents_in_flight.saturating_sub(free)
    }

    /// After a failed write: no more records, health NOT_SERVING.
    pub(crate) fn poison(&self) {
        self.poisoned.send_replace(true);
    }

    /// Tells who follows, and takes a snapshot when it is time.
    pub(crate) fn after_group(self: &Arc<Self>) {
        let position = self.state.read().position.0;
        self.applied.send_replace(position);
        let since = position - self.snapshot_at.load(Ordering::Relaxed);
        let every = self.snapshot_records.max(position / 12);
        if since < every || self.snapshot_running.swap(true, Ordering::AcqRel) {
            return;
        }
        let core = Arc::clone(self);
        let saving = self.workers.aside("snapshot", move || {
            if let Some(mark) = core.save_snapshot() {
                core.leave_for_others(mark, every);
            }
            core.snapshot_running.store(false, Ordering::Release);
        });
        if let Err(error) = saving {
            tracing::warn!(%error, "no thread for a snapshot; the next restart takes longer");
        }
    }

    /// Saves the state as it is now. Without it a restart replays more of the journal, nothing else.
    pub(crate) fn save_snapshot(&self) -> Option<SnapshotMark> {
        let state = self.state.read().clone();
        match self.snapshots.save(&state) {
            Ok(mark) => {
                self.snapshot_at.store(state.position.0, Ordering::Relaxed);
                Some(mark)
            }
            Err(error) => {
                tracing::warn!(%error, "state can't be saved; the next restart takes longer");
                None
            }
        }
    }

    fn leave_for_others(&self, mark: SnapshotMark, every: u64) {
        let Some(shared) = &self.shared_snapshots else { return };
        let left = async {
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => Ok(()),
                left = states::leave(&**shared, &self.snapshots, mark, every) => left,
            }
        };
        if let Err(why) = self.workers.wait(left) {
            tracing::warn!(
                why,
                "the state can't be left for other hubs; a new one takes longer to start"
            );
        }
    }
}
