//! The task that gives lessons: it follows the journal, judges what trainees did, and has the cast play.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use truc_agency::{AgencyFilter, CallError, Event, Hub, Observation, ObserveOptions, Operator, ReportQuery};
use truc_document::{AgencyCode, Reason, Refusal, StatusCode};
use truc_proto::v1 as pb;
use truc_simulator::{
    Lesson,
    lesson::{Attempt, Due, Fact, NoHint, Outcome, Paper, Place, Roles, What, is_of_lessons, trainee_number},
};
use uuid::Uuid;

use super::{
    Asked,
    attempts::Attempts,
    kept::{Best, Kept, KeptAttempt},
    player::Player,
    unknown,
};
use crate::{exit::Failure, keys::Keys};

/// How often time is looked at.
const BEAT: Duration = Duration::from_millis(500);
/// Attempts at once: a sandbox is for a class, not for a country.
const ATTEMPTS_MAX: usize = 500;

/// Waits for the hub.
pub(in super::super) struct NotStarted {
    pub(super) lessons: Vec<Arc<Lesson>>,
    pub(super) attempts: Arc<Attempts>,
    pub(super) asked: mpsc::Receiver<Asked>,
}

/// The task, running.
pub(in super::super) struct Teaching {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

struct Running {
    attempt: Attempt,
    trainee: String,
    number: u32,
    position: u64,
}

struct Task {
    operator: Operator,
    player: Player,
    lessons: Vec<Arc<Lesson>>,
    shown: Arc<Attempts>,
    file: PathBuf,
    running: BTreeMap<Uuid, Running>,
    /// The number that the next trainee gets.
    number: u32,
    /// The cast stands in the address book.
    registered: bool,
    /// The journal's position that was seen last.
    position: u64,
    /// Deliveries of documents that attempts have part in.
    deliveries: HashMap<u64, Uuid>,
    senders: HashMap<Uuid, AgencyCode>,
    /// What the cast is at, or could not do.
    at_it: HashSet<(Uuid, Due)>,
    played: mpsc::UnboundedSender<(Uuid, Due)>,
    /// What the journal says is past.
    replaying: bool,
}

impl NotStarted {
    /// Takes up attempts that were begun before a restart, and gives lessons from now on.
    pub(in super::super) async fn start(self, hub: Hub, keys: &Keys, file: PathBuf) -> Result<Teaching, Failure> {
        let operator = hub.operator(keys.credential());
        let kept = Kept::read(&file)?;
        let position = operator.statistics().report(ReportQuery::default()).await?.position;
        let (played, done) = mpsc::unbounded_channel();
        let mut task = Task {
            player: Player {
                hub,
                keys: keys.clone(),
            },
            lessons: self.lessons,
            shown: self.attempts,
            file,
            running: BTreeMap::new(),
            number: 1,
            registered: false,
            position,
            deliveries: HashMap::new(),
            senders: HashMap::new(),
            at_it: HashSet::new(),
            played,
            replaying: false,
            operator,
        };
        task.number = task.next_number().await?;
        let from_position = task.restore(kept).unwrap_or(position) + 1;
        let stop = CancellationToken::new();
        let work = task.work(from_position, self.asked, done);
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            tokio::select! { () = work => {} () = stopped.cancelled() => {} }
        });
        Ok(Teaching { stop, task })
    }
}

impl Teaching {
    pub(in super::super) async fn stop(self) {
        self.stop.cancel();
        if self.task.await.is_err() {
            tracing::error!("the task that gives lessons broke down");
        }
    }
}

impl Task {
    /// After the trainees that the address book has.
    async fn next_number(&self) -> Result<u32, CallError> {
        let directory = self.operator.directory();
        let filter = AgencyFilter {
            query: "Z90.80".to_owned(),
            ..AgencyFilter::default()
        };
        let mut agencies = std::pin::pin!(directory.agencies(filter));
        let mut last = 0;
        while let Some(entry) = agencies.try_next().await? {
            last = last.max(trainee_number(&entry.code).unwrap_or_default());
        }
        Ok(last + 1)
    }

    /// Says from which position on the journal has to be read again.
    fn restore(&mut self, kept: Kept) -> Option<u64> {
        for best in kept.best {
            self.shown.reached(&best.trainee, &best.lesson, best.score);
        }
        let mut first: Option<u64> = None;
        for kept in kept.attempts {
            // Of a folder of lessons that is not there any more.
            let Some(lesson) = self.lessons.iter().find(|lesson| lesson.id == kept.lesson) else {
                continue;
            };
            let roles = Roles::of(lesson, &lesson.role.place.entry(kept.number));
            let mut attempt = Attempt::new(Arc::clone(lesson), kept.id, roles, kept.started_at);
            for hint in kept.hints {
                attempt.restore_hint(hint.into());
            }
            first = Some(first.map_or(kept.position, |first| first.min(kept.position)));
            let running = Running {
                attempt,
                trainee: kept.trainee,
                number: kept.number,
                position: kept.position,
            };
            self.running.insert(kept.id, running);
        }
        first
    }

    async fn work(
        mut self,
        from_position: u64,
        mut asked: mpsc::Receiver<Asked>,
        mut done: mpsc::UnboundedReceiver<(Uuid, Due)>,
    ) {
        if from_position <= self.position {
            self.replay(from_position).await;
        }
        self.shown.set_ready();
        let mut events = self.observe(self.position + 1, false);
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(Ok(event)) => self.seen(event).await,
                    Some(Err(error)) => return tracing::error!(%error, "lessons follow the journal no more"),
                    None => return,
                },
                Some((attempt, due)) = done.recv() => { self.at_it.remove(&(attempt, due)); }
                Some(asked) = asked.recv() => self.answer(asked).await,
                _ = beat.tick() => self.beat().await,
            }
        }
    }

    fn observe(&self, from_position: u64, until_now: bool) -> Observation {
        self.operator.observe(ObserveOptions {
            from_position: Some(from_position),
            kinds: vec![
                pb::EventKind::DocumentAccepted,
                pb::EventKind::DocumentRefused,
                pb::EventKind::Acknowledged,
                pb::EventKind::StatusReported,
            ],
            until_now,
            ..ObserveOptions::default()
        })
    }

    /// Attempts that are taken up again stand as they stood before the cast plays on.
    async fn replay(&mut self, from_position: u64) {
        self.replaying = true;
        let mut events = self.observe(from_position, true);
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => self.seen(event).await,
                Err(error) => {
                    tracing::error!(%error, "lessons can't be taken up again");
                    break;
                }
            }
        }
        self.replaying = false;
        if let Some(now) = self.now().await {
            self.go_on(now);
        }
    }

    async fn now(&self) -> Option<Timestamp> {
        match self.operator.clock().await {
            Ok(clock) => Some(clock.now),
            Err(error) => {
                tracing::warn!(%error, "hub time is not known");
                None
            }
        }
    }

    async fn beat(&mut self) {
        let is_open = |running: &Running| *running.attempt.outcome() == Outcome::Running;
        if !self.running.values().any(is_open) {
            return;
        }
        let Some(now) = self.now().await else { return };
        for running in self.running.values_mut() {
            running.attempt.tick(now);
        }
        self.go_on(now);
    }

    /// Shows how all stand, and has the cast do what is due.
    fn go_on(&mut self, now: Timestamp) {
        for (id, running) in &self.running {
            let attempt = &running.attempt;
            self.shown.show(*id, attempt.to_wire(&running.trainee, now));
            if *attempt.outcome() != Outcome::Running {
                continue;
            }
            for due in attempt.due(now) {
                if !self.at_it.insert((*id, due)) {
                    continue;
                }
                let (player, attempt, played) = (self.player.clone(), attempt.clone(), self.played.clone());
                tokio::spawn(async move {
                    match player.play(&attempt, due).await {
                        // That it is done the journal says, before it is asked again.
                        Ok(()) => tracing::debug!(attempt = %attempt.id(), ?due, "played"),
                        // Refused for good: a recall came in between, say. It is not tried again.
                        Err(error) if error.reason.is_some() => {
                            tracing::warn!(attempt = %attempt.id(), ?due, error = error.message, "the cast was refused");
                        }
                        Err(error) => {
                            tracing::warn!(attempt = %attempt.id(), ?due, error = error.message, "the cast tries again");
                            // The task that is gone gives no lessons.
                            let _ = played.send((attempt.id(), due));
                        }
                    }
                });
            }
        }
    }

    /// Tells the attempts what the journal says.
    async fn seen(&mut self, event: Event) {
        self.position = self.position.max(event.position);
        let Some(at) = event
            .happened_at
            .and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
        else {
            return;
        };
        let Ok(by) = event.agency.parse::<AgencyCode>() else {
            return;
        };
        let mut facts = Vec::new();
        match event.kind() {
            pb::EventKind::DocumentAccepted => {
                let mut parties = event.recipients.iter().filter_map(|code| code.parse().ok());
                if is_of_lessons(&by) || parties.any(|code| is_of_lessons(&code)) {
                    facts.extend(self.sent(&event, &by).await);
                }
            }
            pb::EventKind::Acknowledged => {
                let known = event.delivery_ids.iter().filter_map(|id| self.deliveries.get(id));
                facts.extend(known.map(|document| What::Taken { document: *document }));
            }
            pb::EventKind::StatusReported => {
                let document = event.document_id.parse().ok();
                let document = document.filter(|document| self.senders.contains_key(document));
                if let (Some(document), Ok(status)) = (document, StatusCode::try_from(event.status)) {
                    facts.push(What::Reported { document, status });
                    self.read_words(document);
                }
            }
            pb::EventKind::DocumentRefused if is_of_lessons(&by) => facts.push(What::Refused {
                document: event.document_id.parse().ok(),
                reason: event.reason,
            }),
            _ => {}
        }
        let mut changed = false;
        for what in facts {
            let fact = Fact {
                at,
                by: by.clone(),
                what,
            };
            for running in self.running.values_mut() {
                changed |= observed(running, &fact, &self.shown);
            }
        }
        if changed && !self.replaying {
            self.save();
            self.go_on(at);
        }
    }

    /// The header, and which delivery is whose, are asked for: an event does not carry them.
    async fn sent(&mut self, event: &Event, by: &AgencyCode) -> Option<What> {
        let id: Uuid = event.document_id.parse().ok()?;
        let life = match self.operator.track(id).await {
            Ok(life) => life,
            Err(error) => {
                tracing::warn!(document = %id, %error, "a lesson's document can't be read");
                return None;
            }
        };
        self.senders.insert(id, by.clone());
        let deliveries = life.recipients.iter().map(|one| (one.delivery_id, id));
        self.deliveries.extend(deliveries);
        Some(What::Sent(Paper::from(&life.header)))
    }

    fn read_words(&self, document: Uuid) {
        let Some(sender) = self.senders.get(&document).cloned() else {
            return;
        };
        if !Place::ALL.iter().any(|place| place.code() == sender) {
            return;
        }
        let player = self.player.clone();
        tokio::spawn(async move {
            if let Err(error) = player.read_words(&sender).await {
                tracing::debug!(agency = %sender, %error, "words not read");
            }
        });
    }

    async fn answer(&mut self, asked: Asked) {
        // Who asked and went away needs no answer.
        match asked {
            Asked::Start {
                lesson,
                trainee,
                answer,
            } => drop(answer.send(self.start(lesson, trainee).await)),
            Asked::Hint { attempt, answer } => drop(answer.send(self.hint(attempt).await)),
            Asked::Restart { attempt, answer } => drop(answer.send(self.restart(attempt).await)),
            Asked::Reset { attempt, answer } => drop(answer.send(self.reset(attempt))),
        }
    }

    async fn start(&mut self, lesson: Arc<Lesson>, trainee: String) -> Result<pb::Attempt, Refusal> {
        if self.running.len() >= ATTEMPTS_MAX {
            let message = format!("{ATTEMPTS_MAX} lessons are under way; the trainer has to put some away");
            return Err(Refusal::new(Reason::Overloaded, message));
        }
        let directory = self.operator.directory();
        if !self.registered {
            for place in Place::ALL {
                let registered = directory.register_agency(place.entry().listed()).await;
                registered.map_err(|error| failed(&error))?;
            }
            self.registered = true;
        }
        let number = self.number;
        let entry = lesson.role.place.entry(number);
        let registered = directory.register_agency(entry.listed()).await;
        registered.map_err(|error| failed(&error))?;
        self.number += 1;
        let now = self.operator.clock().await.map_err(|error| failed(&error))?.now;
        let id = Uuid::now_v7();
        let attempt = Attempt::new(Arc::clone(&lesson), id, Roles::of(&lesson, &entry), now);
        let told = attempt.to_wire(&trainee, now);
        let running = Running {
            attempt,
            trainee,
            number,
            position: self.position,
        };
        self.running.insert(id, running);
        self.save();
        self.go_on(now);
        Ok(told)
    }

    async fn hint(&mut self, id: Uuid) -> Result<(pb::LessonText, pb::Attempt), Refusal> {
        let now = self.operator.clock().await.map_err(|error| failed(&error))?.now;
        let running = self.running.get_mut(&id).ok_or_else(|| unknown(&id.to_string()))?;
        let hint = running.attempt.hint(now).map_err(|none: NoHint| {
            let refusal = Refusal::new(Reason::StatusInvalid, none.to_string());
            refusal.field("attempt_id")
        });
        let told = running.attempt.to_wire(&running.trainee, now);
        self.save();
        self.go_on(now);
        Ok((hint?.to_wire(), told))
    }

    async fn restart(&mut self, id: Uuid) -> Result<pb::Attempt, Refusal> {
        let before = self.running.get(&id).ok_or_else(|| unknown(&id.to_string()))?;
        let (lesson, trainee) = (Arc::clone(before.attempt.lesson()), before.trainee.clone());
        self.put_away(id);
        self.start(lesson, trainee).await
    }

    fn reset(&mut self, id: Option<Uuid>) -> Result<u32, Refusal> {
        let ids: Vec<Uuid> = match id {
            Some(id) if !self.running.contains_key(&id) => return Err(unknown(&id.to_string())),
            Some(id) => vec![id],
            None => self.running.keys().copied().collect(),
        };
        for id in &ids {
            self.put_away(*id);
        }
        self.save();
        Ok(ids.len() as u32)
    }

    fn put_away(&mut self, id: Uuid) {
        self.running.remove(&id);
        self.at_it.retain(|(of, _)| *of != id);
        self.shown.put_away(id);
    }

    fn save(&self) {
        let attempts = self.running.iter().map(|(id, running)| KeptAttempt {
            id: *id,
            lesson: running.attempt.lesson().id.clone(),
            trainee: running.trainee.clone(),
            number: running.number,
            started_at: running.attempt.started_at(),
            position: running.position,
            hints: running.attempt.hints().iter().map(|hint| (*hint).into()).collect(),
        });
        let best = self
            .shown
            .scores()
            .into_iter()
            .map(|(trainee, lesson, score)| Best { trainee, lesson, score });
        let kept = Kept {
            attempts: attempts.collect(),
            best: best.collect(),
        };
        if let Err(error) = kept.write(&self.file) {
            tracing::error!(error = error.message, "attempts are not kept");
        }
    }
}

/// Whether the fact changed the attempt; a score that it brought is kept.
fn observed(running: &mut Running, fact: &Fact, shown: &Attempts) -> bool {
    let changed = running.attempt.observe(fact);
    if changed && matches!(running.attempt.outcome(), Outcome::Passed { .. }) {
        let lesson = &running.attempt.lesson().id;
        shown.reached(&running.trainee, lesson, running.attempt.score());
    }
    changed
}

fn failed(error: &CallError) -> Refusal {
    let refused = error.refusal().cloned();
    refused.unwrap_or_else(|| Refusal::new(Reason::Overloaded, format!("the hub gave no answer: {error}")))
}
