//! Is what is carried along what the header names?

use truc_document::{Header, Reason, Refusal};
use truc_proto::v1 as pb;

use crate::sha256;

/// Each content by size and SHA-256. This is where the bulk of a document is hashed.
pub(super) fn check(inline: &[pb::InlineAttachment], header: &Header) -> Result<(), Refusal> {
    for (at, carried) in inline.iter().enumerate() {
        let mismatch = |message: String| {
            Err(Refusal::new(Reason::DigestMismatch, message).field(format!("inline_attachments[{at}]")))
        };
        let Some(named) = header
            .attachments
            .iter()
            .find(|named| named.sha256[..] == carried.sha256[..])
        else {
            return mismatch(format!(
                "header names no attachment with SHA-256 `{}`",
                hex::encode(&carried.sha256)
            ));
        };
        // Cheaper than hashing, so first.
        if named.size != carried.content.len() as u64 {
            return mismatch(format!(
                "content has {} bytes, the header says {} for `{}`",
                carried.content.len(),
                named.size,
                named.name
            ))
            .map_err(|refusal| {
                let [expected, found] =
                    [named.size, carried.content.len() as u64].map(|bytes| format!("{bytes} bytes"));
                refusal.with("expected", expected).with("found", found)
            });
        }
        let digest = sha256(&carried.content);
        if digest != named.sha256 {
            return mismatch(format!(
                "content has SHA-256 `{}`, the header says `{}` for `{}`",
                hex::encode(digest),
                hex::encode(named.sha256),
                named.name
            ))
            .map_err(|refusal| {
                let [expected, found] = [named.sha256, digest].map(hex::encode);
                refusal.with("expected", expected).with("found", found)
            });
        }
    }
    Ok(())
}
