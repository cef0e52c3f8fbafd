//! Taking for good: the delivery never shows again, and status 01 goes to the sender.

use truc_document::{Reason, Refusal, StatusCode};
use truc_proto::v1::PaceStage;

use super::{Outcome, deliver};
use crate::{
    journal::Position,
    record::wire,
    state::{
        AgencyIndex, Content, Delivery, DeliveryState, DocumentIndex, State,
        statistics::{Cell, day_of},
    },
};

pub(super) fn apply(
    state: &mut State,
    position: Position,
    acknowledgement: &wire::Acknowledgement,
    woken: &mut Vec<AgencyIndex>,
) -> Outcome {
    let found = acknowledgement
        .agency
        .parse()
        .ok()
        .and_then(|code| state.directory.find(&code));
    let Some(agency) = found else {
        return Outcome::Acknowledged(Vec::new());
    };
    // The agency's own windows have room again.
    woken.push(agency);
    let take = |&id: &u64| take(state, position, agency, id, woken);
    Outcome::Acknowledged(acknowledgement.delivery_ids.iter().map(take).collect())
}

fn take(
    state: &mut State,
    position: Position,
    agency: AgencyIndex,
    id: u64,
    woken: &mut Vec<AgencyIndex>,
) -> Result<(), Refusal> {
    let now = state.now;
    let delivery = state.delivery(id).filter(|delivery| state.may_take(delivery, agency));
    let delivery = delivery.ok_or_else(|| {
        let message =
            format!("delivery {id} is not in this agency's mailbox; acknowledge ids that Fetch or Subscribe gave");
        Refusal::new(Reason::DeliveryUnknown, message)
    })?;
    match delivery.state {
        DeliveryState::Acknowledged => return Ok(()),
        DeliveryState::Withdrawn => {
            let message =
                format!("delivery {id} was withdrawn, by a recall or as the agency's successor has the document");
            return Err(Refusal::new(Reason::DeliveryUnknown, message));
        }
        DeliveryState::Leased if delivery.leased_until > now => {}
        DeliveryState::Leased | DeliveryState::Waiting => {
            let message =
                format!("delivery {id} is under no lease any more; fetch it again and acknowledge it in time");
            return Err(Refusal::new(Reason::LeaseExpired, message));
        }
    }
    state.deliveries.acknowledge(id);
    // Of a closed agency, which may still acknowledge what it holds, the mailbox is its successor's.
    let holder = state.directory.heir(delivery.agency);
    if let Some(mailbox) = state.mailboxes.get_mut(holder as usize) {
        mailbox.release(delivery.leased_until, id);
    }
    state.stuck.remove(holder, id);
    if let Some(Content::Document(document)) = delivery.content {
        if let Ok(step) = delivery.standing.report(StatusCode::Arrived) {
            state.deliveries.set_standing(id, step.standing);
        }
        state.statistics.totals.leased -= 1;
        arrived(state, position, agency, document, woken);
    }
    Ok(())
}

/// Status 01, by the hub itself.
fn arrived(
    state: &mut State,
    position: Position,
    agency: AgencyIndex,
    document: DocumentIndex,
    woken: &mut Vec<AgencyIndex>,
) {
    state.documents.note(document, position);
    let Some(entry) = state.documents.get(document).cloned() else {
        return;
    };
    let status = StatusCode::Arrived.wire() as u8;
    let rank = truc_document::Urgency::try_from(i32::from(entry.urgency)).map_or(u8::MAX, |urgency| urgency.rank());
    deliver(
        state,
        entry.sender,
        rank,
        Content::Status {
            document,
            position,
            agency,
            status,
        },
        woken,
    );
    state.statistics.totals.acknowledged += 1;
    if let Some(cell) = cell(state, document, agency) {
        state.statistics.count(cell, agency, |counts| counts.acknowledged += 1);
        let took = state.now - entry.accepted_at;
        state
            .statistics
            .took((cell.day, cell.province, entry.urgency, PaceStage::Reached as u8), took);
    }
}

/// The cell in which an event at the receiver of a document counts, now.
pub(super) fn cell(state: &State, document: DocumentIndex, receiver: AgencyIndex) -> Option<Cell> {
    let entry = state.documents.get(document)?;
    let (to, from) = (state.directory.get(receiver)?, state.directory.get(entry.sender)?);
    let (level, counterpart) = (to.level.wire() as u8, from.level.wire() as u8);
    Some(Cell {
        day: day_of(state.now),
        province: to.province,
        level,
        counterpart,
        system: entry.system,
    })
}

/// Rank of what is told about a delivery: as urgent as the delivery itself.
pub(super) fn rank(delivery: &Delivery) -> u8 {
    delivery.rank
}
