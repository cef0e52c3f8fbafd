//! How often and how soon a call is tried again.

use std::time::Duration;

/// How transient failures of one call are met: bounded in attempts and in time, with exponential back-off and full
/// jitter, so that ten thousand agencies do not come back in step after a restart of the hub.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included. 1 means never again.
    pub attempts_max: u32,
    /// Upper end of the first pause; doubled for each pause after.
    pub pause_first: Duration,
    /// Upper end of every pause. A longer `RetryInfo` of the hub is honoured all the same.
    pub pause_max: Duration,
    /// Wall time from the first attempt after which no other is begun.
    pub time_max: Duration,
    /// Wall time that one attempt may take.
    pub attempt_time_max: Duration,
}

impl Default for RetryPolicy {
    /// 10 attempts within 60 s, pauses of up to 50 ms growing to 5 s, 30 s for one attempt.
    fn default() -> Self {
        Self {
            attempts_max: 10,
            pause_first: Duration::from_millis(50),
            pause_max: Duration::from_secs(5),
            time_max: Duration::from_secs(60),
            attempt_time_max: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever comes of it.
    pub fn once() -> Self {
        Self {
            attempts_max: 1,
            ..Self::default()
        }
    }

    /// Pause after `failed` attempts (from 1): `chance` (0 to 1) of the exponential bound, and never less than the hub
    /// asked for. Where the hub asked, the jitter comes on top, or all that it refused would return at one instant.
    pub(crate) fn pause(&self, failed: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let doubled = self
            .pause_first
            .saturating_mul(1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX));
        let jitter = doubled.min(self.pause_max).mul_f64(chance.clamp(0.0, 1.0));
        asked.unwrap_or_default().saturating_add(jitter)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bound_doubles_up_to_the_longest_pause() {
        let policy = RetryPolicy::default();
        let bounds = [1, 2, 3, 4, 8, 33, u32::MAX].map(|failed| policy.pause(failed, None, 1.0).as_millis());
        assert_eq!(bounds, [50, 100, 200, 400, 5000, 5000, 5000]);
    }

    #[test]
    fn hub_is_waited_for_even_beyond_the_longest_pause() {
        let policy = RetryPolicy::default();
        let asked = Duration::from_secs(20);
        assert_eq!(policy.pause(1, Some(asked), 0.0), asked);
        assert_eq!(policy.pause(1, Some(asked), 1.0), asked + Duration::from_millis(50));
    }

    proptest! {
        #[test]
        fn pause_lies_between_what_was_asked_and_the_bound(failed in 0_u32.., asked_ms in 0_u64..100_000, chance in 0.0..=1.0) {
            let policy = RetryPolicy::default();
            let asked = Duration::from_millis(asked_ms);
            let pause = policy.pause(failed, Some(asked), chance);
            prop_assert!(pause >= asked);
            prop_assert!(pause <= asked + policy.pause_max);
        }
    }
}
