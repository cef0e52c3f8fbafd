//! From the bytes of a header to a [`Header`] that follows the rules. The only way in.

use prost::Message as _;
use truc_proto::v1 as pb;

use super::{
    Header, Signer,
    attachments::attachments,
    checks::{Field, code, date, id, instant, kind, malformed, text, three_digits, too_large, words},
    recipients::{recipients, removed},
    references::{replies, targets},
    survey::survey,
};
use crate::{BusinessAct, InvalidNotation, Reason, Refusal, limits};

pub(super) fn decode(bytes: &[u8]) -> Result<Header, Refusal> {
    if bytes.len() > limits::HEADER_BYTES_MAX {
        return Err(too_large("header", "bytes", limits::HEADER_BYTES_MAX));
    }
    survey(bytes)?;
    let wire = pb::Header::decode(bytes).map_err(|why| {
        let message = format!("header is no serialized truc.v1.Header ({why}); serialize it anew");
        malformed("header", message)
    })?;
    read(wire)
}

fn read(wire: pb::Header) -> Result<Header, Refusal> {
    not_secret(&wire.secrecy)?;
    let act: BusinessAct = kind("header.act", wire.act)?;
    let recipients = recipients(wire.recipients)?;
    let issued_on = date("header.issued_on", wire.issued_on)?.ok_or_else(|| {
        let message = "field `header.issued_on` is missing; give the day of issue";
        malformed("header.issued_on", message)
    })?;
    Ok(Header {
        document_id: id("header.document_id", &wire.document_id)?,
        sender: code("header.sender", &wire.sender)?,
        removed_recipients: removed(&wire.removed_recipients, act, &recipients)?,
        recipients,
        number: number(wire.number)?,
        notation: wire
            .notation
            .parse()
            .map_err(|why: InvalidNotation| malformed("header.notation", why.to_string()))?,
        issued_on,
        document_type: kind("header.document_type", wire.document_type)?,
        subject: words("header.subject", wire.subject, limits::SUBJECT_MAX)?,
        signer: signer(wire.signer)?,
        urgency: kind("header.urgency", wire.urgency)?,
        due_on: date("header.due_on", wire.due_on)?,
        act,
        act_targets: targets(&wire.act_targets, act)?,
        act_reason: text("header.act_reason", wire.act_reason, limits::DESCRIPTION_MAX)?,
        in_reply_to: replies(&wire.in_reply_to)?,
        attachments: attachments(wire.attachments)?,
        paper_follows: wire.paper_follows,
        steering: kind("header.steering_type", wire.steering_type)?,
        other_places: other_places(wire.other_places)?,
        page_count: three_digits("header.page_count", wire.page_count)?,
        copy_count: three_digits("header.copy_count", wire.copy_count)?,
        language: text("header.language", wire.language, limits::LANGUAGE_MAX)?,
        sphere: text("header.sphere", wire.sphere, limits::NAME_MAX)?,
        created_at: instant("header.created_at", wire.created_at)?,
        system: kind("header.system", wire.system)?,
        extensions: wire.extensions.into_iter().map(extension).collect::<Result<_, _>>()?,
        place: text("header.place", wire.place, limits::NAME_MAX)?,
    })
}

/// State secrets never travel on the axis. A header has no way to carry a degree of secrecy but this field, and whoever
/// sets it is refused before anything else is said about the document.
fn not_secret(secrecy: &str) -> Result<(), Refusal> {
    if secrecy.is_empty() {
        return Ok(());
    }
    let message = "a document with a degree of secrecy must not travel on the axis (Decision 28/2018/QĐ-TTg, Article \
                   1.2); send it by the means for secret documents";
    Err(Refusal::new(Reason::SecretForbidden, message).field("header.secrecy"))
}

fn number(number: u64) -> Result<u64, Refusal> {
    if (1..=limits::NUMBER_MAX).contains(&number) {
        return Ok(number);
    }
    let max = limits::NUMBER_MAX;
    let message = format!("number `{number}` is not between 1 and {max}; take it from the register of the year");
    Err(malformed("header.number", message))
}

/// Decision 28/2018/QĐ-TTg, Article 10.2, asks for the signer's name, also where no signature is asked for.
fn signer(wire: Option<pb::Signer>) -> Result<Signer, Refusal> {
    let wire = wire.unwrap_or_default();
    Ok(Signer {
        competence: text("header.signer.competence", wire.competence, limits::NAME_MAX)?,
        position: text("header.signer.position", wire.position, limits::NAME_MAX)?,
        full_name: words("header.signer.full_name", wire.full_name, limits::FULL_NAME_MAX)?,
    })
}

fn other_places(wire: Vec<String>) -> Result<Vec<String>, Refusal> {
    let field = "header.other_places";
    // There are never fewer bytes than characters.
    let bytes: usize = wire.iter().map(String::len).sum();
    if bytes > limits::OTHER_PLACES_MAX {
        let characters: usize = wire.iter().map(|place| place.chars().count()).sum();
        if characters > limits::OTHER_PLACES_MAX {
            return Err(too_large(field, "characters", limits::OTHER_PLACES_MAX));
        }
    }
    let one = |(at, place)| words(Field::entry(field, at), place, limits::OTHER_PLACES_MAX);
    wire.into_iter().enumerate().map(one).collect()
}

fn extension((key, value): (String, String)) -> Result<(String, String), Refusal> {
    let key = words("header.extensions", key, limits::NAME_MAX)?;
    let value =
        text("header.extensions", value, limits::EXTENSION_MAX).map_err(|refusal| refusal.with("key", &*key))?;
    Ok((key, value))
}
