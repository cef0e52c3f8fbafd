//! The one writer: puts what waits into one group, makes it durable with one sync, applies it in order, answers.
//!
//! What comes while a group syncs goes with the next one: so one sync serves as many as there are. Where many documents are
//! being verified, the writer waits a moment for some of them ([`gathering`](crate::gathering)); a hub that is not busy never waits.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use prost::Message as _;
use tokio::sync::mpsc;
use truc_proto::v1::{Receipt, ReceiptStatement};
use truc_signature::dsse;
use truc_store::{
    apply::{Accepted, Outcome, apply},
    journal::{Appended, Journal as _},
    record::{Change, Entry, wire},
    state::{State, timestamp, wire_time},
};

use crate::{
    core::Core,
    engine::Engine,
    gathering::Gathering,
    proposal::{Answer, Proposal, Stopped},
    receipts,
};

/// A signed checkpoint at least this often.
const CHECKPOINT_RECORDS: u64 = 10_000;

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
            let mut group =
                Gathering::begin(first).finish(&mut self.proposals, last, || self.core.documents_under_way());
            last = Instant::now();
            if self.unsigned >= CHECKPOINT_RECORDS {
                group.push(self.checkpoint());
                self.unsigned = 0;
            }
            self.unsigned += group.len() as u64;
            if !self.commit(group) {
                self.refuse_everything();
                return;
            }
            self.core.after_group();
        }
        let last = self.checkpoint();
        self.commit(vec![last]);
        self.core.save_snapshot();
    }

    /// Whether the group is durable and applied.
    fn commit(&mut self, group: Vec<Proposal>) -> bool {
        let at = timestamp(self.core.clock.now().max(self.core.state.read().now));
        let mut records = Vec::with_capacity(group.len());
        let mut waiting = Vec::with_capacity(group.len());
        for Proposal { change, header, reply } in group {
            let (bytes, entry) = Entry { at, change, header }.encode();
            waiting.push((entry, bytes.len(), reply));
            records.push(bytes);
        }
        let appended = match self.journal.append_blocking(&records) {
            Ok(appended) => appended,
            Err(error) => {
                tracing::error!(%error, "journal can't be written: the hub takes no more records");
                self.core.poison();
                waiting.into_iter().for_each(|(_, _, reply)| reply(Err(Stopped)));
                return false;
            }
        };
        drop(records);
        self.apply(appended, Instant::now(), waiting)
    }

    fn apply(&self, appended: Appended, durable: Instant, group: Vec<(Entry, usize, crate::proposal::Reply)>) -> bool {
        let mut woken = Vec::new();
        let mut answers = Vec::with_capacity(group.len());
        let mut statements = Vec::new();
        let mut revoked = false;
        {
            let mut state = self.core.state.write();
            for (at, (entry, bytes, reply)) in group.into_iter().enumerate() {
                let position = appended.first.plus(at as u64);
                let applied = match apply(&mut state, position, appended.chain, &entry) {
                    Ok(applied) => applied,
                    Err(error) => {
                        tracing::error!(%error, "state and journal disagree: the hub takes no more records");
                        self.core.poison();
                        reply(Err(Stopped));
                        return false;
                    }
                };
                woken.extend(applied.woken);
                match entry.change {
                    Change::Acknowledgement(_) => self.core.arrivals.keep(position, entry.at.as_microsecond()),
                    Change::CertificateRevoked(_) => revoked = true,
                    Change::FaultSet(_) | Change::FaultsCleared(_) => self.core.faults.changed(&state, &entry.change),
                    _ => {}
                }
                if let Outcome::Accepted(accepted) = &applied.outcome
                    && !accepted.repeated
                {
                    statements.push(statement(&state, accepted, appended.chain));
                    if let Change::DocumentSent(wire::DocumentSent {
                        envelope: Some(envelope),
                        ..
                    }) = entry.change
                    {
                        self.core.bodies.keep(position, envelope, bytes);
                    }
                }
                answers.push((applied.outcome, reply));
            }
        }
        if revoked {
            self.core.revocations.send_replace(());
        }
        self.answer(answers, &statements, durable);
        self.core.wakers.wake(&mut woken);
        true
    }

    fn answer(&self, answers: Vec<(Outcome, crate::proposal::Reply)>, statements: &[Bytes], durable: Instant) {
        let mut fresh = receipts::sign(&self.core, statements).into_iter();
        for (outcome, reply) in answers {
            let receipt: Option<Receipt> = match &outcome {
                Outcome::Accepted(accepted) if accepted.repeated => receipts::again(&self.core, accepted.position),
                Outcome::Accepted(_) => fresh.next(),
                _ => None,
            };
            reply(Ok(Answer {
                outcome,
                receipt,
                durable,
            }));
        }
    }

    fn checkpoint(&self) -> Proposal {
        let head = self.journal.head();
        let position = head.next.0 - 1;
        let payload = [&position.to_be_bytes()[..], &head.chain].concat();
        let identity = &self.core.identity;
        let signature = dsse::sign(identity.key(), dsse::CHECKPOINT_PAYLOAD_TYPE, &payload);
        let change = Change::Checkpoint(wire::Checkpoint {
            position,
            chain: Bytes::copy_from_slice(&head.chain),
            signature: Bytes::copy_from_slice(&signature),
            key_id: Bytes::copy_from_slice(&identity.fingerprint()),
        });
        Proposal {
            change,
            header: None,
            reply: Box::new(|_| ()),
        }
    }

    fn refuse_everything(&mut self) {
        self.proposals.close();
        while let Some(proposal) = self.proposals.blocking_recv() {
            (proposal.reply)(Err(Stopped));
        }
    }
}

/// What a receipt says about a document that the state has taken.
pub(crate) fn statement(state: &State, accepted: &Accepted, chain: [u8; 32]) -> Bytes {
    let entry = state.documents.get(accepted.document);
    let statement = entry.map(|entry| ReceiptStatement {
        document_id: entry.id.to_string(),
        sender: state.code(entry.sender),
        envelope_digest: Bytes::copy_from_slice(&entry.digest),
        position: entry.position.0,
        journal_hash: Bytes::copy_from_slice(&chain),
        accepted_at: Some(wire_time(entry.accepted_at)),
        recipient_count: entry.recipients,
    });
    statement.unwrap_or_default().encode_to_vec().into()
}
