//! `report.json`: all that is known about a run, in one document. The page, the tables, the JUnit file and comparisons are
//! made from it alone, so that what they show is what it says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use truc_document::Level;

use super::{Report, text};
use crate::{
    ThresholdResult,
    run::{Conservation, Interval, Merged},
};

/// Version of the document. Fields are added without a new one; a field that goes or changes its meaning gives a new one.
pub const SCHEMA: &str = "truc-report-1";

/// [`HubLine::durability`] of a hub whose receipts wait until their group of records is synced.
pub const FDATASYNC_EACH_GROUP: &str = "fdatasync-each-group";

/// [`HubLine::durability`] of a given hub that says that its receipts survive a power loss.
pub const SYNCED_BEFORE_ANSWER: &str = "synced-before-the-answer";

/// [`HubLine::durability`] of a given hub that says that its receipts may not survive a power loss: several share a journal, and its
/// servers do not sync before they answer, or the hub could not ask them.
pub const NOT_CERTAIN: &str = "not-certain-to-survive-power-loss";

/// A run and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Report of a run (report.json)")]
pub struct RunReport {
    /// Version of this document: `truc-report-1`.
    pub schema: String,
    /// What was run.
    pub scenario: ScenarioLine,
    /// Where it was run.
    pub hub: HubLine,
    /// What ran it.
    pub versions: Versions,
    /// The machine that it was run from.
    pub machine: Machine,
    /// Gives the same traffic again.
    pub seed: u64,
    /// Wall time at the beginning.
    #[schemars(with = "String")]
    pub begun_at: Timestamp,
    /// Wall time from the first document to the last status.
    pub took_seconds: f64,
    /// Hub time of the first and of the last step.
    pub hub_time: HubTime,
    /// It was stopped before its end.
    pub stopped: bool,
    /// Documents planned.
    pub planned: u64,
    /// Documents that have a receipt.
    pub accepted: u64,
    /// Documents that the hub refused, by reason; planned mistakes among them.
    pub refused: BTreeMap<String, u64>,
    /// Statuses that receivers reported.
    pub statuses: u64,
    /// What the merger did, where the scenario has one.
    #[serde(default)]
    pub merged: Option<Merged>,
    /// Receipts a second of wall time, over the whole run.
    pub receipts_per_second: f64,
    /// Time from handing a document to the agency library to its receipt, wall time, milliseconds.
    pub receipt_ms: Percentiles,
    /// The same, but from when the document should have been handed over: corrected for coordinated omission.
    pub receipt_corrected_ms: Percentiles,
    /// The whole distribution of both.
    pub distribution: Vec<DistributionPoint>,
    /// How the run went over wall time.
    pub timeline: Timeline,
    /// How long the hub's stages took during the run; empty where the hub does not tell.
    pub stages: Vec<StageLine>,
    /// How much the generator had to do with the figures.
    pub generator: Generator,
    /// What the scenario wanted, and what became of it.
    pub thresholds: Vec<ThresholdLine>,
    /// Nothing lost, nothing twice, and all counts agree.
    pub conservation_holds: bool,
    /// The counts that say so.
    pub conservation: Conservation,
    /// Refusals that no planned mistake explains, the first of them.
    pub unexpected: Vec<Unexpected>,
    /// How many of those in all.
    pub unexpected_count: u64,
    /// The journal, verified and counted anew after the run; absent on a hub of others.
    pub journal: Option<JournalCheck>,
    /// Documents received, by level of the sender and of the receiver, as the hub counted them.
    pub matrix: Vec<MatrixCell>,
    /// Documents sent and received on each day of hub time, as the hub counted them; days without any are left out.
    pub days: Vec<DayLine>,
    /// The task force's table, as the hub counted it.
    pub report: Report,
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioLine {
    /// Its title.
    pub title: String,
    /// Name of its file, without its folder.
    pub file: String,
    /// SHA-256 of the file's bytes, in hexadecimal: the same digest is the same scenario.
    pub sha256: String,
    /// So many times the scenario's documents of a day, as asked for on the command line; absent where it was not.
    pub scale: Option<String>,
    /// About so many documents at most, as asked for on the command line; absent where it was not.
    pub limit: Option<u64>,
}

/// Where it was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HubLine {
    /// Its address.
    pub address: String,
    /// It was the run's own, inside the same process: its work and the generator's share the machine.
    pub own: bool,
    /// What a receipt waits for: `fdatasync-each-group` of the run's own hub; of another what it says itself, `synced-before-the-answer` or
    /// `not-certain-to-survive-power-loss`; absent where it says nothing.
    pub durability: Option<String>,
}

/// What ran it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Versions {
    /// Of `truc`.
    pub truc: String,
    /// Build: `release` or `debug`. Figures of a debug build say nothing about speed.
    pub build: String,
}

/// The machine that it was run from. What the system does not tell is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// Operating system and its version.
    pub os: Option<String>,
    /// Kernel version.
    pub kernel: Option<String>,
    /// Architecture, such as `x86_64`.
    pub architecture: String,
    /// Name of the processor.
    pub cpu: Option<String>,
    /// Logical processors that the process may use.
    pub cores: usize,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
}

/// Hub time of the first and of the last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HubTime {
    /// First step.
    #[schemars(with = "String")]
    pub from: Timestamp,
    /// Last step.
    #[schemars(with = "String")]
    pub to: Timestamp,
}

/// Percentiles in milliseconds, to three digits. All are 0 where nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Percentiles {
    /// How many were measured.
    pub count: u64,
    /// The shortest.
    pub shortest: f64,
    /// Half took no longer.
    pub p50: f64,
    /// 90 of 100.
    pub p90: f64,
    /// 95 of 100.
    pub p95: f64,
    /// 99 of 100.
    pub p99: f64,
    /// 999 of 1000.
    pub p999: f64,
    /// The longest.
    pub longest: f64,
    /// Mean.
    pub mean: f64,
}

/// One point of the distribution of receipt latencies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DistributionPoint {
    /// Share that took no longer, from 0 to 1.
    pub quantile: f64,
    /// Milliseconds, from handing the document over.
    pub raw_ms: f64,
    /// Milliseconds, from when it should have been handed over.
    pub corrected_ms: f64,
}

/// A run over wall time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// Length of an interval.
    pub interval_seconds: f64,
    /// 600 at most, one after the other.
    pub intervals: Vec<Interval>,
}

/// A stage of a document's way through the hub, in microseconds of wall time. Values stand for buckets 3 % wide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageLine {
    /// `queue`, `verify`, `commit`, `route` or `deliver`.
    pub stage: String,
    /// How many were measured.
    pub count: u64,
    /// Mean.
    pub mean_us: f64,
    /// Half took no longer.
    pub p50_us: f64,
    /// 95 of 100.
    pub p95_us: f64,
    /// 99 of 100.
    pub p99_us: f64,
    /// The longest.
    pub longest_us: f64,
}

/// The generator of the traffic: whether the figures are the hub's or its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// How late documents were handed over, milliseconds.
    pub lag_ms: Percentiles,
    /// Documents that were due and could not be started.
    pub not_started: u64,
    /// CPU time of the process, all threads, in seconds; absent where the system does not tell.
    pub cpu_seconds: Option<f64>,
    /// The same as a share of all processors, per cent.
    pub cpu_percent: Option<f64>,
    /// The hub ran in the same process, and its CPU time is part of the above.
    pub with_hub: bool,
    /// The generator could not keep up: the figures tell about it rather than about the hub.
    pub was_bottleneck: bool,
}

/// What became of one threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ThresholdLine {
    /// What was measured, and of whom where it is not of all: `receipt-p99`, `on-time H54`.
    pub name: String,
    /// What the scenario wants of it: `< 50ms`.
    pub wanted: String,
    /// What was measured, in the same unit; absent where nothing happened that could be measured.
    pub measured: Option<String>,
    /// Whether it is as wanted. What could not be measured is not.
    pub met: bool,
}

/// A refusal that no planned mistake explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unexpected {
    /// The document.
    pub document_id: String,
    /// Its sender, or who reported the status.
    pub sender: String,
    /// What was refused: `send` or the status.
    pub call: String,
    /// The hub's reason and message, or what else was wrong.
    pub cause: String,
}

/// A journal verified from its first record on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JournalCheck {
    /// Nothing is wrong.
    pub clean: bool,
    /// Records.
    pub records: u64,
    /// Documents.
    pub documents: u64,
    /// Documents whose signatures were verified again.
    pub signatures: u64,
    /// Signed checkpoints.
    pub checkpoints: u64,
    /// Position of the last record.
    pub last_position: u64,
    /// Hash of the chain up to there, in hexadecimal.
    pub journal_sha256: String,
    /// What is wrong, the first of it.
    pub findings: Vec<JournalFinding>,
    /// How much more is wrong.
    pub findings_left_out: u64,
}

/// One thing that is wrong with a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JournalFinding {
    /// Where.
    pub position: u64,
    /// What.
    pub what: String,
}

/// Documents from one level to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MatrixCell {
    /// Level of the sender.
    #[serde(with = "text")]
    #[schemars(with = "String")]
    pub from: Level,
    /// Level of the receiver.
    #[serde(with = "text")]
    #[schemars(with = "String")]
    pub to: Level,
    /// Documents received, once for each recipient.
    pub documents: u64,
}

/// One day of hub time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DayLine {
    /// The day, in Vietnam's zone.
    #[schemars(with = "String")]
    pub day: jiff::civil::Date,
    /// Documents sent.
    pub sent: u64,
    /// Documents received, once for each recipient.
    pub received: u64,
}

impl From<ThresholdResult> for ThresholdLine {
    fn from(result: ThresholdResult) -> Self {
        Self {
            name: result.name,
            wanted: result.wanted,
            measured: result.measured,
            met: result.met,
        }
    }
}

// === impl RunReport ===

impl RunReport {
    /// The JSON Schema (2020-12) of this document.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(RunReport).to_value()
    }

    /// Thresholds that were missed.
    pub fn missed(&self) -> usize {
        self.thresholds.iter().filter(|threshold| !threshold.met).count()
    }

    /// Nothing is wrong: conservation holds, the journal is whole, thresholds are met, nothing was refused unexpectedly, and
    /// the run came to its end.
    pub fn is_good(&self) -> bool {
        self.conservation_holds
            && self.journal.as_ref().is_none_or(|journal| journal.clean)
            && self.missed() == 0
            && self.unexpected_count == 0
            && !self.stopped
    }
}
