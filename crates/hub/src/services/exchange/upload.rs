//! Upload: one attachment, chunk by chunk, checked as it comes, stored once.

use std::sync::Arc;

use tonic::{Status, Streaming};
use truc_document::{AgencyCode, Reason, Refusal, limits};
use truc_proto::v1::{UploadRequest, UploadResponse, upload_request::Part};
use truc_store::{
    attachments::AttachmentError,
    record::{Change, wire::AttachmentUploaded},
};

use crate::{
    core::Core,
    status::{malformed, refused},
};

pub(super) async fn upload(
    core: &Arc<Core>,
    agency: &AgencyCode,
    mut parts: Streaming<UploadRequest>,
) -> Result<UploadResponse, Status> {
    let start = match parts.message().await?.and_then(|request| request.part) {
        Some(Part::Start(start)) => start,
        _ => return Err(malformed("start", "the first message has to carry `start`")),
    };
    let sha256: [u8; 32] = start.sha256[..]
        .try_into()
        .map_err(|_| malformed("start.sha256", "SHA-256 has 32 bytes"))?;
    if start.size == 0 || start.size > limits::ATTACHMENT_BYTES_MAX {
        let message = format!(
            "attachment of {} bytes; 1 to {} are allowed",
            start.size,
            limits::ATTACHMENT_BYTES_MAX
        );
        return Err(refused(&Refusal::new(Reason::TooLarge, message).field("start.size")));
    }
    let already_stored = core.attachments.contains(&sha256).map_err(failed)?;
    let mut writer = core.attachments.begin(sha256, start.size).map_err(failed)?;
    while let Some(request) = parts.message().await? {
        let Some(Part::Chunk(chunk)) = request.part else {
            return Err(malformed("chunk", "after `start` every message carries a `chunk`"));
        };
        // Content that is here already is read and hashed all the same: who uploads has to have it.
        let written = core.workers.block(move || writer.write(&chunk).map(|()| writer));
        writer = written.await?.map_err(failed)?;
    }
    core.workers.block(move || writer.finish()).await?.map_err(failed)?;
    core.share(sha256).await?;
    let uploaded = AttachmentUploaded {
        agency: agency.to_string(),
        sha256: bytes::Bytes::copy_from_slice(&sha256),
        size: start.size,
    };
    core.change(Change::AttachmentUploaded(uploaded), None).await?;
    Ok(UploadResponse { already_stored })
}

pub(super) fn failed(error: AttachmentError) -> Status {
    match error {
        AttachmentError::TooLong { .. } | AttachmentError::TooShort { .. } | AttachmentError::OtherDigest { .. } => {
            refused(&Refusal::new(Reason::DigestMismatch, error.to_string()).field("start"))
        }
        AttachmentError::Absent { .. }
        | AttachmentError::OtherOffset { .. }
        | AttachmentError::TooMany
        | AttachmentError::Io { .. } => {
            tracing::error!(%error, "attachment can't be stored");
            Status::internal("the attachment can't be stored; the hub's log says why")
        }
    }
}
