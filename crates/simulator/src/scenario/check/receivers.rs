//! Faults of what receivers do.

use truc_document::{SystemKind, Urgency};

use super::{Fault, Scenario, at};
use crate::{
    scenario::{Behaviour, Pace},
    share::Share,
};

impl Scenario {
    pub(super) fn receivers_fault(&self) -> Option<Fault> {
        let behaviour = &self.behaviour;
        if behaviour.look_for_word.is_some_and(|length| length.0.is_negative()) {
            return at(
                "behaviour/look-for-word",
                "`behaviour.look-for-word` is a length of time, such as `30m`",
            );
        }
        if behaviour.public_service_portal.services == Some(0) {
            return at(
                "behaviour/public-service-portal/services",
                "`behaviour.public-service-portal.services` is 0; leave it out, or count from 1 on",
            );
        }
        rules_fault("behaviour", behaviour).or_else(|| {
            let fault = |system: &SystemKind| rules_fault(&format!("behaviour/{system}"), &behaviour.rules(*system));
            SystemKind::ALL.iter().find_map(fault)
        })
    }
}

/// What is wrong with a table's rates; those of a kind of system are its own and, where it has none, the general ones.
fn rules_fault(path: &str, rules: &Behaviour) -> Option<Fault> {
    let table = path.replace('/', ".");
    if rules.refused > Share::NONE && rules.reasons.iter().all(|reason| reason.trim().is_empty()) {
        return at(
            format!("{path}/refused"),
            format!("[{table}] refuses without `reasons`; status 02 must say why, so write at least one"),
        );
    }
    if rules.late_days[0] == 0 || rules.late_days[0] > rules.late_days[1] {
        return at(
            format!("{path}/late-days"),
            format!("`{table}.late-days` must be fewest and most, from 1 on"),
        );
    }
    for urgency in Urgency::ALL {
        let count = rules.pace.iter().filter(|pace| pace.urgency.0 == *urgency).count();
        if count != 1 {
            return at(
                format!("{path}/pace"),
                format!("there are {count} [[{table}.pace]] of urgency `{urgency}`; one is needed"),
            );
        }
    }
    let fault = |(place, pace)| pace_fault(&format!("{path}/pace/{place}"), pace);
    rules.pace.iter().enumerate().find_map(fault)
}

fn pace_fault(path: &str, pace: &Pace) -> Option<Fault> {
    let stages = [
        ("reach", pace.reach),
        ("accept", pace.accept),
        ("assign", pace.assign),
        ("process", pace.process),
        ("finish", pace.finish),
    ];
    let (key, [shortest, longest]) = stages
        .into_iter()
        .find(|(_, [shortest, longest])| shortest.0.is_negative() || shortest > longest)?;
    at(
        format!("{path}/{key}"),
        format!(
            "the pace of urgency `{}` has [{}, {}]; write shortest and longest",
            pace.urgency.0, shortest.0, longest.0
        ),
    )
}
