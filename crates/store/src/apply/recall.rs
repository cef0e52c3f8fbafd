//! Acts on documents already sent: recall (thu hồi), update (cập nhật), replace (thay thế).

use truc_document::{BusinessAct, Header};
use truc_proto::v1::NoticeKind;

use super::deliver;
use crate::{
    journal::Position,
    state::{
        AgencyIndex, Content, DeliveryState, DocumentIndex, State, flag,
        statistics::{Cell, day_of},
    },
};

/// Does to `targets` what the act of `header` says; they were judged before.
pub(super) fn act(
    state: &mut State,
    header: &Header,
    cause: DocumentIndex,
    targets: &[DocumentIndex],
    recipients: &[AgencyIndex],
    position: Position,
    woken: &mut Vec<AgencyIndex>,
) {
    for &target in targets {
        state.documents.note(target, position);
        match header.act {
            BusinessAct::New => {}
            BusinessAct::Recall => {
                mark(state, target, flag::FROZEN);
                for &recipient in recipients {
                    if !withdraw(state, target, recipient, position, woken) {
                        ask(state, target, recipient);
                    }
                }
            }
            BusinessAct::Update => {
                recipients.iter().for_each(|&recipient| ask(state, target, recipient));
                tell_receivers(state, header, target, recipients, position, woken);
            }
            BusinessAct::Replace => {
                mark(state, target, flag::REPLACED);
                recipients.iter().for_each(|&recipient| ask(state, target, recipient));
            }
        }
    }
    if header.act == BusinessAct::Recall {
        for &recipient in recipients {
            if saw_nothing(state, targets, recipient) {
                withdraw(state, cause, recipient, position, woken);
            }
        }
    }
    // The acting document's own timeline begins with its acceptance, which its entry holds.
    debug_assert!(state.documents.get(cause).is_some());
}

fn mark(state: &mut State, document: DocumentIndex, bit: u8) {
    if let Some(entry) = state.documents.get_mut(document) {
        entry.flags |= bit;
    }
}

/// The recipient was to get something of `targets`, and all of it was withdrawn before it was fetched: a recall would only
/// tell of what was to stay unseen.
fn saw_nothing(state: &State, targets: &[DocumentIndex], recipient: AgencyIndex) -> bool {
    let mut deliveries = targets
        .iter()
        .filter_map(|&target| state.delivery_to(state.documents.get(target)?, recipient))
        .map(|(_, delivery)| delivery.state)
        .peekable();
    deliveries.peek().is_some() && deliveries.all(|state| state == DeliveryState::Withdrawn)
}

/// Takes a delivery that was never fetched out of its mailbox and tells the sender. Whether it did.
pub(super) fn withdraw(
    state: &mut State,
    document: DocumentIndex,
    recipient: AgencyIndex,
    position: Position,
    woken: &mut Vec<AgencyIndex>,
) -> bool {
    let Some(entry) = state.documents.get(document).cloned() else {
        return false;
    };
    let Some((id, delivery)) = state.delivery_to(&entry, recipient) else {
        return false;
    };
    if delivery.state != DeliveryState::Waiting || delivery.attempts > 0 {
        return false;
    }
    let (rank, holder) = (delivery.rank, state.directory.heir(delivery.agency));
    if let Some(mailbox) = state.mailboxes.get_mut(holder as usize) {
        mailbox.remove_waiting(rank, id);
    }
    state.deliveries.withdraw(id);
    let notice = Content::Notice {
        document,
        kind: NoticeKind::Withdrawn as u8,
        agency: recipient,
        position,
    };
    deliver(state, entry.sender, rank, notice, woken);
    let directory = std::sync::Arc::clone(&state.directory);
    if let (Some(to), Some(from)) = (directory.get(recipient), directory.get(entry.sender)) {
        let (level, counterpart) = (to.level.wire() as u8, from.level.wire() as u8);
        let cell = Cell {
            day: day_of(state.now),
            province: to.province,
            level,
            counterpart,
            system: entry.system,
        };
        state.statistics.count(cell, recipient, |counts| counts.withdrawn += 1);
    }
    state.statistics.totals.withdrawn += 1;
    true
}

/// The receiver now owes an answer, 15 or 16.
fn ask(state: &mut State, document: DocumentIndex, recipient: AgencyIndex) {
    let Some(entry) = state.documents.get(document).cloned() else {
        return;
    };
    if let Some((id, delivery)) = state.delivery_to(&entry, recipient) {
        state.deliveries.set_standing(id, delivery.standing.ask_by_document());
    }
}

/// An update says who is no longer a receiver, and who is one now.
fn tell_receivers(
    state: &mut State,
    header: &Header,
    target: DocumentIndex,
    recipients: &[AgencyIndex],
    position: Position,
    woken: &mut Vec<AgencyIndex>,
) {
    let Some(entry) = state.documents.get(target).cloned() else {
        return;
    };
    let rank = header.urgency.rank();
    for code in &header.removed_recipients {
        let Some(agency) = state.directory.find(code) else {
            continue;
        };
        if state.delivery_to(&entry, agency).is_some() {
            let kind = NoticeKind::ReceiverRemoved as u8;
            deliver(
                state,
                agency,
                rank,
                Content::Notice {
                    document: target,
                    kind,
                    agency,
                    position,
                },
                woken,
            );
        }
    }
    for &agency in recipients {
        if state.delivery_to(&entry, agency).is_none() {
            let kind = NoticeKind::ReceiverAdded as u8;
            deliver(
                state,
                agency,
                rank,
                Content::Notice {
                    document: target,
                    kind,
                    agency,
                    position,
                },
                woken,
            );
        }
    }
}
