//! The writer where hubs share a journal: hands over groups of its own, one at a time, and applies whatever comes back in the
//! order, its own and others'.
//!
//! Nothing that is proposed depends on what came before it, so a group that is ordered later than its hub thought is as good as
//! any: `apply` decides. While one group is under way the next gathers; there is no other wait.
//!
//! Where the journal does not answer for a while, callers are told that nothing is known, and a client asks another hub. What was
//! handed over may still be ordered; the same document sent again is then a repeat.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};
use truc_store::{
    journal::{Appended, Contact, JournalError, Ordered, SharedJournal},
    lock::FolderLock,
    record::{Change, Entry},
};

use crate::{
    applying::{self, CHECKPOINT_RECORDS, Waiting},
    core::Core,
    gathering::Gathering,
    proposal::{Proposal, Stopped},
};

/// How long callers wait for a journal that does not answer.
const GRACE: Duration = Duration::from_secs(4);
/// How long a hub that was told to stop waits for its last checkpoint.
const LAST: Duration = Duration::from_secs(5);

/// The writer's own: lives on its thread.
pub(crate) struct Following {
    core: Arc<Core>,
    journal: Box<dyn SharedJournal>,
    proposals: mpsc::UnboundedReceiver<Proposal>,
    contact: watch::Receiver<Contact>,
    /// The group that was handed over.
    under_way: Option<UnderWay>,
    /// Records since the last checkpoint, whoever made it.
    unsigned: u64,
    /// The folder is another's when nobody writes there any more.
    _lock: FolderLock,
}

struct UnderWay {
    group: Vec<Waiting>,
    since: Instant,
    /// Its callers were told that nothing is known.
    given_up: bool,
}

enum Event {
    Ordered(Result<Ordered, JournalError>),
    /// None when nobody can propose any more.
    Proposed(Option<Box<Proposal>>),
    Late,
    Contact,
}

impl Following {
    pub(crate) fn new(
        core: Arc<Core>,
        journal: Box<dyn SharedJournal>,
        proposals: mpsc::UnboundedReceiver<Proposal>,
        lock: FolderLock,
    ) -> Self {
        let contact = journal.contact();
        Self {
            core,
            journal,
            proposals,
            contact,
            under_way: None,
            unsigned: 0,
            _lock: lock,
        }
    }

    /// Runs until nobody can propose any more; then everything proposed is durable, or its callers know that it may not be.
    pub(crate) async fn run(mut self) {
        loop {
            match self.event().await {
                Event::Ordered(ordered) => {
                    if !self.take(ordered) {
                        return self.refuse_everything().await;
                    }
                }
                Event::Proposed(None) => return self.end().await,
                Event::Proposed(Some(proposal)) if self.given_up() => (proposal.reply)(Err(Stopped)),
                Event::Proposed(Some(first)) => {
                    let group = Gathering::begin(*first, self.journal.group_bytes_max()).at_once(&mut self.proposals);
                    self.hand_over(group);
                }
                Event::Late => self.give_up(),
                Event::Contact => self.tell_contact(),
            }
        }
    }

    async fn event(&mut self) -> Event {
        let under_way = self.under_way.as_ref();
        let late = under_way.and_then(|under_way| (!under_way.given_up).then(|| under_way.since + GRACE));
        tokio::select! {
            biased;
            ordered = self.journal.next() => Event::Ordered(ordered),
            proposal = self.proposals.recv(), if late.is_none() => Event::Proposed(proposal.map(Box::new)),
            () = sleep_until(late.unwrap_or_else(Instant::now)), if late.is_some() => Event::Late,
            Ok(()) = self.contact.changed() => Event::Contact,
        }
    }

    fn given_up(&self) -> bool {
        self.under_way.as_ref().is_some_and(|under_way| under_way.given_up)
    }

    fn hand_over(&mut self, mut group: Vec<Proposal>) {
        if self.unsigned >= CHECKPOINT_RECORDS {
            self.unsigned = 0;
            group.push(applying::checkpoint(&self.core, self.journal.head()));
        }
        let (records, waiting) = Waiting::of(&self.core, group);
        match self.journal.begin(&records) {
            Ok(()) => {
                self.under_way = Some(UnderWay {
                    group: waiting,
                    since: Instant::now(),
                    given_up: false,
                });
            }
            Err(error) => {
                tracing::error!(%error, "a group can't be handed over to the shared journal");
                Waiting::stop(waiting);
            }
        }
    }

    /// Whether the hub can go on.
    fn take(&mut self, ordered: Result<Ordered, JournalError>) -> bool {
        let Ordered { group, own } = match ordered {
            Ok(ordered) => ordered,
            Err(error) => {
                tracing::error!(%error, "the shared journal can't be followed: the hub takes no more records");
                self.core.poison();
                return false;
            }
        };
        let appended = Appended {
            first: group.first,
            count: group.records.len() as u64,
            chain: group.chain,
        };
        let under_way = if own { self.under_way.take() } else { None };
        let waiting = match under_way {
            Some(UnderWay { group, given_up, .. }) => {
                if given_up {
                    tracing::info!("the shared journal answers again");
                }
                group
            }
            None => {
                let Some(decoded) = self.decode(group.first.0, group.records) else {
                    return false;
                };
                decoded
            }
        };
        self.unsigned += appended.count;
        let mut clock_moved = false;
        for Waiting { entry, .. } in &waiting {
            match entry.change {
                Change::Checkpoint(_) => self.unsigned = 0,
                Change::ClockMoved(_) => clock_moved = true,
                _ => {}
            }
        }
        if !applying::apply(&self.core, appended, std::time::Instant::now(), waiting) {
            return false;
        }
        let (now, setting) = {
            let state = self.core.state.read();
            (state.now, state.clock)
        };
        if clock_moved {
            self.core.clock.set(setting, now);
            self.core.wakers.wake_all();
        } else {
            self.core.clock.not_before(now);
        }
        self.core.after_group();
        self.tell_contact();
        true
    }

    /// What another hub wrote.
    fn decode(&self, first: u64, records: Vec<bytes::Bytes>) -> Option<Vec<Waiting>> {
        let mut decoded = Vec::with_capacity(records.len());
        for (position, record) in (first..).zip(records) {
            let bytes = record.len();
            match Entry::decode(record) {
                Ok(entry) => decoded.push(Waiting {
                    entry,
                    bytes,
                    reply: None,
                }),
                Err(error) => {
                    tracing::error!(
                        position, %error,
                        "another hub wrote what this version can't read: the hub takes no more records; give it the same version"
                    );
                    self.core.poison();
                    return None;
                }
            }
        }
        Some(decoded)
    }

    fn give_up(&mut self) {
        if let Some(under_way) = &mut self.under_way {
            tracing::warn!("the shared journal does not answer; callers are sent to other hubs until it does");
            under_way.given_up = true;
            for reply in under_way.group.iter_mut().filter_map(|waiting| waiting.reply.take()) {
                reply(Err(Stopped));
            }
        }
        self.tell_contact();
    }

    fn tell_contact(&mut self) {
        let held = *self.contact.borrow_and_update() == Contact::Held && !self.given_up();
        self.core.in_contact.send_if_modified(|before| {
            let other = *before != held;
            *before = held;
            other
        });
    }

    /// A last word for all that is there, if the journal takes it.
    async fn end(&mut self) {
        if self.under_way.is_none() {
            self.hand_over(vec![applying::checkpoint(&self.core, self.journal.head())]);
        }
        let deadline = Instant::now() + LAST;
        while self.under_way.is_some() {
            match timeout(deadline - Instant::now(), self.journal.next()).await {
                Ok(ordered) => {
                    if !self.take(ordered) {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        self.core.save_snapshot();
    }

    async fn refuse_everything(&mut self) {
        if let Some(under_way) = self.under_way.take() {
            Waiting::stop(under_way.group);
        }
        self.proposals.close();
        while let Some(proposal) = self.proposals.recv().await {
            (proposal.reply)(Err(Stopped));
        }
    }
}
