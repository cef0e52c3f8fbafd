//! Thresholds: what a scenario wants of its run, and what became of it.

mod figure;
mod measured;
mod want;

use serde::{Deserialize, Serialize};
use truc_document::{AgencyCode, Level, Urgency};

pub use self::{
    figure::{Figure, Stage, Unit},
    want::{Comparison, InvalidWant, Want},
};
use crate::{Report, RunOutcome, token::Token};

/// One thing that a run must reach.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Threshold {
    /// Figure, comparison and limit: `receipt-p99 < 50ms`.
    pub want: Token<Want>,
    /// Of one province only.
    pub province: Option<Token<AgencyCode>>,
    /// Of one level only.
    pub level: Option<Token<Level>>,
    /// Of one urgency only.
    pub urgency: Option<Token<Urgency>>,
}

/// What became of one threshold. A run that misses one ends with exit code 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThresholdResult {
    /// What was measured, and of whom where it is not of all: `receipt-p99`, `on-time H54`.
    pub name: String,
    /// What the scenario wants of it: `< 50ms`.
    pub wanted: String,
    /// What was measured, in the same unit; absent where nothing happened that could be measured.
    pub measured: Option<String>,
    /// Whether it is as wanted. What could not be measured is not.
    pub met: bool,
}

impl Threshold {
    /// A scope that the figure is not counted by, as the key and what it may be measured by instead.
    pub(crate) fn scope_fault(&self) -> Option<(&'static str, &'static [&'static str])> {
        let scopes = self.want.figure.scopes();
        let given = [
            ("province", self.province.is_some()),
            ("level", self.level.is_some()),
            ("urgency", self.urgency.is_some()),
        ];
        let mut given = given.into_iter().filter(|(_, is_given)| *is_given);
        let (first, second) = (given.next(), given.next());
        // Nothing is counted by two at once.
        let (wrong, _) = second.or_else(|| first.filter(|(scope, _)| !scopes.contains(scope)))?;
        Some((wrong, scopes))
    }

    /// What became of it.
    pub fn judge(&self, outcome: &RunOutcome, report: &Report) -> ThresholdResult {
        let want = &self.want.0;
        let measured = measured::measured(self, outcome, report);
        let unit = want.figure.unit();
        ThresholdResult {
            name: self.name(),
            wanted: format!("{} {}", want.comparison, unit.write(want.limit)),
            measured: measured.map(|value| unit.write(value)),
            met: measured.is_some_and(|value| want.comparison.holds(value, want.limit)),
        }
    }

    /// What is measured, and of whom.
    fn name(&self) -> String {
        let scope = [
            self.province.as_ref().map(|province| province.0.to_string()),
            self.level.as_ref().map(|level| level.0.to_string()),
            self.urgency.as_ref().map(|urgency| urgency.0.to_string()),
        ];
        let mut name = self.want.figure.to_string();
        for scope in scope.into_iter().flatten() {
            name.push(' ');
            name += &scope;
        }
        name
    }
}

impl std::fmt::Display for Threshold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Want {
            figure,
            comparison,
            limit,
        } = self.want.0;
        write!(f, "{} {comparison} {}", self.name(), figure.unit().write(limit))
    }
}

/// What became of each.
pub fn judge(thresholds: &[Threshold], outcome: &RunOutcome, report: &Report) -> Vec<ThresholdResult> {
    thresholds
        .iter()
        .map(|threshold| threshold.judge(outcome, report))
        .collect()
}

#[cfg(test)]
mod tests;
