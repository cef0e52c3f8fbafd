//! ListDocuments: what an agency sent or received, the latest first.
//!
//! Nothing is indexed by agency: the documents are walked from the latest on, a bounded number of them in one call, so that a
//! list costs the state no memory.

use prost::Message as _;
use tonic::Status;
use truc_proto::v1 as pb;
use truc_store::state::{AgencyIndex, DeliveryState, DocumentEntry, State, flag, wire_time};

use super::track::recipient_state;
use crate::{core::Core, status::malformed};

const PAGE_MOST: usize = 200;
const PAGE_DEFAULT: usize = 50;
/// Documents looked at in one call.
const WALK: u32 = 200_000;
/// Recipients told of one sent document.
const RECIPIENTS_MOST: usize = 100;

pub(super) fn list_documents(
    core: &Core,
    agency: AgencyIndex,
    request: &pb::ListDocumentsRequest,
) -> Result<pb::ListDocumentsResponse, Status> {
    let size = match request.page_size as usize {
        0 => PAGE_DEFAULT,
        size @ 1..=PAGE_MOST => size,
        size => {
            let message = format!("{size} documents; {PAGE_MOST} is the most");
            return Err(malformed("page_size", message));
        }
    };
    let sent = match request.direction() {
        pb::DocumentDirection::Sent => true,
        pb::DocumentDirection::Received => false,
        pb::DocumentDirection::Unspecified => {
            return Err(malformed("direction", "say which: sent or received"));
        }
    };
    let (found, next) = {
        let state = core.state.read();
        let begin = match request.page_token.as_str() {
            "" => u32::try_from(state.documents.len()).unwrap_or(u32::MAX),
            token => token
                .parse()
                .map_err(|_| malformed("page_token", format!("`{token}` is no page token")))?,
        };
        walk(&state, agency, sent, begin, size)
    };
    Ok(pb::ListDocumentsResponse {
        documents: found.into_iter().filter_map(|found| found.tell(core)).collect(),
        next_page_token: if next == 0 { String::new() } else { next.to_string() },
    })
}

struct Found {
    entry: DocumentEntry,
    recipients: Vec<pb::RecipientState>,
}

/// The documents before `begin` that fit, and where the next page begins: 0 after the last.
fn walk(state: &State, agency: AgencyIndex, sent: bool, begin: u32, size: usize) -> (Vec<Found>, u32) {
    let mut found = Vec::new();
    let mut at = begin.min(u32::try_from(state.documents.len()).unwrap_or(u32::MAX));
    let end = at.saturating_sub(WALK);
    while at > end && found.len() < size {
        at -= 1;
        let Some(entry) = state.documents.get(at) else { continue };
        let recipients: Vec<_> = if sent {
            if entry.sender != agency && state.directory.heir(entry.sender) != agency {
                continue;
            }
            state
                .deliveries_of(entry)
                .take(RECIPIENTS_MOST)
                .map(|(id, delivery)| recipient_state(state, id, &delivery))
                .collect()
        } else {
            // What was withdrawn never came.
            let delivery = state.delivery_to(entry, agency);
            let Some((id, delivery)) = delivery.filter(|(_, delivery)| delivery.state != DeliveryState::Withdrawn)
            else {
                continue;
            };
            vec![recipient_state(state, id, &delivery)]
        };
        found.push(Found {
            entry: entry.clone(),
            recipients,
        });
    }
    (found, at)
}

impl Found {
    fn tell(self, core: &Core) -> Option<pb::DocumentSummary> {
        let Self { entry, recipients } = self;
        let envelope = core.bodies.get(&core.reader, entry.position)?;
        Some(pb::DocumentSummary {
            header: pb::Header::decode(envelope.header).ok(),
            accepted_at: Some(wire_time(entry.accepted_at)),
            position: entry.position.0,
            signature_standing: entry.standing.into(),
            frozen: entry.is(flag::FROZEN),
            replaced: entry.is(flag::REPLACED),
            recipients,
        })
    }
}
