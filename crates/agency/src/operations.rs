//! OperationsService: events as they happen, and hub time. The operator's, but for reading the clock.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{FutureExt as _, Stream};
use jiff::{SignedDuration, Timestamp};
use tonic::transport::Channel;
use truc_document::AgencyCode;
use truc_proto::v1 as pb;
use truc_services::operations_service_client::OperationsServiceClient;
use uuid::Uuid;

use crate::{
    agency::Agency,
    error::{CallError, InvalidAnswer},
    follow::Follow,
    operator::Operator,
    retry::RetryPolicy,
    session::Session,
    wire,
};

/// How long the other hubs may take to hear that hub time moved, and how often they are asked.
const HEARD: Duration = Duration::from_secs(2);
const OFTEN: Duration = Duration::from_millis(5);

/// Hub time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// Hub time when the hub answered.
    pub now: Timestamp,
    /// How it goes on.
    pub mode: ClockMode,
    /// By how much it runs ahead of wall time; negative when behind.
    pub ahead_of_wall: SignedDuration,
}

/// How hub time goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClockMode {
    /// With wall time.
    Wall,
    /// So many hub seconds per wall second, above 0 and up to 10,000,000.
    Scaled(f64),
    /// Only by `advance_clock`.
    Driven,
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObserveOptions {
    /// First journal position wanted; none means from now on.
    pub from_position: Option<u64>,
    /// Only events of this agency, as sender, recipient or actor.
    pub agency: Option<AgencyCode>,
    /// Only these kinds, when any is given.
    pub kinds: Vec<pb::EventKind>,
    /// Only events of this document.
    pub document_id: Option<Uuid>,
    /// Ends with what has happened when it is asked; goes on as it happens otherwise.
    pub until_now: bool,
}

/// One journal record, told.
pub type Event = pb::Event;

/// Times of one stage, in buckets. Two of them subtracted give the time between.
pub type StageTimes = pb::StageTimes;

/// Events as they happen. A broken connection is made anew from the position after the last event, so that none is
/// missed once the first has come; ends only after an error that time does not mend.
pub struct Observation {
    follow: Follow<pb::ObserveResponse>,
    next_position: Arc<AtomicU64>,
    /// All was told that was asked for.
    ended: bool,
}

impl Operator {
    /// Follows the journal.
    pub fn observe(&self, options: ObserveOptions) -> Observation {
        let next_position = Arc::new(AtomicU64::new(options.from_position.unwrap_or_default()));
        let request = pb::ObserveRequest {
            from_position: 0,
            agency: options.agency.map(|code| code.to_string()).unwrap_or_default(),
            kinds: options.kinds.into_iter().map(i32::from).collect(),
            document_id: options.document_id.map(|id| id.to_string()).unwrap_or_default(),
            until_now: options.until_now,
        };
        let (session, position) = (self.session.clone(), Arc::clone(&next_position));
        let open = move || {
            let session = session.clone();
            let from_position = position.load(Ordering::Relaxed);
            let request = pb::ObserveRequest {
                from_position,
                ..request.clone()
            };
            async move {
                let request = session.request(request)?;
                Ok(session.operations().observe(request).await)
            }
            .boxed()
        };
        Observation {
            follow: Follow::new(self.session.clone(), "events", open),
            next_position,
            ended: false,
        }
    }

    /// Hub time.
    pub async fn clock(&self) -> Result<Clock, CallError> {
        clock(&self.session).await
    }

    /// Moves hub time forward to `to`, and sets how it goes on; what is absent stays. Not tried again when its answer
    /// is lost, as time may have moved: read the clock then. Of several hubs each has moved when this is answered, but those that do
    /// not answer.
    pub async fn advance_clock(&self, to: Option<Timestamp>, mode: Option<ClockMode>) -> Result<Clock, CallError> {
        let (mode, factor) = match mode {
            None => (pb::ClockMode::Unspecified, 0.0),
            Some(ClockMode::Wall) => (pb::ClockMode::Wall, 0.0),
            Some(ClockMode::Scaled(factor)) => (pb::ClockMode::Scaled, factor),
            Some(ClockMode::Driven) => (pb::ClockMode::Driven, 0.0),
        };
        let to = to.map(wire::wire_timestamp);
        let request = pb::AdvanceClockRequest {
            to,
            mode: mode.into(),
            factor,
        };
        let session = self.session.with_retry(RetryPolicy {
            attempts_max: 1,
            ..self.session.retry().clone()
        });
        let answer = session
            .call(request, |request| {
                let mut client = session.operations();
                async move { client.advance_clock(request).await }
            })
            .await?;
        let moved = Clock::read(answer.clock)?;
        let others = self.session.others().into_iter();
        futures::future::join_all(others.map(|hub| until(&self.session, hub, moved.now))).await;
        Ok(moved)
    }
}

/// Waits until a hub has heard that hub time moved.
async fn until(session: &Session, hub: Channel, to: Timestamp) {
    let asking = async {
        loop {
            let mut client = OperationsServiceClient::new(hub.clone());
            let Ok(request) = session.request(pb::GetClockRequest {}) else {
                return;
            };
            let Ok(answer) = client.get_clock(request).await else {
                return;
            };
            if Clock::read(answer.into_inner().clock).is_ok_and(|clock| clock.now >= to) {
                return;
            }
            tokio::time::sleep(OFTEN).await;
        }
    };
    // One that hangs is no reason not to go on.
    drop(tokio::time::timeout(HEARD, asking).await);
}

impl Operator {
    /// How long the stages of a document took in the hub, since it started.
    pub async fn stage_times(&self) -> Result<Vec<StageTimes>, CallError> {
        let session = &self.session;
        let answer = session
            .call(pb::GetStageTimesRequest {}, |request| {
                let mut client = session.operations();
                async move { client.get_stage_times(request).await }
            })
            .await?;
        Ok(answer.stages)
    }
}

impl Agency {
    /// Hub time.
    pub async fn clock(&self) -> Result<Clock, CallError> {
        clock(self.session()).await
    }
}

async fn clock(session: &Session) -> Result<Clock, CallError> {
    let answer = session
        .call(pb::GetClockRequest {}, |request| {
            let mut client = session.operations();
            async move { client.get_clock(request).await }
        })
        .await?;
    Ok(Clock::read(answer.clock)?)
}

impl Clock {
    fn read(wire: Option<pb::Clock>) -> Result<Self, InvalidAnswer> {
        let wire = wire.ok_or(InvalidAnswer { field: "clock" })?;
        let mode = match wire.mode() {
            pb::ClockMode::Wall => ClockMode::Wall,
            pb::ClockMode::Scaled => ClockMode::Scaled(wire.factor),
            pb::ClockMode::Driven => ClockMode::Driven,
            pb::ClockMode::Unspecified => return Err(InvalidAnswer { field: "clock.mode" }),
        };
        let ahead = wire.ahead_of_wall.unwrap_or_default();
        let ahead_of_wall = SignedDuration::from_secs(ahead.seconds)
            .checked_add(SignedDuration::from_nanos(ahead.nanos.into()))
            .ok_or(InvalidAnswer {
                field: "clock.ahead_of_wall",
            })?;
        Ok(Self {
            now: wire::timestamp(wire.now, "clock.now")?,
            mode,
            ahead_of_wall,
        })
    }
}

impl Stream for Observation {
    type Item = Result<Event, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while !self.ended {
            match ready!(Pin::new(&mut self.follow).poll_next(context)) {
                Some(Ok(pb::ObserveResponse { event: Some(event), .. })) => {
                    self.next_position
                        .store(event.position.saturating_add(1), Ordering::Relaxed);
                    return Poll::Ready(Some(Ok(event)));
                }
                Some(Ok(pb::ObserveResponse { event: None, ended })) => self.ended = ended,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use truc_document::Reason;

    use super::*;
    use crate::{
        credential::Credential,
        test_hub::{Act, TestHub},
    };

    fn operator(hub: &TestHub) -> Operator {
        hub.client(RetryPolicy::default())
            .operator(Credential::Token("operator".to_owned()))
    }

    #[tokio::test(start_paused = true)]
    async fn observation_misses_nothing_over_broken_streams() {
        let hub = TestHub::new();
        let options = ObserveOptions {
            from_position: Some(100),
            ..ObserveOptions::default()
        };
        let events = operator(&hub)
            .observe(options)
            .take(8)
            .map(|event| event.unwrap().position);
        assert_eq!(events.collect::<Vec<_>>().await, (100..108).collect::<Vec<_>>());
        assert_eq!(hub.offsets(), [100, 103, 106]);
    }

    #[tokio::test(start_paused = true)]
    async fn observation_of_what_has_happened_ends() {
        let options = ObserveOptions {
            from_position: Some(100),
            until_now: true,
            ..ObserveOptions::default()
        };
        let events = operator(&TestHub::new())
            .observe(options)
            .map(|event| event.unwrap().position);
        assert_eq!(events.collect::<Vec<_>>().await, (100..107).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn clock_is_read_with_its_sign() {
        let clock = TestHub::new().agency().clock().await.unwrap();
        assert_eq!(clock.now.to_string(), "2020-09-13T12:26:40Z");
        assert_eq!(clock.mode, ClockMode::Scaled(60.0));
        assert_eq!(clock.ahead_of_wall, SignedDuration::from_millis(-5500));
    }

    #[tokio::test(start_paused = true)]
    async fn stage_times_come_with_their_buckets() {
        let times = operator(&TestHub::new()).stage_times().await.unwrap();
        assert_eq!(times.len(), 1);
        assert_eq!((times[0].stage(), times[0].count), (pb::Stage::Verify, 3));
        assert_eq!(times[0].buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn time_is_not_moved_a_second_time_when_the_answer_is_lost() {
        let hub = TestHub::new();
        hub.will_open([Act::Break]);
        let lost = operator(&hub)
            .advance_clock(None, Some(ClockMode::Driven))
            .await
            .unwrap_err();
        assert!(matches!(lost, CallError::Unanswered { attempts: 1, .. }), "{lost}");
        let refused = operator(&hub)
            .advance_clock(None, Some(ClockMode::Driven))
            .await
            .unwrap_err();
        assert_eq!(refused.refusal().map(|refusal| refusal.reason), Some(Reason::ClockSkew));
        assert_eq!(hub.opened(), 2);
    }
}
