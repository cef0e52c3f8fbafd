//! The hub's stage times during a run: what it tells at the end, without what it told at the beginning.

use std::collections::BTreeMap;

use truc_agency::{Operator, StageTimes};

/// Since the hub started; nothing where it does not tell, as older hubs do not.
pub(super) async fn so_far(operator: &Operator) -> Vec<StageTimes> {
    operator.stage_times().await.unwrap_or_default()
}

/// Between two answers. A hub that was started anew in between tells of the time since then.
pub(super) fn between(before: &[StageTimes], after: Vec<StageTimes>) -> Vec<StageTimes> {
    let restarted = after
        .iter()
        .any(|now| earlier(before, now).is_some_and(|then| then.count > now.count));
    let one = |now: StageTimes| match earlier(before, &now) {
        Some(then) if !restarted => difference(then, now),
        _ => now,
    };
    after.into_iter().map(one).collect()
}

fn earlier<'a>(before: &'a [StageTimes], now: &StageTimes) -> Option<&'a StageTimes> {
    before.iter().find(|then| then.stage == now.stage)
}

fn difference(then: &StageTimes, mut now: StageTimes) -> StageTimes {
    let counts: BTreeMap<u64, u64> = then
        .buckets
        .iter()
        .map(|bucket| (bucket.at_most_nanos, bucket.count))
        .collect();
    for bucket in &mut now.buckets {
        let before = counts.get(&bucket.at_most_nanos).copied().unwrap_or(0);
        bucket.count = bucket.count.saturating_sub(before);
    }
    now.buckets.retain(|bucket| bucket.count > 0);
    now.count = now.count.saturating_sub(then.count);
    now.sum_nanos = now.sum_nanos.saturating_sub(then.sum_nanos);
    now
}

#[cfg(test)]
mod tests {
    use truc_proto::v1 as pb;

    use super::*;

    fn times(buckets: &[(u64, u64)], sum_nanos: u64) -> StageTimes {
        StageTimes {
            stage: pb::Stage::Verify.into(),
            count: buckets.iter().map(|(_, count)| count).sum(),
            sum_nanos,
            buckets: buckets
                .iter()
                .map(|&(at_most_nanos, count)| pb::StageBucket { at_most_nanos, count })
                .collect(),
        }
    }

    #[test]
    fn only_the_run_is_counted() {
        let before = [times(&[(100, 5), (200, 1)], 700)];
        let after = vec![times(&[(100, 5), (200, 4), (300, 2)], 1900)];
        assert_eq!(between(&before, after), [times(&[(200, 3), (300, 2)], 1200)]);
    }

    #[test]
    fn a_restart_begins_anew() {
        let before = [times(&[(100, 50)], 5000)];
        let after = vec![times(&[(100, 7)], 700)];
        assert_eq!(between(&before, after.clone()), after);
        assert_eq!(between(&[], after.clone()), after);
    }
}
