//! Hub time, which dates what the gateway makes in the name of its systems: a hub whose time is driven or scaled refuses
//! what is dated by the wall.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use truc_agency::{Agency, CallError, ClockMode};

/// A hub that runs with wall time is asked this often whether it still does.
const LIFE: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Default)]
pub(crate) struct HubTime(Mutex<Option<Known>>);

/// The hub runs with wall time.
#[derive(Clone, Copy)]
struct Known {
    asked: Instant,
    ahead_of_wall: SignedDuration,
}

impl HubTime {
    /// Hub time now, asked for as `reader` unless it runs with wall time.
    pub(crate) async fn now(&self, reader: &Agency) -> Result<Timestamp, CallError> {
        let known = *self.0.lock();
        if let Some(known) = known.filter(|known| known.asked.elapsed() < LIFE)
            && let Ok(now) = Timestamp::now().checked_add(known.ahead_of_wall)
        {
            return Ok(now);
        }
        let clock = reader.clock().await?;
        *self.0.lock() = (clock.mode == ClockMode::Wall).then(|| Known {
            asked: Instant::now(),
            ahead_of_wall: clock.ahead_of_wall,
        });
        Ok(clock.now)
    }
}
