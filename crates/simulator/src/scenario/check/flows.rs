//! Faults of flows.

use super::{Fault, Scenario, at, sizes_fault, urgency_fault};
use crate::{
    scenario::{FanOut, Flow},
    traffic::PLACEHOLDERS,
};

/// Half of the 500 characters that a header takes are left for what is filled in.
const SUBJECT_MAX: usize = 250;

impl Scenario {
    pub(super) fn flows_fault(&self) -> Option<Fault> {
        if self.flow.iter().all(|flow| flow.weight == 0) {
            return at(
                "flow",
                "there is no [[flow]] of a weight above 0; write who writes to whom",
            );
        }
        let fault = |(place, flow): (usize, &Flow)| flow_fault(&format!("flow/{place}"), flow);
        self.flow.iter().enumerate().find_map(fault)
    }
}

fn flow_fault(path: &str, flow: &Flow) -> Option<Fault> {
    let fault = |key: &str, what: String| at(format!("{path}/{key}"), format!("flow `{}` {what}", flow.name));
    if flow.from.is_empty() || flow.to.is_empty() {
        let key = if flow.from.is_empty() { "from" } else { "to" };
        return fault(key, "needs senders in `from` and receivers in `to`".into());
    }
    if flow.types.values().all(|weight| *weight == 0) {
        return fault("types", "has no type of a weight above 0; give one to some".into());
    }
    match flow.fan_out {
        FanOut::Between(fewest, most) if fewest == 0 || fewest > most => {
            return fault(
                "fan-out",
                format!("has `fan-out` [{fewest}, {most}]; write fewest and most, from 1 on"),
            );
        }
        FanOut::Between(..) | FanOut::All => {}
    }
    if flow.due_days.is_some_and(|[fewest, most]| fewest > most) {
        return fault(
            "due-days",
            "has `due-days` in the wrong order; write fewest and most".into(),
        );
    }
    if let Some(periodic) = &flow.periodic {
        let day = periodic.cut_off_day;
        if !(1..=31).contains(&day) {
            return fault(
                "periodic/cut-off-day",
                format!("has `periodic.cut-off-day` {day}; write a day of a month, 1 to 31"),
            );
        }
        if flow.due_days.is_some() {
            return fault(
                "due-days",
                "has `due-days` and `periodic`; the cut-off is the due date, so take `due-days` out".into(),
            );
        }
    }
    if flow.subjects.is_empty() {
        return fault("subjects", "has no `subjects`; write at least one".into());
    }
    for (place, subject) in flow.subjects.iter().enumerate() {
        let key = format!("subjects/{place}");
        if let Some(unknown) = unknown_placeholder(subject) {
            let known = PLACEHOLDERS.join("`, `");
            return fault(&key, format!("has `{unknown}` in a subject; known: `{known}`"));
        }
        if subject.trim().is_empty() || subject.chars().count() > SUBJECT_MAX {
            return fault(
                &key,
                format!("has a subject that is empty or longer than {SUBJECT_MAX} characters"),
            );
        }
    }
    let sizes = flow.sizes.as_ref();
    sizes
        .and_then(|sizes| sizes_fault(&format!("{path}/sizes"), sizes))
        .or_else(|| urgency_fault(&format!("{path}/urgency"), flow.urgency.as_ref()?))
}

/// The first `{…}` of a subject that is none of those filled in.
fn unknown_placeholder(subject: &str) -> Option<&str> {
    let mut rest = subject;
    while let Some(open) = rest.find('{') {
        let end = rest[open..].find('}').map_or(rest.len(), |close| open + close + 1);
        let placeholder = &rest[open..end];
        if !PLACEHOLDERS.contains(&placeholder) {
            return Some(placeholder);
        }
        rest = &rest[end..];
    }
    None
}
