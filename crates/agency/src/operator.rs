//! The operator: who runs the hub.

use tokio::io::AsyncWrite;
use uuid::Uuid;

use crate::{
    agency::{DownloadError, Life},
    directory::Directory,
    error::CallError,
    retry::RetryPolicy,
    session::Session,
    statistics::Statistics,
};

/// Who runs the hub, with the operator's credential. Cheap to clone. Events and hub time are in `operations.rs`.
#[derive(Clone)]
pub struct Operator {
    pub(crate) session: Session,
}

impl Operator {
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }

    /// The same operator with another retry policy.
    pub fn with_retry(&self, retry: RetryPolicy) -> Self {
        Self {
            session: self.session.with_retry(retry),
        }
    }

    /// The address book, to be read and written.
    pub fn directory(&self) -> Directory {
        Directory::new(self.session.clone())
    }

    /// The counts.
    pub fn statistics(&self) -> Statistics {
        Statistics::new(self.session.clone())
    }

    /// Tells the life of any document.
    pub async fn track(&self, document_id: Uuid) -> Result<Life, CallError> {
        crate::agency::track(&self.session, document_id).await
    }

    /// Writes an attachment of any document to `writer`, as [`Agency::download`](crate::Agency::download) does.
    pub async fn download<W>(&self, document_id: Uuid, sha256: [u8; 32], writer: &mut W) -> Result<u64, DownloadError>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        crate::agency::download(&self.session, document_id, sha256, writer).await
    }
}
