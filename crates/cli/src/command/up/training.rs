//! Lessons in a sandbox: what the hub's TrainingService asks, answered by one task that follows the journal ([`teaching`]).

mod attempts;
mod kept;
mod player;
mod teaching;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use truc_document::{Reason, Refusal};
use truc_proto::v1 as pb;
use truc_simulator::Lesson;
use uuid::Uuid;

use self::attempts::Attempts;

/// Requests under way at once.
const REQUESTS: usize = 256;

/// The side that callers see.
pub(super) struct Classroom {
    lessons: Vec<Arc<Lesson>>,
    attempts: Arc<Attempts>,
    requests: mpsc::Sender<Asked>,
}

/// What somebody asks of the task.
enum Asked {
    Start {
        lesson: Arc<Lesson>,
        trainee: String,
        answer: oneshot::Sender<Result<pb::Attempt, Refusal>>,
    },
    Hint {
        attempt: Uuid,
        answer: oneshot::Sender<Result<(pb::LessonText, pb::Attempt), Refusal>>,
    },
    Restart {
        attempt: Uuid,
        answer: oneshot::Sender<Result<pb::Attempt, Refusal>>,
    },
    /// One, or all.
    Reset {
        attempt: Option<Uuid>,
        answer: oneshot::Sender<Result<u32, Refusal>>,
    },
}

impl Classroom {
    /// With what has to be started once the hub listens.
    pub(super) fn new(lessons: Vec<Arc<Lesson>>) -> (Self, teaching::NotStarted) {
        let attempts = Arc::new(Attempts::new());
        let (requests, asked) = mpsc::channel(REQUESTS);
        let not_started = teaching::NotStarted {
            lessons: lessons.clone(),
            attempts: Arc::clone(&attempts),
            asked,
        };
        let classroom = Self {
            lessons,
            attempts,
            requests,
        };
        (classroom, not_started)
    }

    async fn ask<T>(&self, asked: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Asked) -> Result<T, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(asked(answer)).await.map_err(|_| not_yet())?;
        answered.await.map_err(|_| not_yet())?
    }
}

/// The sandbox starts or stops.
fn not_yet() -> Refusal {
    Refusal::new(
        Reason::Overloaded,
        "lessons are not being given now; try again in a moment",
    )
}

/// No such attempt.
fn unknown(id: &str) -> Refusal {
    let message = format!("attempt `{id}` is not known; begin the lesson again");
    Refusal::new(Reason::ReferenceUnknown, message).field("attempt_id")
}

fn id_of(text: &str) -> Result<Uuid, Refusal> {
    text.parse().map_err(|_| unknown(text))
}

#[truc_hub::async_trait]
impl truc_hub::Training for Classroom {
    fn lessons(&self, trainee: &str) -> Vec<pb::Lesson> {
        let best = |lesson: &Lesson| self.attempts.best(trainee, &lesson.id);
        self.lessons.iter().map(|lesson| lesson.to_wire(best(lesson))).collect()
    }

    async fn start(&self, lesson: &str, trainee: &str) -> Result<pb::Attempt, Refusal> {
        let Some(found) = self.lessons.iter().find(|one| one.id == lesson) else {
            let message = format!("there is no lesson `{lesson}`; ListLessons tells those that there are");
            return Err(Refusal::new(Reason::ReferenceUnknown, message).field("lesson_id"));
        };
        let (lesson, trainee) = (Arc::clone(found), trainee.to_owned());
        self.ask(|answer| Asked::Start {
            lesson,
            trainee,
            answer,
        })
        .await
    }

    fn attempt(&self, id: &str) -> Result<pb::Attempt, Refusal> {
        let ready = self.attempts.is_ready();
        self.attempts.get(id_of(id)?).ok_or_else(|| match ready {
            true => unknown(id),
            // The page waits, instead of forgetting a lesson that is about to be there again.
            false => not_yet(),
        })
    }

    fn class(&self) -> Vec<pb::Attempt> {
        self.attempts.all()
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.attempts.changes()
    }

    async fn hint(&self, id: &str) -> Result<(pb::LessonText, pb::Attempt), Refusal> {
        let attempt = id_of(id)?;
        self.ask(|answer| Asked::Hint { attempt, answer }).await
    }

    async fn restart(&self, id: &str) -> Result<pb::Attempt, Refusal> {
        let attempt = id_of(id)?;
        self.ask(|answer| Asked::Restart { attempt, answer }).await
    }

    async fn reset(&self, id: Option<&str>) -> Result<u32, Refusal> {
        let attempt = id.map(id_of).transpose()?;
        self.ask(|answer| Asked::Reset { attempt, answer }).await
    }
}
