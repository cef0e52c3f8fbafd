//! ListDeliveries: what stands in a mailbox, without taking it.

use tonic::Status;
use truc_proto::v1 as pb;
use truc_store::state::{AgencyIndex, Content, Delivery, DeliveryState, State, wire_time};

use crate::{bodies::read, core::Core, status::malformed};

const PAGE_MOST: usize = 1000;
const PAGE_DEFAULT: usize = 100;

/// Place of an entry in the order of Fetch.
type Place = (u8, u64);

pub(super) fn list_deliveries(
    core: &Core,
    agency: AgencyIndex,
    request: &pb::ListDeliveriesRequest,
) -> Result<pb::ListDeliveriesResponse, Status> {
    let size = match request.page_size as usize {
        0 => PAGE_DEFAULT,
        size @ 1..=PAGE_MOST => size,
        size => {
            return Err(malformed(
                "page_size",
                format!("{size} deliveries; {PAGE_MOST} is the most"),
            ));
        }
    };
    let kind = pb::DeliveryKind::try_from(request.kind)
        .map_err(|_| malformed("kind", format!("`{}` is no kind of delivery", request.kind)))?;
    let after = match request.page_token.as_str() {
        "" => None,
        token => Some(place(token).ok_or_else(|| malformed("page_token", format!("`{token}` is no page token")))?),
    };
    let (page, total, more) = {
        let state = core.state.read();
        let mut all = matching(&state, agency, kind);
        let total = all.len();
        all.sort_unstable();
        let begin = after.map_or(0, |after| all.partition_point(|place| *place <= after));
        let rest = all.get(begin..).unwrap_or_default();
        let page: Vec<(Place, Delivery)> = rest
            .iter()
            .take(size)
            .filter_map(|&place| Some((place, state.delivery(place.1)?)))
            .collect();
        (page, total, rest.len() > size)
    };
    let next = page
        .last()
        .filter(|_| more)
        .map(|((rank, id), _)| format!("{rank}.{id}"));
    Ok(pb::ListDeliveriesResponse {
        deliveries: page
            .iter()
            .filter_map(|((_, id), delivery)| tell(core, *id, delivery))
            .collect(),
        next_page_token: next.unwrap_or_default(),
        total: total as u64,
    })
}

fn place(token: &str) -> Option<Place> {
    let (rank, id) = token.split_once('.')?;
    Some((rank.parse().ok()?, id.parse().ok()?))
}

fn matching(state: &State, agency: AgencyIndex, kind: pb::DeliveryKind) -> Vec<Place> {
    let open = state.mailbox(agency).into_iter().flat_map(|mailbox| mailbox.open());
    let wanted = |id: u64| {
        let delivery = state.delivery(id)?;
        let fits = kind == pb::DeliveryKind::Unspecified || kind == kind_of(delivery.content?);
        fits.then_some((delivery.rank, id))
    };
    open.filter_map(wanted).collect()
}

fn kind_of(content: Content) -> pb::DeliveryKind {
    match content {
        Content::Document(_) => pb::DeliveryKind::Document,
        Content::Status { .. } => pb::DeliveryKind::Status,
        Content::Notice { .. } => pb::DeliveryKind::Notice,
    }
}

fn tell(core: &Core, id: u64, delivery: &Delivery) -> Option<pb::ListedDelivery> {
    let content = delivery.content?;
    let (position, agency, status, notice) = match content {
        Content::Document(_) => (None, None, 0, 0),
        Content::Status {
            position,
            agency,
            status,
            ..
        } => (Some(position), Some(agency), status, 0),
        Content::Notice {
            position, agency, kind, ..
        } => (Some(position), Some(agency), 0, kind),
    };
    // What is told about a document has no time of its own in the state; its record has.
    let at = match position {
        Some(position) => Some(read(&core.reader, position)?.at.as_microsecond()),
        None => None,
    };
    let now = core.clock.now();
    let state = core.state.read();
    let document = state.documents.get(content.document())?;
    let held = delivery.state == DeliveryState::Leased && delivery.leased_until > now;
    Some(pb::ListedDelivery {
        delivery_id: id,
        state: if held {
            pb::DeliveryState::Leased
        } else {
            pb::DeliveryState::Waiting
        } as i32,
        leased_until: held.then(|| wire_time(delivery.leased_until)),
        attempts: delivery.attempts.into(),
        kind: kind_of(content) as i32,
        document_id: document.id.to_string(),
        agency: state.code(agency.unwrap_or(document.sender)),
        status: status.into(),
        arrived_at: Some(wire_time(at.unwrap_or(document.accepted_at))),
        notice_kind: notice.into(),
    })
}
