//! One interval of a run.

use std::time::Duration;

use hdrhistogram::Histogram;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Ten minutes in µs: longer latencies are cut to it.
const MICROS_MAX: u64 = 600_000_000;

/// What is counted in an interval. Two digits are enough here, and 12 KiB where there are latencies at all.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) sent: u64,
    pub(super) receipts: u64,
    pub(super) refused: u64,
    pub(super) taken: u64,
    pub(super) statuses: u64,
    /// The last one noted.
    pub(super) hub_time: Option<Timestamp>,
    latencies: Option<Histogram<u32>>,
}

/// What happened in an interval of wall time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Begins so many seconds after the run did.
    pub from_seconds: f64,
    /// Length in seconds; the last one is cut by the end of the run.
    pub seconds: f64,
    /// Hub time towards its end, where it was noted.
    #[schemars(with = "Option<String>")]
    pub hub_time: Option<Timestamp>,
    /// Documents handed to the agency library.
    pub sent: u64,
    /// Receipts that came.
    pub receipts: u64,
    /// Documents that the hub refused.
    pub refused: u64,
    /// Deliveries taken by receivers.
    pub taken: u64,
    /// Statuses reported by receivers.
    pub statuses: u64,
    /// Milliseconds from handing a document over to its receipt, of the receipts that came; absent where none did.
    pub receipt_ms: Option<IntervalLatency>,
}

/// Latencies of an interval in milliseconds, to two digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IntervalLatency {
    /// Half of them took no longer.
    pub p50: f64,
    /// 95 of 100.
    pub p95: f64,
    /// 99 of 100.
    pub p99: f64,
    /// All of them.
    pub longest: f64,
}

// === impl Counted ===

impl Counted {
    pub(super) fn receipt(&mut self, latency: Duration) {
        self.receipts += 1;
        let micros = u64::try_from(latency.as_micros()).unwrap_or(MICROS_MAX).min(MICROS_MAX);
        self.latencies.get_or_insert_with(histogram).saturating_record(micros);
    }

    /// What came right after joins in.
    pub(super) fn add(&mut self, later: Self) {
        self.sent += later.sent;
        self.receipts += later.receipts;
        self.refused += later.refused;
        self.taken += later.taken;
        self.statuses += later.statuses;
        self.hub_time = later.hub_time.or(self.hub_time);
        self.latencies = match (self.latencies.take(), later.latencies) {
            (Some(mut all), Some(more)) => {
                all.add(more)
                    .unwrap_or_else(|_| unreachable!("both have the same bounds"));
                Some(all)
            }
            (one, other) => one.or(other),
        };
    }

    pub(super) fn told(&self, from_seconds: f64, length: Duration) -> Interval {
        let ms = |micros: u64| micros as f64 / 1000.0;
        Interval {
            from_seconds,
            seconds: length.as_secs_f64(),
            hub_time: self.hub_time,
            sent: self.sent,
            receipts: self.receipts,
            refused: self.refused,
            taken: self.taken,
            statuses: self.statuses,
            receipt_ms: self.latencies.as_ref().map(|latencies| IntervalLatency {
                p50: ms(latencies.value_at_quantile(0.5)),
                p95: ms(latencies.value_at_quantile(0.95)),
                p99: ms(latencies.value_at_quantile(0.99)),
                longest: ms(latencies.max()),
            }),
        }
    }
}

fn histogram() -> Histogram<u32> {
    Histogram::new_with_bounds(1, MICROS_MAX, 2).unwrap_or_else(|_| unreachable!("the bounds are good"))
}
