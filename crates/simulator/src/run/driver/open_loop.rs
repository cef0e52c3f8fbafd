//! The open model, for wall and scaled time: what is due goes out when it is due, whether or not anything before it was answered.
//!
//! Calls run on tasks of their own and tell what came of them; the driver waits for the next event or the next answer, whichever
//! is first. Where more documents are under way than the run has room for, one that is due is not started, and counted.

use std::{collections::HashMap, time::Duration};

use tokio::{sync::mpsc, time::Instant};
use truc_agency::CallError;
use truc_document::Refusal;

use super::{Driver, Event, Report};
use crate::run::{
    mailbox::{self, Came, Taken},
    outcome::RunError,
    persist::persist,
    sending::{self, Answered},
};

/// What came of one call with a receiver's reports.
type Outcomes = Result<Vec<Result<truc_agency::Reported, Refusal>>, CallError>;

/// Something came of a call.
enum Done {
    Sent(Instant, Box<Answered>),
    Reported(usize, Vec<Report>, Outcomes),
    Opened(usize, Result<Taken, CallError>),
}

/// Where the document stands that another refers to.
enum Referred {
    There,
    Unanswered,
    NotThere,
}

/// Wall time until a document is looked at again that waits for the receipt of another.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Calls under way.
pub(super) struct UnderWay {
    tell: mpsc::UnboundedSender<Done>,
    done: mpsc::UnboundedReceiver<Done>,
    calls: usize,
    documents: usize,
    /// Receivers with a call of reports under way, and what they have to report next: a document's statuses must not overtake
    /// one another.
    reporting: HashMap<usize, Vec<Report>>,
}

impl UnderWay {
    fn new() -> Self {
        let (tell, done) = mpsc::unbounded_channel();
        Self {
            tell,
            done,
            calls: 0,
            documents: 0,
            reporting: HashMap::new(),
        }
    }

    fn start(&mut self, call: impl Future<Output = Done> + Send + 'static) {
        self.calls += 1;
        let tell = self.tell.clone();
        // The run may have ended.
        tokio::spawn(async move { drop(tell.send(call.await)) });
    }
}

impl Driver {
    /// Until everything owed is done, or the run is stopped; then what is under way is waited for.
    pub(super) async fn run_open(&mut self) -> Result<(), RunError> {
        let mut under_way = UnderWay::new();
        let stop = self.options.stop.clone();
        loop {
            while let Ok(done) = under_way.done.try_recv() {
                self.done(&mut under_way, done)?;
            }
            if stop.is_cancelled() {
                break;
            }
            let Some(next) = self.agenda.next_at() else {
                if under_way.calls == 0 && !self.chase() {
                    break;
                }
                if self.agenda.next_at().is_none()
                    && let Some(done) = under_way.done.recv().await
                {
                    self.done(&mut under_way, done)?;
                }
                continue;
            };
            tokio::select! {
                biased;
                reached = self.clock.reach(next, &stop) => {
                    reached?;
                    if !stop.is_cancelled() {
                        self.begin_due(&mut under_way).await?;
                        self.tell();
                    }
                }
                Some(done) = under_way.done.recv() => self.done(&mut under_way, done)?,
            }
        }
        while under_way.calls > 0
            && let Some(done) = under_way.done.recv().await
        {
            self.done(&mut under_way, done)?;
        }
        // Nothing of this run explains what was held back to the end.
        self.ledger.foreign += self.early.drain().map(|(_, came)| came.len() as u64).sum::<u64>();
        Ok(())
    }

    /// Begins all that is due by now.
    async fn begin_due(&mut self, under_way: &mut UnderWay) -> Result<(), RunError> {
        let now = self.clock.now();
        self.measure.hub_time(now);
        let mut reports = Vec::new();
        let events = self.agenda.take_until(now);
        let events = self.up_to_merger(events);
        if matches!(events.first(), Some((_, Event::Merge))) {
            while under_way.calls > 0
                && let Some(done) = under_way.done.recv().await
            {
                self.done(under_way, done)?;
            }
        }
        for (at, event) in events {
            match event {
                // It waited for another's receipt, and its sender or a receiver may be closed by now.
                Event::Send(index) if self.is_overtaken(index) => {}
                Event::Send(index) => match self.referred(index) {
                    Referred::Unanswered => {
                        let later = now.saturating_add(self.clock.hub_time_of(LOOK_AGAIN)).unwrap_or(now);
                        self.agenda.put(later, Event::Send(index));
                    }
                    Referred::NotThere => {}
                    Referred::There if under_way.documents >= self.options.concurrency => {}
                    Referred::There => self.begin_send(under_way, index).await?,
                },
                Event::Report(report) => reports.push(report),
                Event::Merge => self.merge().await?,
                Event::Open(agency) if self.next_open[agency] != Some(at) => {}
                Event::Open(agency) => {
                    self.next_open[agency] = None;
                    self.begin_open(under_way, agency);
                }
            }
        }
        self.begin_reports(under_way, reports);
        Ok(())
    }

    /// What refers to a document goes out when that document has its receipt, and not at all where it was not started.
    fn referred(&self, index: usize) -> Referred {
        let planned = &self.traffic.planned()[index];
        let Some(other) = self.traffic.refers_to(planned) else {
            return Referred::There;
        };
        if self.ledger.knows(other.document_id) {
            return Referred::There;
        }
        let unanswered = self
            .by_id
            .get(&other.document_id)
            .is_some_and(|other| self.unanswered.contains(other));
        if unanswered {
            Referred::Unanswered
        } else {
            Referred::NotThere
        }
    }

    async fn begin_send(&mut self, under_way: &mut UnderWay, index: usize) -> Result<(), RunError> {
        let planned = &self.traffic.planned()[index];
        let due = self.clock.instant_of(planned.at);
        let agency = self.agencies[planned.sender].clone();
        let patience = self.options.patience;
        for signed in self.signing.take(&[index]).await? {
            under_way.documents += 1;
            self.unanswered.insert(index);
            let agency = agency.clone();
            under_way
                .start(async move { Done::Sent(due, Box::new(sending::send_one(&agency, signed, patience).await)) });
        }
        Ok(())
    }

    fn begin_open(&self, under_way: &mut UnderWay, index: usize) {
        let (lease, patience) = (self.lease, self.options.patience);
        let agency = self.agencies[index].clone();
        under_way.start(async move { Done::Opened(index, mailbox::empty(agency, lease, patience).await) });
    }

    fn begin_reports(&mut self, under_way: &mut UnderWay, reports: Vec<Report>) {
        for (receiver, reports) in self.by_receiver(reports) {
            match under_way.reporting.get_mut(&receiver) {
                Some(next) => next.extend(reports),
                None => self.begin_report(under_way, receiver, reports),
            }
        }
    }

    fn begin_report(&self, under_way: &mut UnderWay, receiver: usize, reports: Vec<Report>) {
        let told: Vec<_> = reports.iter().map(|report| self.told(report)).collect();
        let (agency, patience) = (self.agencies[receiver].clone(), self.options.patience);
        under_way.reporting.insert(receiver, Vec::new());
        under_way.start(async move {
            let outcomes = persist(patience, || agency.report_many(told.clone())).await;
            Done::Reported(receiver, reports, outcomes)
        });
    }

    fn done(&mut self, under_way: &mut UnderWay, done: Done) -> Result<(), RunError> {
        under_way.calls -= 1;
        match done {
            Done::Sent(due, answered) => {
                under_way.documents -= 1;
                let index = answered.index;
                self.unanswered.remove(&index);
                self.answered(due, *answered)?;
                // Its receivers may have been quicker than its receipt.
                let document_id = self.traffic.planned()[index].document_id;
                for (agency, came) in self.early.remove(&document_id).unwrap_or_default() {
                    self.take(agency, came);
                }
            }
            Done::Reported(receiver, reports, outcomes) => {
                let outcomes = outcomes.map_err(|source| RunError::Call {
                    what: "reporting statuses",
                    source,
                })?;
                self.reported(reports, outcomes);
                match under_way.reporting.remove(&receiver) {
                    Some(next) if !next.is_empty() => self.begin_report(under_way, receiver, next),
                    _ => {}
                }
            }
            Done::Opened(agency, taken) => {
                let taken = taken.map_err(|source| RunError::Call {
                    what: "opening a mailbox",
                    source,
                })?;
                self.ledger.foreign += taken.unreadable;
                for came in taken.deliveries {
                    match self.answer_is_due(&came) {
                        Some(document_id) => self.early.entry(document_id).or_default().push((agency, came)),
                        None => self.take(agency, came),
                    }
                }
            }
        }
        Ok(())
    }

    /// The document that something is about, where its sender has no answer yet.
    fn answer_is_due(&self, came: &Came) -> Option<uuid::Uuid> {
        let document_id = came.document_id()?;
        let index = self.by_id.get(&document_id)?;
        self.unanswered.contains(index).then_some(document_id)
    }
}
