//! A delivery as the API tells it.

use truc_document::StatusCode;
use truc_proto::v1::{self as pb, delivery};
use truc_store::{
    apply::{Leased, LeasedDelivery},
    record::Change,
    state::{Content, wire_time},
};

use crate::{bodies::read, core::Core};

/// What was handed out, with its contents; a delivery whose document can't be read stays leased and shows again.
pub(crate) fn to_wire(core: &Core, leased: &Leased, headers_only: bool) -> Vec<pb::Delivery> {
    let one = |delivery: &LeasedDelivery| {
        let content = match delivery.content {
            Content::Document(document) => delivery::Content::Document(self::document(core, document, headers_only)?),
            Content::Status {
                document,
                position,
                agency,
                status,
            } => delivery::Content::Status(self::status(core, document, position, agency, status)?),
            Content::Notice {
                document,
                kind,
                agency,
                position,
            } => delivery::Content::Notice(notice(core, document, kind, agency, position)?),
        };
        Some(pb::Delivery {
            delivery_id: delivery.id,
            leased_until: Some(wire_time(leased.until)),
            attempt: delivery.attempt.into(),
            content: Some(content),
        })
    };
    leased.deliveries.iter().filter_map(one).collect()
}

fn document(core: &Core, document: u32, headers_only: bool) -> Option<pb::DeliveredDocument> {
    let (position, accepted_at, standing) = {
        let state = core.state.read();
        let entry = state.documents.get(document)?;
        (entry.position, entry.accepted_at, entry.standing)
    };
    let mut envelope = core.bodies.get(&core.reader, position)?;
    if headers_only {
        envelope.inline_attachments.clear();
    }
    Some(pb::DeliveredDocument {
        envelope: Some(envelope),
        accepted_at: Some(wire_time(accepted_at)),
        signature_standing: standing.into(),
        position: position.0,
    })
}

fn status(
    core: &Core,
    document: u32,
    position: truc_store::journal::Position,
    agency: u32,
    status: u8,
) -> Option<pb::StatusReport> {
    let (document_id, agency) = {
        let state = core.state.read();
        (state.documents.get(document)?.id.to_string(), state.code(agency))
    };
    let mut report = pb::StatusReport {
        document_id,
        agency,
        status: status.into(),
        ..Default::default()
    };
    // The record of an 01 is an acknowledgement, which says nothing more than when.
    let arrived = i32::from(status) == StatusCode::Arrived.wire();
    if let Some(at) = core.arrivals.at(position).filter(|_| arrived) {
        report.reported_at = Some(wire_time(at));
        return Some(report);
    }
    let entry = read(&core.reader, position)?;
    report.reported_at = Some(wire_time(entry.at.as_microsecond()));
    if let (false, Change::Status(told)) = (arrived, entry.change) {
        report.description = told.description;
        report.staff = told.staff;
    }
    Some(report)
}

fn notice(
    core: &Core,
    document: u32,
    kind: u8,
    agency: u32,
    position: truc_store::journal::Position,
) -> Option<pb::Notice> {
    let entry = read(&core.reader, position)?;
    let cause = entry
        .header
        .map(|header| header.document_id.to_string())
        .unwrap_or_default();
    let state = core.state.read();
    let document_id = state.documents.get(document)?.id.to_string();
    let agency = state.code(agency);
    let text = match pb::NoticeKind::try_from(i32::from(kind)).unwrap_or_default() {
        pb::NoticeKind::Withdrawn => match entry.change {
            Change::AgencyClosed(closed) => {
                format!(
                    "`{agency}` closed, and `{}`, which took over, has the document",
                    closed.successor
                )
            }
            _ => format!("withdrawn before `{agency}` had fetched it"),
        },
        pb::NoticeKind::ReceiverRemoved => "an update took this agency off the receivers".to_owned(),
        pb::NoticeKind::ReceiverAdded => "an update made this agency a receiver".to_owned(),
        pb::NoticeKind::Unspecified => String::new(),
    };
    Some(pb::Notice {
        document_id,
        kind: kind.into(),
        agency,
        cause_document_id: cause,
        text,
        noticed_at: Some(wire_time(entry.at.as_microsecond())),
    })
}
