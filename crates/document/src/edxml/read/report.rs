//! The findings of one reading, with a bound to how many are kept.

use std::collections::BTreeSet;

use super::super::{Finding, FindingCode, Position};

/// Who reads a thousand findings reads no more of them.
const FINDINGS_MAX: usize = 1000;

/// Collects findings.
#[derive(Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    guessed: BTreeSet<(FindingCode, String)>,
    /// In the provincial dialect other names are what is expected.
    pub(super) provincial: bool,
}

impl Report {
    pub(super) fn add(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }

    /// One finding for each namespace or prefix that was guessed at, however many elements are in it.
    pub(super) fn guessed_namespace(&mut self, code: FindingCode, found: &str, at: Position, expected: &str) {
        if self.guessed.len() < FINDINGS_MAX && self.guessed.insert((code, found.to_owned())) {
            self.add(Finding::new(code, Some(at), "", found, expected));
        }
    }

    /// A namespace that was guessed at before.
    pub(super) fn is_guessed(&self, namespace: &str) -> bool {
        !namespace.is_empty()
            && self
                .guessed
                .contains(&(FindingCode::NamespaceUnexpected, namespace.to_owned()))
    }

    /// The findings in the order of their places.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|finding| (finding.at.is_none(), finding.at));
        self.findings
    }
}
