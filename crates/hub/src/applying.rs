//! A durable group, whoever wrote it: into the state, record by record; then its callers are answered and who waits is woken.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use prost::Message as _;
use truc_proto::v1::{Receipt, ReceiptStatement};
use truc_signature::dsse;
use truc_store::{
    apply::{Accepted, Outcome, apply as apply_record},
    journal::{Appended, Head},
    record::{Change, Entry, wire},
    state::{State, timestamp, wire_time},
};

use crate::{
    core::Core,
    proposal::{Answer, Proposal, Reply, Stopped},
    receipts,
};

/// A signed checkpoint at least this often.
pub(crate) const CHECKPOINT_RECORDS: u64 = 10_000;

/// A record in its place, and who waits for what becomes of it.
pub(crate) struct Waiting {
    pub(crate) entry: Entry,
    /// Of the record as it is kept.
    pub(crate) bytes: usize,
    /// None where another hub wrote it, or where this one has said already that it does not know.
    pub(crate) reply: Option<Reply>,
}

impl Waiting {
    /// A group as records, all of one instant: hub time, and never before what was applied.
    pub(crate) fn of(core: &Core, group: Vec<Proposal>) -> (Vec<Bytes>, Vec<Self>) {
        let at = timestamp(core.clock.now().max(core.state.read().now));
        group
            .into_iter()
            .map(|Proposal { change, header, reply }| {
                let (record, entry) = Entry { at, change, header }.encode();
                let waiting = Self {
                    entry,
                    bytes: record.len(),
                    reply: Some(reply),
                };
                (record, waiting)
            })
            .unzip()
    }

    /// Nobody knows what becomes of these.
    pub(crate) fn stop(all: Vec<Self>) {
        all.into_iter()
            .filter_map(|waiting| waiting.reply)
            .for_each(|reply| reply(Err(Stopped)));
    }
}

/// Applies a group; whether state and journal agree.
pub(crate) fn apply(core: &Arc<Core>, appended: Appended, durable: Instant, group: Vec<Waiting>) -> bool {
    let mut woken = Vec::new();
    let mut answers = Vec::with_capacity(group.len());
    let mut statements = Vec::new();
    let mut revoked = false;
    {
        let mut state = core.state.write();
        for (at, Waiting { entry, bytes, reply }) in group.into_iter().enumerate() {
            let position = appended.first.plus(at as u64);
            let applied = match apply_record(&mut state, position, appended.chain, &entry) {
                Ok(applied) => applied,
                Err(error) => {
                    tracing::error!(%error, "state and journal disagree: the hub takes no more records");
                    core.poison();
                    if let Some(reply) = reply {
                        reply(Err(Stopped));
                    }
                    return false;
                }
            };
            woken.extend(applied.woken);
            match entry.change {
                Change::Acknowledgement(_) => core.arrivals.keep(position, entry.at.as_microsecond()),
                Change::CertificateRevoked(_) => revoked = true,
                Change::FaultSet(_) | Change::FaultsCleared(_) => core.faults.changed(&state, &entry.change),
                _ => {}
            }
            if let Outcome::Accepted(accepted) = &applied.outcome
                && !accepted.repeated
            {
                if reply.is_some() {
                    statements.push(statement(&state, accepted, appended.chain));
                }
                if let Change::DocumentSent(wire::DocumentSent {
                    envelope: Some(envelope),
                    ..
                }) = entry.change
                {
                    core.bodies.keep(position, envelope, bytes);
                }
            }
            if let Some(reply) = reply {
                answers.push((applied.outcome, reply));
            }
        }
    }
    if revoked {
        core.revocations.send_replace(());
    }
    answer(core, answers, &statements, durable);
    core.wakers.wake(&mut woken);
    true
}

fn answer(core: &Core, answers: Vec<(Outcome, Reply)>, statements: &[Bytes], durable: Instant) {
    let mut fresh = receipts::sign(core, statements).into_iter();
    for (outcome, reply) in answers {
        let receipt: Option<Receipt> = match &outcome {
            Outcome::Accepted(accepted) if accepted.repeated => receipts::again(core, accepted.position),
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

/// The hub's word for all up to the journal's end.
pub(crate) fn checkpoint(core: &Core, head: Head) -> Proposal {
    let position = head.next.0 - 1;
    let payload = [&position.to_be_bytes()[..], &head.chain].concat();
    let identity = &core.identity;
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
