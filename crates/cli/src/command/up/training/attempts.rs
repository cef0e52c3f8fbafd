//! How all attempts stand, as callers are told.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::watch;
use truc_proto::v1::{self as pb, AttemptState};
use uuid::Uuid;

/// Attempts that were put away and are still told of, so that who follows one learns it.
const PUT_AWAY_MAX: usize = 200;

/// Written by the task that follows the journal, read by everybody.
pub(super) struct Attempts {
    shown: Mutex<Shown>,
    changed: watch::Sender<u64>,
    /// Attempts from before a restart stand again as they stood.
    ready: AtomicBool,
}

#[derive(Default)]
struct Shown {
    /// In the order of their start.
    attempts: Vec<(Uuid, pb::Attempt)>,
    put_away: VecDeque<(Uuid, pb::Attempt)>,
    /// By trainee and lesson.
    best: BTreeMap<(String, String), u32>,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self {
            shown: Mutex::default(),
            changed: watch::Sender::new(0),
            ready: AtomicBool::new(false),
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|change| *change += 1);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn get(&self, id: Uuid) -> Option<pb::Attempt> {
        let shown = self.shown();
        let all = shown.attempts.iter().chain(&shown.put_away);
        let mut found = all.filter(|(of, _)| *of == id);
        found.next().map(|(_, attempt)| attempt.clone())
    }

    pub(super) fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// Until then what is not known may still come.
    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(super) fn all(&self) -> Vec<pb::Attempt> {
        let shown = self.shown();
        shown.attempts.iter().map(|(_, attempt)| attempt.clone()).collect()
    }

    /// Shows an attempt as it stands now. Only the time of the word may differ: that is no change.
    pub(super) fn show(&self, id: Uuid, attempt: pb::Attempt) {
        let mut shown = self.shown();
        match shown.attempts.iter_mut().find(|(of, _)| *of == id) {
            Some((_, before)) => {
                let same = pb::Attempt {
                    told_at: before.told_at,
                    ..attempt.clone()
                } == *before;
                if same {
                    return;
                }
                *before = attempt;
            }
            None => shown.attempts.push((id, attempt)),
        }
        drop(shown);
        self.tell();
    }

    pub(super) fn put_away(&self, id: Uuid) {
        let mut shown = self.shown();
        let Some(at) = shown.attempts.iter().position(|(of, _)| *of == id) else {
            return;
        };
        let (_, mut attempt) = shown.attempts.remove(at);
        attempt.state = AttemptState::PutAway as i32;
        shown.put_away.push_back((id, attempt));
        if shown.put_away.len() > PUT_AWAY_MAX {
            shown.put_away.pop_front();
        }
        drop(shown);
        self.tell();
    }

    pub(super) fn best(&self, trainee: &str, lesson: &str) -> Option<u32> {
        let key = (trainee.to_owned(), lesson.to_owned());
        self.shown().best.get(&key).copied()
    }

    /// Keeps a score where it is the best so far.
    pub(super) fn reached(&self, trainee: &str, lesson: &str, score: u32) {
        let key = (trainee.to_owned(), lesson.to_owned());
        let mut shown = self.shown();
        let best = shown.best.entry(key).or_default();
        *best = score.max(*best);
    }

    pub(super) fn scores(&self) -> Vec<(String, String, u32)> {
        let shown = self.shown();
        let best = shown.best.iter();
        best.map(|((trainee, lesson), score)| (trainee.clone(), lesson.clone(), *score))
            .collect()
    }
}
