//! Hub time of a replay: taken from event to event where it is driven, looked at where it moves by itself.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use truc_agency::{Clock, ClockMode, Operator};

use super::{Ids, ReplayError};
use crate::run::persist::persist;

/// Events of less than this are one moment of hub time: moving it takes that everything before is done.
const MOMENT: SignedDuration = SignedDuration::from_secs(1);
/// A lease outlives one call and its answer, however fast hub time runs.
const LEASE: Duration = Duration::from_secs(60);
const LEASE_DRIVEN: Duration = Duration::from_secs(600);
/// Longest lease that a hub gives, in seconds.
const LEASE_SECONDS_MAX: f64 = 604_800.0;

pub(super) struct HubTime {
    operator: Operator,
    patience: Duration,
    mode: ClockMode,
    now: Timestamp,
    /// When `now` was read.
    read_at: Instant,
    /// In driven time: by how much hub time is later than the trace's.
    later_by: SignedDuration,
}

impl HubTime {
    /// Takes driven time to the trace's first event, unless it is later there already.
    pub(super) async fn begin(
        operator: Operator,
        (first, last): (Timestamp, Timestamp),
        ids: Ids,
        patience: Duration,
    ) -> Result<Self, ReplayError> {
        let clock = persist(patience, || operator.clock()).await;
        let clock = clock.map_err(ReplayError::call("reading hub time"))?;
        let mut time = Self {
            operator,
            patience,
            mode: clock.mode,
            now: clock.now,
            read_at: Instant::now(),
            later_by: SignedDuration::ZERO,
        };
        match time.mode {
            ClockMode::Driven if time.now < first => time.move_to(first).await?,
            ClockMode::Driven => time.later_by = time.now.duration_since(first),
            // A document from the future is refused, and its times are signed.
            _ if ids == Ids::Recorded && clock.now < last => {
                return Err(ReplayError::HubBehind { hub: clock.now, last });
            }
            _ => {}
        }
        Ok(time)
    }

    /// Hub time, as far as the replay knows.
    pub(super) fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.read_at.elapsed()).unwrap_or(SignedDuration::MAX);
        let passed = match self.mode {
            ClockMode::Driven => SignedDuration::ZERO,
            ClockMode::Wall => passed,
            ClockMode::Scaled(factor) => passed.mul_f64(factor),
        };
        self.now.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// Hub time has to be moved before an event of this time of the trace.
    pub(super) fn is_to_move(&self, at: Timestamp) -> bool {
        self.mode == ClockMode::Driven && self.of(at).duration_since(self.now) >= MOMENT
    }

    /// Moves it there.
    pub(super) async fn move_for(&mut self, at: Timestamp) -> Result<(), ReplayError> {
        self.move_to(self.of(at)).await
    }

    /// By how much an event of this time of the trace is later on this hub, if it happens now.
    pub(super) fn later_by(&self, at: Timestamp) -> SignedDuration {
        match self.mode {
            ClockMode::Driven => self.later_by,
            ClockMode::Wall | ClockMode::Scaled(_) => self.now().duration_since(at),
        }
    }

    /// For how long deliveries are held until they are acknowledged.
    pub(super) fn lease(&self) -> Duration {
        match self.mode {
            ClockMode::Driven => LEASE_DRIVEN,
            ClockMode::Wall => LEASE,
            ClockMode::Scaled(factor) => {
                let seconds = LEASE.as_secs_f64() * factor;
                Duration::from_secs_f64(seconds.clamp(LEASE.as_secs_f64(), LEASE_SECONDS_MAX))
            }
        }
    }

    fn of(&self, at: Timestamp) -> Timestamp {
        at.saturating_add(self.later_by).unwrap_or(Timestamp::MAX)
    }

    async fn move_to(&mut self, at: Timestamp) -> Result<(), ReplayError> {
        let operator = &self.operator;
        // The answer to an earlier attempt may have been lost, so each attempt first looks where time is.
        let moved = persist(self.patience, || async {
            let clock = operator.clock().await?;
            if clock.now >= at {
                return Ok(clock);
            }
            operator.advance_clock(Some(at), None).await
        });
        let Clock { now, .. } = moved.await.map_err(ReplayError::call("moving hub time"))?;
        (self.now, self.read_at) = (now, Instant::now());
        Ok(())
    }
}
