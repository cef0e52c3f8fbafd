//! The statuses that receivers report in a step.

use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt as _, stream};
use truc_agency::{CallError, StatusToReport};
use truc_document::{Refusal, StatusCode};

use super::Driver;
use crate::run::{ledger::SlotIndex, outcome::RunError, persist::persist};

/// A status to be reported.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) slot: SlotIndex,
    pub(super) status: StatusCode,
    pub(super) description: Box<str>,
}

/// What one receiver reports, and what came of it.
type Reported<O> = (usize, Vec<Report>, O);
type Outcomes = Result<Vec<Result<truc_agency::Reported, Refusal>>, CallError>;

impl Driver {
    /// What each receiver reports: all that it has, in one call.
    pub(super) fn by_receiver(&mut self, reports: Vec<Report>) -> BTreeMap<usize, Vec<Report>> {
        let mut by_receiver: BTreeMap<usize, Vec<Report>> = BTreeMap::new();
        for report in reports {
            // A document that is given back has no further statuses.
            if self.given_back.contains(&report.slot) {
                continue;
            }
            if report.status == StatusCode::Agreed {
                self.given_back.insert(report.slot);
            }
            let receiver = self.ledger.slot(report.slot).recipient;
            by_receiver.entry(receiver).or_default().push(report);
        }
        by_receiver
    }

    pub(super) fn reporting(
        &self,
        by_receiver: BTreeMap<usize, Vec<Report>>,
    ) -> impl Future<Output = Vec<Reported<Outcomes>>> {
        let patience = self.options.patience;
        let calls: Vec<_> = by_receiver
            .into_iter()
            .map(|(receiver, reports)| {
                let told: Vec<StatusToReport> = reports.iter().map(|report| self.told(report)).collect();
                let agency = self.agencies[receiver].clone();
                async move {
                    let outcomes = persist(patience, || agency.report_many(told.clone())).await;
                    (receiver, reports, outcomes)
                }
            })
            .collect();
        stream::iter(calls)
            .buffer_unordered(self.options.concurrency.max(1))
            .collect()
    }

    pub(super) fn reported_all(&mut self, mut reported: Vec<Reported<Outcomes>>) -> Result<(), RunError> {
        // In the same order, whichever answer came first.
        reported.sort_by_key(|(receiver, ..)| *receiver);
        for (_, reports, outcomes) in reported {
            let outcomes = outcomes.map_err(|source| RunError::Call {
                what: "reporting statuses",
                source,
            })?;
            self.reported(reports, outcomes);
        }
        Ok(())
    }

    pub(super) fn told(&self, report: &Report) -> StatusToReport {
        let document = self.ledger.slot(report.slot).document;
        let document_id = self.traffic.planned()[document].document_id;
        StatusToReport::new(document_id, report.status).because(report.description.as_ref())
    }

    pub(super) fn reported(&mut self, reports: Vec<Report>, outcomes: Vec<Result<truc_agency::Reported, Refusal>>) {
        let mut refused = HashSet::new();
        for (report, outcome) in reports.into_iter().zip(outcomes) {
            let slot = self.ledger.slot(report.slot);
            let (document, recipient) = (slot.document, slot.recipient);
            match outcome {
                Ok(_) => {
                    self.ledger.reported(report.slot, report.status);
                    self.measure.status(1);
                    let sender = self.traffic.planned()[document].sender;
                    self.look_for_word(sender);
                }
                // Those that follow one that was refused say nothing new.
                Err(refusal) if refused.insert(report.slot) => {
                    let document_id = self.traffic.planned()[document].document_id;
                    let code = &self.traffic.agencies()[recipient].code;
                    let cause = format!("{}: {}", refusal.reason, refusal.message);
                    self.tally
                        .unexpected(document_id, code, format!("status {}", report.status), cause);
                }
                Err(_) => {}
            }
        }
    }
}
