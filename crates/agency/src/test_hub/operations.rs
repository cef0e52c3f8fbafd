//! OperationsService of the test hub: a journal of numbered events, and a clock.

use futures::{StreamExt as _, stream};
use tonic::{Request, Response, Status};
use truc_document::Reason;
use truc_proto::v1 as pb;
use truc_services::operations_service_server::OperationsService;

use super::{Answers, TestHub, lost, refusal};
use crate::status::status_of;

#[tonic::async_trait]
impl OperationsService for TestHub {
    type ObserveStream = Answers<pb::ObserveResponse>;

    /// Three events from where it was asked, then the stream breaks.
    async fn observe(&self, request: Request<pb::ObserveRequest>) -> Result<Response<Self::ObserveStream>, Status> {
        self.open()?;
        let pb::ObserveRequest {
            from_position: from,
            until_now,
            ..
        } = request.into_inner();
        self.0.offsets.lock().push(from);
        let events = (from..from + 3).map(|position| {
            Ok(pb::ObserveResponse {
                event: Some(pb::Event {
                    position,
                    ..pb::Event::default()
                }),
                ended: false,
            })
        });
        // Asked for no more than there is, it ends at event 106 of its journal.
        if until_now && from >= 106 {
            let ended = pb::ObserveResponse {
                event: None,
                ended: true,
            };
            return Ok(Response::new(
                stream::iter(events.take(1)).chain(stream::iter([Ok(ended)])).boxed(),
            ));
        }
        Ok(Response::new(
            stream::iter(events).chain(stream::iter([Err(lost())])).boxed(),
        ))
    }

    async fn get_clock(&self, _: Request<pb::GetClockRequest>) -> Result<Response<pb::GetClockResponse>, Status> {
        let clock = pb::Clock {
            now: Some(prost_types::Timestamp {
                seconds: 1_600_000_000,
                nanos: 0,
            }),
            mode: pb::ClockMode::Scaled.into(),
            factor: 60.0,
            ahead_of_wall: Some(prost_types::Duration {
                seconds: -5,
                nanos: -500_000_000,
            }),
        };
        Ok(Response::new(pb::GetClockResponse { clock: Some(clock) }))
    }

    async fn get_stage_times(
        &self,
        _: Request<pb::GetStageTimesRequest>,
    ) -> Result<Response<pb::GetStageTimesResponse>, Status> {
        let bucket = |at_most_nanos, count| pb::StageBucket { at_most_nanos, count };
        let verify = pb::StageTimes {
            stage: pb::Stage::Verify.into(),
            count: 3,
            sum_nanos: 320_000,
            buckets: vec![bucket(100_000, 2), bucket(120_000, 1)],
        };
        Ok(Response::new(pb::GetStageTimesResponse { stages: vec![verify] }))
    }

    async fn advance_clock(
        &self,
        _: Request<pb::AdvanceClockRequest>,
    ) -> Result<Response<pb::AdvanceClockResponse>, Status> {
        self.open()?;
        Err(status_of(&refusal(Reason::ClockSkew)))
    }

    async fn list_faults(&self, _: Request<pb::ListFaultsRequest>) -> Result<Response<pb::ListFaultsResponse>, Status> {
        Err(Status::unimplemented("faults"))
    }

    async fn set_fault(&self, _: Request<pb::SetFaultRequest>) -> Result<Response<pb::SetFaultResponse>, Status> {
        Err(Status::unimplemented("faults"))
    }

    async fn clear_faults(
        &self,
        _: Request<pb::ClearFaultsRequest>,
    ) -> Result<Response<pb::ClearFaultsResponse>, Status> {
        Err(Status::unimplemented("faults"))
    }
}
