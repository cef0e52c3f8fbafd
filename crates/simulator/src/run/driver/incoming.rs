//! The mailboxes opened in a step.

use futures::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use truc_agency::{Content, DeliveredDocument, Delivery, NoticeKind};
use truc_document::BusinessAct;

use super::{Driver, Event, Report};
use crate::{
    reception::Step,
    run::{
        ledger::{Arrival, SlotIndex, SlotState},
        mailbox,
        outcome::RunError,
    },
};

impl Driver {
    pub(super) async fn open(&mut self, agencies: Vec<usize>) -> Result<(), RunError> {
        let (lease, patience) = (self.lease, self.options.patience);
        let calls: Vec<_> = agencies
            .into_iter()
            .map(|index| {
                let agency = self.agencies[index].clone();
                async move { (index, mailbox::empty(&agency, lease, patience).await) }
            })
            .collect();
        let mut opened: Vec<_> = stream::iter(calls)
            .buffer_unordered(self.options.concurrency.max(1))
            .collect()
            .await;
        opened.sort_by_key(|(index, _)| *index);
        for (index, taken) in opened {
            let taken = taken.map_err(|source| RunError::Call {
                what: "opening a mailbox",
                source,
            })?;
            self.ledger.foreign += taken.unreadable;
            for delivery in taken.deliveries {
                self.take(index, &delivery);
            }
        }
        Ok(())
    }

    fn take(&mut self, agency: usize, delivery: &Delivery) {
        match &delivery.content {
            Content::Document(document) => self.take_document(agency, delivery.id, document),
            Content::Status(status) => match self.by_code.get(&status.agency) {
                Some(reporter) => self.ledger.returned(status.document_id, *reporter, status.status),
                None => self.ledger.foreign += 1,
            },
            Content::Notice(notice) => {
                let about = notice.agency.as_ref().and_then(|code| self.by_code.get(code));
                if let (NoticeKind::Withdrawn, Some(about)) = (notice.kind, about) {
                    self.ledger.withdrawn(notice.document_id, *about);
                }
            }
        }
    }

    fn take_document(&mut self, agency: usize, delivery_id: u64, document: &DeliveredDocument) {
        let Ok(header) = document.header() else {
            self.ledger.foreign += 1;
            return;
        };
        let Arrival::Taken(slot) = self.ledger.taken(header.document_id, agency, delivery_id) else {
            return;
        };
        self.measure.taken(1);
        self.ledger
            .compare(header.document_id, Sha256::digest(&document.envelope.header).into());
        let now = self.clock.now();
        let index = self.ledger.slot(slot).document;
        let handling = self.reception.handling(self.received(index, agency), now);
        self.will_report(slot, handling);
        if matches!(header.act, BusinessAct::Recall | BusinessAct::Replace) {
            for target in &header.act_targets {
                self.answer_for(*target, agency, now);
            }
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
                    description,
                }),
            );
        }
    }
}
