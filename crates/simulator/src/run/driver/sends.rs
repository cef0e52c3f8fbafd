//! The sends of a step.

use std::collections::HashMap;

use tokio::time::Instant;
use truc_agency::{SendError, Sent};
use truc_document::Refusal;

use super::{Driver, Report};
use crate::{
    latency,
    run::{
        outcome::{KeptReceipt, RunError},
        sending::{self, Answered},
        signing::Signed,
    },
    traffic::Flaw,
};

impl Driver {
    /// Sends documents of the plan.
    pub(super) async fn send(&mut self, indexes: Vec<usize>) -> Result<(), RunError> {
        if indexes.is_empty() {
            return Ok(());
        }
        let due = self.due(&indexes);
        let signed = self.signing.take(&indexes).await?;
        let answers = self.sending(signed).await;
        self.answered_all(&due, answers)
    }

    /// Sends documents of the plan while receivers report: what they report about was sent before.
    pub(super) async fn send_and_report(&mut self, indexes: Vec<usize>, reports: Vec<Report>) -> Result<(), RunError> {
        let due = self.due(&indexes);
        let signed = self.signing.take(&indexes).await?;
        let reports = self.by_receiver(reports);
        let (answers, reported) = tokio::join!(self.sending(signed), self.reporting(reports));
        self.answered_all(&due, answers)?;
        self.reported_all(reported)
    }

    /// When each should go out, whether or not it is signed by then: signing is the generator's own work.
    fn due(&self, indexes: &[usize]) -> HashMap<usize, Instant> {
        let due = |index: &usize| (*index, self.clock.instant_of(self.traffic.planned()[*index].at));
        indexes.iter().map(due).collect()
    }

    fn sending(&self, signed: Vec<Signed>) -> impl Future<Output = Vec<Answered>> {
        let (concurrency, patience) = (self.options.concurrency, self.options.patience);
        sending::send(&self.agencies, &self.traffic, signed, concurrency, patience)
    }

    fn answered_all(&mut self, due: &HashMap<usize, Instant>, answers: Vec<Answered>) -> Result<(), RunError> {
        answers
            .into_iter()
            .try_for_each(|answered| self.answered(due[&answered.index], answered))
    }

    pub(super) fn answered(&mut self, due: Instant, answered: Answered) -> Result<(), RunError> {
        let Answered {
            index,
            header,
            outcome,
            begun,
            answered,
        } = answered;
        let planned = &self.traffic.planned()[index];
        self.tally.sent += 1;
        latency::record(&mut self.tally.latency, answered.saturating_duration_since(begun));
        self.measure.sent(due, begun);
        match outcome {
            Ok(sent) => {
                self.measure.receipt(due, begun, answered);
                if planned.flaw.is_some() {
                    let sender = &self.traffic.agencies()[planned.sender].code;
                    let cause = "accepted, though it should have been refused".to_owned();
                    self.tally.unexpected(planned.document_id, sender, "send", cause);
                }
                self.accepted(index, header, sent);
                Ok(())
            }
            Err(SendError::Refused(refusal) | SendError::RefusedInDoubt(refusal)) => {
                self.measure.refused(refusal.reason.as_str(), answered);
                *self
                    .tally
                    .refused
                    .entry(refusal.reason.as_str().to_owned())
                    .or_default() += 1;
                let by_fault = refusal.metadata.contains_key("fault");
                // Of a closed agency the refusal must say who took over.
                let unnamed = planned.flaw == Some(Flaw::OldCode) && !self.names_successor(index, &refusal);
                if (planned.flaw.map(Flaw::reason) != Some(refusal.reason) || unnamed) && !by_fault {
                    let sender = &self.traffic.agencies()[planned.sender].code;
                    let cause = format!("{}: {}", refusal.reason, refusal.message);
                    self.tally.unexpected(planned.document_id, sender, "send", cause);
                }
                Ok(())
            }
            Err(error) => Err(RunError::Send {
                document_id: planned.document_id,
                source: error,
            }),
        }
    }

    /// Whether a refusal names the agency that stands for a recipient of a document.
    fn names_successor(&self, index: usize, refusal: &Refusal) -> bool {
        let Some(named) = refusal.metadata.get("successor") else {
            return false;
        };
        let stands_for = |recipient: &usize| {
            let heir = self.ledger.heir(*recipient);
            heir != *recipient && self.traffic.agencies()[heir].code.as_str() == named
        };
        self.traffic.planned()[index].recipients.iter().any(stands_for)
    }

    fn accepted(&mut self, index: usize, header: [u8; 32], sent: Sent) {
        let traffic = std::sync::Arc::clone(&self.traffic);
        let planned = &traffic.planned()[index];
        self.tally.accepted += 1;
        self.ledger.owe(planned.document_id, index, &planned.recipients, header);
        for recipient in &planned.recipients {
            if let Some(at) = self.reception.opens(self.received(index, *recipient), planned.at) {
                self.open_by(*recipient, at);
            }
        }
        self.look_for_word(planned.sender);
        if self.options.keep_receipts {
            let code = |index: &usize| traffic.agencies()[*index].code.clone();
            self.tally.receipts.push(KeptReceipt {
                document_id: planned.document_id,
                sender: code(&planned.sender),
                recipients: planned.recipients.iter().map(code).collect(),
                receipt: sent.receipt,
            });
        }
    }
}
