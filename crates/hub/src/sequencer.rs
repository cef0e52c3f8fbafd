//! The one writer: puts what waits into one group, makes it durable with one sync, applies it in order, answers.
//!
//! What comes while a group syncs goes with the next one: so one sync serves as many as there are. Where many documents are
//! being verified, the writer waits a moment for some of them ([`gathering`](crate::gathering)); a hub that is not busy never waits.

use std::{sync::Arc, time::Instant};

use tokio::sync::mpsc;
use truc_store::{
    journal::{Journal as _, JournalError},
    lock::FolderLock,
};

use crate::{
    applying::{self, CHECKPOINT_RECORDS, Waiting},
    core::Core,
    engine::Engine,
    gathering::{BYTES_MAX, Gathering},
    proposal::{Proposal, Stopped},
};

/// The writer's own: lives on its thread.
pub(crate) struct Sequencer {
    pub(crate) core: Arc<Core>,
    pub(crate) journal: Engine,
    pub(crate) proposals: mpsc::UnboundedReceiver<Proposal>,
    /// Records since the last checkpoint.
    pub(crate) unsigned: u64,
    /// The folder is another's when nobody writes there any more.
    pub(crate) _lock: FolderLock,
}

impl Sequencer {
    /// Runs until nobody can propose any more; then everything proposed is durable.
    pub(crate) fn run(mut self) {
        let mut last = Instant::now();
        while let Some(first) = self.proposals.blocking_recv() {
            let group = Gathering::begin(first, BYTES_MAX)
                .finish(&mut self.proposals, last, || self.core.documents_under_way());
            last = Instant::now();
            if !self.take(group) {
                self.proposals.close();
                while let Some(proposal) = self.proposals.blocking_recv() {
                    (proposal.reply)(Err(Stopped));
                }
                return;
            }
        }
        self.end();
    }

    /// As [`Sequencer::run`], where there is no thread for it. Nothing is waited for: what is there goes into a group.
    pub(crate) async fn run_among_others(mut self) {
        while let Some(first) = self.proposals.recv().await {
            let group = Gathering::begin(first, BYTES_MAX).at_once(&mut self.proposals);
            if !self.take(group) {
                self.proposals.close();
                while let Some(proposal) = self.proposals.recv().await {
                    (proposal.reply)(Err(Stopped));
                }
                return;
            }
        }
        self.end();
    }

    /// Whether more can be taken.
    fn take(&mut self, mut group: Vec<Proposal>) -> bool {
        if self.unsigned >= CHECKPOINT_RECORDS {
            group.push(applying::checkpoint(&self.core, self.journal.head()));
            self.unsigned = 0;
        }
        self.unsigned += group.len() as u64;
        if !self.commit(group) {
            return false;
        }
        self.core.after_group();
        true
    }

    fn end(&mut self) {
        let last = applying::checkpoint(&self.core, self.journal.head());
        self.commit(vec![last]);
        self.core.save_snapshot();
    }

    /// Whether the group is durable and applied, or nothing of it is stored and a later one may be.
    fn commit(&mut self, group: Vec<Proposal>) -> bool {
        let (records, waiting) = Waiting::of(&self.core, group);
        let appended = match self.journal.append_blocking(&records) {
            Ok(appended) => {
                self.tell_room(true);
                appended
            }
            Err(error @ JournalError::NoRoom { .. }) => {
                if self.tell_room(false) {
                    tracing::error!(%error, "no room for the journal: callers are told to try again; make room");
                }
                Waiting::stop(waiting);
                return true;
            }
            Err(error) => {
                tracing::error!(%error, "journal can't be written: the hub takes no more records");
                self.core.poison();
                Waiting::stop(waiting);
                return false;
            }
        };
        drop(records);
        applying::apply(&self.core, appended, Instant::now(), waiting)
    }

    /// Health says it; whether that is new.
    fn tell_room(&self, room: bool) -> bool {
        let told = |before: &mut bool| std::mem::replace(before, room) != room;
        self.core.in_contact.send_if_modified(told)
    }
}
