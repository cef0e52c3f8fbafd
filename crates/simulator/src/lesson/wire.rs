//! Lessons and attempts as the API has them.

use jiff::Timestamp;
use truc_proto::v1 as pb;

use super::{
    attempt::{Attempt, Outcome},
    file::Lesson,
};

impl Lesson {
    /// Without what would give the answers away. Names of agencies are put in by an attempt.
    pub fn to_wire(&self, best_score: Option<u32>) -> pb::Lesson {
        let step = |step: &super::Step| pb::LessonStep {
            step_id: step.id.clone(),
            text: Some(self.general(&step.text).to_wire()),
            points: step.points,
            hints: step.hint.len() as u32,
        };
        pb::Lesson {
            lesson_id: self.id.clone(),
            title: Some(self.general(&self.title).to_wire()),
            level: u32::from(self.level),
            minutes: self.minutes,
            story: Some(self.general(&self.story).to_wire()),
            role: Some(self.general(&self.role.text).to_wire()),
            position: self.role.position.clone(),
            learned: Some(self.general(&self.learned).to_wire()),
            rules: self.rules.iter().map(super::Text::to_wire).collect(),
            steps: self.step.iter().map(step).collect(),
            points: self.points(),
            hint_cost: self.hint_cost,
            best_score,
        }
    }

    /// With the names of the cast, which are the same in all attempts.
    fn general(&self, text: &super::Text) -> super::Text {
        let entry = self.role.place.entry(1);
        let roles = super::Roles::of(self, &entry);
        text.filled(|name| {
            let party = roles.cast.get(name)?;
            Some(format!("{} – {}", party.name, party.code))
        })
        .filled(|name| (name == super::file::ME).then(|| "…".to_owned()))
    }
}

impl Attempt {
    /// As it stands at `now`, hub time.
    pub fn to_wire(&self, trainee: &str, now: Timestamp) -> pb::Attempt {
        let (state, ended_at, failure) = match self.outcome() {
            Outcome::Running => (pb::AttemptState::Running, None, None),
            Outcome::Passed { at } => (pb::AttemptState::Passed, Some(*at), None),
            Outcome::Failed { at, why } => (pb::AttemptState::Failed, Some(*at), Some(why.to_wire())),
        };
        let steps = self.lesson().step.iter().enumerate().map(|(at, step)| {
            let taken = self.hints_of(at).count();
            pb::AttemptStep {
                step_id: step.id.clone(),
                done_at: self.steps()[at].done_at.map(time),
                text: Some(self.named(&step.text).to_wire()),
                hints: step
                    .hint
                    .iter()
                    .take(taken)
                    .map(|hint| self.named(hint).to_wire())
                    .collect(),
                hints_left: step.hint.len().saturating_sub(taken) as u32,
            }
        });
        let slips = self.slips().iter().map(|slip| pb::Slip {
            happened_at: Some(time(slip.at)),
            text: Some(slip.text.to_wire()),
            cost: slip.cost,
            document_id: slip.document.map(|id| id.to_string()).unwrap_or_default(),
        });
        pb::Attempt {
            attempt_id: self.id().to_string(),
            lesson_id: self.lesson().id.clone(),
            trainee: trainee.to_owned(),
            agency: self.roles().me.code.to_string(),
            state: state as i32,
            started_at: Some(time(self.started_at())),
            ends_at: Some(time(self.ends_at())),
            ended_at: ended_at.map(time),
            told_at: Some(time(now)),
            steps: steps.collect(),
            score: self.score(),
            points_max: self.lesson().points(),
            slips: slips.collect(),
            failure,
            progress_at: Some(time(self.progress_at())),
            needs_help: self.needs_help(now),
        }
    }
}

fn time(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}
