//! From a run and the hub's counts to the document.

use hdrhistogram::Histogram;
use jiff::{Timestamp, civil::Date};
use truc_agency::{CallError, ReportQuery, Statistics};
use truc_document::Level;
use truc_proto::v1 as pb;

use super::{
    DayLine, DistributionPoint, Generator, HubLine, HubTime, JournalCheck, Machine, MatrixCell, Percentiles, Report,
    RunReport, SCHEMA, ScenarioLine, ThresholdLine, Timeline, Unexpected, Versions, stages,
};
use crate::{RunOutcome, run::Measurement};

/// Late by this much, one document in a hundred: then the generator did not keep up. Shorter waits are a busy machine's.
const LAG_MS_MAX: f64 = 250.0;
/// With so much of all processors used by a process that holds no hub, its figures are its own.
const CPU_PERCENT_MAX: f64 = 90.0;
/// Quantiles of the distribution, as far as there are enough documents for them.
const QUANTILES: [f64; 19] = [
    0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999,
    0.999_999,
];

/// What is known about a run besides its outcome.
#[derive(Clone, Debug)]
pub struct About {
    /// What was run.
    pub scenario: ScenarioLine,
    /// Where.
    pub hub: HubLine,
    /// By what.
    pub versions: Versions,
    /// Wall time at its beginning.
    pub begun_at: Timestamp,
    /// The journal, where it could be verified.
    pub journal: Option<JournalCheck>,
    /// Thresholds.
    pub thresholds: Vec<ThresholdLine>,
    /// What the hub counted besides the task force's table.
    pub more: More,
}

/// What the hub counted besides the task force's table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct More {
    /// By level of sender and receiver.
    pub matrix: Vec<MatrixCell>,
    /// By day.
    pub days: Vec<DayLine>,
}

impl More {
    /// Asks the hub about the days of the report.
    ///
    /// # Errors
    /// The hub cannot be reached or refuses.
    pub async fn fetch(statistics: &Statistics, report: &Report) -> Result<Self, CallError> {
        let query = |group_by: Vec<pb::ReportDimension>| ReportQuery {
            from: Some(report.from),
            to: Some(report.to),
            group_by,
            province: None,
            by_successor: false,
        };
        let levels = query(vec![pb::ReportDimension::Level, pb::ReportDimension::CounterpartLevel]);
        let levels = statistics.report(levels).await?;
        let days = statistics.report(query(vec![pb::ReportDimension::Day])).await?;
        Ok(Self {
            matrix: matrix(&levels.rows),
            days: days.rows.iter().filter_map(day).collect(),
        })
    }
}

fn matrix(rows: &[pb::ReportRow]) -> Vec<MatrixCell> {
    // What is counted as received has its sender's level as counterpart; what is counted as sent has none.
    let cell = |row: &pb::ReportRow| {
        Some(MatrixCell {
            from: Level::try_from(row.counterpart_level).ok()?,
            to: Level::try_from(row.level).ok()?,
            documents: row.counts.as_ref().map_or(0, |counts| counts.received),
        })
    };
    let mut cells: Vec<_> = rows.iter().filter_map(cell).filter(|cell| cell.documents > 0).collect();
    cells.sort_by_key(|cell| (cell.from.wire(), cell.to.wire()));
    cells
}

fn day(row: &pb::ReportRow) -> Option<DayLine> {
    let day = row.day.as_ref()?;
    let part = |part: i32| i8::try_from(part).ok();
    let counts = row.counts.as_ref()?;
    Some(DayLine {
        day: Date::new(i16::try_from(day.year).ok()?, part(day.month)?, part(day.day)?).ok()?,
        sent: counts.sent,
        received: counts.received,
    })
}

impl RunReport {
    /// Puts everything together.
    pub fn gather(outcome: &RunOutcome, report: Report, about: About) -> Self {
        let measured = &outcome.measurement;
        let machine = Machine::here();
        let generator = generator(measured, about.hub.own, machine.cores);
        Self {
            schema: SCHEMA.to_owned(),
            scenario: about.scenario,
            hub: about.hub,
            versions: about.versions,
            machine,
            seed: outcome.seed,
            begun_at: about.begun_at,
            took_seconds: outcome.took.as_secs_f64(),
            hub_time: HubTime {
                from: outcome.hub_time.0,
                to: outcome.hub_time.1,
            },
            stopped: outcome.stopped,
            planned: outcome.planned,
            accepted: outcome.accepted,
            refused: outcome.refused.clone(),
            statuses: outcome.statuses,
            merged: outcome.merged,
            receipts_per_second: measured.throughput(),
            receipt_ms: Percentiles::of(&measured.receipt),
            receipt_corrected_ms: Percentiles::of(&measured.receipt_corrected),
            distribution: distribution(measured),
            timeline: Timeline {
                interval_seconds: measured.interval.as_secs_f64(),
                intervals: measured.intervals.clone(),
            },
            stages: outcome.stages.iter().map(stages::line).collect(),
            generator,
            thresholds: about.thresholds,
            conservation_holds: outcome.conservation.holds(),
            conservation: outcome.conservation.clone(),
            unexpected: outcome
                .unexpected
                .iter()
                .map(|refusal| Unexpected {
                    document_id: refusal.document_id.to_string(),
                    sender: refusal.sender.to_string(),
                    call: refusal.call.clone(),
                    cause: refusal.cause.clone(),
                })
                .collect(),
            unexpected_count: outcome.unexpected_count,
            journal: about.journal,
            matrix: about.more.matrix,
            days: about.more.days,
            report,
        }
    }
}

fn generator(measured: &Measurement, with_hub: bool, cores: usize) -> Generator {
    let lag_ms = Percentiles::of(&measured.lag);
    let cpu_seconds = measured.process_time.map(|time| time.as_secs_f64());
    let all = measured.took.as_secs_f64() * cores as f64;
    let cpu_percent = cpu_seconds
        .filter(|_| all > 0.0)
        .map(|seconds| (seconds * 100.0 / all).min(100.0));
    let is_busy = !with_hub && cpu_percent.is_some_and(|percent| percent > CPU_PERCENT_MAX);
    Generator {
        was_bottleneck: measured.not_started > 0 || lag_ms.p99 > LAG_MS_MAX || is_busy,
        lag_ms,
        not_started: measured.not_started,
        cpu_seconds,
        cpu_percent,
        with_hub,
    }
}

fn distribution(measured: &Measurement) -> Vec<DistributionPoint> {
    let count = measured.receipt.len() as f64;
    QUANTILES
        .into_iter()
        // Beyond the last document the longest would only be said again.
        .filter(|quantile| (1.0 - quantile) * count >= 1.0)
        .chain((count > 0.0).then_some(1.0))
        .map(|quantile| DistributionPoint {
            quantile,
            raw_ms: ms(measured.receipt.value_at_quantile(quantile)),
            corrected_ms: ms(measured.receipt_corrected.value_at_quantile(quantile)),
        })
        .collect()
}

impl Percentiles {
    /// Of a histogram of microseconds.
    fn of(histogram: &Histogram<u64>) -> Self {
        if histogram.is_empty() {
            return Self::default();
        }
        Self {
            count: histogram.len(),
            shortest: ms(histogram.min()),
            p50: ms(histogram.value_at_quantile(0.5)),
            p90: ms(histogram.value_at_quantile(0.9)),
            p95: ms(histogram.value_at_quantile(0.95)),
            p99: ms(histogram.value_at_quantile(0.99)),
            p999: ms(histogram.value_at_quantile(0.999)),
            longest: ms(histogram.max()),
            mean: (histogram.mean() * 10.0).round() / 10_000.0,
        }
    }
}

fn ms(micros: u64) -> f64 {
    micros as f64 / 1000.0
}
