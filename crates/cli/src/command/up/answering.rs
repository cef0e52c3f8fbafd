//! Agencies that answer by themselves: what they receive they acknowledge, accept, handle and finish within seconds; now
//! and then they refuse. An agency costs nothing until something is sent to it.
//!
//! All of them share one connection. Which of them has mail is seen by the operator, who observes the journal from its
//! beginning, so that what was sent before a restart is answered too.

use std::{collections::HashMap, time::Duration};

use futures::StreamExt as _;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use truc_agency::{
    Agency, CallError, Content, Credential, Delivery, Hub, ObserveOptions, StatusToReport, SubscribeOptions,
};
use truc_document::{AgencyCode, BusinessAct, StatusCode, Urgency};
use truc_proto::v1 as pb;
use uuid::Uuid;

/// Deliveries that one agency handles at once.
const WINDOW: u32 = 100;
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
    let operator = hub.operator(credential.clone());
    let kinds = vec![pb::EventKind::DocumentAccepted, pb::EventKind::StatusReported];
    let mut events = operator.observe(ObserveOptions { from_position: Some(1), kinds, ..ObserveOptions::default() });
    let mut awake: HashMap<String, ()> = HashMap::new();
    let mut agencies = JoinSet::new();
    while let Some(event) = events.next().await {
        let event = match event {
            Ok(event) => event,
            Err(error) => return tracing::error!(%error, "agencies answer no more"),
        };
        for code in event.recipients {
            if code == user.as_str() || awake.insert(code.clone(), ()).is_some() {
                continue;
            }
            match code.parse() {
                Ok(code) => drop(agencies.spawn(run(hub.agency(code, credential.clone()), stop.clone()))),
                Err(error) => tracing::warn!(%error, "an event names no agency"),
            }
        }
    }
}

/// One agency: takes what comes, and handles each document on its own.
async fn run(agency: Agency, stop: CancellationToken) {
    let options = SubscribeOptions { window: WINDOW, headers_only: true, ..SubscribeOptions::default() };
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
    let Content::Document(document) = delivery.content else { return };
    let header = match document.header() {
        Ok(header) => header,
        Err(error) => return tracing::warn!(agency = %agency.code(), %error, "document can't be read"),
    };
    if let Err(error) = report(agency, header.document_id, header.urgency, header.act, &header.act_targets).await {
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
        agency.report(agreed.because("Đã thực hiện theo yêu cầu của cơ quan gửi")).await?;
    }
    if act == BusinessAct::Recall {
        return Ok(());
    }
    sleep(pause).await;
    // By the document's id: the same document meets the same fate on every run.
    if document.as_u128() % REFUSES_ONE_OF == 0 {
        let refused = StatusToReport::new(document, StatusCode::Refused);
        agency.report(refused.because("Văn bản gửi không đúng thẩm quyền giải quyết")).await?;
        return Ok(());
    }
    for status in [StatusCode::Accepted, StatusCode::Assigned, StatusCode::Processing, StatusCode::Finished] {
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
