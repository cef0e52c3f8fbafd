//! The new documents of each working day.

use jiff::{Timestamp, civil::Date};
use truc_document::SigningPolicy;
use uuid::Uuid;

use super::{Flaw, Kind, PlanOptions, Planned, planned::suffix, reach::Reaches};
use crate::{
    WorkingWeek,
    chance::Chance,
    scenario::{Period, Scenario},
    topology::AgencyEntry,
};

/// Seconds of half an hour.
const HALF_HOUR: u64 = 1800;

pub(super) fn plan(
    scenario: &Scenario,
    agencies: &[AgencyEntry],
    reaches: &Reaches<'_>,
    seed: u64,
    options: PlanOptions,
) -> Vec<Planned> {
    let week = scenario.working_week();
    let scale = scale(scenario, &week, options);
    let draw = Draw {
        scenario,
        agencies,
        reaches,
        seed,
        week: &week,
    };
    let mut planned = Vec::new();
    for (period_index, period) in scenario.period.iter().enumerate() {
        for (day_index, day) in week.days(period.from.0, period.to.0).enumerate() {
            // Rounding is carried over from day to day, so that a small scale still gives some documents.
            let until = |days: usize| (f64::from(period.documents_per_day) * scale * days as f64).floor() as u64;
            for number in until(day_index)..until(day_index + 1) {
                let key = ((period_index as u64) << 56) | (number << 8);
                draw.document(key, day, &mut planned);
            }
        }
    }
    planned
}

fn scale(scenario: &Scenario, week: &WorkingWeek, options: PlanOptions) -> f64 {
    let of =
        |period: &Period| week.days(period.from.0, period.to.0).count() as u64 * u64::from(period.documents_per_day);
    let all: u64 = scenario.period.iter().map(of).sum();
    let scale = options.scale.unwrap_or(1.0).max(0.0);
    match options.limit {
        Some(limit) if all > 0 => scale.min(limit as f64 / all as f64),
        _ => scale,
    }
}

struct Draw<'a> {
    scenario: &'a Scenario,
    agencies: &'a [AgencyEntry],
    reaches: &'a Reaches<'a>,
    seed: u64,
    week: &'a WorkingWeek,
}

impl Draw<'_> {
    fn document(&self, key: u64, day: Date, planned: &mut Vec<Planned>) {
        let mut chance = Chance::new(self.seed, &format!("document/{key:x}"));
        let slot = chance.weighted(self.scenario.arrival.half_hours.iter().map(|weight| u64::from(*weight))) as u64;
        let seconds = slot * HALF_HOUR + chance.below(HALF_HOUR);
        let at = self.week.within(day, u32::try_from(seconds).unwrap_or(0));
        let document = self.at(key, at, day, &mut chance);
        if let Some(flawed) = self.flawed(&document, &mut chance) {
            let corrected = at + jiff::SignedDuration::from_mins(20);
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

    fn at(&self, key: u64, at: Timestamp, day: Date, chance: &mut Chance) -> Planned {
        let scenario = self.scenario;
        let flow_index = chance.weighted(self.reaches.flow_weights());
        let flow = &scenario.flow[flow_index];
        let sender = self.reaches.sender(flow_index, chance);
        let [fewest, most] = flow.fan_out.map(u64::from);
        let count = usize::try_from(chance.skewed(fewest, most)).unwrap_or(1);
        let recipients = chance.sample(self.reaches.receivers(flow_index, sender), count);
        let types: Vec<_> = flow.types.iter().collect();
        let document_type = types[chance.weighted(types.iter().map(|(_, weight)| u64::from(**weight)))]
            .0
            .0;
        let urgencies = scenario.urgency.weights();
        let urgency = urgencies[chance.weighted(urgencies.iter().map(|(_, weight)| u64::from(*weight)))].0;
        let due_on = flow.due_days.map(|[fewest, most]| {
            let days = chance.between(u64::from(fewest), u64::from(most));
            self.week.day_after(day, u32::try_from(days).unwrap_or(fewest))
        });
        let sizes = &scenario.content.sizes;
        Planned {
            key: key | suffix::NEW,
            at,
            kind: Kind::New,
            flow: flow_index,
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
        let key = document.key_with(suffix::FLAWED);
        let mut flawed = Planned {
            key,
            document_id: id_of(document.at, key, self.seed),
            ..document.clone()
        };
        if unsigned && self.agencies[document.sender].signing_policy == SigningPolicy::Required {
            (flawed.signed, flawed.flaw) = (false, Some(Flaw::Unsigned));
            return Some(flawed);
        }
        let silent = not_connected
            .then(|| self.reaches.not_connected(document.sender, chance))
            .flatten()?;
        flawed.recipients.push(silent);
        flawed.flaw = Some(Flaw::NotConnected);
        Some(flawed)
    }
}

/// The document id of a key: a UUID of version 7 whose chance part comes from the seed.
pub(super) fn id_of(at: Timestamp, key: u64, seed: u64) -> Uuid {
    let bytes: [u8; 10] = Chance::new(seed, &format!("id/{key:x}")).bytes();
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
}
