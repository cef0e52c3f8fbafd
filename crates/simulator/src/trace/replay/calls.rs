//! The calls of a replay, each made when its turn has come, and what is counted of them.

use std::{sync::Arc, time::Duration};

use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use truc_agency::{Agency, CallError, SendError, StatusToReport, UploadError};
use truc_document::{Refusal, StatusCode};
use uuid::Uuid;

use super::{
    ReplayError,
    letter::{Letter, Signing},
    mailbox::{Found, Mailbox},
    order::Turn,
    tally::{Caller, Tally},
};
use crate::run::persist::persist;

/// Makes the calls of one event.
pub(super) struct Calls {
    pub(super) caller: Caller,
    pub(super) agency: Agency,
    pub(super) patience: Duration,
    pub(super) tally: Arc<Tally>,
}

/// An event's way to the hub. Dropped, it lets others go on.
pub(super) struct Way {
    pub(super) turn: Turn,
    pub(super) due: Option<Instant>,
    pub(super) _room: Option<OwnedSemaphorePermit>,
}

/// A status to be reported.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) line: usize,
    /// The document's id in the trace.
    pub(super) recorded: Uuid,
    /// Its id on the hub.
    pub(super) document_id: Uuid,
    pub(super) status: StatusCode,
    pub(super) description: String,
}

impl Calls {
    /// Signs a document while it waits for its turn, and sends it.
    pub(super) async fn send(
        self,
        mut way: Way,
        recorded: Uuid,
        letter: Letter,
        signing: &Signing,
    ) -> Result<(), ReplayError> {
        let recipients = letter.header.recipients.len() as u64;
        let ready = signing.sign(letter)?;
        self.begin(&mut way).await;
        let mut outcome = Ok(());
        for content in ready.uploads {
            let uploaded = persist(self.patience, || async {
                let uploaded = self.agency.upload_bytes(content.clone()).await;
                uploaded.map(drop).map_err(call_error)
            });
            outcome = refusal_of(uploaded.await, "uploading an attachment")?;
            if outcome.is_err() {
                break;
            }
        }
        if outcome.is_ok() {
            let sent = persist(self.patience, || self.agency.send(ready.envelope.clone())).await;
            outcome = match sent {
                Ok(_) => Ok(()),
                Err(SendError::Refused(refusal) | SendError::RefusedInDoubt(refusal)) => Err(refusal),
                Err(source) => {
                    return Err(ReplayError::Send {
                        document_id: recorded,
                        source,
                    });
                }
            };
        }
        let mut counts = self.tally.counts();
        counts.sent += 1;
        match outcome {
            Ok(()) => {
                counts.accepted += 1;
                counts.owed += recipients;
            }
            Err(refusal) => {
                counts.refused.insert(recorded);
                counts.refused(&self.caller, Some(recorded), "send", &refusal);
            }
        }
        Ok(())
    }

    /// Takes documents, told by their ids in the trace and on the hub, and as many words as there were.
    pub(super) async fn acknowledge(
        self,
        mut way: Way,
        mailboxes: Vec<(Mailbox, Vec<(Uuid, Uuid)>)>,
        words: u64,
    ) -> Result<(), ReplayError> {
        self.begin(&mut way).await;
        let mut words_left = words;
        for (mailbox, documents) in mailboxes {
            let documents = self.without_refused(documents);
            if documents.is_empty() && words_left == 0 {
                continue;
            }
            words_left -= self.take(&mailbox, &documents, words_left).await?;
        }
        self.tally.counts().words_missing += words_left;
        Ok(())
    }

    /// Takes from one mailbox; gives how many words it had.
    async fn take(&self, mailbox: &Mailbox, documents: &[(Uuid, Uuid)], words: u64) -> Result<u64, ReplayError> {
        let on_hub: Vec<Uuid> = documents.iter().map(|(_, id)| *id).collect();
        let recorded = |id: Uuid| {
            documents
                .iter()
                .find(|(_, there)| *there == id)
                .map(|(recorded, _)| *recorded)
        };
        let found = refusal_of(mailbox.find(&on_hub, words).await, "listing a mailbox")?;
        let Found {
            documents: in_mailbox,
            words: words_found,
            missing,
        } = match found {
            Ok(found) => found,
            Err(refusal) => {
                self.tally.counts().refused(&self.caller, None, "acknowledge", &refusal);
                return Ok(0);
            }
        };
        let deliveries: Vec<u64> = in_mailbox
            .iter()
            .map(|(_, id)| *id)
            .chain(words_found.iter().copied())
            .collect();
        let outcomes = match deliveries.is_empty() {
            true => Ok(Vec::new()),
            false => refusal_of(mailbox.take(&deliveries).await, "acknowledging")?,
        };
        let mut counts = self.tally.counts();
        for id in missing {
            counts.missing(&self.caller, recorded(id).unwrap_or(id));
        }
        match outcomes {
            Ok(outcomes) => {
                for (index, outcome) in outcomes.into_iter().enumerate() {
                    let document = in_mailbox.get(index).map(|(id, _)| *id);
                    match (outcome.refusal, document) {
                        (Some(refusal), _) => {
                            let document = document.and_then(recorded);
                            counts.refused(&self.caller, document, "acknowledge", &refusal);
                        }
                        (None, Some(_)) => counts.taken += 1,
                        (None, None) => counts.words_taken += 1,
                    }
                }
            }
            Err(refusal) => counts.refused(&self.caller, None, "acknowledge", &refusal),
        }
        Ok(words_found.len() as u64)
    }

    /// Reports statuses, all in one call.
    pub(super) async fn report(self, mut way: Way, mut reports: Vec<Report>) -> Result<(), ReplayError> {
        self.begin(&mut way).await;
        {
            let mut counts = self.tally.counts();
            let before = reports.len();
            reports.retain(|report| !counts.refused.contains(&report.recorded));
            counts.skipped += (before - reports.len()) as u64;
        }
        if reports.is_empty() {
            return Ok(());
        }
        let told = |report: &Report| {
            StatusToReport::new(report.document_id, report.status).because(report.description.as_str())
        };
        let told: Vec<StatusToReport> = reports.iter().map(told).collect();
        let outcomes = persist(self.patience, || self.agency.report_many(told.clone())).await;
        let outcomes = refusal_of(outcomes, "reporting statuses")?;
        let outcomes = outcomes.unwrap_or_else(|refusal| vec![Err(refusal); reports.len()]);
        let mut counts = self.tally.counts();
        for (report, outcome) in reports.into_iter().zip(outcomes) {
            match outcome {
                Ok(_) => counts.statuses += 1,
                Err(refusal) => {
                    let caller = Caller {
                        line: report.line,
                        ..self.caller.clone()
                    };
                    let call = format!("status {}", report.status);
                    counts.refused(&caller, Some(report.recorded), &call, &refusal);
                }
            }
        }
        Ok(())
    }

    async fn begin(&self, way: &mut Way) {
        way.turn.come().await;
        if let Some(due) = way.due {
            self.tally.counts().late(Instant::now().saturating_duration_since(due));
        }
    }

    /// Without those that the hub refused, which are counted.
    fn without_refused(&self, mut documents: Vec<(Uuid, Uuid)>) -> Vec<(Uuid, Uuid)> {
        let mut counts = self.tally.counts();
        let before = documents.len();
        documents.retain(|(recorded, _)| !counts.refused.contains(recorded));
        counts.skipped += (before - documents.len()) as u64;
        documents
    }
}

/// A refusal is an outcome like others; whatever else fails ends the replay.
fn refusal_of<T>(outcome: Result<T, CallError>, what: &'static str) -> Result<Result<T, Refusal>, ReplayError> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(CallError::Refused(refusal)) => Ok(Err(refusal)),
        Err(source) => Err(ReplayError::Call { what, source }),
    }
}

fn call_error(error: UploadError) -> CallError {
    match error {
        UploadError::Call(error) => error,
        // Nothing is read but memory.
        UploadError::Read(error) => CallError::Unanswered {
            attempts: 1,
            cause: error.to_string(),
        },
    }
}
