//! Thresholds: what a scenario wants of its run, and what became of it.

use serde::Serialize;

/// What became of one threshold. A run that misses one ends with exit code 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThresholdResult {
    /// What was measured, and of whom where it is not of all: `receipt-p99`, `reached-p95 H54`.
    pub name: String,
    /// What the scenario wants of it: `< 50ms`.
    pub wanted: String,
    /// What was measured, in the same unit; absent where nothing happened that could be measured.
    pub measured: Option<String>,
    /// Whether it is as wanted. What could not be measured is not.
    pub met: bool,
}
