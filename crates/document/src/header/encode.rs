//! From a [`Header`] to its bytes.

use jiff::{Timestamp, civil::Date};
use prost::Message as _;
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::{Attachment, Header, Recipient, Signer};
use crate::AgencyCode;

pub(super) fn encode(header: &Header) -> Vec<u8> {
    // The same header gives the same bytes: fields go in the order of their numbers, extensions in that of their keys.
    wire(header).encode_to_vec()
}

fn wire(header: &Header) -> pb::Header {
    pb::Header {
        document_id: header.document_id.to_string(),
        sender: header.sender.to_string(),
        recipients: header.recipients.iter().map(recipient).collect(),
        number: header.number,
        notation: header.notation.to_string(),
        issued_on: Some(date(header.issued_on)),
        document_type: header.document_type.wire(),
        subject: header.subject.clone(),
        signer: Some(signer(&header.signer)),
        urgency: header.urgency.wire(),
        due_on: header.due_on.map(date),
        act: header.act.wire(),
        act_targets: header.act_targets.iter().map(Uuid::to_string).collect(),
        act_reason: header.act_reason.clone(),
        in_reply_to: header.in_reply_to.iter().map(Uuid::to_string).collect(),
        attachments: header.attachments.iter().map(attachment).collect(),
        paper_follows: header.paper_follows,
        steering_type: header.steering.wire(),
        other_places: header.other_places.clone(),
        page_count: header.page_count,
        copy_count: header.copy_count,
        language: header.language.clone(),
        sphere: header.sphere.clone(),
        created_at: Some(timestamp(header.created_at)),
        system: header.system.wire(),
        secrecy: String::new(),
        extensions: header.extensions.clone(),
        place: header.place.clone(),
        removed_recipients: header.removed_recipients.iter().map(AgencyCode::to_string).collect(),
    }
}

fn recipient(recipient: &Recipient) -> pb::Recipient {
    pb::Recipient {
        agency: recipient.agency.to_string(),
        role: recipient.role.wire(),
    }
}

fn signer(signer: &Signer) -> pb::Signer {
    pb::Signer {
        competence: signer.competence.clone(),
        position: signer.position.clone(),
        full_name: signer.full_name.clone(),
    }
}

fn attachment(attachment: &Attachment) -> pb::Attachment {
    pb::Attachment {
        sha256: attachment.sha256.to_vec().into(),
        size: attachment.size,
        name: attachment.name.clone(),
        content_type: attachment.content_type.clone(),
        description: attachment.description.clone(),
    }
}

fn date(date: Date) -> pb::Date {
    pb::Date {
        year: date.year().into(),
        month: date.month().into(),
        day: date.day().into(),
    }
}

fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.as_second(),
        nanos: time.subsec_nanosecond(),
    }
}
