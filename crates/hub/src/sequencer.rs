//! The one writer: puts what waits into one group, makes it durable with one sync, applies it in order, answers.
//!
//! What comes while a group syncs goes with the next one: so one sync serves as many as there are. Where many documents are
//! being verified, the writer waits a moment for some of them ([`gathering`](crate::gathering)); a hub that is not busy never waits.

use std::{sync::Arc, time::Instant};

use tokio::sync::mpsc;
use truc_store::journal::Journal as _;

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
}

impl Sequencer {
    /// Runs until nobody can propose any more; then everything proposed is durable.
    pub(crate) fn run(mut self) {
        let mut last = Instant::now();
        while let Some(first) = self.proposals.blocking_recv() {
            let mut group = Gathering::begin(first, BYTES_MAX)
                .finish(&mut self.proposals, last, || self.core.documents_under_way());
            last = Instant::now();
            if self.unsigned >= CHECKPOINT_RECORDS {
                group.push(applying::checkpoint(&self.core, self.journal.head()));
                self.unsigned = 0;
            }
            self.unsigned += group.len() as u64;
            if !self.commit(group) {
                self.refuse_everything();
                return;
            }
            self.core.after_group();
        }
        let last = applying::checkpoint(&self.core, self.journal.head());
        self.commit(vec![last]);
        self.core.save_snapshot();
    }

    /// Whether the group is durable and applied.
    fn commit(&mut self, group: Vec<Proposal>) -> bool {
        let (records, waiting) = Waiting::of(&self.core, group);
        let appended = match self.journal.append_blocking(&records) {
            Ok(appended) => appended,
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

    fn refuse_everything(&mut self) {
        self.proposals.close();
        while let Some(proposal) = self.proposals.blocking_recv() {
            (proposal.reply)(Err(Stopped));
        }
    }
}
