//! Closing an agency: another takes over its mailbox, and the right to track and to report.
//!
//! A delivery keeps the agency that it was sent to; who may take it is who stands for that agency now
//! ([`Directory::heir`](crate::state::Directory::heir)). So closing touches what is open alone, however long the agency lived.

use truc_document::{Reason, Refusal};
use truc_proto::v1::{self as pb, NoticeKind};

use super::{Outcome, deliver};
use crate::{
    journal::Position,
    record::wire,
    state::{
        AgencyIndex, Content, Delivery, DeliveryState, State,
        statistics::{Cell, day_of},
    },
};

/// What became of a closing.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The agency as it stands now.
    pub agency: Box<pb::Agency>,
    /// Deliveries that went on to the successor.
    pub moved: u64,
    /// Deliveries withdrawn, as the successor has the same document.
    pub folded: u64,
}

pub(super) fn apply(
    state: &mut State,
    position: Position,
    closed: &wire::AgencyClosed,
    woken: &mut Vec<AgencyIndex>,
) -> Outcome {
    let (agency, successor) = match judge(state, closed) {
        Err(refusal) => return Outcome::Refused(refusal),
        Ok(judged) => judged,
    };
    let (mut moved, mut folded) = (0, 0);
    if let Some(successor) = successor {
        let (code, now) = (
            state.directory.get(successor).map(|agency| agency.code.clone()),
            state.now,
        );
        if let Some(code) = code {
            state.directory_mut().close(agency, code, now);
        }
        (moved, folded) = hand_over(state, position, agency, successor, woken);
        woken.extend([agency, successor]);
    }
    let told = state
        .directory
        .get(agency)
        .map(|agency| state.directory.to_wire(agency));
    Outcome::Closed(Closed {
        agency: Box::new(told.unwrap_or_default()),
        moved,
        folded,
    })
}

/// The agency and who takes over; nobody where it was closed before, to the same one.
fn judge(state: &State, closed: &wire::AgencyClosed) -> Result<(AgencyIndex, Option<AgencyIndex>), Refusal> {
    let find = |field: &str, code: &str| {
        let found = code.parse().ok().and_then(|code| state.agency(&code));
        found.ok_or_else(|| {
            let message = format!("agency `{code}` is not in the directory; register it first");
            Refusal::new(Reason::RecipientUnknown, message).field(field)
        })
    };
    let (index, agency) = find("code", &closed.agency)?;
    let (successor_index, successor) = find("successor", &closed.successor)?;
    match &agency.successor {
        Some(known) if *known == successor.code => return Ok((index, None)),
        Some(known) => {
            let message = format!("agency `{}` is closed already; `{known}` took over", agency.code);
            return Err(Refusal::new(Reason::Malformed, message).field("successor"));
        }
        None => {}
    }
    let unfit = match &successor.successor {
        _ if successor_index == index => Some(format!("agency `{}` can't take over from itself", agency.code)),
        Some(next) => Some(format!(
            "successor `{}` is closed; `{next}` took over from it",
            successor.code
        )),
        None => None,
    };
    match unfit {
        Some(message) => Err(Refusal::new(Reason::Malformed, message).field("successor")),
        None => Ok((index, Some(successor_index))),
    }
}

/// Moves what is open, in the order of arrival; gives how many moved, and how many were withdrawn as the successor has the same
/// document.
fn hand_over(
    state: &mut State,
    position: Position,
    agency: AgencyIndex,
    successor: AgencyIndex,
    woken: &mut Vec<AgencyIndex>,
) -> (u64, u64) {
    let Some(mailbox) = state.mailboxes.get_mut(agency as usize).map(std::mem::take) else {
        return (0, 0);
    };
    let mut open: Vec<u64> = mailbox.open().collect();
    open.sort_unstable();
    let (mut moved, mut folded) = (0, 0);
    for id in open {
        let Some(delivery) = state.delivery(id) else {
            continue;
        };
        state.stuck.remove(agency, id);
        if let Some(Content::Document(document)) = delivery.content
            && has_otherwise(state, document, id, successor)
        {
            fold(state, position, id, document, woken);
            folded += 1;
            continue;
        }
        let held = Delivery {
            agency: successor,
            ..delivery
        };
        state.stuck.look(id, &held, Some(position));
        if let Some(mailbox) = state.mailboxes.get_mut(successor as usize) {
            match delivery.state {
                DeliveryState::Leased => mailbox.lease(delivery.leased_until, id),
                _ => mailbox.put(delivery.rank, id),
            }
        }
        moved += 1;
    }
    (moved, folded)
}

/// The successor has, or took, another delivery of the document.
fn has_otherwise(state: &State, document: u32, id: u64, successor: AgencyIndex) -> bool {
    let Some(entry) = state.documents.get(document) else {
        return false;
    };
    state.deliveries_of(entry).any(|(other, delivery)| {
        other != id && delivery.state != DeliveryState::Withdrawn && state.directory.heir(delivery.agency) == successor
    })
}

/// Takes a delivery back as one too many, and tells the sender.
fn fold(state: &mut State, position: Position, id: u64, document: u32, woken: &mut Vec<AgencyIndex>) {
    let (Some(entry), Some(delivery)) = (state.documents.get(document).cloned(), state.delivery(id)) else {
        return;
    };
    let was_leased = delivery.state == DeliveryState::Leased;
    state.deliveries.withdraw(id);
    let (recipient, rank) = (delivery.agency, delivery.rank);
    let notice = Content::Notice {
        document,
        kind: NoticeKind::Withdrawn as u8,
        agency: recipient,
        position,
    };
    deliver(state, entry.sender, rank, notice, woken);
    let directory = std::sync::Arc::clone(&state.directory);
    if let (Some(to), Some(from)) = (directory.get(recipient), directory.get(entry.sender)) {
        let cell = Cell {
            day: day_of(state.now),
            province: to.province,
            level: to.level.wire() as u8,
            counterpart: from.level.wire() as u8,
            system: entry.system,
        };
        state.statistics.count(cell, recipient, |counts| counts.withdrawn += 1);
    }
    state.statistics.totals.withdrawn += 1;
    state.statistics.totals.leased -= u64::from(was_leased);
}
