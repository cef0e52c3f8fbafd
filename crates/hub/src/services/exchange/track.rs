//! Track: the life of a document; a recipient sees what concerns it.

use prost::Message as _;
use tonic::Status;
use truc_document::{BusinessAct, StatusCode};
use truc_proto::v1::{self as pb, TimelineEventKind as Kind};
use truc_signature::Caller;
use truc_store::{
    journal::Position,
    record::{Change, Entry},
    state::{AgencyIndex, Content, Delivery, DeliveryState, DocumentEntry, State, flag, wire_time},
};

use super::{document_id, not_yours, unknown_document};
use crate::{bodies::read, core::Core, receipts};

pub(super) fn track(core: &Core, caller: &Caller, request: &pb::TrackRequest) -> Result<pb::TrackResponse, Status> {
    let id = document_id(&request.document_id)?;
    let (entry, positions, recipients, only) = {
        let state = core.state.read();
        let (_, entry) = state.documents.find(id).ok_or_else(|| unknown_document(id))?;
        let only = match caller {
            Caller::Operator => None,
            Caller::Agency(code) => {
                let agency = state
                    .directory
                    .find(code)
                    .filter(|&agency| state.is_party(entry, agency));
                let agency = agency.ok_or_else(|| not_yours(id))?;
                Some(agency).filter(|&agency| agency != entry.sender && agency != state.directory.heir(entry.sender))
            }
        };
        (
            entry.clone(),
            state.documents.timeline(entry),
            recipients(&state, entry, only),
            only,
        )
    };
    let accepted = read(&core.reader, entry.position).ok_or_else(|| Status::data_loss("the journal can't be read"))?;
    let header = match &accepted.change {
        Change::DocumentSent(sent) => sent
            .envelope
            .as_ref()
            .and_then(|envelope| pb::Header::decode(&envelope.header[..]).ok()),
        _ => None,
    };
    let mut events = vec![pb::TimelineEvent {
        happened_at: Some(wire_time(entry.accepted_at)),
        position: entry.position.0,
        agency: core.state.read().code(entry.sender),
        kind: Kind::Accepted as i32,
        ..Default::default()
    }];
    for position in positions {
        if let Some(record) = read(&core.reader, position) {
            events.extend(tell(core, &entry, position, record, only));
        }
    }
    Ok(pb::TrackResponse {
        header,
        receipt: if only.is_none() {
            receipts::again(core, entry.position)
        } else {
            None
        },
        signature_standing: entry.standing.into(),
        frozen: entry.is(flag::FROZEN),
        recipients,
        events,
    })
}

fn recipients(state: &State, entry: &DocumentEntry, only: Option<AgencyIndex>) -> Vec<pb::RecipientState> {
    let shown = state
        .deliveries_of(entry)
        .filter(|(_, delivery)| only.is_none_or(|only| state.may_take(delivery, only)));
    shown
        .map(|(id, delivery)| recipient_state(state, id, &delivery))
        .collect()
}

/// Where a document stands at one recipient.
pub(super) fn recipient_state(state: &State, delivery_id: u64, delivery: &Delivery) -> pb::RecipientState {
    pb::RecipientState {
        agency: state.code(delivery.agency),
        delivery: match delivery.state {
            DeliveryState::Waiting => pb::DeliveryState::Waiting,
            DeliveryState::Leased => pb::DeliveryState::Leased,
            DeliveryState::Acknowledged => pb::DeliveryState::Acknowledged,
            DeliveryState::Withdrawn => pb::DeliveryState::Withdrawn,
        } as i32,
        status: delivery.standing.status().map_or(0, StatusCode::wire),
        attempts: delivery.attempts.into(),
        delivery_id,
    }
}

fn tell(
    core: &Core,
    entry: &DocumentEntry,
    position: Position,
    record: Entry,
    only: Option<AgencyIndex>,
) -> Vec<pb::TimelineEvent> {
    let state = core.state.read();
    let event = |agency: String, kind: Kind| pb::TimelineEvent {
        happened_at: Some(wire_time(record.at.as_microsecond())),
        position: position.0,
        agency,
        kind: kind as i32,
        ..Default::default()
    };
    let hidden = |code: &str| {
        let index = code.parse().ok().and_then(|code| state.directory.find(&code));
        let theirs = |index| index == entry.sender || only.is_some_and(|only| state.directory.heir(index) == only);
        only.is_some_and(|only| index != Some(only) && !index.is_some_and(theirs))
    };
    match record.change {
        Change::Acknowledgement(acknowledgement) => {
            let ours = acknowledgement.delivery_ids.iter().filter_map(|&id| state.delivery(id));
            let is_it = |document| state.documents.get(document).is_some_and(|at| at.id == entry.id);
            let documents = ours
                .filter(|delivery| matches!(delivery.content, Some(Content::Document(document)) if is_it(document)));
            if hidden(&acknowledgement.agency) || documents.count() == 0 {
                return Vec::new();
            }
            vec![pb::TimelineEvent {
                status: StatusCode::Arrived.wire(),
                ..event(acknowledgement.agency, Kind::Acknowledged)
            }]
        }
        Change::Status(status) if !hidden(&status.agency) => vec![pb::TimelineEvent {
            status: status.status,
            description: status.description,
            ..event(status.agency, Kind::StatusReported)
        }],
        Change::DocumentSent(_) => {
            let Some(header) = record.header else { return Vec::new() };
            let kind = match header.act {
                BusinessAct::Recall => Kind::Recalled,
                BusinessAct::Update => Kind::Updated,
                BusinessAct::Replace => Kind::Replaced,
                BusinessAct::New => return Vec::new(),
            };
            vec![pb::TimelineEvent {
                description: header.act_reason.clone(),
                cause_document_id: header.document_id.to_string(),
                ..event(header.sender.to_string(), kind)
            }]
        }
        _ => Vec::new(),
    }
}
