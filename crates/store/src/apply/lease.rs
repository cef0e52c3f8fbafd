//! Handing out: the first `max` of a mailbox, those first whose lease ran out back in their place.

use super::Outcome;
use crate::{
    record::wire,
    state::{AgencyIndex, Content, DeliveryState, State},
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

pub(super) fn apply(state: &mut State, lease: &wire::Lease) -> Outcome {
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
    while deliveries.len() < lease.max as usize {
        let Some(id) = state
            .mailboxes
            .get_mut(agency as usize)
            .and_then(|mailbox| mailbox.take_first())
        else {
            break;
        };
        let Some(delivery) = state.delivery_mut(id) else { break };
        delivery.state = DeliveryState::Leased;
        delivery.attempts = delivery.attempts.saturating_add(1);
        delivery.leased_until = lease.until;
        let (attempt, content) = (delivery.attempts, delivery.content);
        deliveries.push(LeasedDelivery { id, attempt, content });
        if let Some(mailbox) = state.mailboxes.get_mut(agency as usize) {
            mailbox.lease(lease.until, id);
        }
        if matches!(content, Content::Document(_)) {
            state.statistics.totals.leased += 1;
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

/// A lease ran out: back into the mailbox, in the place that urgency and arrival give.
fn release(state: &mut State, agency: AgencyIndex, id: u64) {
    let Some(delivery) = state.delivery_mut(id) else { return };
    delivery.state = DeliveryState::Waiting;
    let (rank, content) = (delivery.rank, delivery.content);
    if let Some(mailbox) = state.mailboxes.get_mut(agency as usize) {
        mailbox.put(rank, id);
    }
    if matches!(content, Content::Document(_)) {
        state.statistics.totals.leased -= 1;
    }
}
