//! Copies for the archive: what is finished is filed with the e-archive of the province (nộp lưu).

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use truc_document::{DocumentType, SigningPolicy, StatusCode, SystemKind, Urgency, zone::day_of};

use super::{Kind, Planned, arrival::id_of, planned::suffix};
use crate::{
    WORKING_MINUTES, WorkingWeek,
    chance::Chance,
    reception::{Received, Reception},
    scenario::Scenario,
    topology::AgencyEntry,
};

/// Plans the copies of documents that their first receiver will have finished.
pub(super) fn plan(
    scenario: &Scenario,
    agencies: &[AgencyEntry],
    dead: &BTreeSet<usize>,
    seed: u64,
    planned: &mut Vec<Planned>,
) {
    if scenario.behaviour.archive.copies == crate::Share::NONE {
        return;
    }
    let (mut taken_back, mut replies) = (HashSet::new(), HashMap::new());
    for document in planned.iter() {
        match document.kind() {
            Kind::Recall(key) | Kind::Replacement(key) => {
                taken_back.insert(key);
            }
            Kind::Answer(key) => {
                replies.insert(key, document.at);
            }
            Kind::New | Kind::Copy(_) => {}
        }
    }
    let archiving = Archiving {
        scenario,
        agencies,
        dead,
        seed,
        week: scenario.working_week(),
        reception: Reception::new(scenario, seed),
    };
    let copies: Vec<Planned> = planned
        .iter()
        .filter(|document| document.kind() == Kind::New && document.flaw.is_none())
        .filter(|document| !taken_back.contains(&document.key))
        .filter_map(|document| archiving.copy(document, replies.get(&document.key).copied()))
        .collect();
    planned.extend(copies);
}

struct Archiving<'a> {
    scenario: &'a Scenario,
    agencies: &'a [AgencyEntry],
    dead: &'a BTreeSet<usize>,
    seed: u64,
    week: WorkingWeek,
    reception: Reception,
}

impl Archiving<'_> {
    fn copy(&self, document: &Planned, replies_at: Option<Timestamp>) -> Option<Planned> {
        let mut chance = Chance::new(self.seed, &format!("copy/{:x}", document.key));
        if !chance.happens(self.scenario.behaviour.archive.copies) {
            return None;
        }
        let keeper = *document.recipients.first()?;
        let system = self.scenario.flow[usize::from(document.flow)].received_by();
        if self.dead.contains(&keeper) || system == SystemKind::Archive {
            return None;
        }
        let archives = self.archives_of(keeper);
        let archive = *archives.get(chance.index(archives.len()))?;
        let finished = self.finished(document, keeper, system, replies_at)?;
        let minutes = chance.between(60, 3 * u64::from(WORKING_MINUTES));
        let minutes = i64::try_from(minutes).unwrap_or(60);
        let at = self.week.after(finished, SignedDuration::from_mins(minutes));
        let key = document.key_with(suffix::COPY);
        let unsigned = chance.happens(self.scenario.signing.unsigned);
        let entry = &self.agencies[keeper];
        self.in_period(document.at, at).then(|| Planned {
            key,
            at,
            sender: keeper,
            recipients: Box::new([archive]),
            document_type: DocumentType::SendingSlip,
            urgency: Urgency::Normal,
            due_on: None,
            signed: entry.signing_policy == SigningPolicy::Required || !unsigned,
            paper: false,
            document_id: id_of(at, key, self.seed),
            ..document.clone()
        })
    }

    /// The archives of its province, other agencies than itself.
    fn archives_of(&self, keeper: usize) -> Vec<usize> {
        let province = &self.agencies[keeper].province;
        let archives = self.agencies.iter().enumerate().filter(|(index, entry)| {
            entry.runs(SystemKind::Archive) && entry.connected && entry.province == *province && *index != keeper
        });
        archives.map(|(index, _)| index).collect()
    }

    /// When the receiver has finished at the latest; it may take the document sooner, with another. Not at all where it
    /// refuses.
    fn finished(
        &self,
        document: &Planned,
        keeper: usize,
        system: SystemKind,
        replies_at: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let received = Received {
            document_id: document.document_id,
            receiver: self.agencies[keeper].code.as_str(),
            urgency: document.urgency,
            due_on: document.due_on,
            is_recall: false,
            system,
            portal_services: self.agencies[keeper].portal_services,
            replies_at,
            dead: false,
        };
        let taken = self.reception.opens(received, document.at)?;
        let last = self.reception.handling(received, taken).pop()?;
        (last.status == StatusCode::Finished).then_some(last.at)
    }

    fn in_period(&self, document: Timestamp, copy: Timestamp) -> bool {
        let (sent, filed) = (day_of(document), day_of(copy));
        let mut periods = self.scenario.period.iter();
        periods.any(|period| period.from.0 <= sent && sent <= period.to.0 && filed <= period.to.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        topology::Topology,
        traffic::{PlanOptions, Traffic},
    };

    fn traffic(copies: &str) -> Traffic {
        let text = include_str!("../../tests/small-scenario.toml")
            .replace("to = 2020-09-03", "to = 2020-09-30")
            .replacen(
                "[[flow]]",
                &format!("[behaviour.archive]\ncopies = {copies}\n[[flow]]"),
                1,
            );
        let scenario = Scenario::parse("small.toml", &text).unwrap();
        let topology = Topology::parse("small.toml", include_str!("../../tests/small-topology.toml")).unwrap();
        Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap()
    }

    #[test]
    fn copies_go_from_who_finished_to_the_archive_after_that() {
        let traffic = traffic("1.0");
        let copies: Vec<&Planned> = traffic
            .planned()
            .iter()
            .filter(|planned| matches!(planned.kind(), Kind::Copy(_)))
            .collect();
        assert!(copies.len() > 50, "{}", copies.len());
        for copy in copies {
            let Kind::Copy(key) = copy.kind() else { unreachable!() };
            let original = traffic.of_key(key).unwrap();
            assert!(original.recipients[0] == copy.sender && original.at < copy.at);
            let archive = &traffic.agencies()[copy.recipients[0]];
            assert!(archive.runs(SystemKind::Archive) && copy.recipients.len() == 1);
            assert_eq!(archive.province, traffic.agencies()[copy.sender].province);
            assert_eq!(traffic.received_by(copy), SystemKind::Archive);
            let letter = traffic.letter(copy);
            assert!(letter.header.subject.contains("lưu trữ"), "{}", letter.header.subject);
        }
    }

    #[test]
    fn nothing_is_filed_where_the_scenario_does_not_say_so() {
        let traffic = traffic("0.0");
        let copies = traffic
            .planned()
            .iter()
            .filter(|planned| matches!(planned.kind(), Kind::Copy(_)));
        assert_eq!(copies.count(), 0);
    }
}
