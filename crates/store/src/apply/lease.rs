//! Handing out: the first `max` of a mailbox or the ones named, those first whose lease ran out back in their place.

use super::Outcome;
use crate::{
    journal::Position,
    record::wire,
    state::{AgencyIndex, Content, Delivery, DeliveryState, HANDED_OUT_MAX, State},
};

/// What was handed out.
#[derive(Debug, Default)]
pub struct Leased {
    /// The agency.
    pub agency: AgencyIndex,
    /// End of the lease, µs.
    pub until: i64,
    /// Deliveries in their order.
    pub deliveries: Vec<LeasedDelivery>,
    /// Deliveries left that nobody holds.
    pub waiting: usize,
}

/// One delivery handed out.
#[derive(Clone, Copy, Debug)]
pub struct LeasedDelivery {
    /// Its id.
    pub id: u64,
    /// 1 the first time.
    pub attempt: u8,
    /// What it holds.
    pub content: Content,
}

pub(super) fn apply(state: &mut State, position: Position, lease: &wire::Lease) -> Outcome {
    let found = lease.agency.parse().ok().and_then(|code| state.directory.find(&code));
    let Some(agency) = found else {
        return Outcome::Leased(Leased::default());
    };
    let now = state.now;
    while let Some(id) = state
        .mailboxes
        .get_mut(agency as usize)
        .and_then(|mailbox| mailbox.take_expired(now))
    {
        release(state, agency, id);
    }
    let mut deliveries = Vec::new();
    if lease.delivery_ids.is_empty() {
        while deliveries.len() < lease.max as usize {
            let first = state
                .mailboxes
                .get_mut(agency as usize)
                .and_then(|mailbox| mailbox.take_first());
            let Some(id) = first else { break };
            deliveries.extend(hand_out(state, position, agency, id, lease.until));
        }
    } else {
        for &id in &lease.delivery_ids {
            if take(state, agency, id) {
                deliveries.extend(hand_out(state, position, agency, id, lease.until));
            }
        }
    }
    if !deliveries.is_empty() {
        state.fetched.insert(agency);
    }
    let waiting = state.mailbox(agency).map_or(0, |mailbox| mailbox.waiting());
    Outcome::Leased(Leased {
        agency,
        until: lease.until,
        deliveries,
        waiting,
    })
}

/// Takes one delivery out of the mailbox, waiting or leased. Whether it was there.
fn take(state: &mut State, agency: AgencyIndex, id: u64) -> bool {
    let Some(delivery) = state.delivery(id).filter(|delivery| state.may_take(delivery, agency)) else {
        return false;
    };
    let Some(mailbox) = state.mailboxes.get_mut(agency as usize) else {
        return false;
    };
    match delivery.state {
        DeliveryState::Waiting => mailbox.remove_waiting(delivery.rank, id),
        DeliveryState::Leased => {
            let held = mailbox.release(delivery.leased_until, id);
            if held && delivery.is_document() {
                state.statistics.totals.leased -= 1;
            }
            held
        }
        DeliveryState::Acknowledged | DeliveryState::Withdrawn => false,
    }
}

/// Gives what was taken out of the mailbox a lease.
fn hand_out(state: &mut State, position: Position, agency: AgencyIndex, id: u64, until: i64) -> Option<LeasedDelivery> {
    let delivery = state.deliveries.lease(id, until)?;
    if delivery.attempts > HANDED_OUT_MAX {
        // Its mailbox may have been another's, which closed.
        state.stuck.look(id, &Delivery { agency, ..delivery }, Some(position));
    }
    if let Some(mailbox) = state.mailboxes.get_mut(agency as usize) {
        mailbox.lease(until, id);
    }
    if delivery.is_document() {
        state.statistics.totals.leased += 1;
    }
    Some(LeasedDelivery {
        id,
        attempt: delivery.attempts,
        content: delivery.content?,
    })
}

/// A lease ran out: back into the mailbox, in the place that urgency and arrival give.
fn release(state: &mut State, agency: AgencyIndex, id: u64) {
    let Some(delivery) = state.deliveries.release(id) else {
        return;
    };
    if let Some(mailbox) = state.mailboxes.get_mut(agency as usize) {
        mailbox.put(delivery.rank, id);
    }
    if delivery.is_document() {
        state.statistics.totals.leased -= 1;
    }
}
