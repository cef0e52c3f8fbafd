//! The task force's table: each figure measured from the hub's report beside the figure of the time.
//!
//! **Invariant:** nothing here looks at the traffic or the run. What is shown as measured is what the hub counted from
//! its journal; the scenario gives the names, the period and the figures to compare with, nothing else.

mod chart;
mod collect;
mod compare;
mod document;
mod figures;
mod gather;
mod junit;
mod machine;
mod page;
mod render;
mod stages;
mod summary;
mod text;
mod tile_map;
mod words;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use truc_document::{Level, SigningPolicy};

pub use self::{
    collect::{Counted, collect, fetch},
    compare::{Better, ComparedFigure, Comparison},
    document::{
        DayLine, DistributionPoint, FDATASYNC_EACH_GROUP, Generator, HubLine, HubTime, JournalCheck, JournalFinding,
        Machine, MatrixCell, NOT_CERTAIN, Percentiles, RunReport, SCHEMA, SYNCED_BEFORE_ANSWER, ScenarioLine,
        StageLine, ThresholdLine, Timeline, Unexpected, Versions,
    },
    gather::{About, More},
    words::Language,
};

/// All that the table shows. Percentages from 0 to 100; absent where there was nothing to take a share of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The scenario's title.
    pub title: String,
    /// First day.
    #[schemars(with = "String")]
    pub from: Date,
    /// Last day.
    #[schemars(with = "String")]
    pub to: Date,
    /// Journal position that the figures stand at.
    pub position: u64,
    /// The task force's figures.
    pub figures: Vec<FigureLine>,
    /// By province, in the order of codes.
    pub provinces: Vec<ProvinceLine>,
    /// All central agencies together.
    pub central: ProvinceLine,
    /// Everything together.
    pub total: ProvinceLine,
    /// By level, from the centre down.
    pub levels: Vec<LevelLine>,
    /// What the hub refused, by reason.
    pub refusals: Vec<RefusalLine>,
    /// How quickly documents moved, by urgency, the most urgent first.
    pub pace: Vec<PaceLine>,
}

/// One figure of the task force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureLine {
    /// Which, as scenario files name it.
    pub figure: String,
    /// Of which province, level or policy; of all together where absent.
    pub scope: Option<Scope>,
    /// What the hub counted.
    pub measured: Option<Measured>,
    /// What was reported at the time, where the scenario says so.
    pub reported: Vec<f64>,
    /// Beside it.
    pub note: Option<String>,
}

/// What a figure is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A province, by code and name.
    Province {
        /// Its code.
        code: String,
        /// Its name, such as `tỉnh Thái Bình`.
        name: String,
    },
    /// A level.
    Level(
        #[serde(with = "text")]
        #[schemars(with = "String")]
        Level,
    ),
    /// The provinces of one signing policy.
    Policy {
        /// The policy.
        #[serde(with = "text")]
        #[schemars(with = "String")]
        policy: SigningPolicy,
        /// How many provinces.
        provinces: usize,
    },
}

/// A measured value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// So many of so many.
    CountOf(u64, u64),
    /// So many.
    Count(u64),
    /// A share of so many, per cent.
    Percent {
        /// From 0 to 100; growth may lie beyond.
        percent: f64,
        /// What it is a share of.
        of: u64,
    },
}

/// One province.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProvinceLine {
    /// Its code; empty for a sum.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The policy of its People's Committee.
    #[serde(with = "text::optional", default)]
    #[schemars(with = "Option<String>")]
    pub policy: Option<SigningPolicy>,
    /// Agencies, and those connected.
    pub agencies: u64,
    /// Connected ones.
    pub connected: u64,
    /// Documents sent.
    pub sent: u64,
    /// Documents received, once for each recipient.
    pub received: u64,
    /// Documents sent in the year before.
    pub sent_year_before: u64,
    /// Growth of documents sent, per cent.
    pub growth: Option<f64>,
    /// Sent without a paper copy, per cent.
    pub electronic: Option<f64>,
    /// Received from within the province without a paper copy, per cent.
    pub electronic_within: Option<f64>,
    /// Sent with a personal signature, per cent.
    pub signed: Option<f64>,
    /// Finished by the due date, per cent of those finished that had one.
    pub on_time: Option<f64>,
    /// Of how many.
    pub with_due_date: u64,
    /// Services of the National Public Service Portal integrated.
    pub portal_services: u64,
}

/// One level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelLine {
    /// Level.
    #[serde(with = "text")]
    #[schemars(with = "String")]
    pub level: Level,
    /// Agencies of the directory.
    pub agencies: u64,
    /// Connected ones.
    pub connected: u64,
    /// Those that take part in the National Reporting System.
    pub reporting: u64,
    /// The same, per cent.
    pub reporting_percent: Option<f64>,
    /// Documents sent.
    pub sent: u64,
    /// Documents received.
    pub received: u64,
}

/// Refusals for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefusalLine {
    /// Stable reason.
    pub reason: String,
    /// How often.
    pub count: u64,
}

/// Mean time from acceptance by the hub, for documents of one urgency, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaceLine {
    /// Urgency.
    #[serde(with = "text")]
    #[schemars(with = "String")]
    pub urgency: truc_document::Urgency,
    /// Deliveries that arrived.
    pub count: u64,
    /// Until the receiver took it (01).
    pub reached: Option<f64>,
    /// Until the receiver accepted it (03).
    pub accepted: Option<f64>,
    /// Until the receiver finished it (06).
    pub finished: Option<f64>,
}

impl Report {
    /// As tables, at most `width` characters wide where it is given.
    pub fn render(&self, language: Language, width: Option<u16>) -> String {
        render::render(self, language, width)
    }
}

/// A share of `all`, per cent; none of nothing.
fn percent(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 * 100.0 / all as f64)
}

/// Growth over `before`, per cent; none over nothing.
fn growth(now: u64, before: u64) -> Option<f64> {
    (before > 0).then(|| (now as f64 - before as f64) * 100.0 / before as f64)
}

#[cfg(test)]
mod tests;
