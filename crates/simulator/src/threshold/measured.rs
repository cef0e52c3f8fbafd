//! What a run and the hub's report say of a figure.

use hdrhistogram::Histogram;

use super::{Figure, Stage, Threshold};
use crate::{
    Report, RunOutcome,
    report::{PaceLine, ProvinceLine},
};

/// In the figure's unit; nothing where nothing happened.
pub(super) fn measured(threshold: &Threshold, outcome: &RunOutcome, report: &Report) -> Option<f64> {
    let count = |count: u64| Some(count as f64);
    match threshold.want.figure {
        Figure::Receipt(quantile) => seconds(&outcome.receipt_latency, quantile),
        Figure::ReceiptCorrected(quantile) => seconds(&outcome.measurement.receipt_corrected, quantile),
        Figure::Accepted => count(outcome.accepted),
        Figure::DocumentsPerSecond => {
            let seconds = outcome.took.as_secs_f64();
            (seconds > 0.0).then(|| outcome.accepted as f64 / seconds)
        }
        Figure::Refused(None) => count(outcome.refused.values().sum()),
        Figure::Refused(Some(reason)) => count(outcome.refused.get(reason.as_str()).copied().unwrap_or(0)),
        Figure::RefusedUnexpected => count(outcome.unexpected_count),
        Figure::Waiting => count(outcome.conservation.waiting),
        Figure::Mean(stage) => mean(threshold, stage, report),
        Figure::Sent => scoped_count(threshold, report, |line| line.sent, |line| line.sent),
        Figure::Received => scoped_count(threshold, report, |line| line.received, |line| line.received),
        Figure::OnTime => province(threshold, report)?.on_time,
        Figure::WhollyElectronic => province(threshold, report)?.electronic,
        Figure::PersonallySigned => province(threshold, report)?.signed,
    }
}

/// A quantile, in thousandths, of microseconds.
fn seconds(latency: &Histogram<u64>, quantile: u16) -> Option<f64> {
    let micros = latency.value_at_quantile(f64::from(quantile) / 1000.0);
    (!latency.is_empty()).then(|| micros as f64 / 1e6)
}

/// The line of a threshold's province, or of all together.
fn province<'r>(threshold: &Threshold, report: &'r Report) -> Option<&'r ProvinceLine> {
    match &threshold.province {
        None => Some(&report.total),
        Some(code) => report.provinces.iter().find(|line| line.code == code.as_str()),
    }
}

fn scoped_count(
    threshold: &Threshold,
    report: &Report,
    of_province: fn(&ProvinceLine) -> u64,
    of_level: fn(&crate::report::LevelLine) -> u64,
) -> Option<f64> {
    let count = match &threshold.level {
        Some(level) => report
            .levels
            .iter()
            .find(|line| line.level == level.0)
            .map_or(0, of_level),
        None => of_province(province(threshold, report)?),
    };
    Some(count as f64)
}

/// Over the urgencies it is weighed by deliveries that arrived.
fn mean(threshold: &Threshold, stage: Stage, report: &Report) -> Option<f64> {
    let of = |line: &PaceLine| match stage {
        Stage::Reached => line.reached,
        Stage::Accepted => line.accepted,
        Stage::Finished => line.finished,
    };
    let lines = report.pace.iter().filter(|line| {
        threshold
            .urgency
            .as_ref()
            .is_none_or(|urgency| line.urgency == urgency.0)
    });
    let (mut sum, mut weight) = (0.0, 0.0);
    for line in lines {
        if let Some(mean) = of(line) {
            sum += mean * line.count as f64;
            weight += line.count as f64;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}
