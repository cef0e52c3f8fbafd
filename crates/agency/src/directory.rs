//! DirectoryService: the address book and the certificates.

mod certificates;
mod entry;

use std::future::Future;

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use truc_document::{AgencyCode, Level};
use truc_proto::v1 as pb;

pub use self::{
    certificates::{CertificateEntry, Revocations, RevokedCertificate},
    entry::AgencyEntry,
};
use crate::{error::CallError, session::Session};

/// As many as one page may carry.
const PAGE_SIZE: u32 = 1000;

/// The address book (danh bạ) and the certificates: any agency may read; writing is the operator's, but for an
/// agency's own certificates.
#[derive(Clone)]
pub struct Directory {
    session: Session,
}

/// Which agencies to list; all by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgencyFilter {
    /// Only those of this level.
    pub level: Option<Level>,
    /// Only those that count under this province.
    pub province: Option<AgencyCode>,
    /// Only those whose code or name contains this, in any case and without regard to diacritics; all when empty.
    pub query: String,
    /// Only connected ones.
    pub connected_only: bool,
}

/// What a closing did.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// The agency, closed.
    pub agency: AgencyEntry,
    /// Deliveries that went on to the successor.
    pub moved: u64,
    /// Deliveries withdrawn, as the successor has the same document.
    pub folded: u64,
}

impl Directory {
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }

    /// All agencies of the filter by code; pages are fetched as the stream is read.
    pub fn agencies(&self, filter: AgencyFilter) -> impl Stream<Item = Result<AgencyEntry, CallError>> + Send + use<> {
        let request = pb::ListAgenciesRequest {
            level: filter.level.map_or(0, Level::wire),
            province: filter.province.map(|code| code.to_string()).unwrap_or_default(),
            query: filter.query,
            page_size: PAGE_SIZE,
            page_token: String::new(),
            connected_only: filter.connected_only,
        };
        let directory = self.clone();
        pages(String::new(), move |page_token| {
            let (directory, request) = (
                directory.clone(),
                pb::ListAgenciesRequest {
                    page_token,
                    ..request.clone()
                },
            );
            async move {
                let answer = directory.list_agencies(request).await?;
                let entries = answer
                    .agencies
                    .into_iter()
                    .map(AgencyEntry::read)
                    .collect::<Result<Vec<_>, _>>()?;
                Ok((entries, answer.next_page_token))
            }
        })
    }

    /// How many agencies the filter matches.
    pub async fn count_agencies(&self, filter: AgencyFilter) -> Result<u64, CallError> {
        let request = pb::ListAgenciesRequest {
            level: filter.level.map_or(0, Level::wire),
            province: filter.province.map(|code| code.to_string()).unwrap_or_default(),
            query: filter.query,
            page_size: 1,
            page_token: String::new(),
            connected_only: filter.connected_only,
        };
        Ok(self.list_agencies(request).await?.total)
    }

    /// One agency, by either form of its code.
    pub async fn agency(&self, code: &AgencyCode) -> Result<AgencyEntry, CallError> {
        let request = pb::GetAgencyRequest { code: code.to_string() };
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.directory();
                async move { client.get_agency(request).await }
            })
            .await?;
        Ok(AgencyEntry::read_some(answer.agency)?)
    }

    /// Adds an agency; the same again is good.
    pub async fn register_agency(&self, entry: AgencyEntry) -> Result<AgencyEntry, CallError> {
        let request = pb::RegisterAgencyRequest {
            agency: Some(entry.wire()),
        };
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.directory();
                async move { client.register_agency(request).await }
            })
            .await?;
        Ok(AgencyEntry::read_some(answer.agency)?)
    }

    /// Sets all that an agency's entry says; read it first.
    pub async fn update_agency(&self, entry: AgencyEntry) -> Result<AgencyEntry, CallError> {
        let request = pb::UpdateAgencyRequest {
            agency: Some(entry.wire()),
        };
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.directory();
                async move { client.update_agency(request).await }
            })
            .await?;
        Ok(AgencyEntry::read_some(answer.agency)?)
    }

    /// Closes an agency for good: `successor` takes over what waits. The same again is good.
    pub async fn close_agency(&self, code: &AgencyCode, successor: &AgencyCode) -> Result<Closed, CallError> {
        let request = pb::CloseAgencyRequest {
            code: code.to_string(),
            successor: successor.to_string(),
        };
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.directory();
                async move { client.close_agency(request).await }
            })
            .await?;
        Ok(Closed {
            agency: AgencyEntry::read_some(answer.agency)?,
            moved: answer.moved,
            folded: answer.folded,
        })
    }

    async fn list_agencies(&self, request: pb::ListAgenciesRequest) -> Result<pb::ListAgenciesResponse, CallError> {
        self.session
            .call(request, |request| {
                let mut client = self.session.directory();
                async move { client.list_agencies(request).await }
            })
            .await
    }
}

/// Items of page after page, from `first` on; an empty token is the end. An error ends the stream.
fn pages<T, P, F>(first: String, page: P) -> impl Stream<Item = Result<T, CallError>> + Send + use<T, P, F>
where
    T: Send + 'static,
    P: FnMut(String) -> F + Send,
    F: Future<Output = Result<(Vec<T>, String), CallError>> + Send,
{
    stream::try_unfold((Some(first), page), |(token, mut page)| async move {
        let Some(token) = token else { return Ok(None) };
        let (items, next) = page(token).await?;
        let next = Some(next).filter(|next| !next.is_empty());
        Ok::<_, CallError>(Some((stream::iter(items).map(Ok), (next, page))))
    })
    .try_flatten()
}

#[cfg(test)]
mod tests {
    use truc_document::Reason;

    use super::*;
    use crate::test_hub::{Act, TestHub, refusal};

    async fn list(hub: &TestHub) -> Result<Vec<String>, CallError> {
        let agencies = hub.agency().directory().agencies(AgencyFilter::default());
        agencies.map_ok(|entry| entry.code.to_string()).try_collect().await
    }

    #[tokio::test(start_paused = true)]
    async fn all_pages_are_read_also_over_a_broken_call() {
        let hub = TestHub::new();
        hub.will_open([Act::Break]);
        let expected: Vec<String> = (0..25).map(|number| format!("H54.{number}")).collect();
        assert_eq!(list(&hub).await.unwrap(), expected);
        assert_eq!(hub.opened(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn refusal_ends_the_list() {
        let hub = TestHub::new();
        hub.will_open([Act::Refuse(refusal(Reason::Unauthenticated))]);
        let error = list(&hub).await.unwrap_err();
        assert_eq!(
            error.refusal().map(|refusal| refusal.reason),
            Some(Reason::Unauthenticated)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn entry_is_asked_for_and_registered() {
        let directory = TestHub::new().agency().directory();
        let entry = directory.agency(&"H54.7".parse().unwrap()).await.unwrap();
        assert_eq!(entry.code.as_ref(), "H54.7");
        assert_eq!(directory.register_agency(entry.clone()).await.unwrap(), entry);
        assert_eq!(directory.count_agencies(AgencyFilter::default()).await.unwrap(), 25);
    }
}
