//! Scenario (kịch bản): who writes what to whom and when, how receivers answer, and what figures to compare with, in one
//! TOML file.
//!
//! Every share is from 0 to 1; every weight is a whole number that counts against its neighbours; lengths of time are
//! written as `90s`, `15m`, `4h`, and are working time where the comment says so.

mod arrival;
mod behaviour;
mod check;
mod day;
#[cfg(test)]
mod documentation;
mod expected;
mod fan_out;
mod fault;
mod flow;
mod merger;
mod mistakes;
mod period;
mod rate;
mod rates;
mod senders;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::Deserialize;
use truc_document::{AgencyCode, SigningPolicy, zone::start_of};

pub use self::{
    arrival::{Arrival, DayCurve},
    behaviour::{Behaviour, Pace},
    day::Day,
    expected::{Expected, Figure},
    fan_out::FanOut,
    fault::{Fault, HubTime},
    flow::{Every, Flow, Periodic, Reach},
    merger::MergerEvent,
    mistakes::Mistakes,
    period::{DayStage, Period, SecondStage, Shape, Stage},
    rate::Rate,
    rates::{Acts, Content, Paper, Signing, Size, UrgencyMix},
    senders::Senders,
};
use crate::{
    Calendar, WorkingWeek,
    strict_toml::{self, InvalidFile, LoadError},
    threshold::Threshold,
    token::Token,
    topology::{Merger, Topology},
    trace::Speed,
};

/// A scenario as its file has it, checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// One line.
    pub title: String,
    /// What one learns from it.
    pub teaches: String,
    /// Topology file, from the scenario's folder.
    pub topology: PathBuf,
    /// Draws the traffic; the same seed gives the same traffic.
    pub seed: u64,
    /// How hub time runs.
    pub clock: Clock,
    /// When offices are closed besides weekends.
    #[serde(default)]
    pub holidays: Vec<Day>,
    /// Whose public holidays are kept beside them; only those listed where absent.
    pub calendar: Option<Calendar>,
    /// How much is sent when, in the order of time. The report is about the last; an earlier one of a year before is
    /// what growth is measured against.
    pub period: Vec<Period>,
    /// How documents spread over days, weeks and years.
    #[serde(default)]
    pub arrival: Arrival,
    /// Who sends more than others.
    #[serde(default)]
    pub senders: Senders,
    /// Personal signatures.
    pub signing: Signing,
    /// Paper copies.
    pub paper: Paper,
    /// Urgency.
    pub urgency: UrgencyMix,
    /// Attachments.
    pub content: Content,
    /// Who writes what to whom.
    pub flow: Vec<Flow>,
    /// What is done to documents already sent.
    #[serde(default)]
    pub acts: Acts,
    /// What senders do wrong.
    #[serde(default)]
    pub mistakes: Mistakes,
    /// What receivers do.
    pub behaviour: Behaviour,
    /// Agencies close while it runs.
    pub merger: Option<MergerEvent>,
    /// Faults injected while it runs.
    #[serde(default)]
    pub fault: Vec<Fault>,
    /// Figures to stand beside the measured ones.
    #[serde(default)]
    pub expected: Vec<Expected>,
    /// What the run must reach.
    #[serde(default)]
    pub threshold: Vec<Threshold>,
    /// Where it came from.
    #[serde(skip)]
    source: Source,
}

/// The file that a scenario was read from, so that what only shows later is told with its place.
#[derive(Clone, Debug, Default)]
struct Source {
    /// As messages call it.
    name: String,
    text: Arc<str>,
    /// Folder that `topology` is looked for in.
    folder: PathBuf,
}

/// How hub time runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Clock {
    /// Who moves it.
    pub mode: Mode,
    /// Hub time whose events are handled together; 15 minutes where absent.
    pub step: Option<Token<SignedDuration>>,
    /// For `scaled`: hub seconds per wall second.
    pub factor: Option<f64>,
}

/// Who moves hub time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The run, from event to event, as fast as it goes.
    Driven,
    /// Wall time times a factor.
    Scaled,
    /// Wall time. The traffic is moved to begin now.
    Wall,
}

impl Clock {
    /// Another speed than the file's: driven for the highest, scaled by a factor otherwise.
    pub fn set_speed(&mut self, speed: Speed) {
        (self.mode, self.factor) = match speed {
            Speed::Max => (Mode::Driven, None),
            Speed::Times(factor) => (Mode::Scaled, Some(factor)),
        };
    }

    /// Hub time whose events are handled together.
    pub fn step(&self) -> SignedDuration {
        self.step.map_or(SignedDuration::from_mins(15), |step| step.0)
    }
}

impl Scenario {
    /// Reads and checks a file, without its topology.
    ///
    /// # Errors
    /// The file cannot be read, has unknown keys, or contradicts itself.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let text = strict_toml::read(path)?;
        let mut scenario = Self::parse(&path.display().to_string(), &text)?;
        scenario.source.folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(scenario)
    }

    /// Reads and checks text; `name` is what messages call it, and its topology is looked for in the working folder.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidFile> {
        let mut scenario: Self = strict_toml::parse(name, text)?;
        scenario.source = Source {
            name: name.to_owned(),
            text: text.into(),
            folder: PathBuf::new(),
        };
        match scenario.fault() {
            None => Ok(scenario),
            Some(fault) => Err(scenario.invalid(&fault.path, fault.message)),
        }
    }

    /// A fault at a place of its file: keys and places in lists with a slash between them, such as `flow/3/fan-out`.
    pub fn invalid(&self, path: &str, message: impl Into<String>) -> InvalidFile {
        InvalidFile::at(&self.source.name, &self.source.text, path, message)
    }

    /// Where its topology is.
    pub fn topology_path(&self) -> PathBuf {
        self.source.folder.join(&self.topology)
    }

    /// Its topology, with the scenario's signing policies.
    ///
    /// # Errors
    /// The file cannot be read or contradicts itself, or a province of the scenario is not in it.
    pub fn load_topology(&self) -> Result<Topology, LoadError> {
        let mut topology = Topology::load(&self.topology_path()).map_err(|error| match error {
            LoadError::Unreadable { path, source } => {
                let path = path.display();
                let message =
                    format!("topology `{path}` cannot be read: {source}; write its path from this file's folder");
                self.invalid("topology", message).into()
            }
            error => error,
        })?;
        self.apply_policies(&mut topology).map_err(|code| {
            let message = format!(
                "no agency of the topology counts under `{code}`, for which a policy is set; write the code of a province of \
                 `{}`, or take the line out",
                self.topology.display()
            );
            self.invalid(&format!("signing/policies/{code}"), message)
        })?;
        if self.merger.is_some() && !closes_any(&topology) {
            let message = format!(
                "no agency of topology `{}` closes in the merger; take one from before it, such as `vietnam-63.toml`, or take \
                 `[merger]` out",
                self.topology.display()
            );
            return Err(self.invalid("merger", message).into());
        }
        Ok(topology)
    }

    /// Sets the scenario's signing policies; gives the first province that the topology lacks as an error.
    pub(crate) fn apply_policies(&self, topology: &mut Topology) -> Result<(), AgencyCode> {
        for (province, policy) in &self.signing.policies {
            if !topology.agencies().any(|entry| entry.province == province.0) {
                return Err(province.0.clone());
            }
            topology.set_policy(&province.0, policy.0);
        }
        Ok(())
    }

    /// When its offices work.
    pub fn working_week(&self) -> WorkingWeek {
        let listed = self.holidays.iter().map(|day| day.0);
        WorkingWeek::new(listed.chain(self.calendar.into_iter().flat_map(Calendar::all_holidays)))
    }

    /// Hub time at which a hub made for this scenario should begin: the first midnight of its first period.
    pub fn begins(&self) -> Timestamp {
        self.period
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |period| start_of(period.from.0))
    }

    /// First and last day of what the report is about.
    pub fn reported(&self) -> (Date, Date) {
        self.period
            .last()
            .map_or((Date::MIN, Date::MAX), |period| (period.from.0, period.to.0))
    }

    /// Reports about other days: those that its traffic was moved to.
    pub fn report_about(&mut self, (from, to): (Date, Date)) {
        if let Some(period) = self.period.last_mut() {
            (period.from, period.to) = (Day(from), Day(to));
        }
    }

    /// Policies by province, as set here.
    pub fn policies(&self) -> BTreeMap<AgencyCode, SigningPolicy> {
        self.signing
            .policies
            .iter()
            .map(|(code, policy)| (code.0.clone(), policy.0))
            .collect()
    }
}

/// Whether the merger of July 2025 closes any of its agencies.
fn closes_any(topology: &Topology) -> bool {
    Merger::of_july_2025().is_ok_and(|merger| merger.closing().any(|(code, _)| topology.agency(code).is_some()))
}
