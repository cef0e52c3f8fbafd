//! Download: one attachment of a document, in chunks, to who sent or received the document.

use std::{os::unix::fs::FileExt as _, sync::Arc};

use bytes::Bytes;
use futures::{Stream, stream};
use tonic::Status;
use truc_document::{Reason, Refusal};
use truc_proto::v1::{DownloadRequest, DownloadResponse};
use truc_signature::Caller;

use super::{document_id, not_yours, unknown_document};
use crate::{
    core::Core,
    status::{malformed, refused, stopped},
};

const CHUNK: u64 = 256 << 10;

enum Source {
    Inline(Bytes),
    File(Arc<std::fs::File>, u64),
}

impl Source {
    fn len(&self) -> u64 {
        match self {
            Self::Inline(content) => content.len() as u64,
            Self::File(_, size) => *size,
        }
    }
}

pub(super) async fn download(
    core: Arc<Core>,
    caller: &Caller,
    request: DownloadRequest,
) -> Result<impl Stream<Item = Result<DownloadResponse, Status>> + Send + use<>, Status> {
    let source = find(&core, caller, &request).await?;
    if request.offset > source.len() {
        return Err(malformed(
            "offset",
            format!("the attachment has {} bytes", source.len()),
        ));
    }
    Ok(stream::try_unfold(
        (source, request.offset),
        |(source, offset)| async move {
            let length = CHUNK.min(source.len() - offset);
            if length == 0 {
                return Ok(None);
            }
            let (chunk, source) = match source {
                Source::Inline(content) => (
                    content.slice(offset as usize..(offset + length) as usize),
                    Source::Inline(content),
                ),
                Source::File(file, size) => {
                    let reading = Arc::clone(&file);
                    let read = move || {
                        let mut chunk = vec![0; length as usize];
                        reading.read_exact_at(&mut chunk, offset).map(|()| chunk)
                    };
                    let chunk = tokio::task::spawn_blocking(read).await.map_err(|_| stopped())?;
                    let chunk = chunk.map_err(|error| {
                        tracing::error!(%error, "attachment can't be read");
                        Status::data_loss("the attachment can't be read; the hub's log says why")
                    })?;
                    (Bytes::from(chunk), Source::File(file, size))
                }
            };
            Ok(Some((DownloadResponse { chunk }, (source, offset + length))))
        },
    ))
}

async fn find(core: &Core, caller: &Caller, request: &DownloadRequest) -> Result<Source, Status> {
    let id = document_id(&request.document_id)?;
    let position = {
        let state = core.state.read();
        let (_, entry) = state.documents.find(id).ok_or_else(|| unknown_document(id))?;
        if let Caller::Agency(code) = caller {
            let party = state
                .directory
                .find(code)
                .is_some_and(|agency| state.is_party(entry, agency));
            if !party {
                return Err(not_yours(id));
            }
        }
        entry.position
    };
    let missing = || {
        let message = format!("document `{id}` has no attachment `{}`", hex::encode(&request.sha256));
        refused(&Refusal::new(Reason::AttachmentMissing, message).field("sha256"))
    };
    let envelope = core
        .bodies
        .get(&core.reader, position)
        .ok_or_else(|| Status::data_loss("the journal can't be read"))?;
    let header = truc_document::Header::decode(&envelope.header).map_err(|refusal| refused(&refusal))?;
    let sha256: [u8; 32] = request.sha256[..]
        .try_into()
        .map_err(|_| malformed("sha256", "SHA-256 has 32 bytes"))?;
    if !header.attachments.iter().any(|attachment| attachment.sha256 == sha256) {
        return Err(missing());
    }
    if let Some(inline) = envelope
        .inline_attachments
        .iter()
        .find(|inline| inline.sha256[..] == sha256)
    {
        return Ok(Source::Inline(inline.content.clone()));
    }
    core.bring(sha256).await;
    let (file, size) = core.attachments.read(&sha256).map_err(|_| missing())?;
    Ok(Source::File(Arc::new(file), size))
}
