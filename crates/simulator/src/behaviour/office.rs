//! Office: clerk (văn thư), leader (lãnh đạo) and specialist (chuyên viên) at work, by a scenario's rates and calendar.

use jiff::{SignedDuration, Timestamp, civil::Date};
use truc_document::StatusCode;

use super::{Received, Step};
use crate::{
    WORKING_MINUTES, WorkingWeek,
    chance::Chance,
    scenario::{Behaviour, Pace},
    share::Share,
    token::Token,
};

/// The people behind one kind of system, and its machine.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    pub(super) rules: Behaviour,
    /// Share of requests to take back that are declined.
    pub(super) declined: Share,
    pub(super) week: WorkingWeek,
    pub(super) seed: u64,
}

impl Office {
    pub(crate) fn new(rules: Behaviour, declined: Share, week: WorkingWeek, seed: u64) -> Self {
        Self {
            rules,
            declined,
            week,
            seed,
        }
    }

    /// When it works.
    pub(crate) fn week(&self) -> &WorkingWeek {
        &self.week
    }

    /// When the clerk opens the mailbox for a document sent at `sent`.
    pub(super) fn clerk_opens(&self, received: Received<'_>, sent: Timestamp) -> Timestamp {
        let mut chance = self.chance("opens", received);
        let pace = self.rules.pace(received.urgency);
        self.later(pace, sent, pace.reach, &mut chance)
    }

    /// When a system without people opens the mailbox: within five minutes, at any hour.
    pub(super) fn machine_opens(&self, received: Received<'_>, sent: Timestamp) -> Timestamp {
        self.machine("opens", received, sent, 300)
    }

    /// Within so many seconds of `from`, at any hour.
    pub(super) fn machine(&self, purpose: &str, received: Received<'_>, from: Timestamp, seconds: u64) -> Timestamp {
        let seconds = self.chance(purpose, received).between(1, seconds);
        let length = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(1));
        from.saturating_add(length).unwrap_or(from)
    }

    /// The clerk accepts (03) or refuses (02), the leader assigns (04), the specialist works (05) and finishes (06).
    pub(super) fn handling(&self, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        let mut chance = self.chance("handling", received);
        let decided = self.decided(received, taken, &mut chance);
        if let Some(refusal) = self.refusal(decided, &mut chance) {
            return vec![refusal];
        }
        self.work(received, decided, &mut chance)
    }

    /// A recall is taken note of.
    pub(crate) fn noted(&self, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        let mut chance = self.chance("handling", received);
        let decided = self.decided(received, taken, &mut chance);
        let pace = self.rules.pace(received.urgency);
        let finished = self.later(pace, decided, pace.finish, &mut chance);
        let finished = self.by_due_day(received, decided, finished, &mut chance);
        let mut steps = vec![Step::new(decided, StatusCode::Accepted)];
        finish(&mut steps, finished);
        steps
    }

    /// When the clerk has looked at a document taken at `taken`.
    pub(super) fn decided(&self, received: Received<'_>, taken: Timestamp, chance: &mut Chance) -> Timestamp {
        let pace = self.rules.pace(received.urgency);
        self.later(pace, taken, pace.accept, chance)
    }

    /// The refusal, where there is one.
    pub(super) fn refusal(&self, at: Timestamp, chance: &mut Chance) -> Option<Step> {
        chance.happens(self.rules.refused).then(|| Step {
            description: chance.pick(&self.rules.reasons).clone(),
            ..Step::new(at, StatusCode::Refused)
        })
    }

    /// From 03 to 06.
    pub(super) fn work(&self, received: Received<'_>, decided: Timestamp, chance: &mut Chance) -> Vec<Step> {
        let pace = self.rules.pace(received.urgency);
        let mut steps = vec![Step::new(decided, StatusCode::Accepted)];
        let mut now = decided;
        if chance.happens(self.rules.assigned) {
            now = self.later(pace, now, pace.assign, chance);
            steps.push(Step::new(now, StatusCode::Assigned));
        }
        if chance.happens(self.rules.processed) {
            now = self.later(pace, now, pace.process, chance);
            steps.push(Step::new(now, StatusCode::Processing));
        }
        let finished = self.later(pace, now, pace.finish, chance);
        let finished = self.by_due_day(received, now, finished, chance);
        finish(&mut steps, finished);
        steps
    }

    /// When and how it is answered that a document be taken back.
    pub(super) fn answer(&self, received: Received<'_>, taken: Timestamp) -> Step {
        let mut chance = self.chance("answer", received);
        let pace = self.rules.pace(received.urgency);
        let at = self.later(pace, taken, pace.accept, &mut chance);
        if chance.happens(self.declined) {
            return Step {
                description: "Văn bản đã được xử lý xong, đề nghị giữ nguyên".to_owned(),
                ..Step::new(at, StatusCode::Declined)
            };
        }
        Step::new(at, StatusCode::Agreed)
    }

    /// Moves the natural end before or after the due date, where there is one.
    pub(super) fn by_due_day(
        &self,
        received: Received<'_>,
        from: Timestamp,
        natural: Timestamp,
        chance: &mut Chance,
    ) -> Timestamp {
        match received.due_on {
            Some(due_on) => self.finished_by(due_on, from, natural, chance),
            None => natural,
        }
    }

    /// As the share of those on time asks.
    fn finished_by(&self, due_on: Date, from: Timestamp, natural: Timestamp, chance: &mut Chance) -> Timestamp {
        let closes = self.week.close_of(due_on);
        if chance.happens(self.rules.on_time) {
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
        let [fewest, most] = self.rules.late_days.map(u64::from);
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

    pub(super) fn chance(&self, purpose: &str, received: Received<'_>) -> Chance {
        Chance::new(
            self.seed,
            &format!("{purpose}/{}/{}", received.document_id, received.receiver),
        )
    }
}

/// Ends the work. Whoever is pressed for time leaves out the steps between, never 03.
pub(super) fn finish(steps: &mut Vec<Step>, finished: Timestamp) {
    steps.retain(|step| step.at <= finished || step.status == StatusCode::Accepted);
    let last = steps.iter().map(|step| step.at).max().unwrap_or(finished);
    steps.push(Step::new(finished.max(last), StatusCode::Finished));
}
