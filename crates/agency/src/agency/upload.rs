//! Upload: an attachment, before the document that names it is sent.

use std::{future::Future, io, path::Path, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use truc_proto::v1 as pb;

use super::Agency;
use crate::{
    compose::Upload,
    error::CallError,
    failure::Failure,
    session::{Next, Trial},
};

/// Chunks that the hub likes best.
const CHUNK_BYTES: usize = 256 * 1024;

/// An attachment that the hub now has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// Bytes.
    pub size: u64,
    /// The hub had it already; nothing was written.
    pub already_stored: bool,
}

/// Why an attachment was not uploaded.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The content could not be read.
    #[error("attachment could not be read: {0}; check the file and try again")]
    Read(#[from] io::Error),
}

impl Agency {
    /// Uploads what a reader gives: `size` bytes whose SHA-256 is `sha256`. Never whole in memory. A reader cannot be
    /// read twice, so a broken upload is not tried again; the other two methods do.
    pub async fn upload<R>(&self, sha256: [u8; 32], size: u64, reader: R) -> Result<Uploaded, UploadError>
    where
        R: AsyncRead + Unpin + Send + 'static,
    {
        let mut trial = Trial::new(&self.session);
        match self.upload_once(sha256, size, reader).await? {
            Ok(uploaded) => Ok(uploaded),
            Err(failure) => {
                trial.attempts = 1;
                trial.in_doubt = failure.leaves_doubt();
                Err(trial.call_error(failure).into())
            }
        }
    }

    /// Uploads a file: it is read once for its digest, and once for each attempt.
    pub async fn upload_file(&self, path: impl AsRef<Path>) -> Result<Uploaded, UploadError> {
        let path = path.as_ref();
        let (sha256, size) = digest(tokio::fs::File::open(path).await?).await?;
        self.upload_again_and_again(sha256, size, || tokio::fs::File::open(path))
            .await
    }

    /// Uploads what is in memory.
    pub async fn upload_bytes(&self, content: Bytes) -> Result<Uploaded, UploadError> {
        let (sha256, size) = (Sha256::digest(&content).into(), content.len() as u64);
        let open = || std::future::ready(Ok(io::Cursor::new(content.clone())));
        self.upload_again_and_again(sha256, size, open).await
    }

    /// Uploads all that a composed document leaves to be uploaded, one after the other.
    pub async fn upload_all(&self, uploads: &[Upload]) -> Result<(), UploadError> {
        for upload in uploads {
            match upload {
                Upload::Bytes(content) => self.upload_bytes(content.clone()).await?,
                Upload::File { path, sha256, size } => {
                    self.upload_again_and_again(*sha256, *size, || tokio::fs::File::open(path))
                        .await?
                }
            };
        }
        Ok(())
    }

    async fn upload_again_and_again<R, O, F>(
        &self,
        sha256: [u8; 32],
        size: u64,
        open: O,
    ) -> Result<Uploaded, UploadError>
    where
        R: AsyncRead + Unpin + Send + 'static,
        O: Fn() -> F,
        F: Future<Output = io::Result<R>>,
    {
        let mut trial = Trial::new(&self.session);
        loop {
            match self.upload_once(sha256, size, open().await?).await? {
                Ok(uploaded) => return Ok(uploaded),
                Err(failure) => match trial.after(failure, &self.session) {
                    Next::AgainAfter(pause) => tokio::time::sleep(pause).await,
                    Next::GiveUp(failure) => return Err(trial.call_error(failure).into()),
                },
            }
        }
    }

    async fn upload_once<R>(
        &self,
        sha256: [u8; 32],
        size: u64,
        reader: R,
    ) -> Result<Result<Uploaded, Failure>, UploadError>
    where
        R: AsyncRead + Unpin + Send + 'static,
    {
        let start = pb::UploadStart {
            sha256: Bytes::copy_from_slice(&sha256),
            size,
        };
        let start = pb::UploadRequest {
            part: Some(pb::upload_request::Part::Start(start)),
        };
        let broken = Arc::new(Mutex::new(None));
        let parts = stream::once(std::future::ready(start)).chain(chunks(reader, Arc::clone(&broken)));
        let request = self.session.request(parts).map_err(CallError::from)?;
        let answer = self.session.exchange().upload(request).await;
        // The hub sees no more than a stream that ended early; what was wrong is known here.
        if let Some(error) = broken.lock().take() {
            return Err(UploadError::Read(error));
        }
        Ok(match answer {
            Ok(answer) => Ok(Uploaded {
                sha256,
                size,
                already_stored: answer.into_inner().already_stored,
            }),
            Err(status) => Err(Failure::of(&status)),
        })
    }
}

/// The content in chunks. A read error ends the stream and is left in `broken`.
fn chunks<R>(reader: R, broken: Arc<Mutex<Option<io::Error>>>) -> impl Stream<Item = pb::UploadRequest> + Send
where
    R: AsyncRead + Unpin + Send,
{
    stream::unfold((reader, broken), |(mut reader, broken)| async move {
        match read_chunk(&mut reader).await {
            Ok(chunk) if chunk.is_empty() => None,
            Ok(chunk) => {
                let request = pb::UploadRequest {
                    part: Some(pb::upload_request::Part::Chunk(chunk)),
                };
                Some((request, (reader, broken)))
            }
            Err(error) => {
                *broken.lock() = Some(error);
                None
            }
        }
    })
}

/// Fills a chunk, so that small reads do not become small messages; shorter only at the end.
async fn read_chunk(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
    while chunk.len() < CHUNK_BYTES
        && reader
            .take((CHUNK_BYTES - chunk.len()) as u64)
            .read_buf(&mut chunk)
            .await?
            > 0
    {}
    Ok(chunk.freeze())
}

/// SHA-256 and size of what a reader gives.
pub(crate) async fn digest(mut reader: impl AsyncRead + Unpin) -> io::Result<([u8; 32], u64)> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    loop {
        let chunk = read_chunk(&mut reader).await?;
        if chunk.is_empty() {
            return Ok((hash.finalize().into(), size));
        }
        hash.update(&chunk);
        size += chunk.len() as u64;
    }
}
