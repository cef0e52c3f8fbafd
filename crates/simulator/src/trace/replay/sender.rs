//! The replay itself: reads line after line, waits until each is due, and lets it go.

use std::{collections::HashMap, path::Path, sync::Arc};

use jiff::Timestamp;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::{Instant, sleep_until},
};
use truc_agency::{Agency, Hub};
use truc_document::AgencyCode;
use truc_document::Refusal;

use super::{
    ReplayError, ReplayOptions, Replayed,
    calls::{Calls, Report, Way},
    hub_time::HubTime,
    letter::Letters,
    mailbox::Mailbox,
    order::{Key, Keys, Order},
    parties::Parties,
    tally::{Caller, Tally},
};
use crate::{
    run::Progress,
    trace::{
        line::{AcknowledgedLine, DocumentLine, Line, StatusLine},
        reader::{Reader, Survey, TraceError},
    },
};

/// Streams that all agencies share.
const STREAMS: usize = 4;
/// What may be under way: one for an event, one more for each 64 KiB of contents.
const UNDER_WAY: u32 = 1024;
const CONTENT_OF_ONE: u64 = 64 * 1024;
/// Lines that are read ahead.
const READ_AHEAD: usize = 64;
/// Statuses of one call.
const REPORTS_MAX: usize = 1000;

/// A line with its number.
type Numbered = (usize, Line);

pub(super) struct Sender {
    hub: Hub,
    options: ReplayOptions,
    time: HubTime,
    first: Timestamp,
    planned: u64,
    letters: Letters,
    parties: Parties,
    order: Order,
    agencies: HashMap<AgencyCode, Agency>,
    tally: Arc<Tally>,
    room: Arc<Semaphore>,
    under_way: JoinSet<Result<(), ReplayError>>,
    begun: Instant,
}

/// Gives lines one after the other, and lets the next be seen before it is taken.
struct Lines {
    read: mpsc::Receiver<Result<Numbered, TraceError>>,
    next: Option<Numbered>,
}

impl Sender {
    pub(super) fn new(survey: &Survey, options: ReplayOptions, time: HubTime) -> Self {
        Self {
            hub: options.hub.multiplexed(STREAMS),
            first: survey.first.unwrap_or(Timestamp::UNIX_EPOCH),
            planned: survey.documents,
            letters: Letters::new(Arc::clone(&options.wallet), options.ids, &survey.agencies),
            parties: Parties::new(&survey.agencies),
            order: Order::default(),
            agencies: HashMap::new(),
            tally: Arc::new(Tally::new()),
            room: Arc::new(Semaphore::new(UNDER_WAY as usize)),
            under_way: JoinSet::new(),
            begun: Instant::now(),
            options,
            time,
        }
    }

    pub(super) async fn send_all(mut self, trace: &Path) -> Result<Replayed, ReplayError> {
        let from = self.time.now();
        let mut lines = Lines::read(trace.to_owned());
        let stop = self.options.stop.clone();
        while let Some((number, line)) = lines.take().await? {
            let Some(at) = line.at() else { continue };
            if !self.wait_for(at).await? {
                break;
            }
            match line {
                Line::Document(line) => self.document(number, *line).await?,
                Line::Acknowledged(line) => self.acknowledged(number, &line).await?,
                Line::Status(line) => self.status(number, line, &mut lines).await?,
                // Nothing of what was refused was kept.
                Line::Agency(_) | Line::Refused(_) => {}
            }
            self.tell();
        }
        while let Some(ended) = self.under_way.join_next().await {
            ended??;
        }
        self.tell();
        Ok(self.replayed(from, stop.is_cancelled()))
    }

    /// Until an event is due; false where the replay was stopped before.
    async fn wait_for(&mut self, at: Timestamp) -> Result<bool, ReplayError> {
        while let Some(ended) = self.under_way.try_join_next() {
            ended??;
        }
        if let Some(due) = self.due(at) {
            tokio::select! {
                biased;
                () = self.options.stop.cancelled() => {}
                () = sleep_until(due) => {}
            }
        }
        if self.options.stop.is_cancelled() {
            return Ok(false);
        }
        if self.time.is_to_move(at) {
            // All before it happened before it.
            while let Some(ended) = self.under_way.join_next().await {
                ended??;
            }
            self.time.move_for(at).await?;
        }
        Ok(true)
    }

    fn due(&self, at: Timestamp) -> Option<Instant> {
        let due = self.options.speed.due(self.first, at)?;
        // So far away that the clock cannot tell: a century.
        let never = || self.begun + std::time::Duration::from_secs(3_000_000_000);
        Some(self.begun.checked_add(due).unwrap_or_else(never))
    }

    async fn document(&mut self, number: usize, line: DocumentLine) -> Result<(), ReplayError> {
        let caller = caller(number, &line.header.sender.0);
        let keys = self.parties.sent(&line);
        let (at, recorded) = (line.at, line.header.document_id);
        let bytes: u64 = line.header.attachments.iter().map(|attachment| attachment.size).sum();
        let letter = match self.letters.letter(line, self.time.later_by(at)) {
            Ok(letter) => letter,
            // The reader judged it by the same rules.
            Err(refusal) => return Err(unusable(&caller, &refusal)),
        };
        let signing = self.letters.signing(&letter);
        let calls = self.calls(&caller, caller.agency.clone());
        self.go(at, keys, bytes, move |way| async move {
            calls.send(way, recorded, letter, &signing).await
        })
        .await
    }

    async fn acknowledged(&mut self, number: usize, line: &AcknowledgedLine) -> Result<(), ReplayError> {
        let caller = caller(number, &line.agency.0);
        let keys = self.parties.acknowledged(line);
        let mut mailboxes = self.parties.by_mailbox(line);
        if line.words > 0 {
            // Words are looked for where the agency stands for others, too.
            for agency in self.parties.mailboxes(&line.agency.0) {
                if !mailboxes.iter().any(|mailbox| mailbox.agency == agency) {
                    mailboxes.push(super::parties::InMailbox {
                        agency,
                        documents: Vec::new(),
                    });
                }
            }
        }
        let lease = self.time.lease();
        let parts: Vec<_> = mailboxes
            .into_iter()
            .map(|part| {
                let ids = part.documents.into_iter().map(|id| (id, self.letters.id(id))).collect();
                let agency = self.agency(part.agency);
                (
                    Mailbox {
                        agency,
                        patience: self.options.patience,
                        lease,
                    },
                    ids,
                )
            })
            .collect();
        let calls = self.calls(&caller, caller.agency.clone());
        let words = line.words;
        self.go(line.at, keys, 0, move |way| async move {
            calls.acknowledge(way, parts, words).await
        })
        .await
    }

    /// A status, with those right behind it that were reported in the same call.
    async fn status(&mut self, number: usize, line: StatusLine, lines: &mut Lines) -> Result<(), ReplayError> {
        let (at, agency) = (line.at, line.agency.0.clone());
        let acting = self.parties.addressee(&agency, line.document_id);
        let mut keys = Keys::default();
        let mut reports = Vec::new();
        let mut next = Some((number, line));
        while let Some((number, line)) = next.take() {
            let more = self.parties.reported(&line);
            keys.alone.extend(more.alone);
            keys.shared.extend(more.shared);
            reports.push(Report {
                line: number,
                recorded: line.document_id,
                document_id: self.letters.id(line.document_id),
                status: line.status.0.0,
                description: line.description,
            });
            if reports.len() == REPORTS_MAX {
                break;
            }
            let together = |line: &Line| match line {
                Line::Status(other) => {
                    other.at == at
                        && other.agency.0 == agency
                        && self.parties.addressee(&agency, other.document_id) == acting
                }
                _ => false,
            };
            if let Some((number, Line::Status(line))) = lines.take_if(together).await? {
                next = Some((number, line));
            }
        }
        keys.alone.push(Key::Agency(acting.clone()));
        let caller = caller(number, &agency);
        let calls = self.calls(&caller, acting);
        self.go(at, keys, 0, move |way| async move { calls.report(way, reports).await })
            .await
    }

    /// Lets an event go as soon as there is room for it and all that it depends on is done.
    async fn go<F>(
        &mut self,
        at: Timestamp,
        keys: Keys,
        bytes: u64,
        event: impl FnOnce(Way) -> F,
    ) -> Result<(), ReplayError>
    where
        F: Future<Output = Result<(), ReplayError>> + Send + 'static,
    {
        let room = u32::try_from(1 + bytes / CONTENT_OF_ONE)
            .unwrap_or(UNDER_WAY)
            .min(UNDER_WAY);
        let room = Arc::clone(&self.room).acquire_many_owned(room).await;
        let way = Way {
            turn: self.order.enter(keys),
            due: self.due(at),
            _room: room.ok(),
        };
        self.under_way.spawn(event(way));
        Ok(())
    }

    fn calls(&mut self, caller: &Caller, acting: AgencyCode) -> Calls {
        Calls {
            caller: caller.clone(),
            agency: self.agency(acting),
            patience: self.options.patience,
            tally: Arc::clone(&self.tally),
        }
    }

    fn agency(&mut self, code: AgencyCode) -> Agency {
        let agency = self.agencies.entry(code);
        let (hub, credential) = (&self.hub, &self.options.credential);
        agency
            .or_insert_with_key(|code| hub.agency(code.clone(), credential.clone()))
            .clone()
    }

    fn tell(&self) {
        if let Some(progress) = &self.options.progress {
            let counts = self.tally.counts();
            progress(&Progress {
                hub_time: self.time.now(),
                planned: self.planned,
                sent: counts.sent,
                owed: counts.owed,
                settled: counts.taken,
                statuses: counts.statuses,
            });
        }
    }

    fn replayed(&self, from: Timestamp, stopped: bool) -> Replayed {
        let counts = self.tally.counts();
        Replayed {
            documents: counts.sent,
            accepted: counts.accepted,
            taken: counts.taken,
            words_taken: counts.words_taken,
            words_missing: counts.words_missing,
            statuses: counts.statuses,
            skipped: counts.skipped,
            refused_by_fault: counts.by_fault.clone(),
            refused_unexpectedly: counts.unexpected.clone(),
            unexpected: counts.unexpected_kept.clone(),
            lateness: counts.lateness(),
            hub_time: Some((from, self.time.now())),
            ..nothing(stopped)
        }
    }
}

/// What a trace without events comes to.
pub(super) fn nothing(stopped: bool) -> Replayed {
    Replayed {
        documents: 0,
        accepted: 0,
        taken: 0,
        words_taken: 0,
        words_missing: 0,
        statuses: 0,
        skipped: 0,
        refused_by_fault: Default::default(),
        refused_unexpectedly: Default::default(),
        unexpected: Vec::new(),
        refused_when_recorded: Default::default(),
        lateness: None,
        hub_time: None,
        took_seconds: 0.0,
        stopped,
    }
}

fn caller(line: usize, agency: &AgencyCode) -> Caller {
    Caller {
        line,
        agency: agency.clone(),
    }
}

fn unusable(caller: &Caller, refusal: &Refusal) -> ReplayError {
    ReplayError::Sign(format!("line {} of the trace: {refusal}", caller.line))
}

impl Lines {
    /// Reads on a thread of its own: judging a line takes about as long as sending it.
    fn read(trace: std::path::PathBuf) -> Self {
        let (told, read) = mpsc::channel(READ_AHEAD);
        tokio::task::spawn_blocking(move || {
            let mut reader = match Reader::open(&trace) {
                Ok(reader) => reader,
                Err(fault) => return drop(told.blocking_send(Err(fault))),
            };
            while let Some(line) = reader.next() {
                let line = line.map(|line| (reader.line_number(), line));
                let failed = line.is_err();
                if told.blocking_send(line).is_err() || failed {
                    return;
                }
            }
        });
        Self { read, next: None }
    }

    async fn take(&mut self) -> Result<Option<Numbered>, TraceError> {
        match self.next.take() {
            Some(next) => Ok(Some(next)),
            None => self.read.recv().await.transpose(),
        }
    }

    /// Takes the next line where it fits.
    async fn take_if(&mut self, fits: impl FnOnce(&Line) -> bool) -> Result<Option<Numbered>, TraceError> {
        let next = self.take().await?;
        match next {
            Some((number, line)) if fits(&line) => Ok(Some((number, line))),
            other => {
                self.next = other;
                Ok(None)
            }
        }
    }
}
