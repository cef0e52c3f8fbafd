//! The statuses that receivers report in a step.

use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt as _, stream};
use truc_agency::{CallError, StatusToReport};
use truc_document::{Refusal, StatusCode};

use super::Driver;
use crate::run::{
    ledger::{Slot, SlotIndex, SlotState},
    outcome::RunError,
    persist::persist,
};

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
            let Some((receiver, report)) = self.standing_for(report) else {
                continue;
            };
            if report.status == StatusCode::Agreed {
                self.given_back.insert(report.slot);
            }
            by_receiver.entry(receiver).or_default().push(report);
        }
        by_receiver
    }

    /// Who reports it now, and on which delivery. A successor that stands for several receivers of a document handles it once, and
    /// the hub says which of the deliveries that is; of the others nothing more is told.
    fn standing_for(&mut self, report: Report) -> Option<(usize, Report)> {
        let Slot {
            document, recipient, ..
        } = *self.ledger.slot(report.slot);
        let receiver = self.ledger.heir(recipient);
        let document_id = self.traffic.planned()[document].document_id;
        let chosen = match receiver == recipient {
            true => report.slot,
            false => self.ledger.find(document_id, receiver)?,
        };
        if self.left_to_another.contains(&report.slot) {
            return None;
        }
        if chosen == report.slot {
            return Some((receiver, report));
        }
        let slot = self.ledger.slot(chosen);
        // The other way round where that was left to this one, when this one was still open.
        if !self.left_to_another.contains(&chosen) || slot.state == SlotState::Owed {
            self.left_to_another.insert(report.slot);
            return None;
        }
        slot.goes_on_with(report.status)
            .then_some((receiver, Report { slot: chosen, ..report }))
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
                    let code = &self.traffic.agencies()[self.ledger.heir(recipient)].code;
                    let cause = format!("{}: {}", refusal.reason, refusal.message);
                    self.tally
                        .unexpected(document_id, code, format!("status {}", report.status), cause);
                }
                Err(_) => {}
            }
        }
    }
}
