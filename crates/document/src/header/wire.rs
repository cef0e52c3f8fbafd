//! The only crossing between the header on the wire and the header here.

use std::collections::HashSet;

use prost::Message as _;
use truc_proto::v1 as pb;

use super::{
    Attachment, Header, Recipient, Signer,
    checks::{code, count, date, id, instant, kind, malformed, text},
};
use crate::{AgencyCode, BusinessAct, Reason, Refusal, limits};

pub(super) fn decode(bytes: &[u8]) -> Result<Header, Refusal> {
    if bytes.len() > limits::HEADER_BYTES_MAX {
        let message = format!(
            "header has {} bytes; {} are allowed",
            bytes.len(),
            limits::HEADER_BYTES_MAX
        );
        return Err(Refusal::new(Reason::TooLarge, message).field("header"));
    }
    let wire = pb::Header::decode(bytes).map_err(|why| {
        malformed(
            "header",
            format!("header is not a truc.v1.Header: {why}; serialize it anew"),
        )
    })?;
    counts(&wire)?;
    if !wire.secrecy.is_empty() {
        let message = "a document with a degree of secrecy must not travel on the axis (Decision 28/2018/QĐ-TTg, \
                       Article 1.2); leave `secrecy` empty or send it by the means for secret documents";
        return Err(Refusal::new(Reason::SecretForbidden, message).field("header.secrecy"));
    }
    from_wire(wire)
}

/// Numbers of entries, before any is looked at: a hostile header is refused at the price of decoding it.
fn counts(wire: &pb::Header) -> Result<(), Refusal> {
    count("header.recipients", wire.recipients.len(), limits::RECIPIENTS_MAX)?;
    count(
        "header.removed_recipients",
        wire.removed_recipients.len(),
        limits::RECIPIENTS_MAX,
    )?;
    count("header.attachments", wire.attachments.len(), limits::ATTACHMENTS_MAX)?;
    count("header.act_targets", wire.act_targets.len(), limits::TARGETS_MAX)?;
    count("header.in_reply_to", wire.in_reply_to.len(), limits::REPLIES_MAX)?;
    count("header.extensions", wire.extensions.len(), limits::EXTENSIONS_MAX)?;
    count("header.other_places", wire.other_places.len(), limits::OTHER_PLACES_MAX)
}

fn from_wire(wire: pb::Header) -> Result<Header, Refusal> {
    let act: BusinessAct = kind("header.act", wire.act)?;
    if (act == BusinessAct::New) != wire.act_targets.is_empty() {
        let message = match act {
            BusinessAct::New => {
                "a new document has no `act_targets`; say which act it is, or leave them out".to_owned()
            }
            act => format!("a document that is to {act} names what it acts on in `act_targets`"),
        };
        return Err(malformed("header.act_targets", message));
    }
    if !(1..=limits::NUMBER_MAX).contains(&wire.number) {
        return Err(malformed(
            "header.number",
            format!("number {} is not between 1 and {}", wire.number, limits::NUMBER_MAX),
        ));
    }
    for (field, number) in [
        ("header.page_count", wire.page_count),
        ("header.copy_count", wire.copy_count),
    ] {
        if number > limits::COUNT_MAX {
            return Err(malformed(
                field,
                format!("field `{field}` is {number}; {} is the most", limits::COUNT_MAX),
            ));
        }
    }
    let ids = |field: &str, list: Vec<String>| {
        list.iter()
            .enumerate()
            .map(|(at, text)| id(|| format!("{field}[{at}]"), text))
            .collect::<Result<Vec<_>, _>>()
    };
    let issued_on = date("header.issued_on", wire.issued_on)?.ok_or_else(|| {
        malformed(
            "header.issued_on",
            "field `header.issued_on` is missing; give the day of issue",
        )
    })?;
    let removed = wire.removed_recipients.iter().enumerate();
    Ok(Header {
        document_id: id(|| "header.document_id".to_owned(), &wire.document_id)?,
        sender: code(|| "header.sender".to_owned(), &wire.sender)?,
        recipients: recipients(wire.recipients)?,
        number: wire.number,
        notation: wire
            .notation
            .parse()
            .map_err(|why: crate::InvalidNotation| malformed("header.notation", why.to_string()))?,
        issued_on,
        document_type: kind("header.document_type", wire.document_type)?,
        subject: text("header.subject", wire.subject, 1, limits::SUBJECT_MAX)?,
        signer: signer(wire.signer.unwrap_or_default())?,
        urgency: kind("header.urgency", wire.urgency)?,
        due_on: date("header.due_on", wire.due_on)?,
        act,
        act_targets: ids("header.act_targets", wire.act_targets)?,
        act_reason: text("header.act_reason", wire.act_reason, 0, limits::DESCRIPTION_MAX)?,
        in_reply_to: ids("header.in_reply_to", wire.in_reply_to)?,
        attachments: attachments(wire.attachments)?,
        paper_follows: wire.paper_follows,
        steering: kind("header.steering_type", wire.steering_type)?,
        other_places: other_places(wire.other_places)?,
        page_count: wire.page_count,
        copy_count: wire.copy_count,
        language: text("header.language", wire.language, 0, limits::LANGUAGE_MAX)?,
        sphere: text("header.sphere", wire.sphere, 0, limits::NAME_MAX)?,
        created_at: instant("header.created_at", wire.created_at)?,
        system: kind("header.system", wire.system)?,
        extensions: wire
            .extensions
            .into_iter()
            .map(|(key, value)| {
                let key = text("header.extensions", key, 1, limits::NAME_MAX)?;
                Ok((key, text("header.extensions", value, 0, limits::EXTENSION_MAX)?))
            })
            .collect::<Result<_, Refusal>>()?,
        place: text("header.place", wire.place, 0, limits::NAME_MAX)?,
        removed_recipients: removed
            .map(|(at, agency)| code(|| format!("header.removed_recipients[{at}]"), agency))
            .collect::<Result<_, _>>()?,
    })
}

fn recipients(wire: Vec<pb::Recipient>) -> Result<Vec<Recipient>, Refusal> {
    if wire.is_empty() {
        return Err(malformed(
            "header.recipients",
            "field `header.recipients` is empty; name at least one agency",
        ));
    }
    let mut recipients: Vec<Recipient> = Vec::with_capacity(wire.len());
    for (at, recipient) in wire.into_iter().enumerate() {
        let agency = code(|| format!("header.recipients[{at}].agency"), &recipient.agency)?;
        recipients.push(Recipient {
            agency,
            role: kind("header.recipients.role", recipient.role)?,
        });
    }
    match duplicate(&recipients) {
        None => Ok(recipients),
        Some(agency) => {
            let message = format!("recipient `{agency}` is named twice; name each once");
            Err(Refusal::new(Reason::RecipientDuplicated, message).field("header.recipients"))
        }
    }
}

fn duplicate(recipients: &[Recipient]) -> Option<&AgencyCode> {
    if recipients.len() < 2 {
        return None;
    }
    let mut seen = HashSet::with_capacity(recipients.len());
    recipients
        .iter()
        .map(|recipient| &recipient.agency)
        .find(|agency| !seen.insert(*agency))
}

fn signer(wire: pb::Signer) -> Result<Signer, Refusal> {
    Ok(Signer {
        competence: text("header.signer.competence", wire.competence, 0, limits::NAME_MAX)?,
        position: text("header.signer.position", wire.position, 0, limits::NAME_MAX)?,
        full_name: text("header.signer.full_name", wire.full_name, 0, limits::FULL_NAME_MAX)?,
    })
}

fn attachments(wire: Vec<pb::Attachment>) -> Result<Vec<Attachment>, Refusal> {
    let one = |(at, wire): (usize, pb::Attachment)| {
        let field = |name: &str| format!("header.attachments[{at}].{name}");
        let sha256 = wire.sha256[..].try_into().map_err(|_| {
            malformed(
                &field("sha256"),
                format!("SHA-256 has 32 bytes, this has {}", wire.sha256.len()),
            )
        })?;
        if wire.size == 0 || wire.size > limits::ATTACHMENT_BYTES_MAX {
            let message = format!(
                "attachment of {} bytes; 1 to {} are allowed",
                wire.size,
                limits::ATTACHMENT_BYTES_MAX
            );
            return Err(Refusal::new(Reason::TooLarge, message).field(field("size")));
        }
        let name = text("header.attachments.name", wire.name, 1, limits::FILE_NAME_MAX)?;
        if name.contains(['/', '\\']) || name == "." || name == ".." {
            return Err(malformed(
                &field("name"),
                format!("file name `{name}` names a folder; give the name alone"),
            ));
        }
        let content_type = text(
            "header.attachments.content_type",
            wire.content_type,
            0,
            limits::NAME_MAX,
        )?;
        let description = text(
            "header.attachments.description",
            wire.description,
            0,
            limits::DESCRIPTION_MAX,
        )?;
        Ok(Attachment {
            sha256,
            size: wire.size,
            name,
            content_type,
            description,
        })
    };
    wire.into_iter().enumerate().map(one).collect()
}

fn other_places(places: Vec<String>) -> Result<Vec<String>, Refusal> {
    let together: usize = places.iter().map(|place| place.chars().count()).sum();
    if together > limits::OTHER_PLACES_MAX {
        let message = format!(
            "free-text addressees have {together} characters; {} are allowed",
            limits::OTHER_PLACES_MAX
        );
        return Err(Refusal::new(Reason::TooLarge, message).field("header.other_places"));
    }
    places
        .into_iter()
        .map(|place| text("header.other_places", place, 1, limits::OTHER_PLACES_MAX))
        .collect()
}

pub(super) fn to_wire(header: &Header) -> pb::Header {
    let day = |date: jiff::civil::Date| pb::Date {
        year: date.year().into(),
        month: date.month().into(),
        day: date.day().into(),
    };
    let ids = |ids: &[uuid::Uuid]| ids.iter().map(ToString::to_string).collect();
    pb::Header {
        document_id: header.document_id.to_string(),
        sender: header.sender.to_string(),
        recipients: header
            .recipients
            .iter()
            .map(|recipient| pb::Recipient {
                agency: recipient.agency.to_string(),
                role: recipient.role.wire(),
            })
            .collect(),
        number: header.number,
        notation: header.notation.to_string(),
        issued_on: Some(day(header.issued_on)),
        document_type: header.document_type.wire(),
        subject: header.subject.clone(),
        signer: Some(pb::Signer {
            competence: header.signer.competence.clone(),
            position: header.signer.position.clone(),
            full_name: header.signer.full_name.clone(),
        }),
        urgency: header.urgency.wire(),
        due_on: header.due_on.map(day),
        act: header.act.wire(),
        act_targets: ids(&header.act_targets),
        act_reason: header.act_reason.clone(),
        in_reply_to: ids(&header.in_reply_to),
        attachments: header
            .attachments
            .iter()
            .map(|attachment| pb::Attachment {
                sha256: attachment.sha256.to_vec().into(),
                size: attachment.size,
                name: attachment.name.clone(),
                content_type: attachment.content_type.clone(),
                description: attachment.description.clone(),
            })
            .collect(),
        paper_follows: header.paper_follows,
        steering_type: header.steering.wire(),
        other_places: header.other_places.clone(),
        page_count: header.page_count,
        copy_count: header.copy_count,
        language: header.language.clone(),
        sphere: header.sphere.clone(),
        created_at: Some(prost_types::Timestamp {
            seconds: header.created_at.as_second(),
            nanos: header.created_at.subsec_nanosecond(),
        }),
        system: header.system.wire(),
        secrecy: String::new(),
        extensions: header.extensions.clone(),
        place: header.place.clone(),
        removed_recipients: header.removed_recipients.iter().map(ToString::to_string).collect(),
    }
}
