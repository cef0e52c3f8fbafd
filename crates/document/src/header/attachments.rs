//! The files that a header names.

use truc_proto::v1 as pb;

use super::{
    Attachment,
    checks::{Field, malformed, text, too_large, words},
};
use crate::{Refusal, limits};

pub(super) fn attachments(wire: Vec<pb::Attachment>) -> Result<Vec<Attachment>, Refusal> {
    let one = |(at, wire)| attachment(Field::entry("header.attachments", at), wire);
    wire.into_iter().enumerate().map(one).collect()
}

fn attachment(field: Field, wire: pb::Attachment) -> Result<Attachment, Refusal> {
    let sha256 = wire.sha256[..].try_into().map_err(|_| {
        let message = format!(
            "a SHA-256 has 32 bytes and this one {}; give it in binary",
            wire.sha256.len()
        );
        malformed(field.member(".sha256"), message)
    })?;
    match wire.size {
        0 => {
            return Err(malformed(
                field.member(".size"),
                "an attachment of 0 bytes; leave it out",
            ));
        }
        1..=limits::ATTACHMENT_BYTES_MAX => {}
        _ => return Err(too_large(field.member(".size"), "bytes", limits::ATTACHMENT_BYTES_MAX)),
    }
    Ok(Attachment {
        sha256,
        size: wire.size,
        name: file_name(field.member(".name"), wire.name)?,
        content_type: text(field.member(".content_type"), wire.content_type, limits::NAME_MAX)?,
        description: text(field.member(".description"), wire.description, limits::DESCRIPTION_MAX)?,
    })
}

/// A name that is safe to use in whatever folder a receiver chooses.
fn file_name(field: Field, name: String) -> Result<String, Refusal> {
    let name = words(field, name, limits::FILE_NAME_MAX)?;
    let unsafe_in_a_folder = |found: char| found.is_control() || matches!(found, '/' | '\\');
    if name == "." || name == ".." || name.contains(unsafe_in_a_folder) {
        let message = format!("file name {name:?} is not a plain name; give it without a folder and line breaks");
        return Err(malformed(field, message));
    }
    Ok(name)
}
