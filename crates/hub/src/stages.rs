//! How long the stages of a document took, since the hub started: a few nanoseconds for each, one atomic addition.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use histogram::AtomicHistogram;
use truc_proto::v1 as pb;

/// 32 buckets for each doubling: a bucket is at most 3.2 % wide.
const GROUPING_POWER: u8 = 5;
/// 2⁴⁰ ns are 18 minutes: longer times are cut to it.
const NANOS_MAX: u64 = (1 << MAX_VALUE_POWER) - 1;
const MAX_VALUE_POWER: u8 = 40;

/// A part of a document's way. `operations.proto` says from when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Queue,
    Verify,
    Commit,
    Route,
    Deliver,
}

/// One histogram for each stage.
pub(crate) struct StageTimes([Times; 5]);

struct Times {
    histogram: AtomicHistogram,
    sum_nanos: AtomicU64,
}

// === impl StageTimes ===

impl Default for StageTimes {
    fn default() -> Self {
        Self(Stage::ALL.map(|_| {
            Times {
                histogram: AtomicHistogram::new(GROUPING_POWER, MAX_VALUE_POWER)
                    .unwrap_or_else(|_| unreachable!("the powers are good")),
                sum_nanos: AtomicU64::new(0),
            }
        }))
    }
}

impl StageTimes {
    /// Adds one.
    pub(crate) fn record(&self, stage: Stage, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(NANOS_MAX).min(NANOS_MAX);
        let times = &self.0[stage as usize];
        times.sum_nanos.fetch_add(nanos, Ordering::Relaxed);
        // No value is above the bound.
        let _ = times.histogram.increment(nanos);
    }

    /// As the API tells them; empty buckets are left out.
    pub(crate) fn to_wire(&self) -> Vec<pb::StageTimes> {
        let told = |stage: Stage| {
            let times = &self.0[stage as usize];
            let counted = times.histogram.load();
            let buckets: Vec<_> = counted
                .iter()
                .filter(|bucket| bucket.count() > 0)
                .map(|bucket| pb::StageBucket {
                    at_most_nanos: bucket.end(),
                    count: bucket.count(),
                })
                .collect();
            pb::StageTimes {
                stage: stage.wire().into(),
                count: buckets.iter().map(|bucket| bucket.count).sum(),
                sum_nanos: times.sum_nanos.load(Ordering::Relaxed),
                buckets,
            }
        };
        Stage::ALL.map(told).into()
    }
}

impl Stage {
    /// On a document's way, the first one first.
    const ALL: [Self; 5] = [Self::Queue, Self::Verify, Self::Commit, Self::Route, Self::Deliver];

    fn wire(self) -> pb::Stage {
        match self {
            Self::Queue => pb::Stage::Queue,
            Self::Verify => pb::Stage::Verify,
            Self::Commit => pb::Stage::Commit,
            Self::Route => pb::Stage::Route,
            Self::Deliver => pb::Stage::Deliver,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_has_its_own_times_and_none_is_lost_for_its_length() {
        let times = StageTimes::default();
        times.record(Stage::Verify, Duration::from_micros(110));
        times.record(Stage::Verify, Duration::from_secs(86_400));
        times.record(Stage::Route, Duration::ZERO);
        let told = times.to_wire();
        let counts: Vec<_> = told.iter().map(|stage| (stage.stage(), stage.count)).collect();
        let wanted = [
            (pb::Stage::Queue, 0),
            (pb::Stage::Verify, 2),
            (pb::Stage::Commit, 0),
            (pb::Stage::Route, 1),
            (pb::Stage::Deliver, 0),
        ];
        assert_eq!(counts, wanted);
        let verify = &told[1].buckets;
        assert!((110_000..114_000).contains(&verify[0].at_most_nanos), "{verify:?}");
        assert_eq!(verify[1].at_most_nanos, NANOS_MAX);
        assert_eq!(told[1].sum_nanos, 110_000 + NANOS_MAX);
    }
}
