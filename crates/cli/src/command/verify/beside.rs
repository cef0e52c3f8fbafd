//! Attachments that lie beside an envelope, as `truc fetch --out` puts them: are they what the header names?

use std::{fs::File, io, path::Path};

use sha2::{Digest as _, Sha256};
use truc_document::{Attachment, Header, Reason};
use truc_proto::v1 as pb;

use super::Checked;
use crate::command::fetch::saved::file_name;

/// One check for each attachment that is there; one that is neither there nor in the envelope is skipped.
pub(super) fn check(envelope: &Path, header: &Header, inline: &[pb::InlineAttachment]) -> Vec<Checked> {
    let folder = envelope.parent().unwrap_or(Path::new(""));
    header
        .attachments
        .iter()
        .enumerate()
        .filter_map(|(at, attachment)| {
            let name = file_name(at, &attachment.name);
            let path = folder.join(&name);
            let carried = inline.iter().any(|carried| *carried.sha256 == attachment.sha256);
            (path.exists() || !carried).then(|| check_one(&path, &name, attachment))
        })
        .collect()
}

fn check_one(path: &Path, name: &str, attachment: &Attachment) -> Checked {
    let checked = |outcome, reason: Option<Reason>, message: Option<String>| Checked {
        check: format!("attachment {name}"),
        vietnamese: format!("tệp đính kèm {name}"),
        outcome,
        reason: reason.map(|reason| reason.to_string()),
        message,
    };
    match digest(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            checked("skipped", None, Some("not beside the envelope".to_owned()))
        }
        Err(error) => checked(
            "failed",
            Some(Reason::AttachmentMissing),
            Some(format!("cannot be read: {error}")),
        ),
        Ok(found) if found == (attachment.sha256, attachment.size) => checked("passed", None, None),
        Ok((sha256, size)) => {
            let message = format!(
                "has {size} bytes and SHA-256 `{}`, the header names {} and `{}`",
                hex::encode(sha256),
                attachment.size,
                hex::encode(attachment.sha256)
            );
            checked("failed", Some(Reason::DigestMismatch), Some(message))
        }
    }
}

fn digest(path: &Path) -> io::Result<([u8; 32], u64)> {
    let mut hasher = Sha256::new();
    let size = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((hasher.finalize().into(), size))
}
