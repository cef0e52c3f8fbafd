//! Agencies that answer by themselves: what they receive they acknowledge, accept, handle and finish within seconds; now
//! and then they refuse. An agency costs nothing until something is sent to it.
//!
//! All of them share one connection. Which of them has mail is seen by the operator: from the statistics for what was sent
//! before a restart, and from then on by observing.

use std::{collections::HashSet, time::Duration};

use futures::StreamExt as _;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use truc_agency::{
    Agency, CallError, Content, Credential, Delivery, Hub, ObserveOptions, Operator, ReportQuery, StatusToReport,
    SubscribeOptions,
};
use truc_document::{AgencyCode, BusinessAct, StatusCode, Urgency};
use truc_proto::v1 as pb;
use uuid::Uuid;

/// Deliveries that one agency handles at once.
const WINDOW: u32 = 100;
/// Mailboxes that a report lists at most.
const MAILBOXES_MAX: usize = 100;
/// Of this many documents an agency refuses one.
const REFUSES_ONE_OF: u128 = 25;

/// The agencies at work.
pub(super) struct Answering {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Answering {
    /// All agencies but `user` answer from now on.
    pub(super) fn start(hub: Hub, credential: Credential, user: AgencyCode) -> Self {
        let stop = CancellationToken::new();
        let answer = answer(hub, credential, user, stop.clone());
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
async fn answer(hub: Hub, credential: Credential, user: AgencyCode, stop: CancellationToken) {
    let mut awake = Awake {
        hub,
        credential,
        stop,
        codes: HashSet::from([user.to_string()]),
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
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => event.recipients.iter().for_each(|code| awake.wake(code)),
            Err(error) => return tracing::error!(%error, "agencies answer no more"),
        }
    }
}

struct Awake {
    hub: Hub,
    credential: Credential,
    stop: CancellationToken,
    /// Those that run already, and the user's, which never does.
    codes: HashSet<String>,
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
        match code.parse() {
            Ok(code) => {
                self.running
                    .spawn(run(self.hub.agency(code, self.credential.clone()), self.stop.clone()));
            }
            Err(error) => tracing::warn!(%error, "the hub names an agency that is none"),
        }
    }
}

/// One agency: takes what comes, and handles each document on its own.
async fn run(agency: Agency, stop: CancellationToken) {
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
                    let (agency, done) = (agency.clone(), done.clone());
                    handling.spawn(async move { handle(&agency, delivery, &done).await });
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

async fn handle(agency: &Agency, delivery: Delivery, done: &mpsc::UnboundedSender<u64>) {
    // Handed to the mailbox's own task; when that has ended there is nobody to acknowledge for.
    let _ = done.send(delivery.id);
    let Content::Document(document) = delivery.content else {
        return;
    };
    let header = match document.header() {
        Ok(header) => header,
        Err(error) => return tracing::warn!(agency = %agency.code(), %error, "document can't be read"),
    };
    if let Err(error) = report(
        agency,
        header.document_id,
        header.urgency,
        header.act,
        &header.act_targets,
    )
    .await
    {
        // A recall may have come in between, after which nothing more is reported: that is as it should be.
        tracing::debug!(agency = %agency.code(), document = %header.document_id, %error, "status not taken");
    }
}

async fn report(
    agency: &Agency,
    document: Uuid,
    urgency: Urgency,
    act: BusinessAct,
    targets: &[Uuid],
) -> Result<(), CallError> {
    let pause = pause(urgency);
    for target in targets {
        sleep(pause).await;
        let agreed = StatusToReport::new(*target, StatusCode::Agreed);
        agency
            .report(agreed.because("Đã thực hiện theo yêu cầu của cơ quan gửi"))
            .await?;
    }
    if act == BusinessAct::Recall {
        return Ok(());
    }
    sleep(pause).await;
    // By the document's id: the same document meets the same fate on every run.
    if document.as_u128().is_multiple_of(REFUSES_ONE_OF) {
        let refused = StatusToReport::new(document, StatusCode::Refused);
        agency
            .report(refused.because("Văn bản gửi không đúng thẩm quyền giải quyết"))
            .await?;
        return Ok(());
    }
    for status in [
        StatusCode::Accepted,
        StatusCode::Assigned,
        StatusCode::Processing,
        StatusCode::Finished,
    ] {
        agency.report(StatusToReport::new(document, status)).await?;
        sleep(pause).await;
    }
    Ok(())
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
