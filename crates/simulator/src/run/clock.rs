//! The run's hold on hub time: moves it, or waits for it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use truc_agency::{CallError, Clock, ClockMode, Operator};

use super::{outcome::RunError, persist::persist};
use crate::scenario::{self, Mode};

/// In scaled time a longer stretch in which nothing happens is skipped.
const SKIPPED: SignedDuration = SignedDuration::from_hours(24 * 7);

pub(super) struct HubClock {
    operator: Operator,
    mode: ClockMode,
    now: Timestamp,
    /// When `now` was read.
    read_at: Instant,
    patience: Duration,
}

impl HubClock {
    /// Takes hub time to the scenario's beginning and makes it run as the scenario asks.
    pub(super) async fn start(
        operator: Operator,
        clock: &scenario::Clock,
        begins: Timestamp,
        patience: Duration,
    ) -> Result<Self, RunError> {
        let failed = |source| RunError::Call {
            what: "reading hub time",
            source,
        };
        let now = persist(patience, || operator.clock()).await.map_err(failed)?.now;
        let mode = match clock.mode {
            Mode::Driven => ClockMode::Driven,
            Mode::Scaled => ClockMode::Scaled(clock.factor.unwrap_or(1.0)),
            Mode::Wall => ClockMode::Wall,
        };
        let mut started = Self {
            operator,
            mode,
            now,
            read_at: Instant::now(),
            patience,
        };
        if mode != ClockMode::Wall {
            if now > begins {
                return Err(RunError::HubAhead {
                    hub: now,
                    scenario: begins,
                });
            }
            started.move_to(begins).await?;
        }
        Ok(started)
    }

    /// Hub time, as far as the run knows.
    pub(super) fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.read_at.elapsed()).unwrap_or(SignedDuration::MAX);
        let passed = match self.mode {
            ClockMode::Driven => SignedDuration::ZERO,
            ClockMode::Wall => passed,
            ClockMode::Scaled(factor) => passed.mul_f64(factor),
        };
        self.now.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// Moves hub time to `at`, or waits for it. Returns early when the run is stopped.
    pub(super) async fn reach(&mut self, at: Timestamp, stop: &CancellationToken) -> Result<(), RunError> {
        let ahead = at.duration_since(self.now());
        if !ahead.is_positive() {
            return Ok(());
        }
        match self.mode {
            ClockMode::Driven => self.move_to(at).await,
            ClockMode::Scaled(_) if ahead > SKIPPED => self.move_to(at).await,
            ClockMode::Scaled(factor) => wait(ahead.unsigned_abs().div_f64(factor), stop).await,
            ClockMode::Wall => wait(ahead.unsigned_abs(), stop).await,
        }
    }

    /// So much hub time passes in some wall time; none where the run moves it.
    pub(super) fn hub_time_of(&self, wall: Duration) -> SignedDuration {
        let wall = SignedDuration::try_from(wall).unwrap_or(SignedDuration::MAX);
        match self.mode {
            ClockMode::Driven => SignedDuration::ZERO,
            ClockMode::Wall => wall,
            ClockMode::Scaled(factor) => wall.mul_f64(factor),
        }
    }

    /// When in wall time it was `at`, no later than now. Driven time runs at no speed: there it is now.
    pub(super) fn instant_of(&self, at: Timestamp) -> Instant {
        let since = self.now().duration_since(at).max(SignedDuration::ZERO).unsigned_abs();
        let since = match self.mode {
            ClockMode::Driven => Duration::ZERO,
            ClockMode::Wall => since,
            ClockMode::Scaled(factor) => since.div_f64(factor),
        };
        Instant::now()
            .checked_sub(since)
            .unwrap_or(self.read_at)
            .max(self.read_at)
    }

    async fn move_to(&mut self, at: Timestamp) -> Result<(), RunError> {
        let operator = &self.operator;
        let mode = self.mode;
        // The answer to an earlier attempt may have been lost, so each attempt first looks where time is.
        let clock = persist(self.patience, || async {
            let clock = operator.clock().await?;
            if clock.now >= at && clock.mode == mode {
                return Ok(clock);
            }
            operator.advance_clock(Some(at.max(clock.now)), Some(mode)).await
        });
        let moved: Result<Clock, CallError> = clock.await;
        let clock = moved.map_err(|source| RunError::Call {
            what: "moving hub time",
            source,
        })?;
        (self.now, self.read_at) = (clock.now, Instant::now());
        Ok(())
    }
}

async fn wait(length: Duration, stop: &CancellationToken) -> Result<(), RunError> {
    tokio::select! {
        () = sleep(length) => {}
        () = stop.cancelled() => {}
    }
    Ok(())
}
