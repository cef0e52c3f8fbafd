//! The statuses that receivers report in a step.

use std::collections::BTreeMap;

use futures::{StreamExt as _, stream};
use truc_agency::{Agency, CallError, StatusToReport};
use truc_document::StatusCode;
use uuid::Uuid;

use super::Driver;
use crate::run::{ledger::SlotIndex, outcome::RunError, persist::persist};

/// A status to be reported.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) slot: SlotIndex,
    pub(super) status: StatusCode,
    pub(super) description: String,
}

impl Driver {
    pub(super) async fn report(&mut self, reports: Vec<Report>) -> Result<(), RunError> {
        // Those about one delivery follow one another, the others go out at once.
        let mut by_slot: BTreeMap<SlotIndex, Vec<Report>> = BTreeMap::new();
        for report in reports {
            if !self.given_back.contains(&report.slot) {
                by_slot.entry(report.slot).or_default().push(report);
            }
        }
        let patience = self.options.patience;
        let calls: Vec<_> = by_slot
            .into_values()
            .map(|reports| {
                let slot = self.ledger.slot(reports[0].slot);
                let document_id = self.traffic.planned()[slot.document].document_id;
                let agency = self.agencies[slot.recipient].clone();
                report_one_after_another(agency, document_id, reports, patience)
            })
            .collect();
        let mut reported: Vec<Vec<(Report, Result<(), CallError>)>> = stream::iter(calls)
            .buffer_unordered(self.options.concurrency.max(1))
            .collect()
            .await;
        reported.sort_by_key(|reports| reports.first().map(|(report, _)| report.slot));
        reported
            .into_iter()
            .flatten()
            .try_for_each(|(report, outcome)| self.reported(&report, outcome))
    }

    fn reported(&mut self, report: &Report, outcome: Result<(), CallError>) -> Result<(), RunError> {
        let slot = self.ledger.slot(report.slot);
        let (document, recipient) = (slot.document, slot.recipient);
        match outcome {
            Ok(()) => {
                self.ledger.reported(report.slot, report.status);
                self.measure.status(1);
                if report.status == StatusCode::Agreed {
                    self.given_back.insert(report.slot);
                }
                let sender = self.traffic.planned()[document].sender;
                self.look_for_word(sender);
                Ok(())
            }
            Err(CallError::Refused(refusal)) => {
                let document_id = self.traffic.planned()[document].document_id;
                let code = &self.traffic.agencies()[recipient].code;
                let cause = format!("{}: {}", refusal.reason, refusal.message);
                self.tally
                    .unexpected(document_id, code, format!("status {}", report.status), cause);
                Ok(())
            }
            Err(source) => Err(RunError::Call {
                what: "reporting a status",
                source,
            }),
        }
    }
}

async fn report_one_after_another(
    agency: Agency,
    document_id: Uuid,
    reports: Vec<Report>,
    patience: std::time::Duration,
) -> Vec<(Report, Result<(), CallError>)> {
    let mut outcomes = Vec::with_capacity(reports.len());
    for report in reports {
        let to_report = StatusToReport::new(document_id, report.status).because(report.description.clone());
        let outcome = persist(patience, || agency.report(to_report.clone())).await.map(|_| ());
        // A document that is given back, or whose status was not taken, has no further ones.
        let ends = report.status == StatusCode::Agreed || outcome.is_err();
        outcomes.push((report, outcome));
        if ends {
            break;
        }
    }
    outcomes
}
