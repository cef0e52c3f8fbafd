//! A status that an agency reports: judged by the status machine, sent to the other party.

use truc_document::{Reason, Refusal, StatusCode, Urgency};
use truc_proto::v1::PaceStage;
use uuid::Uuid;

use super::{Outcome, acknowledge, deliver, document::unknown, recall};
use crate::{
    journal::Position,
    record::wire,
    state::{AgencyIndex, Content, DeliveryState, DocumentEntry, DocumentIndex, State, statistics::day_of},
};

/// A status that was taken.
#[derive(Debug, Clone, Copy)]
pub struct StatusTaken {
    /// Hub time, µs.
    pub at: i64,
    /// It had been reported before; nothing was sent.
    pub repeated: bool,
}

pub(super) fn apply(
    state: &mut State,
    position: Position,
    status: &wire::Status,
    woken: &mut Vec<AgencyIndex>,
) -> Outcome {
    match take(state, position, status, woken) {
        Ok(taken) => Outcome::Status(taken),
        Err(refusal) => Outcome::Refused(refusal),
    }
}

fn take(
    state: &mut State,
    position: Position,
    status: &wire::Status,
    woken: &mut Vec<AgencyIndex>,
) -> Result<StatusTaken, Refusal> {
    let id = Uuid::from_slice(&status.document_id).unwrap_or_default();
    let (document, entry) = state.documents.find(id).ok_or_else(|| unknown(id, "document_id"))?;
    let entry = entry.clone();
    let agency = status.agency.parse().ok().and_then(|code| state.directory.find(&code));
    let agency = agency.ok_or_else(|| not_yours(id, &status.agency))?;
    let code = StatusCode::try_from(status.status).map_err(|_| {
        let message = format!("status {} is none of 01 to 06, 13, 15, 16", status.status);
        Refusal::new(Reason::StatusInvalid, message).field("status")
    })?;
    if code == StatusCode::TakeBack {
        if entry.sender != agency && state.directory.heir(entry.sender) != agency {
            return Err(not_yours(id, &status.agency));
        }
        return ask_back(state, position, document, &entry, woken);
    }
    report(state, position, document, &entry, agency, code, woken).ok_or_else(|| not_yours(id, &status.agency))?
}

fn not_yours(id: Uuid, agency: &str) -> Refusal {
    let message = format!("document `{id}` is not one that `{agency}` may report on");
    Refusal::new(Reason::NotYourDocument, message).field("document_id")
}

/// 01 to 06, 15 and 16, by a receiver; `None` if it is none.
fn report(
    state: &mut State,
    position: Position,
    document: DocumentIndex,
    entry: &DocumentEntry,
    agency: AgencyIndex,
    code: StatusCode,
    woken: &mut Vec<AgencyIndex>,
) -> Option<Result<StatusTaken, Refusal>> {
    let (id, delivery) = state.delivery_to(entry, agency)?;
    let rank = acknowledge::rank(&delivery);
    if delivery.state != DeliveryState::Acknowledged {
        let message =
            format!("delivery {id} of the document was not acknowledged yet; acknowledge it, then report {code}");
        return Some(Err(Refusal::new(Reason::StatusInvalid, message).field("status")));
    }
    let step = match delivery.standing.report(code) {
        Ok(step) => step,
        Err(invalid) => {
            return Some(Err(
                Refusal::new(Reason::StatusInvalid, invalid.to_string()).field("status")
            ));
        }
    };
    if step.repeated {
        return Some(Ok(StatusTaken {
            at: state.now,
            repeated: true,
        }));
    }
    state.deliveries.set_standing(id, step.standing)?;
    state.documents.note(document, position);
    let status = code.wire() as u8;
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
    count(state, document, entry, agency, code);
    Some(Ok(StatusTaken {
        at: state.now,
        repeated: false,
    }))
}

/// 13 by the sender: what was never fetched is withdrawn, who has not accepted yet is asked.
fn ask_back(
    state: &mut State,
    position: Position,
    document: DocumentIndex,
    entry: &DocumentEntry,
    woken: &mut Vec<AgencyIndex>,
) -> Result<StatusTaken, Refusal> {
    let rank = Urgency::try_from(i32::from(entry.urgency)).map_or(u8::MAX, |urgency| urgency.rank());
    let (mut fresh, mut repeated, mut invalid) = (false, false, None);
    for id in entry.deliveries() {
        let Some(delivery) = state.delivery(id) else { continue };
        let recipient = delivery.agency;
        if delivery.state == DeliveryState::Withdrawn {
            repeated = true;
            continue;
        }
        if recall::withdraw(state, document, recipient, position, woken) {
            fresh = true;
            continue;
        }
        match delivery.standing.ask() {
            Ok(step) if step.repeated => repeated = true,
            Ok(step) => {
                state.deliveries.set_standing(id, step.standing);
                fresh = true;
                let status = StatusCode::TakeBack.wire() as u8;
                let content = Content::Status {
                    document,
                    position,
                    agency: entry.sender,
                    status,
                };
                deliver(state, recipient, rank, content, woken);
            }
            Err(why) => invalid = Some(why),
        }
    }
    match (fresh, repeated, invalid) {
        (true, ..) => {
            state.documents.note(document, position);
            state.statistics.totals.statuses += 1;
            Ok(StatusTaken {
                at: state.now,
                repeated: false,
            })
        }
        (false, true, _) | (false, false, None) => Ok(StatusTaken {
            at: state.now,
            repeated: true,
        }),
        (false, false, Some(why)) => Err(Refusal::new(Reason::StatusInvalid, why.to_string()).field("status")),
    }
}

fn count(state: &mut State, document: DocumentIndex, entry: &DocumentEntry, agency: AgencyIndex, code: StatusCode) {
    state.statistics.totals.statuses += 1;
    let Some(cell) = acknowledge::cell(state, document, agency) else {
        return;
    };
    let took = state.now - entry.accepted_at;
    let mut pace = |stage: PaceStage| {
        state
            .statistics
            .took((cell.day, cell.province, entry.urgency, stage as u8), took);
    };
    match code {
        StatusCode::Refused => {
            state.statistics.totals.refused_by_receiver += 1;
            state
                .statistics
                .count(cell, agency, |counts| counts.refused_by_receiver += 1);
        }
        StatusCode::Accepted => pace(PaceStage::Accepted),
        StatusCode::Finished => {
            pace(PaceStage::Finished);
            let due = entry.due != i32::MIN;
            let on_time = due && day_of(state.now) <= entry.due;
            state.statistics.count(cell, agency, |counts| {
                counts.finished += 1;
                counts.finished_with_due_date += u64::from(due);
                counts.finished_on_time += u64::from(on_time);
            });
        }
        _ => {}
    }
}
