//! Feedback (tiếp nhận phản ánh, kiến nghị): a question comes in, and its answer is due.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use truc_document::StatusCode;

use super::{Kind, Office, Received, Step, office::finish, set};
use crate::{WORKING_MINUTES, scenario::Behaviour, share::Share};

/// `[behaviour.feedback]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Feedback {
    /// Share of questions that are answered by their due date; the general share where absent.
    pub on_time: Option<Share>,
    /// Fewest and most working days after it for the others.
    pub late_days: Option<[u32; 2]>,
    /// Share of questions that are given back (02).
    pub refused: Option<Share>,
    /// Why.
    pub reasons: Option<Vec<String>>,
}

impl Kind for Feedback {
    fn adapt(&self, rules: &mut Behaviour) {
        set(&mut rules.on_time, self.on_time.as_ref());
        set(&mut rules.late_days, self.late_days.as_ref());
        set(&mut rules.refused, self.refused.as_ref());
        set(&mut rules.reasons, self.reasons.as_ref());
        // Somebody has to write the answer.
        rules.assigned = Share::ALL;
    }

    /// A question is finished when its answer goes out. One that is answered is never refused.
    fn handling(&self, office: &Office, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        let Some(replies_at) = received.replies_at else {
            return office.handling(received, taken);
        };
        let mut chance = office.chance("handling", received);
        let decided = office.decided(received, taken, &mut chance);
        let mut steps = office.work(received, decided, &mut chance);
        steps.retain(|step| step.status != StatusCode::Finished);
        finish(&mut steps, replies_at);
        steps
    }

    fn reply(&self, office: &Office, received: Received<'_>, sent: Timestamp) -> Option<Timestamp> {
        received.due_on?;
        let mut chance = office.chance("reply", received);
        let day = u64::from(WORKING_MINUTES);
        let minutes = i64::try_from(chance.skewed(day / 2, 4 * day)).unwrap_or(0);
        let natural = office.week.after(sent, SignedDuration::from_mins(minutes));
        let replied = office.by_due_day(received, sent, natural, &mut chance);
        // Whoever has no time left answers a minute after being asked.
        Some(replied.max(sent.saturating_add(SignedDuration::from_mins(1)).unwrap_or(sent)))
    }
}
