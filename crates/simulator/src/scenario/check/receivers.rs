//! Faults of what receivers do, in general and by kind of system.

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
                "`behaviour.public-service-portal.services` is 0; take it out, or count from 1 on",
            );
        }
        if let Some(fault) = rates_fault("behaviour", behaviour) {
            return Some(fault);
        }
        if let Some(fault) = paces_fault("behaviour", &behaviour.pace, |count| count == 1) {
            return Some(fault);
        }
        SystemKind::ALL.iter().find_map(|system| {
            let path = format!("behaviour/{system}");
            rates_fault(&path, &behaviour.rules(*system))
                .or_else(|| paces_fault(&path, own_paces(behaviour, *system), |count| count <= 1))
        })
    }
}

/// What is wrong with the rates of a table, or with those that a kind of system gets of it and the general one.
fn rates_fault(path: &str, rules: &Behaviour) -> Option<Fault> {
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
    None
}

/// The paces that a kind of system has in the place of general ones.
fn own_paces(behaviour: &Behaviour, system: SystemKind) -> &[Pace] {
    match system {
        SystemKind::DocumentManagement => &behaviour.document_management.pace,
        SystemKind::OneStopShop => &behaviour.one_stop_shop.pace,
        SystemKind::PublicServicePortal | SystemKind::Reporting | SystemKind::Feedback | SystemKind::Archive => &[],
    }
}

/// The general table has a pace of each urgency; that of a kind has those that differ, each once.
fn paces_fault(path: &str, paces: &[Pace], good: fn(usize) -> bool) -> Option<Fault> {
    let table = path.replace('/', ".");
    for urgency in Urgency::ALL {
        let count = paces.iter().filter(|pace| pace.urgency.0 == *urgency).count();
        if !good(count) {
            return at(
                format!("{path}/pace"),
                format!("there are {count} [[{table}.pace]] of urgency `{urgency}`; one is needed"),
            );
        }
    }
    let fault = |(place, pace): (usize, &Pace)| pace_fault(&format!("{path}/pace/{place}"), &table, pace);
    paces.iter().enumerate().find_map(fault)
}

fn pace_fault(path: &str, table: &str, pace: &Pace) -> Option<Fault> {
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
            "the pace of [{table}] for urgency `{}` has [{}, {}]; write shortest and longest",
            pace.urgency.0, shortest.0, longest.0
        ),
    )
}
