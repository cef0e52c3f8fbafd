//! What follows a document that was sent: answers, recalls, replacements.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use truc_document::{DocumentType, SigningPolicy};

use super::{Planned, arrival::id_of, planned::suffix};
use crate::{
    Share, WORKING_MINUTES, WorkingWeek,
    chance::Chance,
    reception::{Received, Reception},
    scenario::{Flow, Scenario},
    topology::AgencyEntry,
};

pub(super) fn plan(
    scenario: &Scenario,
    agencies: &[AgencyEntry],
    dead: &BTreeSet<usize>,
    seed: u64,
    planned: &mut Vec<Planned>,
) {
    let week = scenario.working_week();
    let follow_up = FollowUp {
        scenario,
        agencies,
        dead,
        seed,
        week: &week,
        reception: Reception::new(scenario, seed),
    };
    if !follow_up.is_any() {
        return;
    }
    let followed: Vec<Planned> = planned
        .iter()
        .filter(|document| document.flaw.is_none())
        .flat_map(|document| follow_up.of(document))
        .collect();
    planned.extend(followed);
}

struct FollowUp<'a> {
    scenario: &'a Scenario,
    agencies: &'a [AgencyEntry],
    /// Those that never fetch anything.
    dead: &'a BTreeSet<usize>,
    seed: u64,
    week: &'a WorkingWeek,
    reception: Reception,
}

impl FollowUp<'_> {
    /// Anything follows at all.
    fn is_any(&self) -> bool {
        let acts = [self.scenario.acts.recalled, self.scenario.acts.replaced];
        let of_flow = |flow: &Flow| [Some(flow.answered), flow.recalled, flow.replaced];
        let of_flows = self.scenario.flow.iter().flat_map(of_flow).flatten();
        acts.into_iter().chain(of_flows).any(|share| share > Share::NONE)
    }

    fn of(&self, document: &Planned) -> Vec<Planned> {
        let mut chance = Chance::new(self.seed, &format!("follow-up/{:x}", document.key));
        let acts = &self.scenario.acts;
        let flow = &self.scenario.flow[usize::from(document.flow)];
        let recalled = chance.happens(flow.recalled.unwrap_or(acts.recalled));
        let replaced = chance.happens(flow.replaced.unwrap_or(acts.replaced));
        let answered = chance.happens(flow.answered);
        let mut followed = Vec::new();
        // A document has one such fate: what was recalled can neither be replaced nor wants an answer.
        // What is not fetched is not answered; and who fetches nothing learns nothing of what to correct.
        let sender_lives = !self.dead.contains(&document.sender);
        let recipient_lives = document
            .recipients
            .first()
            .is_some_and(|first| !self.dead.contains(first));
        let (recalled, replaced) = (recalled && sender_lives, replaced && sender_lives);
        let answered = answered && recipient_lives;
        if recalled {
            followed.extend(self.act(document, suffix::RECALL, &mut chance));
        } else if replaced {
            followed.extend(self.act(document, suffix::REPLACEMENT, &mut chance));
        } else if answered {
            followed.extend(self.answer(document, &mut chance));
        }
        followed
    }

    fn act(&self, document: &Planned, suffix: u64, chance: &mut Chance) -> Option<Planned> {
        // Half of the mistakes are seen at once, often before anyone has opened the document.
        let minutes = if chance.below(2) == 0 {
            chance.between(2, 30)
        } else {
            chance.between(60, 2 * DAY)
        };
        let at = self.week.after(document.at, minutes_of(minutes));
        let key = document.key_with(suffix);
        self.in_period(document.at, at).then(|| Planned {
            key,
            at,
            document_type: match suffix {
                suffix::RECALL => DocumentType::OfficialLetter,
                _ => document.document_type,
            },
            due_on: document.due_on.filter(|_| suffix == suffix::REPLACEMENT),
            document_id: id_of(at, key, self.seed),
            appendix: false,
            ..document.clone()
        })
    }

    fn answer(&self, document: &Planned, chance: &mut Chance) -> Option<Planned> {
        let sender = *document.recipients.first()?;
        let natural = self
            .week
            .after(document.at, minutes_of(chance.between(DAY / 2, 4 * DAY)));
        let asked = Received {
            document_id: document.document_id,
            receiver: self.agencies[sender].code.as_str(),
            urgency: document.urgency,
            due_on: document.due_on,
            is_recall: false,
            system: self.scenario.flow[usize::from(document.flow)].received_by(),
            portal_services: self.agencies[sender].portal_services,
            replies_at: None,
            dead: false,
        };
        let at = self.reception.reply(asked, document.at).unwrap_or(natural);
        let key = document.key_with(suffix::ANSWER);
        let unsigned = chance.happens(self.scenario.signing.unsigned);
        let entry = &self.agencies[sender];
        self.in_period(document.at, at).then(|| Planned {
            key,
            at,
            sender,
            recipients: Box::new([document.sender]),
            document_type: *chance.pick(&[DocumentType::OfficialLetter, DocumentType::Report]),
            due_on: None,
            signed: entry.signing_policy == SigningPolicy::Required || !unsigned,
            paper: chance.happens(self.scenario.paper.of(&entry.province)),
            document_id: id_of(at, key, self.seed),
            ..document.clone()
        })
    }

    /// What would follow after the period's end does not: the year after has its own traffic.
    fn in_period(&self, document: Timestamp, follow_up: Timestamp) -> bool {
        let (sent, followed) = (
            truc_document::zone::day_of(document),
            truc_document::zone::day_of(follow_up),
        );
        self.scenario
            .period
            .iter()
            .any(|period| period.from.0 <= sent && sent <= period.to.0 && followed <= period.to.0)
    }
}

/// Minutes of a working day.
const DAY: u64 = WORKING_MINUTES as u64;

fn minutes_of(minutes: u64) -> SignedDuration {
    SignedDuration::from_mins(i64::try_from(minutes).unwrap_or(0))
}
