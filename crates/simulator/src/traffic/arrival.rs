//! The new documents of a plan.

use jiff::{SignedDuration, Timestamp, civil::Date};
use truc_document::{DocumentType, SigningPolicy, zone::day_of};
use uuid::Uuid;

use super::{
    Flaw, PlanOptions, Planned,
    amounts::{self, When},
    planned::suffix,
    reach::Reaches,
};
use crate::{
    WorkingWeek,
    chance::Chance,
    scenario::{Arrival, DayCurve, Period, Scenario, Shape, Size},
    topology::AgencyEntry,
};

/// Seconds of half an hour.
const HALF_HOUR: u64 = 1800;
/// Seconds of an hour.
const HOUR: u64 = 3600;

pub(super) fn plan(
    scenario: &Scenario,
    agencies: &[AgencyEntry],
    reaches: &Reaches<'_>,
    seed: u64,
    options: PlanOptions,
) -> Vec<Planned> {
    let week = scenario.working_week();
    let all = total(scenario, &week);
    let (scale, share) = scale(all, options);
    let draw = Draw {
        scenario,
        agencies,
        reaches,
        seed,
        week: &week,
        types: scenario
            .flow
            .iter()
            .map(|flow| flow.types.iter().map(|(kind, weight)| (kind.0, *weight)).collect())
            .collect(),
    };
    let mut planned = Vec::with_capacity((all * scale.min(share)) as usize);
    for (index, period) in scenario.period.iter().enumerate() {
        let arrival = period.arrival.as_ref().unwrap_or(&scenario.arrival);
        // Fewer documents of a year are a thinner year; fewer documents of a test of load are a shorter test at the same rate.
        let (scale, count) = match period.shape() {
            Shape::Daily(_) => (scale.min(share), u64::MAX),
            Shape::BySecond(_) => {
                let count = amounts::total(scenario, period, &week) * scale.min(share);
                (scale, count.ceil() as u64)
            }
        };
        for batch in amounts::batches(scenario, period, &week, scale) {
            for number in batch.numbers.take_while(|number| *number < count) {
                let key = ((index as u64) << 56) | (number << 8);
                draw.document(key, batch.when, arrival, &mut planned);
            }
        }
    }
    planned
}

/// New documents of all periods.
pub(super) fn total(scenario: &Scenario, week: &WorkingWeek) -> f64 {
    let of = |period: &Period| amounts::total(scenario, period, week);
    scenario.period.iter().map(of).sum()
}

/// What rates are multiplied with, and the share of all documents that the limit leaves of them.
fn scale(all: f64, options: PlanOptions) -> (f64, f64) {
    let scale = options.scale.unwrap_or(1.0).max(0.0);
    let share = match options.limit {
        Some(limit) if all > 0.0 => limit as f64 / all,
        _ => f64::INFINITY,
    };
    (scale, share)
}

struct Draw<'a> {
    scenario: &'a Scenario,
    agencies: &'a [AgencyEntry],
    reaches: &'a Reaches<'a>,
    seed: u64,
    week: &'a WorkingWeek,
    /// Types with their weights, by flow.
    types: Vec<Vec<(DocumentType, u32)>>,
}

impl Draw<'_> {
    fn document(&self, key: u64, when: When, arrival: &Arrival, planned: &mut Vec<Planned>) {
        let mut chance = Chance::new(self.seed, &format!("document/{key:x}"));
        let (at, day) = self.moment(when, arrival, &mut chance);
        let document = self.at(key, at, day, &mut chance);
        if let Some(flawed) = self.flawed(&document, &mut chance) {
            let corrected = at + SignedDuration::from_mins(20);
            planned.push(flawed);
            planned.push(Planned {
                at: corrected,
                document_id: id_of(corrected, key, self.seed),
                ..document
            });
        } else {
            planned.push(document);
        }
    }

    /// When within its batch a document is sent.
    fn moment(&self, when: When, arrival: &Arrival, chance: &mut Chance) -> (Timestamp, Date) {
        let mut seconds = |weights: &[u32], length: u64| {
            let slot = chance.weighted(weights.iter().map(|weight| u64::from(*weight))) as u64;
            u32::try_from(slot * length + chance.below(length)).unwrap_or(0)
        };
        match when {
            When::Day(day) => match arrival.day_curve() {
                DayCurve::WorkingHalfHours(weights) => (self.week.within(day, seconds(weights, HALF_HOUR)), day),
                DayCurve::Hours(weights) => (WorkingWeek::at_second(day, seconds(weights, HOUR)), day),
            },
            When::Second(second) => {
                let micros = i64::try_from(chance.below(1_000_000)).unwrap_or(0);
                let at = second + SignedDuration::from_micros(micros);
                (at, day_of(at))
            }
        }
    }

    fn at(&self, key: u64, at: Timestamp, day: Date, chance: &mut Chance) -> Planned {
        let scenario = self.scenario;
        let flow_index = self.reaches.flow(chance);
        let flow = &scenario.flow[flow_index];
        let sender = self.reaches.sender(flow_index, chance);
        let recipients = self.reaches.receivers(flow_index, sender, flow.fan_out, chance);
        let types = &self.types[flow_index];
        let document_type = types[chance.weighted(types.iter().map(|(_, weight)| u64::from(*weight)))].0;
        let urgencies = flow.urgency.as_ref().unwrap_or(&scenario.urgency).weights();
        let urgency = urgencies[chance.weighted(urgencies.iter().map(|(_, weight)| u64::from(*weight)))].0;
        let due_on = flow.due_days.map(|[fewest, most]| {
            let days = chance.between(u64::from(fewest), u64::from(most));
            self.week.day_after(day, u32::try_from(days).unwrap_or(fewest))
        });
        let sizes: &[Size] = flow.sizes.as_ref().unwrap_or(&scenario.content.sizes);
        Planned {
            key: key | suffix::NEW,
            at,
            flow: u16::try_from(flow_index).unwrap_or(u16::MAX),
            sender,
            recipients,
            document_type,
            urgency,
            due_on,
            signed: self.signed(sender, chance),
            paper: chance.happens(scenario.paper.of(&self.agencies[sender].province)),
            bytes: sizes[chance.weighted(sizes.iter().map(|size| u64::from(size.weight)))].bytes,
            appendix: chance.happens(scenario.content.appendix),
            flaw: None,
            number: 0,
            document_id: id_of(at, key, self.seed),
        }
    }

    fn signed(&self, sender: usize, chance: &mut Chance) -> bool {
        let unsigned = chance.happens(self.scenario.signing.unsigned);
        self.agencies[sender].signing_policy == SigningPolicy::Required || !unsigned
    }

    /// The same document as it was tried first, if the sender made a mistake.
    fn flawed(&self, document: &Planned, chance: &mut Chance) -> Option<Planned> {
        let mistakes = &self.scenario.mistakes;
        let unsigned = chance.happens(mistakes.unsigned);
        let not_connected = chance.happens(mistakes.not_connected);
        let policy = self.agencies[document.sender].signing_policy;
        if unsigned && policy == SigningPolicy::Required {
            return Some(Planned {
                signed: false,
                ..self.tried(document, Flaw::Unsigned)
            });
        }
        let silent = not_connected
            .then(|| self.reaches.not_connected(document.sender, chance))
            .flatten();
        if let Some(silent) = silent {
            let recipients = document.recipients.iter().copied().chain([silent]).collect();
            return Some(Planned {
                recipients,
                ..self.tried(document, Flaw::NotConnected)
            });
        }
        let flaw = self.of_signatures(document)?;
        Some(self.tried(document, flaw))
    }

    /// A mistake of signatures or content, drawn from a stream of its own: scenarios without any have the traffic that they
    /// always had.
    fn of_signatures(&self, document: &Planned) -> Option<Flaw> {
        let mistakes = self.scenario.mistakes.of_signatures();
        if !document.signed || mistakes.iter().all(|(_, share)| *share == crate::Share::NONE) {
            return None;
        }
        let mut chance = Chance::new(self.seed, &format!("mistake/{:x}", document.key));
        let mut left = chance.below(1_000_000);
        for (flaw, share) in mistakes {
            match left.checked_sub(u64::from(share.millionths())) {
                None => return Some(flaw),
                Some(rest) => left = rest,
            }
        }
        None
    }

    fn tried(&self, document: &Planned, flaw: Flaw) -> Planned {
        let key = document.key_with(suffix::FLAWED);
        Planned {
            key,
            document_id: id_of(document.at, key, self.seed),
            flaw: Some(flaw),
            ..document.clone()
        }
    }
}

/// The document id of a key: a UUID of version 7 whose chance part comes from the seed.
pub(super) fn id_of(at: Timestamp, key: u64, seed: u64) -> Uuid {
    let bytes: [u8; 10] = Chance::new(seed, &format!("id/{key:x}")).bytes();
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
}
