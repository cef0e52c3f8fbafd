//! Speed: when an event of a trace is due, in wall time.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{SignedDuration, Timestamp};

/// Largest factor: hub time runs no faster either.
const FACTOR_MAX: f64 = 10_000_000.0;

/// How fast a trace is sent again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// So many seconds of the trace in one second, above 0 and up to 10,000,000; 1 is its own timing.
    Times(f64),
    /// Nothing waits but for what it depends on.
    Max,
}

impl Speed {
    /// How long after the first event, at `first`, the one at `at` is due; none where nothing is waited for.
    pub(super) fn due(self, first: Timestamp, at: Timestamp) -> Option<Duration> {
        let since = at.duration_since(first).max(SignedDuration::ZERO).unsigned_abs();
        match self {
            // Further away than a duration can tell is never.
            Self::Times(factor) => {
                Some(Duration::try_from_secs_f64(since.as_secs_f64() / factor).unwrap_or(Duration::MAX))
            }
            Self::Max => None,
        }
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let number = text.strip_prefix(['x', '×']).unwrap_or(text);
        let factor = number.parse().ok();
        factor
            .filter(|factor: &f64| *factor > 0.0 && *factor <= FACTOR_MAX)
            .map(Self::Times)
            .ok_or_else(|| {
                format!(
                    "speed `{text}` is none; write `1` for the trace's own timing, `x60` for 60 times that, or `max`"
                )
            })
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(factor) => write!(f, "x{factor}"),
            Self::Max => f.write_str("max"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_read() {
        for (text, speed) in [
            ("1", Speed::Times(1.0)),
            ("x60", Speed::Times(60.0)),
            ("×2.5", Speed::Times(2.5)),
            ("0.5", Speed::Times(0.5)),
            ("max", Speed::Max),
        ] {
            assert_eq!(text.parse(), Ok(speed), "{text}");
            assert_eq!(speed.to_string().parse(), Ok(speed), "{text}");
        }
        for text in ["", "0", "-1", "x", "fast", "NaN", "inf", "1e9", "60x"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_later_in_the_trace_is_due_later_by_the_factor() {
        let first = Timestamp::from_second(1_600_000_000).unwrap();
        let at = first + SignedDuration::from_mins(2);
        assert_eq!(Speed::Times(60.0).due(first, at), Some(Duration::from_secs(2)));
        assert_eq!(Speed::Times(60.0).due(first, first), Some(Duration::ZERO));
        assert_eq!(Speed::Max.due(first, at), None);
    }
}
