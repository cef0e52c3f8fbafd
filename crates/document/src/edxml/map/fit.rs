//! Texts of edXML within what a header may hold.

use super::super::{Finding, FindingCode};

/// Findings of one mapping.
#[derive(Default)]
pub(super) struct Notes(pub(super) Vec<Finding>);

impl Notes {
    pub(super) fn add(&mut self, code: FindingCode, path: &str, found: &str, expected: impl Into<String>) {
        self.0.push(Finding::new(code, None, path, found, expected));
    }

    /// A text of up to `max` characters without control characters; what is longer is cut, and told.
    pub(super) fn fit(&mut self, path: &str, text: &str, max: usize) -> String {
        let clean: String = text
            .chars()
            .filter(|found| !found.is_control() || matches!(found, '\t' | '\n' | '\r'))
            .collect();
        let length = clean.chars().count();
        if length <= max {
            return clean;
        }
        self.add(
            FindingCode::LengthOver,
            path,
            &format!("{length} characters"),
            format!("cut to {max}"),
        );
        clean.chars().take(max).collect()
    }
}
