//! What a scenario's keys cannot say by themselves.

use truc_document::{SystemKind, Urgency};

use super::{Behaviour, Mode, Period, Scenario};
use crate::{share::Share, strict_toml::InvalidFile, traffic::PLACEHOLDERS};

/// Contents travel in the envelope, which takes 1 MiB of them.
const BYTES_MAX: u32 = 800_000;

impl Scenario {
    /// Finds the first contradiction.
    pub(super) fn check(&self, file: &str) -> Result<(), InvalidFile> {
        let fault = self
            .clock_fault()
            .or_else(|| self.period_fault())
            .or_else(|| self.rates_fault())
            .or_else(|| self.flow_fault())
            .or_else(|| self.behaviour_fault())
            .or_else(|| self.injected_fault());
        match fault {
            Some(message) => Err(InvalidFile::whole(file, message)),
            None => Ok(()),
        }
    }

    fn clock_fault(&self) -> Option<String> {
        if !self.clock.step().is_positive() {
            return Some("`clock.step` must be longer than nothing, such as `15m`".into());
        }
        match (self.clock.mode, self.clock.factor) {
            (Mode::Scaled, None) => {
                Some("`clock.mode` is scaled; set `clock.factor` to hub seconds per wall second".into())
            }
            (Mode::Scaled, Some(factor)) if !(factor > 0.0 && factor <= 10_000_000.0) => Some(format!(
                "`clock.factor` is {factor}; it must be above 0 and up to 10,000,000"
            )),
            (Mode::Driven | Mode::Wall, Some(_)) => Some("`clock.factor` belongs to mode scaled".into()),
            _ => None,
        }
    }

    fn period_fault(&self) -> Option<String> {
        if self.period.is_empty() {
            return Some("there is no [[period]]; at least one is needed".into());
        }
        let turned = self.period.iter().find(|period| period.from > period.to);
        if let Some(period) = turned {
            return Some(format!("period `{}` ends before it begins", period.title));
        }
        if let Some((calendar, unknown)) = self.calendar.and_then(|calendar| {
            let (first, last) = calendar.years();
            let known = |period: &&Period| first <= period.from.0.year() && period.to.0.year() <= last;
            Some((calendar, self.period.iter().find(|period| !known(period))?))
        }) {
            let (first, last) = calendar.years();
            return Some(format!(
                "period `{}` is outside the years {first} to {last}, whose holidays `calendar` knows; leave `calendar` out and list `holidays`",
                unknown.title
            ));
        }
        let crossing = self.period.windows(2).find(|pair| pair[0].to >= pair[1].from);
        crossing.map(|pair| {
            format!(
                "period `{}` does not begin after `{}` has ended",
                pair[1].title, pair[0].title
            )
        })
    }

    fn rates_fault(&self) -> Option<String> {
        if self.arrival.half_hours.len() != 15 {
            let count = self.arrival.half_hours.len();
            return Some(format!(
                "`arrival.half-hours` has {count} weights; a working day has 15 half hours"
            ));
        }
        if self.arrival.half_hours.iter().all(|weight| *weight == 0) {
            return Some("`arrival.half-hours` has no weight above 0".into());
        }
        if let Some(size) = self.content.sizes.iter().find(|size| size.bytes > BYTES_MAX) {
            return Some(format!(
                "`content.sizes` has {} bytes; {BYTES_MAX} at most travel in an envelope",
                size.bytes
            ));
        }
        if self.content.sizes.iter().all(|size| size.weight == 0) {
            return Some("`content.sizes` has no weight above 0".into());
        }
        if self.urgency.weights().iter().all(|(_, weight)| *weight == 0) {
            return Some("[urgency] has no weight above 0".into());
        }
        let acts = &self.acts;
        if (acts.recalled > Share::NONE || acts.replaced > Share::NONE) && acts.reasons.is_empty() {
            return Some("[acts] recalls or replaces without `reasons`".into());
        }
        None
    }

    fn flow_fault(&self) -> Option<String> {
        if self.flow.iter().all(|flow| flow.weight == 0) {
            return Some("there is no [[flow]] of a weight above 0".into());
        }
        for flow in &self.flow {
            let fault = |what: String| Some(format!("flow `{}` {what}", flow.name));
            if flow.from.is_empty() || flow.to.is_empty() {
                return fault("needs senders in `from` and receivers in `to`".into());
            }
            if flow.types.values().all(|weight| *weight == 0) {
                return fault("has no type of a weight above 0".into());
            }
            let [fewest, most] = flow.fan_out;
            if fewest == 0 || fewest > most {
                return fault(format!(
                    "has `fan-out` [{fewest}, {most}]; write fewest and most, from 1 on"
                ));
            }
            if flow.due_days.is_some_and(|[fewest, most]| fewest > most) {
                return fault("has `due-days` in the wrong order; write fewest and most".into());
            }
            if let Some(periodic) = &flow.periodic {
                if !(1..=31).contains(&periodic.cut_off_day) {
                    let day = periodic.cut_off_day;
                    return fault(format!(
                        "has `periodic.cut-off-day` {day}; it is a day of a month, 1 to 31"
                    ));
                }
                if flow.due_days.is_some() {
                    return fault(
                        "has `due-days` and `periodic`; the cut-off is the due date, leave `due-days` out".into(),
                    );
                }
            }
            if flow.subjects.is_empty() {
                return fault("has no `subjects`".into());
            }
            for subject in &flow.subjects {
                if let Some(unknown) = unknown_placeholder(subject) {
                    let known = PLACEHOLDERS.join("`, `");
                    return fault(format!("has `{unknown}` in a subject; known: `{known}`"));
                }
                // Half of the 500 characters that a header takes are left for what is filled in.
                if subject.trim().is_empty() || subject.chars().count() > 250 {
                    return fault("has a subject that is empty or longer than 250 characters".into());
                }
            }
        }
        None
    }

    fn behaviour_fault(&self) -> Option<String> {
        if let Some(length) = self.behaviour.look_for_word
            && length.0.is_negative()
        {
            return Some("`behaviour.look-for-word` is a length of time, such as `30m`".into());
        }
        if self.behaviour.public_service_portal.services == Some(0) {
            return Some("`behaviour.public-service-portal.services` is 0; leave it out or count from 1 on".into());
        }
        rules_fault("behaviour", &self.behaviour).or_else(|| {
            SystemKind::ALL
                .iter()
                .find_map(|system| rules_fault(&format!("behaviour.{system}"), &self.behaviour.rules(*system)))
        })
    }
}

/// What is wrong with the rates of a table, or with those that a kind of system gets of it and the general one.
fn rules_fault(table: &str, rules: &Behaviour) -> Option<String> {
    if rules.refused > Share::NONE && rules.reasons.iter().all(|reason| reason.trim().is_empty()) {
        return Some(format!("[{table}] refuses without `reasons`; status 02 must say why"));
    }
    if rules.late_days[0] == 0 || rules.late_days[0] > rules.late_days[1] {
        return Some(format!("`{table}.late-days` must be fewest and most, from 1 on"));
    }
    for urgency in Urgency::ALL {
        let count = rules.pace.iter().filter(|pace| pace.urgency.0 == *urgency).count();
        if count != 1 {
            return Some(format!(
                "there are {count} [[{table}.pace]] of urgency `{urgency}`; one is needed"
            ));
        }
    }
    for pace in &rules.pace {
        for [shortest, longest] in [pace.reach, pace.accept, pace.assign, pace.process, pace.finish] {
            if shortest.0.is_negative() || shortest > longest {
                return Some(format!(
                    "the pace of [{table}] for urgency `{}` has [{}, {}]; write shortest and longest",
                    pace.urgency.0, shortest.0, longest.0
                ));
            }
        }
    }
    None
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
