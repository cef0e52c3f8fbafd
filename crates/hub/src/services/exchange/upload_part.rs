//! UploadPart: one attachment in calls of their own, for clients that can't stream.

use std::sync::Arc;

use bytes::Bytes;
use tonic::Status;
use truc_document::{AgencyCode, Reason, Refusal, limits};
use truc_proto::v1::{UploadPartRequest, UploadPartResponse};
use truc_store::{
    attachments::{AttachmentError, Part, Progress},
    record::{Change, wire::AttachmentUploaded},
    state::AgencyIndex,
};

use super::upload::failed;
use crate::{
    core::Core,
    status::{malformed, refused},
};

/// Bytes of one part.
const PART_MAX: usize = 1 << 20;

pub(super) async fn upload_part(
    core: &Arc<Core>,
    agency: &AgencyCode,
    index: AgencyIndex,
    request: UploadPartRequest,
) -> Result<UploadPartResponse, Status> {
    let UploadPartRequest {
        sha256,
        size,
        offset,
        chunk,
    } = request;
    let digest: [u8; 32] = sha256[..]
        .try_into()
        .map_err(|_| malformed("sha256", "SHA-256 has 32 bytes"))?;
    if size == 0 || size > limits::ATTACHMENT_BYTES_MAX {
        let message = format!(
            "attachment of {size} bytes; 1 to {} are allowed",
            limits::ATTACHMENT_BYTES_MAX
        );
        return Err(refused(&Refusal::new(Reason::TooLarge, message).field("size")));
    }
    if chunk.len() > PART_MAX {
        let message = format!("part of {} bytes; {PART_MAX} is the most", chunk.len());
        return Err(refused(&Refusal::new(Reason::TooLarge, message).field("chunk")));
    }
    if chunk.is_empty() && offset > 0 {
        return Err(malformed(
            "chunk",
            "a part is empty only to ask how much is here, with offset 0",
        ));
    }
    let had = core.state.read().has_uploaded(index, &digest) && core.attachments.contains(&digest).map_err(failed)?;
    if had {
        // The answer to the last part may have got lost.
        return Ok(UploadPartResponse {
            received: size,
            stored: true,
        });
    }
    let (store, owner) = (core.attachments.clone(), agency.to_string());
    let appended = core.workers.block(move || {
        let part = Part {
            owner: &owner,
            sha256: digest,
            size,
        };
        store.append(&part, offset, &chunk)
    });
    let Progress { received, stored } = appended.await?.map_err(part_failed)?;
    if stored {
        core.share(digest).await?;
        let uploaded = AttachmentUploaded {
            agency: agency.to_string(),
            sha256: Bytes::copy_from_slice(&digest),
            size,
        };
        core.change(Change::AttachmentUploaded(uploaded), None).await?;
    }
    Ok(UploadPartResponse { received, stored })
}

fn part_failed(error: AttachmentError) -> Status {
    match &error {
        AttachmentError::OtherOffset { received, .. } => {
            let refusal = Refusal::new(Reason::Malformed, error.to_string()).field("offset");
            refused(&refusal.with("received", received.to_string()))
        }
        AttachmentError::TooLong { .. } => {
            refused(&Refusal::new(Reason::DigestMismatch, error.to_string()).field("chunk"))
        }
        AttachmentError::TooMany => refused(&Refusal::new(Reason::Overloaded, error.to_string())),
        _ => failed(error),
    }
}
