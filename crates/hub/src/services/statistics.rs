//! StatisticsService: counts, straight from the state.

use std::{sync::Arc, time::Duration};

use futures::stream;
use tonic::{Request, Response, Status};
use truc_proto::v1 as pb;
use truc_services::statistics_service_server::StatisticsService;
use truc_store::state::report;

use crate::{
    core::Core,
    lasting::{Answers, Lasting},
    services::duration,
    status::refused,
};

pub(crate) struct StatisticsApi(pub(crate) Arc<Core>);

#[tonic::async_trait]
impl StatisticsService for StatisticsApi {
    async fn get_report(
        &self,
        request: Request<pb::GetReportRequest>,
    ) -> Result<Response<pb::GetReportResponse>, Status> {
        self.0.callers.of(&request, &self.0)?;
        let report = report::report(&self.0.state.read(), request.get_ref());
        report.map(Response::new).map_err(|refusal| refused(&refusal))
    }

    type WatchTotalsStream = Answers<pb::WatchTotalsResponse>;

    async fn watch_totals(
        &self,
        request: Request<pb::WatchTotalsRequest>,
    ) -> Result<Response<Self::WatchTotalsStream>, Status> {
        self.0.callers.of(&request, &self.0)?;
        let lasting = Lasting::of(&self.0, &request);
        let (second, least) = (Duration::from_secs(1), Duration::from_millis(100));
        let every = duration(
            "interval",
            request.into_inner().interval,
            second,
            least,
            Duration::from_secs(3600),
        )?;
        let (core, applied) = (Arc::clone(&self.0), self.0.applied.subscribe());
        let totals = stream::unfold((core, applied, true), move |(core, mut applied, first)| async move {
            if !first {
                tokio::time::sleep(every).await;
                tokio::select! {
                    changed = applied.changed() => changed.ok()?,
                    () = core.stopping.cancelled() => return None,
                }
            }
            applied.mark_unchanged();
            let totals = core.state.read().totals();
            Some((
                Ok(pb::WatchTotalsResponse { totals: Some(totals) }),
                (core, applied, false),
            ))
        });
        Ok(Response::new(lasting.hold(totals)))
    }
}
