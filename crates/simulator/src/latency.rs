//! Latencies in a histogram that can hold them.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Ten minutes: longer latencies are cut to it.
const MICROS_MAX: u64 = 600_000_000;

/// An empty histogram of microseconds, to three digits. A histogram without bounds would cut all that it records by
/// `saturating_record` to its first few values.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, MICROS_MAX, 3).unwrap_or_else(|_| unreachable!("the bounds are good"))
}

/// Adds one.
pub(crate) fn record(histogram: &mut Histogram<u64>, latency: Duration) {
    let micros = u64::try_from(latency.as_micros()).unwrap_or(MICROS_MAX);
    histogram.saturating_record(micros.min(MICROS_MAX));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_recorded_as_seconds() {
        let mut latencies = histogram();
        record(&mut latencies, Duration::from_millis(1500));
        record(&mut latencies, Duration::from_secs(3600));
        let within = |micros: u64, seconds: f64| (micros as f64 / 1e6 / seconds - 1.0).abs() < 0.002;
        assert!(
            within(latencies.min(), 1.5) && within(latencies.max(), 600.0),
            "{latencies:?}"
        );
    }
}
