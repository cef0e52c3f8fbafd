//! Faults of thresholds.

use super::{Fault, Scenario, at};
use crate::threshold::Threshold;

impl Scenario {
    pub(super) fn thresholds_fault(&self) -> Option<Fault> {
        let fault = |(place, threshold): (usize, &Threshold)| {
            let (wrong, scopes) = threshold.scope_fault()?;
            let figure = threshold.want.figure;
            let advice = match scopes {
                [] => "take it out".to_owned(),
                scopes => format!("it is measured by one of: {}", scopes.join(", ")),
            };
            at(
                format!("threshold/{place}/{wrong}"),
                format!("figure `{figure}` is not measured by this `{wrong}`; {advice}"),
            )
        };
        self.threshold.iter().enumerate().find_map(fault)
    }
}
