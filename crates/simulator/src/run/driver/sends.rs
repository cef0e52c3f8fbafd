//! The sends of a step.

use std::collections::HashMap;

use tokio::time::Instant;
use truc_agency::{SendError, Sent};

use super::Driver;
use crate::{
    latency,
    run::{
        outcome::{KeptReceipt, RunError},
        sending::{self, Answered},
    },
    traffic::Flaw,
};

impl Driver {
    pub(super) async fn send(&mut self, indexes: Vec<usize>) -> Result<(), RunError> {
        if indexes.is_empty() {
            return Ok(());
        }
        // When each should have gone out: before the signing, which is the generator's own work.
        let due = |index: &usize| (*index, self.clock.instant_of(self.traffic.planned()[*index].at));
        let due: HashMap<usize, Instant> = indexes.iter().map(due).collect();
        let wallet = &self.options.wallet;
        let signed = indexes
            .into_iter()
            .map(|index| sending::sign(&self.traffic, wallet, index))
            .collect::<Result<_, _>>()?;
        let (concurrency, patience) = (self.options.concurrency, self.options.patience);
        let answers = sending::send(&self.agencies, &self.traffic, signed, concurrency, patience).await;
        answers
            .into_iter()
            .try_for_each(|answered| self.answered(due[&answered.index], answered))
    }

    fn answered(&mut self, due: Instant, answered: Answered) -> Result<(), RunError> {
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
                if planned.flaw.map(Flaw::reason) != Some(refusal.reason) {
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

    fn accepted(&mut self, index: usize, header: [u8; 32], sent: Sent) {
        let traffic = std::sync::Arc::clone(&self.traffic);
        let planned = &traffic.planned()[index];
        self.tally.accepted += 1;
        self.ledger.owe(planned.document_id, index, &planned.recipients, header);
        for recipient in &planned.recipients {
            let at = self.reception.opens(self.received(index, *recipient), planned.at);
            self.open_by(*recipient, at);
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
