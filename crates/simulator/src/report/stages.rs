//! The hub's stage times in figures.

use truc_agency::StageTimes;
use truc_proto::v1 as pb;

use super::StageLine;

/// One stage of the time between two answers of the hub.
pub(super) fn line(times: &StageTimes) -> StageLine {
    let micros = |nanos: f64| (nanos / 100.0).round() / 10.0;
    let count: u64 = times.buckets.iter().map(|bucket| bucket.count).sum();
    let at = |share: f64| {
        let wanted = (count as f64 * share).ceil().max(1.0) as u64;
        let mut so_far = 0;
        let found = times.buckets.iter().find(|bucket| {
            so_far += bucket.count;
            so_far >= wanted
        });
        found.map_or(0.0, |bucket| micros(bucket.at_most_nanos as f64))
    };
    StageLine {
        stage: name(times.stage()).to_owned(),
        count,
        mean_us: if count > 0 {
            micros(times.sum_nanos as f64 / count as f64)
        } else {
            0.0
        },
        p50_us: at(0.5),
        p95_us: at(0.95),
        p99_us: at(0.99),
        longest_us: at(1.0),
    }
}

fn name(stage: pb::Stage) -> &'static str {
    match stage {
        pb::Stage::Unspecified => "unspecified",
        pb::Stage::Queue => "queue",
        pb::Stage::Verify => "verify",
        pb::Stage::Commit => "commit",
        pb::Stage::Route => "route",
        pb::Stage::Deliver => "deliver",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_the_bounds_of_their_buckets() {
        let bucket = |at_most_nanos, count| pb::StageBucket { at_most_nanos, count };
        let times = StageTimes {
            stage: pb::Stage::Commit.into(),
            count: 100,
            sum_nanos: 300_000_000,
            buckets: vec![bucket(1_000_000, 50), bucket(2_000_000, 45), bucket(40_000_000, 5)],
        };
        let line = line(&times);
        assert_eq!((line.stage.as_str(), line.count, line.mean_us), ("commit", 100, 3000.0));
        let values = [line.p50_us, line.p95_us, line.p99_us, line.longest_us];
        assert_eq!(values, [1000.0, 2000.0, 40_000.0, 40_000.0]);
        let nothing = super::line(&StageTimes::default());
        assert_eq!((nothing.count, nothing.p99_us), (0, 0.0));
    }
}
