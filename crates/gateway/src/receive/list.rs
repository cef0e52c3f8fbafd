//! What waits for the agencies of a system. The hub is asked each time; nothing is taken.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use truc_agency::{Agency, CallError, DeliveryState, FetchOptions, ListedDelivery, ListedKind, NoticeKind};
use truc_document::AgencyCode;

use crate::{doc_id::DocId, fault::Fault, gateway::Shared, systems::System};

/// Mailboxes asked at once.
const AT_ONCE: usize = 16;
/// Deliveries in one answer of the hub.
const PAGE: u32 = 1000;

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Documents (`edoc`).
    Document,
    /// Statuses (`status`), and what the hub itself has to say, which is told as statuses.
    Status,
}

/// Which of what waits.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) kind: Kind,
    /// Only for this agency.
    pub(crate) agency: Option<AgencyCode>,
    /// Only what came in this time, ends included.
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    /// Only what is held with `processing`, instead of only what is not.
    pub(crate) held: bool,
    /// Entries left out from the beginning, and how many then come at most.
    pub(crate) skip: usize,
    pub(crate) take: usize,
}

/// One package that waits.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: DocId,
    pub(crate) to: AgencyCode,
    pub(crate) held: bool,
    pub(crate) listed: ListedDelivery,
}

impl Kind {
    fn kinds(self) -> &'static [ListedKind] {
        match self {
            Self::Document => &[ListedKind::Document],
            Self::Status => &[ListedKind::Status, ListedKind::Notice],
        }
    }
}

impl Shared {
    /// What waits, agency by agency, in each the most urgent first, then by arrival.
    pub(crate) async fn received(&self, system: &System, query: &Query) -> Result<Vec<Row>, Fault> {
        // Without bounds of time the first entries of each mailbox are enough.
        let bounded = query.from.is_some() || query.to.is_some();
        let enough = if bounded {
            usize::MAX
        } else {
            query.skip.saturating_add(query.take)
        };
        let mut asked = Vec::new();
        for code in &system.agencies {
            if query.agency.as_ref().is_none_or(|only| only == code) {
                asked.push(self.of_mailbox(code, query, enough));
            }
        }
        let mut rows = Vec::new();
        let mut of_each = std::pin::pin!(stream::iter(asked).buffered(AT_ONCE));
        while let Some(of_one) = of_each.try_next().await? {
            rows.extend(of_one);
            if rows.len() >= enough {
                break;
            }
        }
        Ok(rows.into_iter().skip(query.skip).take(query.take).collect())
    }

    /// How many packages of a kind wait and are not held.
    pub(crate) async fn count(&self, system: &System, kind: Kind) -> Result<u64, Fault> {
        let mut asked = Vec::new();
        for code in &system.agencies {
            asked.push(self.count_mailbox(code, kind));
        }
        let counts = stream::iter(asked).buffered(AT_ONCE);
        Ok(counts
            .try_fold(0, |sum, count| std::future::ready(Ok(sum + count)))
            .await?)
    }

    async fn count_mailbox(&self, code: &AgencyCode, kind: Kind) -> Result<u64, CallError> {
        let agency = self.agency(code);
        let mut count = 0;
        for &listed in kind.kinds() {
            // Where nothing is held and nothing is to be left out the hub's own count will do.
            if self.holds.is_empty() && listed != ListedKind::Notice {
                count += agency.list(Some(listed), 1, None).await?.total;
                continue;
            }
            let all = self.listed(&agency, listed, usize::MAX).await?;
            count += all.iter().filter(|row| !row.held).count() as u64;
        }
        Ok(count)
    }

    async fn of_mailbox(&self, code: &AgencyCode, query: &Query, enough: usize) -> Result<Vec<Row>, CallError> {
        let agency = self.agency(code);
        let mut rows = Vec::new();
        for &kind in query.kind.kinds() {
            // What is held is left out: as many more must be asked for.
            let wanted = enough.saturating_add(self.holds.len());
            rows.extend(self.listed(&agency, kind, wanted).await?);
        }
        rows.retain(|row| {
            let at = row.listed.arrived_at;
            row.held == query.held && query.from.is_none_or(|from| at >= from) && query.to.is_none_or(|to| at <= to)
        });
        Ok(rows)
    }

    /// The first entries of a mailbox, `enough` at least where there are as many.
    async fn listed(&self, agency: &Agency, kind: ListedKind, enough: usize) -> Result<Vec<Row>, CallError> {
        let (mut rows, mut page) = (Vec::new(), None);
        loop {
            let size = u32::try_from(enough.saturating_sub(rows.len()))
                .unwrap_or(PAGE)
                .clamp(1, PAGE);
            let listed = agency.list(Some(kind), size, page).await?;
            for entry in listed.deliveries {
                if entry.notice == Some(NoticeKind::ReceiverAdded) {
                    // The update that added the receiver is in the same mailbox and says all of it.
                    self.take_notice(agency, entry.id).await?;
                    continue;
                }
                let id = DocId::new(agency.code(), entry.id);
                let held = self.holds.has(id);
                if held && entry.state != DeliveryState::Leased {
                    self.holds.clear(id);
                }
                rows.push(Row {
                    id,
                    to: agency.code().clone(),
                    held: held && entry.state == DeliveryState::Leased,
                    listed: entry,
                });
            }
            page = listed.next_page;
            if page.is_none() || rows.len() >= enough {
                return Ok(rows);
            }
        }
    }

    async fn take_notice(&self, agency: &Agency, delivery: u64) -> Result<(), CallError> {
        let options = FetchOptions {
            delivery_ids: vec![delivery],
            headers_only: true,
            ..FetchOptions::default()
        };
        if !agency.fetch(options).await?.deliveries.is_empty() {
            agency.acknowledge(&[delivery]).await?;
        }
        Ok(())
    }
}
