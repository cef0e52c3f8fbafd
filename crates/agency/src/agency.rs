//! An agency on a hub: one file for each thing that it does.

mod acknowledge;
mod download;
mod fetch;
mod list;
mod report;
mod send;
mod subscribe;
mod track;
mod upload;

use truc_document::AgencyCode;

pub use self::{
    acknowledge::Acknowledged,
    download::DownloadError,
    fetch::{FetchOptions, Fetched},
    list::{Listed, ListedDelivery, ListedKind},
    report::{Reported, StatusToReport},
    send::{Sent, Warning},
    subscribe::{SubscribeOptions, Subscription, SubscriptionError},
    track::{DeliveryState, Life, LifeEvent, LifeEventKind, RecipientLife},
    upload::{UploadError, Uploaded},
};
pub(crate) use self::{download::download, track::track, upload::digest};
use crate::{directory::Directory, retry::RetryPolicy, session::Session, statistics::Statistics};

/// An agency (cơ quan) on a hub. Cheap to clone; each call goes over the shared connection with the agency's own
/// credential.
#[derive(Clone)]
pub struct Agency {
    code: AgencyCode,
    session: Session,
}

impl Agency {
    pub(crate) fn new(code: AgencyCode, session: Session) -> Self {
        Self { code, session }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Its identifier (mã định danh).
    pub fn code(&self) -> &AgencyCode {
        &self.code
    }

    /// The same agency with another retry policy.
    pub fn with_retry(&self, retry: RetryPolicy) -> Self {
        Self {
            code: self.code.clone(),
            session: self.session.with_retry(retry),
        }
    }

    /// The address book, read as this agency; it may register its own certificates.
    pub fn directory(&self) -> Directory {
        Directory::new(self.session.clone())
    }

    /// The counts, read as this agency.
    pub fn statistics(&self) -> Statistics {
        Statistics::new(self.session.clone())
    }
}
