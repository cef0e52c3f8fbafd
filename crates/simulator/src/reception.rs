//! Reception: what a receiver does with a document, and when. A pure function of scenario, seed, document and receiver.

use jiff::{SignedDuration, Timestamp, civil::Date};
use truc_document::{StatusCode, Urgency};

use crate::{
    WORKING_MINUTES, WorkingWeek,
    chance::Chance,
    scenario::{Behaviour, Pace, Scenario},
    token::Token,
};

/// Draws receivers' doings.
#[derive(Clone, Debug)]
pub(crate) struct Reception {
    behaviour: Behaviour,
    /// Share of requests to take back that are declined.
    declined: crate::share::Share,
    week: WorkingWeek,
    seed: u64,
}

/// A status that a receiver will report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) status: StatusCode,
    /// Why, where the status must say.
    pub(crate) description: String,
}

/// What a receiver knows of a document when it deals with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received<'a> {
    /// The document.
    pub(crate) document_id: uuid::Uuid,
    /// The receiver's code.
    pub(crate) receiver: &'a str,
    pub(crate) urgency: Urgency,
    pub(crate) due_on: Option<Date>,
    /// It recalls another document: it can only be taken note of.
    pub(crate) is_recall: bool,
}

impl Reception {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        Self {
            behaviour: scenario.behaviour.clone(),
            declined: scenario.acts.declined,
            week: scenario.working_week(),
            seed,
        }
    }

    /// When the receiver's clerk opens the mailbox for a document sent at `sent`.
    pub(crate) fn opens(&self, received: Received<'_>, sent: Timestamp) -> Timestamp {
        let mut chance = self.chance("opens", received);
        let pace = self.behaviour.pace(received.urgency);
        self.later(pace, sent, pace.reach, &mut chance)
    }

    /// When a sender next looks for word from its receivers: once a working day, where the scenario says nothing.
    pub(crate) fn looks_for_word(&self, now: Timestamp) -> Timestamp {
        if let Some(length) = self.behaviour.look_for_word {
            return now.saturating_add(length.0).unwrap_or(now);
        }
        self.week
            .after(now, SignedDuration::from_mins(i64::from(WORKING_MINUTES) - 30))
    }

    /// The statuses that the receiver reports about a document taken at `taken`, in their order.
    pub(crate) fn handling(&self, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        let mut chance = self.chance("handling", received);
        let behaviour = &self.behaviour;
        let pace = behaviour.pace(received.urgency);
        let step = |at, status| Step {
            at,
            status,
            description: String::new(),
        };
        let decided = self.later(pace, taken, pace.accept, &mut chance);
        if !received.is_recall && chance.happens(behaviour.refused) {
            let description = chance.pick(&behaviour.reasons).clone();
            return vec![Step {
                description,
                ..step(decided, StatusCode::Refused)
            }];
        }
        let mut steps = vec![step(decided, StatusCode::Accepted)];
        let mut now = decided;
        if !received.is_recall {
            if chance.happens(behaviour.assigned) {
                now = self.later(pace, now, pace.assign, &mut chance);
                steps.push(step(now, StatusCode::Assigned));
            }
            if chance.happens(behaviour.processed) {
                now = self.later(pace, now, pace.process, &mut chance);
                steps.push(step(now, StatusCode::Processing));
            }
        }
        let finished = self.later(pace, now, pace.finish, &mut chance);
        let finished = match received.due_on {
            Some(due_on) => self.finished_by(due_on, now, finished, &mut chance),
            None => finished,
        };
        // Whoever is pressed for time leaves out the steps between.
        steps.retain(|step| step.at <= finished || step.status == StatusCode::Accepted);
        steps.push(step(finished.max(decided), StatusCode::Finished));
        steps
    }

    /// When and how the receiver answers that a document be taken back.
    pub(crate) fn answer(&self, received: Received<'_>, taken: Timestamp) -> Step {
        let mut chance = self.chance("answer", received);
        let pace = self.behaviour.pace(received.urgency);
        let at = self.later(pace, taken, pace.accept, &mut chance);
        if chance.happens(self.declined) {
            let description = "Văn bản đã được xử lý xong, đề nghị giữ nguyên".to_owned();
            return Step {
                at,
                status: StatusCode::Declined,
                description,
            };
        }
        Step {
            at,
            status: StatusCode::Agreed,
            description: String::new(),
        }
    }

    /// Moves the natural end before or after the due date, as the share of those on time asks.
    fn finished_by(&self, due_on: Date, from: Timestamp, natural: Timestamp, chance: &mut Chance) -> Timestamp {
        let closes = self.week.close_of(due_on);
        if chance.happens(self.behaviour.on_time) {
            if natural < closes {
                return natural;
            }
            // Somewhere in the time that is left; at once where none is.
            let left = closes.duration_since(from).as_secs().max(1).unsigned_abs();
            let seconds = i64::try_from(chance.between(left / 2, left.saturating_sub(60))).unwrap_or(0);
            return from
                .saturating_add(SignedDuration::from_secs(seconds))
                .unwrap_or(closes)
                .min(closes);
        }
        let [fewest, most] = self.behaviour.late_days.map(u64::from);
        let days = u32::try_from(chance.between(fewest, most)).unwrap_or(1);
        let day = self.week.day_after(due_on, days);
        let seconds = u32::try_from(chance.below(u64::from(WORKING_MINUTES) * 60)).unwrap_or(0);
        self.week.within(day, seconds).max(from)
    }

    fn later(&self, pace: &Pace, from: Timestamp, span: [Token<SignedDuration>; 2], chance: &mut Chance) -> Timestamp {
        let [shortest, longest] = span.map(|length| length.0.as_secs().max(0).unsigned_abs());
        let seconds = i64::try_from(chance.skewed(shortest, longest)).unwrap_or(0);
        let length = SignedDuration::from_secs(seconds);
        if pace.around_the_clock {
            from.saturating_add(length).unwrap_or(from)
        } else {
            self.week.after(from, length)
        }
    }

    fn chance(&self, purpose: &str, received: Received<'_>) -> Chance {
        Chance::new(
            self.seed,
            &format!("{purpose}/{}/{}", received.document_id, received.receiver),
        )
    }
}

#[cfg(test)]
mod tests {
    use truc_document::{Standing, due};
    use uuid::Uuid;

    use super::*;

    fn reception() -> Reception {
        let text = include_str!("../tests/small-scenario.toml");
        Reception::new(&Scenario::parse("small.toml", text).unwrap(), 1)
    }

    fn received(number: u128, due_on: Option<Date>) -> Received<'static> {
        let urgency = Urgency::ALL[usize::try_from(number % 4).unwrap()];
        Received {
            document_id: Uuid::from_u128(number),
            receiver: "H54",
            urgency,
            due_on,
            is_recall: false,
        }
    }

    fn taken() -> Timestamp {
        "2020-09-01T09:00:00+07:00".parse().unwrap()
    }

    #[test]
    fn statuses_are_ones_that_the_hub_takes_in_that_order() {
        let (mut refused, mut finished) = (0, 0);
        for number in 0..400 {
            let steps = reception().handling(received(number, None), taken());
            let mut standing = Standing::default().report(StatusCode::Arrived).unwrap().standing;
            let mut now = taken();
            for step in &steps {
                standing = standing.report(step.status).unwrap().standing;
                assert!(step.at >= now, "{steps:?}");
                assert_eq!(step.description.is_empty(), step.status != StatusCode::Refused);
                now = step.at;
            }
            refused += usize::from(steps.last().unwrap().status == StatusCode::Refused);
            finished += usize::from(steps.last().unwrap().status == StatusCode::Finished);
        }
        assert_eq!(refused + finished, 400);
        assert!((20..80).contains(&refused), "{refused}");
    }

    #[test]
    fn most_are_finished_by_the_due_date_and_the_others_after_it() {
        let due_on = jiff::civil::date(2020, 9, 3);
        let mut late = 0;
        for number in 0..400 {
            let steps = reception().handling(received(number, Some(due_on)), taken());
            let last = steps.last().unwrap();
            late += usize::from(last.status == StatusCode::Finished && !due::on_time(due_on, last.at));
        }
        assert!((15..70).contains(&late), "{late}");
    }

    #[test]
    fn only_those_on_duty_open_their_mailbox_at_night() {
        let night = "2020-09-01T22:00:00+07:00".parse().unwrap();
        let opens = |urgency| {
            let received = Received {
                urgency,
                ..received(0, None)
            };
            reception().opens(received, night)
        };
        assert_eq!(
            truc_document::zone::day_of(opens(Urgency::Express)),
            jiff::civil::date(2020, 9, 1)
        );
        // The second of September is the National Day.
        assert_eq!(
            truc_document::zone::day_of(opens(Urgency::VeryUrgent)),
            jiff::civil::date(2020, 9, 3)
        );
    }

    #[test]
    fn recalls_are_only_taken_note_of() {
        for number in 0..100 {
            let steps = reception().handling(
                Received {
                    is_recall: true,
                    ..received(number, None)
                },
                taken(),
            );
            let statuses: Vec<_> = steps.iter().map(|step| step.status).collect();
            assert_eq!(statuses, [StatusCode::Accepted, StatusCode::Finished]);
        }
    }
}
