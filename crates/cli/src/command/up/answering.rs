//! Agencies that answer by themselves: what they receive they acknowledge, accept, handle and finish within seconds; now
//! and then they refuse. Magic ones do what their code says ([`Magic`]). An agency costs nothing until something is sent to it.
//!
//! All of them share one connection. Which of them has mail is seen by the operator: from the statistics for what was sent
//! before a restart, and from then on by observing.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt as _;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use truc_agency::{
    Agency, CallError, Content, Credential, Delivery, Hub, ObserveOptions, Operator, ReportQuery, StatusToReport,
    SubscribeOptions,
};
use truc_document::{AgencyCode, BusinessAct, Header, StatusCode, Urgency};
use truc_proto::v1 as pb;
use truc_simulator::{Magic, behaviour::usual_statuses, lesson::is_of_lessons};
use uuid::Uuid;

use super::reply;
use crate::keys::Keys;

/// Deliveries that one agency handles at once.
const WINDOW: u32 = 100;
/// Mailboxes that a report lists at most.
const MAILBOXES_MAX: usize = 100;
/// So many times as slow as others is the agency that is late.
const LATE: u32 = 25;
/// Of this many documents an agency refuses one.
const REFUSES_ONE_OF: u128 = 25;

/// The agencies at work.
pub(super) struct Answering {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Answering {
    /// All agencies answer from now on, but `user` and those of `attended`, while they are in it.
    pub(super) fn start(
        hub: Hub,
        keys: Keys,
        user: AgencyCode,
        attended: watch::Receiver<BTreeSet<AgencyCode>>,
    ) -> Self {
        let stop = CancellationToken::new();
        let answer = answer(hub, keys, user, attended, stop.clone());
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            tokio::select! { () = answer => {} () = stopped.cancelled() => {} }
        });
        Self { stop, task }
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        if self.task.await.is_err() {
            tracing::error!("answering agencies broke down");
        }
    }
}

/// Wakes each agency when it first has mail.
async fn answer(
    hub: Hub,
    keys: Keys,
    user: AgencyCode,
    mut attended: watch::Receiver<BTreeSet<AgencyCode>>,
    stop: CancellationToken,
) {
    let mut awake = Awake {
        hub,
        credential: keys.credential(),
        keys: Arc::new(keys),
        stop,
        user: user.to_string(),
        codes: HashSet::from([user.to_string(), Magic::NeverFetches.code().to_owned()]),
        attended: BTreeSet::new(),
        offices: HashMap::new(),
        running: JoinSet::new(),
    };
    let operator = awake.hub.operator(awake.credential.clone());
    let position = match awake.wake_waiting(&operator).await {
        Ok(position) => position,
        Err(error) => return tracing::error!(%error, "agencies do not answer"),
    };
    let kinds = vec![pb::EventKind::DocumentAccepted];
    let from_position = Some(position + 1);
    let mut events = operator.observe(ObserveOptions {
        from_position,
        kinds,
        ..ObserveOptions::default()
    });
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            Ok(()) = attended.changed() => {
                let now_attended = attended.borrow_and_update().clone();
                awake.attend(now_attended);
                continue;
            }
        };
        match event {
            Some(Ok(event)) => event.recipients.iter().for_each(|code| awake.wake(code)),
            Some(Err(error)) => return tracing::error!(%error, "agencies answer no more"),
            None => return,
        }
    }
}

struct Awake {
    hub: Hub,
    credential: Credential,
    keys: Arc<Keys>,
    stop: CancellationToken,
    user: String,
    /// Those that run already, and those that never do: the user's, and the one that never fetches.
    codes: HashSet<String>,
    /// Agencies that people have entered.
    attended: BTreeSet<AgencyCode>,
    /// What stops each that runs.
    offices: HashMap<AgencyCode, CancellationToken>,
    running: JoinSet<()>,
}

impl Awake {
    /// Wakes all that have mail now; says as of which position of the journal.
    async fn wake_waiting(&mut self, operator: &Operator) -> Result<u64, CallError> {
        let mut first_position = None;
        loop {
            let report = operator.statistics().report(ReportQuery::default()).await?;
            let position = *first_position.get_or_insert(report.position);
            let before = self.codes.len();
            for row in report.mailboxes.iter().filter(|row| row.waiting + row.leased > 0) {
                self.wake(&row.agency);
            }
            // A report names no more mailboxes than this; the others show when the first are empty.
            if report.mailboxes.len() < MAILBOXES_MAX && self.codes.len() == before {
                return Ok(position);
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    fn wake(&mut self, code: &str) {
        if !self.codes.insert(code.to_owned()) {
            return;
        }
        match code.parse::<AgencyCode>() {
            // Woken when they are left.
            Ok(code) if self.attended.contains(&code) => {}
            // A lesson plays them, or a trainee does.
            Ok(code) if is_of_lessons(&code) => {}
            Ok(code) => {
                let stop = self.stop.child_token();
                self.offices.insert(code.clone(), stop.clone());
                let office = Office {
                    magic: Magic::of(&code),
                    agency: self.hub.agency(code, self.credential.clone()),
                    keys: Arc::clone(&self.keys),
                };
                self.running.spawn(run(office, stop));
            }
            Err(error) => tracing::warn!(%error, "the hub names an agency that is none"),
        }
    }

    /// Those that people entered fall silent; those that they left answer again.
    fn attend(&mut self, attended: BTreeSet<AgencyCode>) {
        let before = std::mem::replace(&mut self.attended, attended);
        for code in &self.attended {
            if let Some(office) = self.offices.remove(code) {
                office.cancel();
            }
        }
        let left: Vec<String> = before.difference(&self.attended).map(ToString::to_string).collect();
        for code in left {
            // The user's own, and the one that never fetches, were silent before.
            if code != self.user && code != Magic::NeverFetches.code() {
                self.codes.remove(&code);
                self.wake(&code);
            }
        }
    }
}

/// One agency at work.
#[derive(Clone)]
struct Office {
    agency: Agency,
    magic: Option<Magic>,
    keys: Arc<Keys>,
}

/// Takes what comes, and handles each document on its own.
async fn run(office: Office, stop: CancellationToken) {
    let agency = office.agency.clone();
    let options = SubscribeOptions {
        window: WINDOW,
        headers_only: true,
        ..SubscribeOptions::default()
    };
    let mut mailbox = agency.subscribe(options);
    let (done, mut to_acknowledge) = mpsc::unbounded_channel();
    let mut handling = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(id) = to_acknowledge.recv() => acknowledge(&agency, id, &mut to_acknowledge).await,
            delivery = mailbox.next() => match delivery {
                Some(Ok(delivery)) => {
                    let (office, done) = (office.clone(), done.clone());
                    handling.spawn(async move { office.handle(delivery, &done).await });
                }
                Some(Err(error)) => tracing::warn!(agency = %agency.code(), %error, "delivery can't be read"),
                None => return,
            },
            Some(_) = handling.join_next() => {}
        }
    }
}

/// Acknowledges all that is ready together: a call costs more than what it carries.
async fn acknowledge(agency: &Agency, first: u64, more: &mut mpsc::UnboundedReceiver<u64>) {
    let mut ids = vec![first];
    while let Ok(id) = more.try_recv() {
        ids.push(id);
    }
    if let Err(error) = agency.acknowledge(&ids).await {
        tracing::warn!(agency = %agency.code(), %error, "could not acknowledge");
    }
}

impl Office {
    async fn handle(&self, delivery: Delivery, done: &mpsc::UnboundedSender<u64>) {
        let agency = &self.agency;
        let header = match &delivery.content {
            Content::Document(document) => Some(document.header()),
            _ => None,
        };
        if let (Some(Ok(header)), Some(Magic::Late)) = (&header, self.magic) {
            sleep(self.pause(header.urgency)).await;
        }
        // Handed to the mailbox's own task; when that has ended there is nobody to acknowledge for.
        let _ = done.send(delivery.id);
        let answered = match (header, delivery.content) {
            (Some(Ok(header)), _) => self.answer(&header).await,
            (Some(Err(error)), _) => return tracing::warn!(agency = %agency.code(), %error, "document can't be read"),
            (None, Content::Status(asked)) if asked.status == StatusCode::TakeBack => {
                self.consent(asked.document_id).await
            }
            (None, _) => return,
        };
        if let Err(error) = answered {
            // A recall may have come in between, after which nothing more is reported: that is as it should be.
            tracing::debug!(agency = %agency.code(), %error, "status not taken");
        }
    }

    async fn answer(&self, header: &Header) -> Result<(), CallError> {
        let (document, pause) = (header.document_id, self.pause(header.urgency));
        for target in &header.act_targets {
            sleep(pause).await;
            self.consent(*target).await?;
        }
        if header.act == BusinessAct::Recall {
            return Ok(());
        }
        sleep(pause).await;
        if self.refuses(document) {
            let refused = StatusToReport::new(document, StatusCode::Refused);
            return self
                .report(refused.because("Văn bản gửi không đúng thẩm quyền giải quyết"))
                .await;
        }
        for status in usual_statuses(header.system) {
            self.report(StatusToReport::new(document, status)).await?;
            sleep(pause).await;
        }
        if self.magic == Some(Magic::AnswersTwice) && header.in_reply_to.is_empty() {
            for _ in 0..2 {
                if let Err(error) = reply::send(&self.agency, &self.keys, header).await {
                    tracing::warn!(agency = %self.agency.code(), error = error.message, "answer not sent");
                }
            }
        }
        Ok(())
    }

    /// Whether it gives a document back, or has it changed.
    async fn consent(&self, document: Uuid) -> Result<(), CallError> {
        let answer = if self.magic == Some(Magic::Declines) {
            let declined = StatusToReport::new(document, StatusCode::Declined);
            declined.because("Văn bản đã được xử lý, đề nghị giữ nguyên")
        } else {
            let agreed = StatusToReport::new(document, StatusCode::Agreed);
            agreed.because("Đã thực hiện theo yêu cầu của cơ quan gửi")
        };
        self.report(answer).await
    }

    async fn report(&self, report: StatusToReport) -> Result<(), CallError> {
        if self.magic == Some(Magic::AnswersTwice) {
            self.agency.report(report.clone()).await?;
        }
        self.agency.report(report).await.map(drop)
    }

    /// By the document's id: the same document meets the same fate on every run.
    fn refuses(&self, document: Uuid) -> bool {
        match self.magic {
            Some(magic) => magic == Magic::Refuses,
            None => document.as_u128().is_multiple_of(REFUSES_ONE_OF),
        }
    }

    fn pause(&self, urgency: Urgency) -> Duration {
        match self.magic {
            Some(Magic::Late) => pause(urgency) * LATE,
            _ => pause(urgency),
        }
    }
}

/// Wall time between two steps: what takes an office hours is shown in seconds.
fn pause(urgency: Urgency) -> Duration {
    Duration::from_millis(match urgency {
        Urgency::Express => 200,
        Urgency::VeryUrgent => 400,
        Urgency::Urgent => 700,
        Urgency::Normal => 1000,
    })
}
