//! The mailboxes opened in a step.

use futures::{StreamExt as _, stream};

use super::{Driver, Event, Report};
use crate::{
    reception::Step,
    run::{
        ledger::{Arrival, SlotIndex, SlotState},
        mailbox::{self, Came},
        outcome::RunError,
    },
};

impl Driver {
    pub(super) async fn open(&mut self, agencies: Vec<usize>) -> Result<(), RunError> {
        let (lease, patience) = (self.lease, self.options.patience);
        let failed = |source| RunError::Call {
            what: "opening a mailbox",
            source,
        };
        // On tasks of their own: what comes is read on all cores.
        let calls: Vec<_> = agencies
            .into_iter()
            .map(|index| {
                let agency = self.agencies[index].clone();
                async move { (index, tokio::spawn(mailbox::empty(agency, lease, patience)).await) }
            })
            .collect();
        let mut opened: Vec<_> = stream::iter(calls)
            .buffer_unordered(self.options.concurrency.max(1))
            .collect()
            .await;
        opened.sort_by_key(|(index, _)| *index);
        for (index, taken) in opened {
            let taken = taken?.map_err(failed)?;
            self.ledger.foreign += taken.unreadable;
            for came in taken.deliveries {
                self.take(index, came);
            }
        }
        Ok(())
    }

    pub(super) fn take(&mut self, agency: usize, came: Came) {
        match came {
            Came::Document {
                delivery_id,
                document_id,
                header,
                recalls,
            } => {
                let Arrival::Taken(slot) = self.ledger.taken(document_id, agency, delivery_id) else {
                    return;
                };
                self.measure.taken(1);
                self.ledger.compare(document_id, header);
                self.take_document(agency, slot, &recalls);
            }
            Came::Status {
                document_id,
                agency,
                status,
            } => match self.by_code.get(&agency) {
                Some(reporter) => self.ledger.returned(document_id, *reporter, status),
                None => self.ledger.foreign += 1,
            },
            Came::Withdrawn { document_id, agency } => {
                if let Some(about) = agency.and_then(|code| self.by_code.get(&code)) {
                    self.ledger.withdrawn(document_id, *about);
                }
            }
            Came::Other => {}
        }
    }

    fn take_document(&mut self, agency: usize, slot: SlotIndex, recalls: &[uuid::Uuid]) {
        let now = self.clock.now();
        let index = self.ledger.slot(slot).document;
        let handling = self.reception.handling(self.received(index, agency), now);
        self.will_report(slot, handling);
        for target in recalls {
            self.answer_for(*target, agency, now);
        }
        let sender = self.traffic.planned()[index].sender;
        self.look_for_word(sender);
    }

    /// The receiver answers whether it gives the old document back, where it has it.
    fn answer_for(&mut self, target: uuid::Uuid, agency: usize, now: jiff::Timestamp) {
        let (Some(index), Some(slot)) = (self.by_id.get(&target), self.ledger.find(target, agency)) else {
            return;
        };
        if matches!(self.ledger.slot(slot).state, SlotState::Taken { .. }) {
            let answer = self.reception.answer(self.received(*index, agency), now);
            self.will_report(slot, vec![answer]);
        }
    }

    fn will_report(&mut self, slot: SlotIndex, steps: Vec<Step>) {
        for Step {
            at,
            status,
            description,
        } in steps
        {
            let at = at.max(self.clock.now());
            self.agenda.put(
                at,
                Event::Report(Report {
                    slot,
                    status,
                    description: description.into(),
                }),
            );
        }
    }
}
