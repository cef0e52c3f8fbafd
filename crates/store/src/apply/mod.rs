//! `apply`: the only writer of state. It depends on nothing but its arguments, so the same records give the same state,
//! bit for bit, on every run and on every hub. Whatever depends on order is decided here and nowhere before.

mod acknowledge;
mod closing;
mod document;
mod fault;
mod lease;
mod recall;
mod refused;
mod registry;
mod standing;
mod status;
#[cfg(test)]
pub(crate) mod tests;

use truc_document::Refusal;
use truc_proto::v1 as pb;

pub use self::{
    closing::Closed,
    document::{Accepted, check},
    lease::{Leased, LeasedDelivery},
    status::StatusTaken,
};
use crate::{
    journal::Position,
    record::{Change, Entry},
    state::{AgencyIndex, ClockSetting, Content, Delivery, DeliveryState, State},
};

/// What became of a record.
#[derive(Debug)]
pub enum Outcome {
    /// A document was taken, now or before.
    Accepted(Accepted),
    /// A document, a status or a reference can't be taken.
    Refused(Refusal),
    /// Deliveries were handed out.
    Leased(Leased),
    /// What became of each acknowledgement, in their order.
    Acknowledged(Vec<Result<(), Refusal>>),
    /// A status was taken.
    Status(StatusTaken),
    /// An agency stands in the directory as told.
    Agency(Box<pb::Agency>),
    /// An agency closed, now or before.
    Closed(Closed),
    /// A certificate is revoked from this time on, µs.
    Revoked(i64),
    /// So many faults were removed.
    Cleared(u32),
    /// Noted; nobody waits for more.
    Noted,
}

/// What `apply` gives back: the answer, and whose mailboxes changed.
#[derive(Debug)]
pub struct Applied {
    /// The answer to the call that made the record.
    pub outcome: Outcome,
    /// Agencies whose mailbox got something, or has room in a window again.
    pub woken: Vec<AgencyIndex>,
}

/// A record applied out of its order: the caller's mistake, or a journal that is not the one of this state.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("record {position} can't follow {after}: positions are dense")]
pub struct OutOfOrder {
    /// The record.
    pub position: Position,
    /// The state's.
    pub after: Position,
}

/// Applies one record. `chain` is the hash of the journal's chain with the record's group.
///
/// # Errors
/// [`OutOfOrder`]; nothing has changed.
pub fn apply(state: &mut State, position: Position, chain: [u8; 32], entry: &Entry) -> Result<Applied, OutOfOrder> {
    if position != state.position.next() {
        return Err(OutOfOrder {
            position,
            after: state.position,
        });
    }
    state.position = position;
    state.chain = chain;
    state.now = state.now.max(entry.at.as_microsecond());
    let mut woken = Vec::new();
    let outcome = match &entry.change {
        Change::DocumentSent(sent) => match &entry.header {
            Some(header) => document::apply(state, position, sent, header, &mut woken),
            None => Outcome::Noted,
        },
        Change::DocumentRefused(refused) => refused::apply(state, refused),
        Change::Lease(lease) => lease::apply(state, position, lease),
        Change::Acknowledgement(acknowledgement) => acknowledge::apply(state, position, acknowledgement, &mut woken),
        Change::Status(status) => status::apply(state, position, status, &mut woken),
        Change::AgencyChanged(changed) => registry::agency(state, changed),
        Change::AgencyClosed(closed) => closing::apply(state, position, closed, &mut woken),
        Change::CertificateRegistered(registered) => registry::certificate(state, registered),
        Change::CertificateRevoked(revoked) => registry::revocation(state, revoked),
        Change::AttachmentUploaded(uploaded) => registry::upload(state, uploaded),
        Change::ClockMoved(moved) => {
            state.now = state.now.max(moved.to);
            let mode = pb::ClockMode::try_from(moved.mode).unwrap_or(pb::ClockMode::Wall);
            state.clock = ClockSetting {
                mode,
                factor: moved.factor,
            };
            Outcome::Noted
        }
        Change::FaultSet(set) => fault::set(state, set),
        Change::FaultsCleared(cleared) => fault::clear(state, cleared),
        Change::Checkpoint(_) | Change::HubStarted(_) => Outcome::Noted,
    };
    Ok(Applied { outcome, woken })
}

/// Puts something into the mailbox of an agency, or of who took over from it, and gives the delivery's id.
fn deliver(state: &mut State, agency: AgencyIndex, rank: u8, content: Content, woken: &mut Vec<AgencyIndex>) -> u64 {
    let delivery = Delivery {
        agency,
        state: DeliveryState::Waiting,
        rank,
        attempts: 0,
        standing: truc_document::Standing::default(),
        leased_until: 0,
        content: Some(content),
    };
    let id = state.deliveries.push(delivery);
    let holder = state.directory.heir(agency);
    if let Some(mailbox) = state.mailboxes.get_mut(holder as usize) {
        mailbox.put(rank, id);
    }
    woken.push(holder);
    id
}
