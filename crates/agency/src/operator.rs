//! The operator: who runs the hub.

use uuid::Uuid;

use crate::{
    agency::Life, directory::Directory, error::CallError, retry::RetryPolicy, session::Session, statistics::Statistics,
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
}
