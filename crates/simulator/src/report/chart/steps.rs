//! A series over intervals, drawn as steps: a value holds for its whole interval, and a gap is a gap.

use super::super::Timeline;
use crate::run::Interval;

/// Corners of the steps, one list for each stretch without a gap. An end that was cut to less than half an interval is left out:
/// a few documents in a few milliseconds would look like a peak.
pub(super) fn steps(timeline: &Timeline, value: impl Fn(&Interval) -> Option<f64>) -> Vec<Vec<(f64, f64)>> {
    let mut stretches: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut goes_on = false;
    for interval in shown(timeline) {
        let Some(value) = value(interval) else {
            goes_on = false;
            continue;
        };
        if !goes_on {
            stretches.push(Vec::new());
            goes_on = true;
        }
        if let Some(stretch) = stretches.last_mut() {
            stretch.push((interval.from_seconds, value));
            stretch.push((interval.from_seconds + interval.seconds, value));
        }
    }
    stretches
}

/// Intervals that are long enough to be shown; the first one always is.
pub(super) fn shown(timeline: &Timeline) -> impl Iterator<Item = &Interval> {
    let least = timeline.interval_seconds / 2.0;
    let is_shown = move |(at, interval): &(usize, &Interval)| *at == 0 || interval.seconds >= least;
    timeline
        .intervals
        .iter()
        .enumerate()
        .filter(is_shown)
        .map(|(_, interval)| interval)
}

/// Seconds at the end of what is shown; never nothing.
pub(super) fn end(timeline: &Timeline) -> f64 {
    shown(timeline)
        .last()
        .map_or(0.0, |interval| interval.from_seconds + interval.seconds)
        .max(0.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(at: u32, seconds: f64, sent: u64) -> Interval {
        Interval {
            from_seconds: f64::from(at),
            seconds,
            hub_time: None,
            sent,
            receipts: 0,
            refused: 0,
            taken: 0,
            statuses: 0,
            receipt_ms: None,
        }
    }

    #[test]
    fn gaps_stay_gaps_and_a_short_end_is_no_peak() {
        let intervals = vec![
            interval(0, 1.0, 5),
            interval(1, 1.0, 0),
            interval(2, 1.0, 7),
            interval(3, 0.1, 9),
        ];
        let timeline = Timeline {
            interval_seconds: 1.0,
            intervals,
        };
        let stretches = steps(&timeline, |interval| {
            (interval.sent > 0).then_some(interval.sent as f64)
        });
        assert_eq!(stretches, [vec![(0.0, 5.0), (1.0, 5.0)], vec![(2.0, 7.0), (3.0, 7.0)]]);
        assert_eq!(end(&timeline), 3.0);
    }
}
