//! The end of a run: mailboxes that still owe something are opened once more, and the hub is asked about the rest.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use truc_agency::{CallError, DeliveryState};
use uuid::Uuid;

use super::Driver;
use crate::run::{conservation::Unread, ledger::SlotState, outcome::RunError, persist::persist};

/// Rounds in which mailboxes are opened once more for what is still owed, each after a lease.
const CHASES_MAX: u32 = 3;
/// Deliveries still owed at the end that the hub is asked about, one by one.
const TRACKED_MAX: usize = 10_000;

impl Driver {
    /// Opens the mailboxes that still owe something; false where none does, or it was tried often enough.
    pub(super) fn chase(&mut self) -> bool {
        if self.chases == CHASES_MAX {
            return false;
        }
        let mut owing: Vec<usize> = Vec::new();
        for slot in self.ledger.slots() {
            let sender = self.ledger.heir(self.traffic.planned()[slot.document].sender);
            let recipient = self.ledger.heir(slot.recipient);
            if slot.state == SlotState::Owed && self.traffic.is_dead(recipient) {
                continue;
            }
            if slot.state == SlotState::Owed {
                owing.extend([recipient, sender]);
            } else if slot.unreturned() > 0 {
                owing.push(sender);
            }
        }
        owing.retain(|agency| !self.traffic.is_dead(*agency));
        owing.sort_unstable();
        owing.dedup();
        // The first time nothing need be under a lease; then whatever was, is free again.
        let pause = if self.chases == 0 {
            Duration::ZERO
        } else {
            self.lease + Duration::from_secs(1)
        };
        let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::ZERO);
        let at = self.clock.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
        let any = !owing.is_empty();
        for agency in owing {
            self.open_by(agency, at);
        }
        self.chases += 1;
        any
    }

    /// What dead endpoints have left in their mailboxes.
    pub(super) fn unread(&self) -> Unread {
        let mut unread = Unread::default();
        for slot in self.ledger.slots() {
            if slot.state == SlotState::Owed && self.traffic.is_dead(self.ledger.heir(slot.recipient)) {
                unread.deliveries += 1;
            }
            if self
                .traffic
                .is_dead(self.ledger.heir(self.traffic.planned()[slot.document].sender))
            {
                unread.statuses += u64::from(slot.unreturned());
            }
        }
        unread
    }

    /// What the hub says of deliveries that never came: how many of them are in no mailbox.
    pub(super) async fn find_lost(&mut self) -> Result<u64, RunError> {
        let mut owed: Vec<(Uuid, usize)> = self
            .ledger
            .slots()
            .iter()
            .filter(|slot| slot.state == SlotState::Owed)
            .map(|slot| (self.traffic.planned()[slot.document].document_id, slot.recipient))
            .collect();
        // Of dead endpoints the hub is asked last: beyond the bound its totals have to do.
        owed.sort_by_key(|(_, recipient)| self.traffic.is_dead(self.ledger.heir(*recipient)));
        let untracked = owed.iter().skip(TRACKED_MAX);
        let mut lost = untracked
            .filter(|(_, recipient)| !self.traffic.is_dead(self.ledger.heir(*recipient)))
            .count() as u64;
        for (document_id, recipient) in owed.into_iter().take(TRACKED_MAX) {
            let code = &self.traffic.agencies()[recipient].code;
            let operator = &self.operator;
            let waits = match persist(self.options.patience, || operator.track(document_id)).await {
                Ok(life) => life.recipients.iter().any(|recipient| {
                    recipient.agency == *code
                        && matches!(recipient.delivery, DeliveryState::Waiting | DeliveryState::Leased)
                }),
                Err(CallError::Refused(_)) => false,
                Err(source) => {
                    return Err(RunError::Call {
                        what: "tracking a document",
                        source,
                    });
                }
            };
            lost += u64::from(!waits);
        }
        Ok(lost)
    }
}
