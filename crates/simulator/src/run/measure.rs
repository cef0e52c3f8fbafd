//! What a run measures on its way, over wall time: how much was sent, answered and taken in each interval, how long receipts
//! took, and how late the generator itself was.
//!
//! Latencies are kept twice. *Raw* counts from the moment a document was handed to the library. *Corrected* counts from the
//! moment it should have been: a hub that stands still also keeps the generator from sending, and who counts from the late
//! start leaves out the very waiting that its users would feel (coordinated omission).

mod interval;

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use jiff::Timestamp;
use tokio::time::Instant;

use self::interval::Counted;
pub use self::interval::{Interval, IntervalLatency};
use super::process_time::process_time;
use crate::latency;

/// Intervals at most: when there are more, pairs of them become one.
const INTERVALS_MAX: usize = 600;
/// Length of an interval to begin with.
const FIRST_WIDTH: Duration = Duration::from_secs(1);

/// The recorder. One for a run; whoever drives the run tells it what happened.
pub(crate) struct Measure {
    begun: Instant,
    width: Duration,
    intervals: Vec<Counted>,
    receipt: Histogram<u64>,
    receipt_corrected: Histogram<u64>,
    lag: Histogram<u64>,
    refused: BTreeMap<String, u64>,
    not_started: u64,
    process_time: Option<Duration>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// Length of an interval.
    pub interval: Duration,
    /// One after the other from the beginning of the run, 600 at most.
    pub intervals: Vec<Interval>,
    /// From handing a document to the library to its receipt, µs.
    pub receipt: Histogram<u64>,
    /// From when it should have been handed over, µs: corrected for coordinated omission.
    pub receipt_corrected: Histogram<u64>,
    /// How late documents were handed over, µs: the generator's own delay.
    pub lag: Histogram<u64>,
    /// Refusals of documents, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Documents that were due and could not be started, as when the run was stopped or the generator had no room.
    pub not_started: u64,
    /// Wall time.
    pub took: Duration,
    /// CPU time of this process during the run, all threads; absent where the system does not tell. A hub inside the process
    /// is part of it.
    pub process_time: Option<Duration>,
}

// === impl Measure ===

impl Measure {
    /// Begins now.
    pub(crate) fn begin() -> Self {
        Self {
            begun: Instant::now(),
            width: FIRST_WIDTH,
            intervals: Vec::new(),
            receipt: latency::histogram(),
            receipt_corrected: latency::histogram(),
            lag: latency::histogram(),
            refused: BTreeMap::new(),
            not_started: 0,
            process_time: process_time(),
        }
    }

    /// A document was handed to the library at `started`, and should have been at `intended`. Where nothing says when, as in
    /// driven time, `intended` is the moment at which it could first have been.
    pub(crate) fn sent(&mut self, intended: Instant, started: Instant) {
        latency::record(&mut self.lag, started.saturating_duration_since(intended));
        self.at(started).sent += 1;
    }

    /// A receipt came at `answered`.
    pub(crate) fn receipt(&mut self, intended: Instant, started: Instant, answered: Instant) {
        let raw = answered.saturating_duration_since(started);
        let corrected = answered.saturating_duration_since(intended.min(started));
        latency::record(&mut self.receipt, raw);
        latency::record(&mut self.receipt_corrected, corrected);
        self.at(answered).receipt(raw);
    }

    /// The hub refused a document at `answered`.
    pub(crate) fn refused(&mut self, reason: &str, answered: Instant) {
        *self.refused.entry(reason.to_owned()).or_default() += 1;
        self.at(answered).refused += 1;
    }

    /// Receivers took so many deliveries just now.
    pub(crate) fn taken(&mut self, deliveries: u64) {
        self.at(Instant::now()).taken += deliveries;
    }

    /// Receivers reported so many statuses just now.
    pub(crate) fn status(&mut self, statuses: u64) {
        self.at(Instant::now()).statuses += statuses;
    }

    /// So many documents were due and could not be started.
    pub(crate) fn not_started(&mut self, documents: u64) {
        self.not_started += documents;
    }

    /// Hub time just now.
    pub(crate) fn hub_time(&mut self, now: Timestamp) {
        self.at(Instant::now()).hub_time = Some(now);
    }

    /// Ends now.
    pub(crate) fn finish(self) -> Measurement {
        let took = self.begun.elapsed();
        let spent = |begun: Duration| process_time().map(|now| now.saturating_sub(begun));
        let (width, last) = (self.width, self.intervals.len().saturating_sub(1));
        let length = |at: usize| match at == last {
            // The last one is cut by the end.
            true => took
                .saturating_sub(width * u32::try_from(at).unwrap_or(u32::MAX))
                .min(width),
            false => width,
        };
        Measurement {
            interval: width,
            intervals: self
                .intervals
                .iter()
                .enumerate()
                .map(|(at, counted)| counted.told(width.as_secs_f64() * at as f64, length(at)))
                .collect(),
            receipt: self.receipt,
            receipt_corrected: self.receipt_corrected,
            lag: self.lag,
            refused: self.refused,
            not_started: self.not_started,
            took,
            process_time: self.process_time.and_then(spent),
        }
    }

    /// The interval of a moment.
    fn at(&mut self, moment: Instant) -> &mut Counted {
        let since = moment.saturating_duration_since(self.begun);
        while since.as_nanos() / self.width.as_nanos() >= INTERVALS_MAX as u128 {
            self.coarsen();
        }
        let index = usize::try_from(since.as_nanos() / self.width.as_nanos()).unwrap_or(INTERVALS_MAX - 1);
        if self.intervals.len() <= index {
            self.intervals.resize_with(index + 1, Counted::default);
        }
        &mut self.intervals[index]
    }

    fn coarsen(&mut self) {
        let mut pairs = std::mem::take(&mut self.intervals).into_iter();
        while let Some(mut first) = pairs.next() {
            if let Some(second) = pairs.next() {
                first.add(second);
            }
            self.intervals.push(first);
        }
        self.width *= 2;
    }
}

impl Measurement {
    /// Receipts a second, over the whole run.
    pub fn throughput(&self) -> f64 {
        let seconds = self.took.as_secs_f64();
        if seconds > 0.0 {
            self.receipt.len() as f64 / seconds
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn more_than_600_seconds_become_longer_intervals_that_count_the_same() {
        let mut measure = Measure::begin();
        for second in 0..1500_u64 {
            let started = Instant::now();
            measure.sent(started, started);
            tokio::time::advance(Duration::from_millis(1000)).await;
            if second % 3 == 0 {
                measure.receipt(started, started, started + Duration::from_millis(second % 7 + 1));
            }
        }
        let measured = measure.finish();
        assert_eq!(measured.interval, Duration::from_secs(4));
        assert!(
            measured.intervals.len() <= INTERVALS_MAX,
            "{}",
            measured.intervals.len()
        );
        assert_eq!(
            measured.intervals.iter().map(|interval| interval.sent).sum::<u64>(),
            1500
        );
        let receipts: u64 = measured.intervals.iter().map(|interval| interval.receipts).sum();
        assert_eq!((receipts, measured.receipt.len()), (500, 500));
        assert!((measured.throughput() - 1.0 / 3.0).abs() < 0.01);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_start_counts_in_the_corrected_latency_only() {
        let mut measure = Measure::begin();
        let intended = Instant::now();
        let started = intended + Duration::from_secs(2);
        measure.sent(intended, started);
        measure.receipt(intended, started, started + Duration::from_millis(10));
        measure.refused("OVERLOADED", started);
        tokio::time::advance(Duration::from_millis(2500)).await;
        measure.taken(3);
        let measured = measure.finish();
        let close = |micros: u64, wanted: f64| (micros as f64 / wanted - 1.0).abs() < 0.002;
        assert!(close(measured.receipt.max(), 10_000.0), "{:?}", measured.receipt);
        assert!(close(measured.receipt_corrected.max(), 2_010_000.0));
        assert!(close(measured.lag.max(), 2_000_000.0));
        let last = &measured.intervals[2];
        assert_eq!((last.receipts, last.refused, last.taken), (1, 1, 3));
        assert!((last.seconds - 0.5).abs() < 1e-9, "{last:?}");
        assert_eq!(measured.intervals[0].receipt_ms, None);
    }
}
