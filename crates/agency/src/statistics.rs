//! StatisticsService: counts that can be recounted from the journal.
//!
//! The rows stay wire types: plain numbers that are printed, not worked with.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{FutureExt as _, Stream};
use jiff::civil::Date;
use truc_proto::v1 as pb;

use crate::{error::CallError, follow::Follow, session::Session, wire};

/// The counts, read as an agency or as the operator.
#[derive(Clone)]
pub struct Statistics {
    session: Session,
}

/// Which report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportQuery {
    /// First day, in Vietnam's zone; the journal's first when absent.
    pub from: Option<Date>,
    /// Last day; today by hub time when absent.
    pub to: Option<Date>,
    /// One row for each combination; none means one row in all.
    pub group_by: Vec<pb::ReportDimension>,
    /// Only this province (or central agency's code), when set.
    pub province: Option<String>,
    /// Counts of provinces that closed stand under who took over, not as they were counted.
    pub by_successor: bool,
}

/// Totals as they change. Goes on over broken connections; ends only after an error that time does not mend.
pub struct WatchedTotals {
    follow: Follow<pb::WatchTotalsResponse>,
}

impl Statistics {
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }

    /// Counts for a period.
    pub async fn report(&self, query: ReportQuery) -> Result<pb::GetReportResponse, CallError> {
        let request = pb::GetReportRequest {
            from: query.from.map(wire::wire_date),
            to: query.to.map(wire::wire_date),
            group_by: query.group_by.into_iter().map(i32::from).collect(),
            province: query.province.unwrap_or_default(),
            province_basis: if query.by_successor {
                pb::ProvinceBasis::Successor
            } else {
                pb::ProvinceBasis::AsCounted
            } as i32,
        };
        self.session
            .call(request, |request| {
                let mut client = self.session.statistics();
                async move { client.get_report(request).await }
            })
            .await
    }

    /// Totals at once, and then whenever they changed, at most every `interval` of wall time (100 ms at least, the
    /// hub's 1 s when absent).
    pub fn watch_totals(&self, interval: Option<Duration>) -> WatchedTotals {
        let request = pb::WatchTotalsRequest {
            interval: interval.map(wire::wire_duration),
        };
        let session = self.session.clone();
        let open = move || {
            let session = session.clone();
            async move {
                let request = session.request(request)?;
                Ok(session.statistics().watch_totals(request).await)
            }
            .boxed()
        };
        WatchedTotals {
            follow: Follow::new(self.session.clone(), "totals", open),
        }
    }
}

impl Stream for WatchedTotals {
    type Item = Result<pb::Totals, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.follow).poll_next(context)) {
                Some(Ok(pb::WatchTotalsResponse { totals: Some(totals) })) => return Poll::Ready(Some(Ok(totals))),
                Some(Ok(pb::WatchTotalsResponse { totals: None })) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
