//! The driver: takes steps through the agenda, keeps the books, and knows when all is done.

mod ending;
mod incoming;
mod merging;
mod open_loop;
mod reports;
mod sends;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt as _;
use hdrhistogram::Histogram;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use truc_agency::{Agency, Operator};
use truc_document::AgencyCode;
use truc_proto::v1 as pb;
use uuid::Uuid;

use self::reports::Report;
use super::{
    agenda::Agenda,
    clock::HubClock,
    conservation::{Conservation, HubCount},
    ledger::{Ledger, SlotIndex},
    mailbox::Came,
    measure::Measure,
    merger::Merged,
    options::{Progress, RunOptions},
    outcome::{KeptReceipt, RunError, RunOutcome, UnexpectedRefusal},
    persist::persist,
    signing::Signing,
};
use crate::{
    latency,
    reception::{Received, Reception},
    scenario::Mode,
    traffic::{Kind, Traffic},
};

/// Streams that all agencies share.
const STREAMS: usize = 4;
/// Unexpected refusals that are kept word for word.
const UNEXPECTED_KEPT: usize = 20;
/// Something to do at a time.
#[derive(Debug)]
enum Event {
    /// Send a document of the plan.
    Send(usize),
    /// Open an agency's mailbox.
    Open(usize),
    /// Report a status.
    Report(Report),
    /// Agencies close, and others take over.
    Merge,
}

pub(super) struct Driver {
    traffic: Arc<Traffic>,
    operator: Operator,
    options: RunOptions,
    clock: HubClock,
    reception: Reception,
    agencies: Vec<Agency>,
    signing: Signing,
    by_code: HashMap<AgencyCode, usize>,
    by_id: HashMap<Uuid, usize>,
    agenda: Agenda<Event>,
    /// When each agency next opens its mailbox, where it is to.
    next_open: Vec<Option<Timestamp>>,
    ledger: Ledger,
    /// Deliveries whose receiver agreed to give them back: nothing more is reported.
    given_back: HashSet<SlotIndex>,
    /// Deliveries of which nothing more is reported, as the same agency handles the document as another's successor.
    left_to_another: HashSet<SlotIndex>,
    /// Documents under way, in the open model.
    unanswered: HashSet<usize>,
    /// What receivers got of those before their senders had the receipt.
    early: HashMap<Uuid, Vec<(usize, Came)>>,
    lease: Duration,
    chases: u32,
    tally: Tally,
    measure: Measure,
}

/// What is counted on the way.
struct Tally {
    sent: u64,
    accepted: u64,
    refused: BTreeMap<String, u64>,
    unexpected: Vec<UnexpectedRefusal>,
    unexpected_count: u64,
    receipts: Vec<KeptReceipt>,
    merged: Option<Merged>,
    latency: Histogram<u64>,
}

impl Driver {
    pub(super) async fn new(traffic: Traffic, operator: Operator, options: RunOptions) -> Result<Self, RunError> {
        let scenario_clock = traffic.scenario().clock.clone();
        let mut traffic = traffic;
        if scenario_clock.mode == Mode::Wall {
            let failed = |source| RunError::Call {
                what: "reading hub time",
                source,
            };
            let now = persist(options.patience, || operator.clock())
                .await
                .map_err(failed)?
                .now;
            traffic = traffic.begun_at(now);
        }
        let begins = traffic
            .planned()
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |planned| planned.at);
        let clock = HubClock::start(operator.clone(), &scenario_clock, begins, options.patience).await?;
        let hub = options.hub.multiplexed(STREAMS);
        let agency = |entry: &crate::AgencyEntry| hub.agency(entry.code.clone(), options.credential.clone());
        let agencies: Vec<Agency> = traffic.agencies().iter().map(agency).collect();
        let mut agenda = Agenda::new();
        // Before whatever is sent in the same moment.
        if let Some(merging) = traffic.merging() {
            agenda.put(merging.at, Event::Merge);
        }
        for (index, planned) in traffic.planned().iter().enumerate() {
            agenda.put(planned.at, Event::Send(index));
        }
        // A lease is hub time: long enough for one call and one answer, however fast hub time runs.
        let lease = match scenario_clock.mode {
            Mode::Driven => Duration::from_secs(600),
            Mode::Wall => Duration::from_secs(60),
            Mode::Scaled => {
                Duration::from_secs_f64((scenario_clock.factor.unwrap_or(1.0) * 60.0).clamp(60.0, 604_800.0))
            }
        };
        let traffic = Arc::new(traffic);
        Ok(Self {
            by_code: traffic
                .agencies()
                .iter()
                .map(|entry| entry.code.clone())
                .zip(0..)
                .collect(),
            by_id: traffic
                .planned()
                .iter()
                .map(|planned| planned.document_id)
                .zip(0..)
                .collect(),
            reception: Reception::new(traffic.scenario(), traffic.seed()),
            next_open: vec![None; agencies.len()],
            ledger: Ledger::default(),
            given_back: HashSet::new(),
            left_to_another: HashSet::new(),
            unanswered: HashSet::new(),
            early: HashMap::new(),
            chases: 0,
            tally: Tally::new(),
            measure: Measure::begin(),
            signing: Signing::start(Arc::clone(&traffic), Arc::clone(&options.wallet)),
            traffic,
            operator,
            options,
            clock,
            agencies,
            agenda,
            lease,
        })
    }

    pub(super) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    pub(super) async fn run(mut self) -> Result<RunOutcome, RunError> {
        let begun = Instant::now();
        self.measure = Measure::begin();
        let before = self.totals().await?;
        let first = self.clock.now();
        match self.traffic.scenario().clock.mode {
            Mode::Driven => self.run_driven().await?,
            Mode::Wall | Mode::Scaled => self.run_open().await?,
        }
        let stopped = self.options.stop.is_cancelled();
        let now = self.clock.now();
        let due = self
            .traffic
            .planned()
            .iter()
            .filter(|planned| planned.at <= now)
            .count() as u64;
        self.measure.not_started(due.saturating_sub(self.tally.sent));
        let lost = if stopped { 0 } else { self.find_lost().await? };
        let after = self.totals().await?;
        let hub = HubCount::between(&before, &after);
        let conservation = Conservation::of(&self.ledger, lost, self.unread(), hub, self.options.exclusive);
        Ok(RunOutcome {
            seed: self.traffic.seed(),
            planned: self.traffic.planned().len() as u64,
            accepted: self.tally.accepted,
            refused: self.tally.refused,
            unexpected: self.tally.unexpected,
            unexpected_count: self.tally.unexpected_count,
            statuses: self.ledger.statuses,
            conservation,
            receipt_latency: self.tally.latency,
            merged: self.tally.merged,
            measurement: self.measure.finish(),
            stages: Vec::new(),
            receipts: self.tally.receipts,
            reported: self.traffic.reported(),
            hub_time: (first, self.clock.now()),
            took: begun.elapsed(),
            stopped,
        })
    }

    /// The run moves hub time from step to step, as fast as each is done.
    async fn run_driven(&mut self) -> Result<(), RunError> {
        let step = self.traffic.scenario().clock.step();
        while !self.options.stop.is_cancelled() {
            if self.agenda.next_at().is_none() && !self.chase() {
                break;
            }
            self.step(step).await?;
            self.tell();
        }
        Ok(())
    }

    /// All events of one step of hub time.
    async fn step(&mut self, step: SignedDuration) -> Result<(), RunError> {
        let events = self.agenda.take_step(step);
        let events = self.up_to_merger(events);
        let Some((last, _)) = events.last() else { return Ok(()) };
        self.clock.reach(*last, &self.options.stop).await?;
        self.measure.hub_time(self.clock.now());
        let (mut new, mut following, mut reports, mut open) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, event) in events {
            match event {
                Event::Send(index) if self.traffic.planned()[index].kind() == Kind::New => new.push(index),
                Event::Send(index) => following.push(index),
                Event::Report(report) => reports.push(report),
                Event::Merge => self.merge().await?,
                // An earlier opening was planned since.
                Event::Open(agency) if self.next_open[agency] != Some(at) => {}
                Event::Open(agency) => {
                    self.next_open[agency] = None;
                    open.push(agency);
                }
            }
        }
        // What refers to a document goes out when that document has its receipt.
        self.send_and_report(new, reports).await?;
        self.send(following).await?;
        self.open(open).await
    }

    /// Has an agency, or who took over from it, open its mailbox at `at` or before, unless it never does.
    fn open_by(&mut self, agency: usize, at: Timestamp) {
        let agency = self.ledger.heir(agency);
        if self.traffic.is_dead(agency) {
            return;
        }
        let at = at.max(self.clock.now());
        if self.next_open[agency].is_none_or(|next| at < next) {
            self.next_open[agency] = Some(at);
            self.agenda.put(at, Event::Open(agency));
        }
    }

    /// Has a sender look for word of its documents.
    fn look_for_word(&mut self, sender: usize) {
        let at = self.reception.looks_for_word(self.clock.now());
        self.open_by(sender, at);
    }

    async fn totals(&self) -> Result<pb::Totals, RunError> {
        let mut totals = self.operator.statistics().watch_totals(None);
        match totals.next().await {
            Some(Ok(totals)) => Ok(totals),
            Some(Err(source)) => Err(RunError::Call {
                what: "reading the totals",
                source,
            }),
            None => Ok(pb::Totals::default()),
        }
    }

    fn tell(&self) {
        if let Some(progress) = &self.options.progress {
            progress(&Progress {
                hub_time: self.clock.now(),
                planned: self.traffic.planned().len() as u64,
                sent: self.tally.sent,
                owed: self.ledger.slots().len() as u64,
                settled: self.ledger.settled(),
                statuses: self.ledger.statuses,
            });
        }
    }

    /// A document as its receiver knows it.
    fn received(&self, document: usize, recipient: usize) -> Received<'_> {
        let planned = &self.traffic.planned()[document];
        let agency = &self.traffic.agencies()[recipient];
        Received {
            document_id: planned.document_id,
            receiver: agency.code.as_str(),
            urgency: planned.urgency,
            due_on: planned.due_on,
            is_recall: matches!(planned.kind(), Kind::Recall(_)),
            system: self.traffic.received_by(planned),
            portal_services: agency.portal_services,
            replies_at: self.traffic.reply_of(planned, recipient),
            dead: self.traffic.is_dead(recipient),
        }
    }
}

impl Tally {
    fn new() -> Self {
        Self {
            sent: 0,
            accepted: 0,
            refused: BTreeMap::new(),
            unexpected: Vec::new(),
            unexpected_count: 0,
            receipts: Vec::new(),
            merged: None,
            latency: latency::histogram(),
        }
    }

    fn unexpected(&mut self, document_id: Uuid, sender: &AgencyCode, call: impl Into<String>, cause: String) {
        self.unexpected_count += 1;
        if self.unexpected.len() < UNEXPECTED_KEPT {
            let (sender, call) = (sender.clone(), call.into());
            self.unexpected.push(UnexpectedRefusal {
                document_id,
                sender,
                call,
                cause,
            });
        }
    }
}
