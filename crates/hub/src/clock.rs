//! Hub time: wall time, scaled time, or time that only AdvanceClock moves. It never goes back, and it never stands still where nobody
//! told it to: where the wall clock was set back, hub time goes on at half its pace until both agree again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use truc_proto::v1::{Clock, ClockMode};
use truc_store::state::{ClockSetting, wire_time};

/// The last instant that can be told, 9999-12-30T22:00:00Z, µs.
pub(crate) const LAST: i64 = 253_402_207_200_000_000;

/// The clock of a hub.
pub(crate) struct HubClock {
    running: Mutex<Running>,
    /// The wall clock, µs since 1970.
    wall: Arc<dyn Fn() -> i64 + Send + Sync>,
}

struct Running {
    setting: ClockSetting,
    /// Hub time at `since`, µs.
    base: i64,
    since: Instant,
}

/// While the wall clock is behind, hub time goes on by one in so many.
const WAITING_PACE: i64 = 2;

impl HubClock {
    /// Goes on from `now` (µs) as set.
    pub(crate) fn new(setting: ClockSetting, now: i64, wall: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        let running = Running {
            setting,
            base: now,
            since: Instant::now(),
        };
        Self {
            running: Mutex::new(running),
            wall,
        }
    }

    /// Hub time, µs; at the last instant that can be told it stands still.
    pub(crate) fn now(&self) -> i64 {
        let mut running = self.running.lock();
        let now = match running.setting.mode {
            ClockMode::Driven => running.base,
            ClockMode::Scaled => {
                let micros = running.since.elapsed().as_secs_f64() * running.setting.factor * 1e6;
                running.base.saturating_add(micros as i64)
            }
            ClockMode::Wall | ClockMode::Unspecified => running.follow((self.wall)()),
        };
        now.min(LAST)
    }

    /// Goes on from `to` (µs).
    pub(crate) fn set(&self, setting: ClockSetting, to: i64) {
        *self.running.lock() = Running {
            setting,
            base: to,
            since: Instant::now(),
        };
    }

    /// Goes on from `now` (µs) where it is behind that: another hub's clock is ahead.
    pub(crate) fn not_before(&self, now: i64) {
        if self.now() < now {
            let setting = self.setting();
            self.set(setting, now);
        }
    }

    pub(crate) fn setting(&self) -> ClockSetting {
        self.running.lock().setting
    }

    /// Wall time until hub time reaches `at` (µs); `None` when only AdvanceClock can bring it there.
    pub(crate) fn wall_until(&self, at: i64) -> Option<Duration> {
        let left = Duration::from_micros(u64::try_from(at - self.now()).unwrap_or(0));
        let setting = self.setting();
        match setting.mode {
            ClockMode::Driven => None,
            ClockMode::Scaled => Some(left.div_f64(setting.factor.max(1e-6))),
            // While the wall clock is behind it takes longer; who waits looks again.
            ClockMode::Wall | ClockMode::Unspecified => Some(left),
        }
    }

    pub(crate) fn to_wire(&self) -> Clock {
        let (now, setting) = (self.now(), self.setting());
        let ahead = now - (self.wall)();
        Clock {
            now: Some(wire_time(now)),
            mode: setting.mode as i32,
            factor: setting.factor,
            ahead_of_wall: Some(prost_types::Duration {
                seconds: ahead / 1_000_000,
                nanos: (ahead % 1_000_000 * 1000) as i32,
            }),
        }
    }
}

impl Running {
    /// Hub time as the wall clock says it, or where that is behind, what has become of the last.
    fn follow(&mut self, wall: i64) -> i64 {
        let instant = Instant::now();
        let elapsed = instant.saturating_duration_since(self.since);
        let gone_on = self.base.saturating_add(elapsed.as_micros() as i64 / WAITING_PACE);
        if wall >= gone_on {
            (self.base, self.since) = (wall, instant);
        }
        wall.max(gone_on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_behind_catches_up_and_none_goes_back() {
        let setting = ClockSetting {
            mode: ClockMode::Driven,
            factor: 1.0,
        };
        let clock = HubClock::new(setting, 5, Arc::new(|| 0));
        clock.not_before(7);
        assert_eq!(clock.now(), 7);
        clock.not_before(6);
        assert_eq!((clock.now(), clock.setting()), (7, setting));
    }

    #[test]
    fn a_wall_clock_that_was_set_back_neither_turns_time_back_nor_stops_it() {
        let wall = Arc::new(std::sync::atomic::AtomicI64::new(0));
        let seen = Arc::clone(&wall);
        let setting = ClockSetting {
            mode: ClockMode::Wall,
            factor: 1.0,
        };
        let clock = HubClock::new(
            setting,
            5,
            Arc::new(move || seen.load(std::sync::atomic::Ordering::Relaxed)),
        );
        assert!(clock.now() >= 5);
        wall.store(7_200_000_000, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(clock.now(), 7_200_000_000);
        wall.store(1_000_000, std::sync::atomic::Ordering::Relaxed);
        let before = clock.now();
        std::thread::sleep(Duration::from_millis(2));
        let after = clock.now();
        assert!(before >= 7_200_000_000 && after >= before + 1_000, "{before} {after}");
        wall.store(7_200_500_000, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(clock.now(), 7_200_500_000, "the wall clock is ahead again");
    }

    #[test]
    fn time_ends_where_it_can_no_longer_be_told() {
        assert_eq!(truc_store::state::timestamp(LAST).to_string(), "9999-12-30T22:00:00Z");
        let setting = ClockSetting {
            mode: ClockMode::Scaled,
            factor: 1e7,
        };
        assert_eq!(HubClock::new(setting, LAST, Arc::new(|| 0)).now(), LAST);
    }
}
