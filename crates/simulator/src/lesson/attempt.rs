//! One trainee's way through one lesson: what is done, what went wrong, how many points.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    cast::{Roles, document_id},
    fact::{Fact, Paper, What},
    file::{Lesson, Mistake},
    text::Text,
};

/// An attempt. It changes by [`Attempt::observe`], [`Attempt::tick`] and [`Attempt::hint`] alone.
#[derive(Clone, Debug)]
pub struct Attempt {
    lesson: Arc<Lesson>,
    id: Uuid,
    roles: Roles,
    started_at: Timestamp,
    history: Vec<Fact>,
    papers: BTreeMap<Uuid, Paper>,
    steps: Vec<StepStanding>,
    hints: Vec<HintTaken>,
    slips: Vec<Slip>,
    /// Places in the file of mistakes that were made: each counts once.
    made: BTreeSet<usize>,
    progress_at: Timestamp,
    outcome: Outcome,
}

/// Where a step stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StepStanding {
    pub(super) done_at: Option<Timestamp>,
    /// What was sent in it.
    pub(super) document: Option<Uuid>,
}

/// A hint that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HintTaken {
    /// Place of the step in the file.
    pub step: usize,
    /// Hub time.
    pub at: Timestamp,
}

/// Something that was not as the lesson asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Hub time.
    pub at: Timestamp,
    /// Why.
    pub text: Text,
    /// Points.
    pub cost: u32,
    /// The document, where it is about one.
    pub document: Option<Uuid>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did not.
    Running,
    /// All steps are done.
    Passed {
        /// Hub time.
        at: Timestamp,
    },
    /// It can't be passed any more.
    Failed {
        /// Hub time.
        at: Timestamp,
        /// Why.
        why: Text,
    },
}

/// There is no hint to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHint {
    /// All of the open step were taken.
    #[error("no hint is left for this step")]
    NoneLeft,
    /// The attempt has ended.
    #[error("the lesson has ended; begin it again")]
    Ended,
}

impl Attempt {
    /// Begins at `started_at`, hub time.
    pub fn new(lesson: Arc<Lesson>, id: Uuid, roles: Roles, started_at: Timestamp) -> Self {
        Self {
            steps: vec![StepStanding::default(); lesson.step.len()],
            lesson,
            id,
            roles,
            started_at,
            history: Vec::new(),
            papers: BTreeMap::new(),
            hints: Vec::new(),
            slips: Vec::new(),
            made: BTreeSet::new(),
            progress_at: started_at,
            outcome: Outcome::Running,
        }
    }

    /// Whether this is a fact of this attempt: the trainee's agency did it, or it is about a document that it has part in.
    pub fn concerns(&self, fact: &Fact) -> bool {
        if fact.by == self.roles.me.code {
            return true;
        }
        match &fact.what {
            What::Sent(paper) => paper.to.contains(&self.roles.me.code) || self.is_of_cast(paper.id),
            What::Taken { document } | What::Reported { document, .. } => self.papers.contains_key(document),
            What::Refused { .. } => false,
        }
    }

    /// Whether the lesson has its cast send this document.
    pub fn is_of_cast(&self, document: Uuid) -> bool {
        let mut ids = self.lesson.document.iter().map(|one| document_id(self.id, &one.id));
        ids.any(|id| id == document)
    }

    /// Takes the next fact of the journal. Says whether it changed anything.
    pub fn observe(&mut self, fact: &Fact) -> bool {
        if !self.concerns(fact) {
            return false;
        }
        self.tick(fact.at);
        if let What::Sent(paper) = &fact.what {
            self.papers.insert(paper.id, paper.clone());
        }
        self.history.push(fact.clone());
        if self.outcome != Outcome::Running {
            return true;
        }
        let forgiven = fact.by == self.roles.me.code && self.judge(fact);
        self.advance(fact.at);
        if !forgiven && fact.by == self.roles.me.code {
            self.slip(fact);
        }
        if self.outcome == Outcome::Running && self.steps.iter().all(|step| step.done_at.is_some()) {
            self.outcome = Outcome::Passed { at: fact.at };
        }
        true
    }

    /// Lets hub time pass: what is late by `now` is a mistake. Says whether anything changed.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let mut changed = false;
        while self.outcome == Outcome::Running {
            let late = self.lesson.mistake.iter().enumerate().filter_map(|(at, mistake)| {
                let open = !self.made.contains(&at) && !self.is_excused(mistake);
                let limit = mistake.late.as_ref().filter(|late| open && !self.is_done(&late.step))?;
                let minutes = SignedDuration::from_mins(i64::from(limit.minutes));
                Some((self.moment(&limit.since)?.saturating_add(minutes).ok()?, Some(at)))
            });
            let next = late
                .chain([(self.ends_at(), None)])
                .min_by_key(|(deadline, _)| *deadline);
            let Some((deadline, which)) = next.filter(|(deadline, _)| *deadline <= now) else {
                break;
            };
            changed = true;
            match which {
                Some(at) => self.make(at, deadline, None),
                None => {
                    let minutes = self.lesson.minutes;
                    self.fail(
                        deadline,
                        Text::new(
                            format!("Hết thời gian: bài này có {minutes} phút."),
                            format!("Time is up: this lesson has {minutes} minutes."),
                        ),
                    );
                }
            }
        }
        changed
    }

    /// Gives the next hint of the open step.
    ///
    /// # Errors
    /// [`NoHint`].
    pub fn hint(&mut self, at: Timestamp) -> Result<Text, NoHint> {
        self.tick(at);
        let step = self.open_step().ok_or(NoHint::Ended)?;
        let hint = self.lesson.step[step].hint.get(self.hints_of(step).count());
        let hint = hint.ok_or(NoHint::NoneLeft)?.clone();
        self.hints.push(HintTaken { step, at });
        Ok(self.named(&hint))
    }

    /// Puts back a hint that was taken before a restart.
    pub fn restore_hint(&mut self, hint: HintTaken) {
        if hint.step < self.steps.len() {
            self.hints.push(hint);
        }
    }

    /// Points of the steps that are done, less hints and slips.
    pub fn score(&self) -> u32 {
        let steps = self.lesson.step.iter().zip(&self.steps);
        let done = steps.filter(|(_, standing)| standing.done_at.is_some());
        let reached: u32 = done.map(|(step, _)| step.points).sum();
        let hints = self.hints.len() as u32 * self.lesson.hint_cost;
        let slips: u32 = self.slips.iter().map(|slip| slip.cost).sum();
        reached.saturating_sub(hints).saturating_sub(slips)
    }

    /// Somebody should look: nothing was done for a quarter of the time, or twice something wrong since the last step.
    pub fn needs_help(&self, now: Timestamp) -> bool {
        if self.outcome != Outcome::Running {
            return false;
        }
        let quarter = SignedDuration::from_secs(i64::from(self.lesson.minutes) * 15);
        let wrong = self.slips.iter().filter(|slip| slip.at >= self.progress_at).count();
        now.duration_since(self.progress_at) >= quarter || wrong >= 2
    }

    /// The first step that is not done.
    pub fn open_step(&self) -> Option<usize> {
        if self.outcome != Outcome::Running {
            return None;
        }
        self.steps.iter().position(|step| step.done_at.is_none())
    }

    /// The document of a name of the file: one of the cast that was sent, or what the trainee sent in a step.
    pub fn paper_of(&self, name: &str) -> Option<Uuid> {
        if let Some(at) = self.lesson.step.iter().position(|step| step.id == name) {
            return self.steps[at].document;
        }
        let id = document_id(self.id, name);
        self.papers.contains_key(&id).then_some(id)
    }

    fn judge(&mut self, fact: &Fact) -> bool {
        let lesson = Arc::clone(&self.lesson);
        let mut found = false;
        for (at, mistake) in lesson.mistake.iter().enumerate() {
            if !self.is_mistake(mistake, fact) || self.is_excused(mistake) {
                continue;
            }
            found = true;
            if self.outcome == Outcome::Running {
                self.make(at, fact.at, document_of(fact));
            }
        }
        found
    }

    fn make(&mut self, mistake: usize, at: Timestamp, document: Option<Uuid>) {
        let why = self.named(&self.lesson.mistake[mistake].text);
        let cost = self.lesson.mistake[mistake].costs;
        if !self.made.insert(mistake) {
            return;
        }
        match cost {
            Some(cost) => self.slips.push(Slip {
                at,
                text: why,
                cost,
                document,
            }),
            None => self.fail(at, why),
        }
    }

    fn fail(&mut self, at: Timestamp, why: Text) {
        self.outcome = Outcome::Failed { at, why };
    }

    /// Steps are done in their order; what does a later one may have come before.
    fn advance(&mut self, now: Timestamp) {
        let lesson = Arc::clone(&self.lesson);
        while let Some(at) = self.open_step() {
            let step = &lesson.step[at];
            let unused = |fact: &&Fact| {
                let sent = document_of(fact).filter(|_| matches!(fact.what, What::Sent(_)));
                sent.is_none_or(|id| self.steps.iter().all(|step| step.document != Some(id)))
            };
            let done = self.history.iter().filter(unused).find(|fact| self.does(step, fact));
            let Some(fact) = done else { return };
            let document = document_of(fact).filter(|_| step.sent.is_some());
            self.steps[at] = StepStanding {
                done_at: Some(now),
                document,
            };
            self.progress_at = now;
        }
    }

    /// A document that no step asks for costs points, and says how it differs from what is asked.
    fn slip(&mut self, fact: &Fact) {
        let (text, cost) = match &fact.what {
            What::Sent(paper) => {
                let used = self.steps.iter().any(|step| step.document == Some(paper.id));
                let steps = || self.lesson.step.iter().zip(&self.steps);
                let mut open = steps().filter(|(_, standing)| standing.done_at.is_none());
                let later = steps().any(|(step, standing)| standing.done_at.is_none() && self.does(step, fact));
                if used || later {
                    return;
                }
                let check = open.find_map(|(step, _)| step.sent.as_ref());
                let text = match check {
                    Some(check) => differs(&self.differences(check, paper)),
                    None => Text::new(
                        "Bài học không yêu cầu văn bản này.",
                        "The lesson does not ask for this document.",
                    ),
                };
                (text, self.lesson.slip_cost)
            }
            What::Refused { reason, .. } => (
                Text::new(
                    format!("Trục từ chối văn bản: {reason}. Không bị trừ điểm; sửa rồi gửi lại."),
                    format!("The hub refused a document: {reason}. It costs nothing; mend it and send it again."),
                ),
                0,
            ),
            What::Taken { .. } | What::Reported { .. } => return,
        };
        self.slips.push(Slip {
            at: fact.at,
            text,
            cost,
            document: document_of(fact),
        });
    }

    fn is_excused(&self, mistake: &Mistake) -> bool {
        mistake.unless.as_deref().is_some_and(|step| self.is_done(step))
    }

    fn is_done(&self, step: &str) -> bool {
        let at = self.lesson.step.iter().position(|one| one.id == step);
        at.is_some_and(|at| self.steps[at].done_at.is_some())
    }

    /// A text with the agencies' names in it.
    pub(super) fn named(&self, text: &Text) -> Text {
        text.filled(|name| Some(self.roles.called(&self.roles.party(name)?.code)))
    }

    /// The lesson.
    pub fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Who is who.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Hub time.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Hub time at which it fails unless it is passed before.
    pub fn ends_at(&self) -> Timestamp {
        let length = SignedDuration::from_mins(i64::from(self.lesson.minutes));
        self.started_at.saturating_add(length).unwrap_or(Timestamp::MAX)
    }

    /// How it ended.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What went wrong, in its order.
    pub fn slips(&self) -> &[Slip] {
        &self.slips
    }

    /// Hints that were taken, in their order.
    pub fn hints(&self) -> &[HintTaken] {
        &self.hints
    }

    pub(super) fn hints_of(&self, step: usize) -> impl Iterator<Item = &HintTaken> {
        self.hints.iter().filter(move |hint| hint.step == step)
    }

    pub(super) fn steps(&self) -> &[StepStanding] {
        &self.steps
    }

    pub(super) fn progress_at(&self) -> Timestamp {
        self.progress_at
    }

    pub(super) fn history(&self) -> &[Fact] {
        &self.history
    }

    /// A document of the attempt.
    pub fn paper(&self, id: Uuid) -> Option<&Paper> {
        self.papers.get(&id)
    }
}

fn document_of(fact: &Fact) -> Option<Uuid> {
    match &fact.what {
        What::Sent(paper) => Some(paper.id),
        What::Taken { document } | What::Reported { document, .. } => Some(*document),
        What::Refused { document, .. } => *document,
    }
}

fn differs(differences: &[Text]) -> Text {
    let vi: Vec<&str> = differences.iter().map(|one| &*one.vi).collect();
    let en: Vec<&str> = differences.iter().map(|one| &*one.en).collect();
    Text::new(
        format!("Văn bản chưa đúng yêu cầu: {}.", vi.join("; ")),
        format!("The document is not as asked: {}.", en.join("; ")),
    )
}
