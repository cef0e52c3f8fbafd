//! Download: an attachment of a document that was sent or received.

use std::io;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::Agency;
use crate::{
    error::CallError,
    failure::Failure,
    session::{Next, Session, Trial},
};

/// Why an attachment was not downloaded.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What came could not be written.
    #[error("attachment could not be written: {0}; check the disk and try again")]
    Write(#[from] io::Error),
    /// What came is not what the header names.
    #[error("attachment has SHA-256 `{found}` instead of `{expected}`; download it again, and tell the operator")]
    Digest {
        /// In lower-case hex.
        expected: String,
        /// In lower-case hex.
        found: String,
    },
}

impl Agency {
    /// Writes an attachment to `writer` and says how many bytes it has. A broken download goes on where it stopped;
    /// the digest is checked at the end, so what was written must not be used after an error.
    pub async fn download<W>(&self, document_id: Uuid, sha256: [u8; 32], writer: &mut W) -> Result<u64, DownloadError>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        download(&self.session, document_id, sha256, writer).await
    }
}

/// As [`Agency::download`] says, for whoever the session is.
pub(crate) async fn download<W>(
    session: &Session,
    document_id: Uuid,
    sha256: [u8; 32],
    writer: &mut W,
) -> Result<u64, DownloadError>
where
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut part = Part {
        session,
        document_id,
        sha256,
        offset: 0,
        hash: Sha256::new(),
    };
    let mut trial = Trial::new(session);
    loop {
        let before = part.offset;
        let Err(failure) = part.go_on(writer).await? else { break };
        if part.offset > before {
            // It gets on: a large file over a poor line may take any number of attempts.
            trial = Trial::new(session);
        }
        match trial.after(failure, session) {
            Next::AgainAfter(pause) => tokio::time::sleep(pause).await,
            Next::GiveUp(failure) => return Err(trial.call_error(failure).into()),
        }
    }
    writer.flush().await?;
    let found: [u8; 32] = part.hash.finalize().into();
    if found != sha256 {
        return Err(DownloadError::Digest {
            expected: hex::encode(sha256),
            found: hex::encode(found),
        });
    }
    Ok(part.offset)
}

struct Part<'a> {
    session: &'a Session,
    document_id: Uuid,
    sha256: [u8; 32],
    offset: u64,
    hash: Sha256,
}

impl Part<'_> {
    /// One call, from the offset reached so far to the end or to the next failure.
    async fn go_on<W>(&mut self, writer: &mut W) -> Result<Result<(), Failure>, DownloadError>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        let request = pb::DownloadRequest {
            document_id: self.document_id.to_string(),
            sha256: Bytes::copy_from_slice(&self.sha256),
            offset: self.offset,
        };
        let request = self.session.request(request).map_err(CallError::from)?;
        let mut chunks = match self.session.exchange().download(request).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return Ok(Err(Failure::of(&status))),
        };
        loop {
            match chunks.message().await {
                Ok(Some(pb::DownloadResponse { chunk })) => {
                    writer.write_all(&chunk).await?;
                    self.hash.update(&chunk);
                    self.offset += chunk.len() as u64;
                }
                Ok(None) => return Ok(Ok(())),
                Err(status) => return Ok(Err(Failure::of(&status))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use truc_document::Reason;
    use uuid::Uuid;

    use super::*;
    use crate::test_hub::{Act, TestHub, refusal};

    #[tokio::test(start_paused = true)]
    async fn broken_download_goes_on_where_it_stopped() {
        let hub = TestHub::new();
        let content = Bytes::from_iter(0..95_u8);
        hub.will_hold(content.clone());
        hub.will([Act::Break, Act::Break]);
        let mut written = Vec::new();
        let sha256 = Sha256::digest(&content).into();
        let size = hub.agency().download(Uuid::nil(), sha256, &mut written).await.unwrap();
        assert_eq!((size, written), (95, content.to_vec()));
        assert_eq!(hub.offsets(), [0, 20, 40]);
    }

    #[tokio::test(start_paused = true)]
    async fn other_content_is_found_out() {
        let hub = TestHub::new();
        hub.will_hold(Bytes::from_static(b"other"));
        let error = hub
            .agency()
            .download(Uuid::nil(), [7; 32], &mut Vec::new())
            .await
            .unwrap_err();
        assert!(matches!(error, DownloadError::Digest { .. }), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn refused_upload_names_its_reason_and_a_broken_one_is_repeated_whole() {
        let hub = TestHub::new();
        let agency = hub.agency();
        hub.will([Act::Break, Act::Refuse(refusal(Reason::DigestMismatch))]);
        let content = Bytes::from(vec![5; 600_000]);
        let error = agency.upload_bytes(content.clone()).await.unwrap_err();
        assert!(error.to_string().contains("DIGEST_MISMATCH"), "{error}");
        assert_eq!(hub.uploads(), [content.to_vec(), content.to_vec()]);
    }

    #[tokio::test(start_paused = true)]
    async fn file_is_uploaded_with_its_digest_and_a_reader_once() {
        let hub = TestHub::new();
        let agency = hub.agency();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter.pdf");
        std::fs::write(&path, b"letter").unwrap();
        let uploaded = agency.upload_file(&path).await.unwrap();
        assert_eq!((uploaded.sha256, uploaded.size), (Sha256::digest(b"letter").into(), 6));
        hub.will([Act::Break]);
        let reader = io::Cursor::new(b"letter".to_vec());
        let error = agency.upload(uploaded.sha256, 6, reader).await.unwrap_err();
        assert!(error.to_string().contains("no answer in 1 attempts"), "{error}");
        assert_eq!(hub.uploads().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn unreadable_content_is_told_as_such() {
        let broken = tokio_test_reader();
        let error = TestHub::new().agency().upload([0; 32], 10, broken).await.unwrap_err();
        assert!(error.to_string().contains("disk is on fire"), "{error}");
    }

    /// Fails at the first read.
    fn tokio_test_reader() -> impl tokio::io::AsyncRead + Unpin + Send + 'static {
        struct Broken;
        impl tokio::io::AsyncRead for Broken {
            fn poll_read(
                self: std::pin::Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
                _: &mut tokio::io::ReadBuf<'_>,
            ) -> std::task::Poll<io::Result<()>> {
                std::task::Poll::Ready(Err(io::Error::other("disk is on fire")))
            }
        }
        Broken
    }
}
