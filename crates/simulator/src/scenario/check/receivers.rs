//! Faults of what receivers do.

use truc_document::Urgency;

use super::{Fault, Scenario, at};
use crate::{scenario::Pace, share::Share};

impl Scenario {
    pub(super) fn receivers_fault(&self) -> Option<Fault> {
        let behaviour = &self.behaviour;
        if behaviour.refused > Share::NONE && behaviour.reasons.iter().all(|reason| reason.trim().is_empty()) {
            return at(
                "behaviour/refused",
                "[behaviour] refuses without `reasons`; status 02 must say why, so write at least one",
            );
        }
        if behaviour.late_days[0] == 0 || behaviour.late_days[0] > behaviour.late_days[1] {
            return at(
                "behaviour/late-days",
                "`behaviour.late-days` must be fewest and most, from 1 on",
            );
        }
        if behaviour.look_for_word.is_some_and(|length| length.0.is_negative()) {
            return at(
                "behaviour/look-for-word",
                "`behaviour.look-for-word` is a length of time, such as `30m`",
            );
        }
        for urgency in Urgency::ALL {
            let count = behaviour.pace.iter().filter(|pace| pace.urgency.0 == *urgency).count();
            if count != 1 {
                return at(
                    "behaviour/pace",
                    format!("there are {count} [[behaviour.pace]] of urgency `{urgency}`; one is needed"),
                );
            }
        }
        behaviour
            .pace
            .iter()
            .enumerate()
            .find_map(|(place, pace)| pace_fault(&format!("behaviour/pace/{place}"), pace))
    }
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
