//! What the state keeps of deliveries, for ever, by id: 4 bytes of each, 12 more of a document's. What matters only while
//! one is open stands aside, in tables that grow and shrink with what is open.
//!
//! A nation's year is 5.8 million deliveries of documents and three times as many statuses: what was taken must cost next
//! to nothing.

use truc_document::Standing;

use super::{AgencyIndex, Content, Delivery, DeliveryState, DocumentIndex, Paged, open::OpenTable};

/// One delivery. Two bits say what it is, the other 30 lead on: a word for 2³⁰ deliveries of documents at most, which
/// would be 185 of a nation's years.
#[derive(Clone, Copy, Debug)]
struct Slot(u32);

/// A slot, read.
#[derive(Clone, Copy)]
enum Kept {
    /// A document's, at this index of the receptions.
    Document(u32),
    /// A status or notice that is waiting or leased; the table of those has it by its id.
    Open,
    /// A status or notice that this agency took.
    Taken(AgencyIndex),
}

const INDEX_BITS: u32 = 30;

impl Slot {
    fn of(kept: Kept) -> Self {
        let (kind, index) = match kept {
            Kept::Document(index) => (0, index),
            Kept::Open => (1, 0),
            Kept::Taken(agency) => (2, agency),
        };
        assert!(index >> INDEX_BITS == 0, "a delivery's index is beyond 30 bits");
        Self(kind << INDEX_BITS | index)
    }

    fn kept(self) -> Kept {
        let index = self.0 & ((1 << INDEX_BITS) - 1);
        match self.0 >> INDEX_BITS {
            0 => Kept::Document(index),
            1 => Kept::Open,
            _ => Kept::Taken(index),
        }
    }
}

/// The delivery of a document: 12 bytes.
#[derive(Clone, Copy, Debug)]
struct Reception {
    agency: AgencyIndex,
    document: DocumentIndex,
    attempts: u8,
    rank: u8,
    state: DeliveryState,
    standing: PackedStanding,
}

/// [`Standing`] in one byte.
#[derive(Clone, Copy, Debug)]
struct PackedStanding(u8);

impl PackedStanding {
    fn of(standing: Standing) -> Self {
        let [progress, request] = standing.to_bytes();
        Self(progress << 4 | request)
    }

    fn standing(self) -> Standing {
        Standing::from_bytes([self.0 >> 4, self.0 & 15]).unwrap_or_default()
    }
}

/// A status or notice under way.
#[derive(Clone, Copy, Debug)]
struct Word {
    content: Content,
    leased_until: i64,
    agency: AgencyIndex,
    attempts: u8,
    rank: u8,
    state: DeliveryState,
}

/// See the module. Ids begin at 1 and are dense.
#[derive(Clone, Default)]
pub(crate) struct Deliveries {
    slots: Paged<Slot>,
    receptions: Paged<Reception>,
    words: OpenTable<Word>,
    /// Ends of the leases of documents, µs.
    leases: OpenTable<i64>,
}

impl Deliveries {
    /// Number of deliveries ever made.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The delivery of an id.
    pub(crate) fn get(&self, id: u64) -> Option<Delivery> {
        let kept = self.slots.get(place(id)?)?.kept();
        self.read(id, kept)
    }

    /// All deliveries with their ids, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, Delivery)> {
        let read = |(id, slot): (u64, &Slot)| Some((id, self.read(id, slot.kept())?));
        (1_u64..).zip(self.slots.iter()).filter_map(read)
    }

    fn read(&self, id: u64, kept: Kept) -> Option<Delivery> {
        Some(match kept {
            Kept::Document(index) => {
                let reception = self.receptions.get(index as usize)?;
                let leased = reception.state == DeliveryState::Leased;
                Delivery {
                    agency: reception.agency,
                    state: reception.state,
                    rank: reception.rank,
                    attempts: reception.attempts,
                    standing: reception.standing.standing(),
                    leased_until: if leased { *self.leases.get(id)? } else { 0 },
                    content: Some(Content::Document(reception.document)),
                }
            }
            Kept::Open => {
                let word = self.words.get(id)?;
                Delivery {
                    agency: word.agency,
                    state: word.state,
                    rank: word.rank,
                    attempts: word.attempts,
                    standing: Standing::default(),
                    leased_until: word.leased_until,
                    content: Some(word.content),
                }
            }
            Kept::Taken(agency) => Delivery {
                agency,
                state: DeliveryState::Acknowledged,
                rank: 0,
                attempts: 0,
                standing: Standing::default(),
                leased_until: 0,
                content: None,
            },
        })
    }

    /// Adds a delivery as it was read before, and gives its id.
    pub(crate) fn push(&mut self, delivery: Delivery) -> u64 {
        let id = self.slots.len() as u64 + 1;
        let kept = match delivery.content {
            Some(Content::Document(document)) => {
                let index = self.receptions.push(Reception {
                    agency: delivery.agency,
                    document,
                    attempts: delivery.attempts,
                    rank: delivery.rank,
                    state: delivery.state,
                    standing: PackedStanding::of(delivery.standing),
                });
                if delivery.state == DeliveryState::Leased {
                    self.leases.insert(id, delivery.leased_until);
                }
                Kept::Document(index as u32)
            }
            Some(content) => {
                self.words.insert(
                    id,
                    Word {
                        content,
                        leased_until: delivery.leased_until,
                        agency: delivery.agency,
                        attempts: delivery.attempts,
                        rank: delivery.rank,
                        state: delivery.state,
                    },
                );
                Kept::Open
            }
            None => Kept::Taken(delivery.agency),
        };
        self.slots.push(Slot::of(kept));
        id
    }

    /// Hands a delivery out until then (µs) and gives it as it now is. One that was taken stays so.
    pub(crate) fn lease(&mut self, id: u64, until: i64) -> Option<Delivery> {
        match self.slots.get(place(id)?)?.kept() {
            Kept::Document(index) => {
                let reception = self.receptions.get_mut(index as usize)?;
                reception.state = DeliveryState::Leased;
                reception.attempts = reception.attempts.saturating_add(1);
                self.leases.insert(id, until);
            }
            Kept::Open => {
                let word = self.words.get_mut(id)?;
                word.state = DeliveryState::Leased;
                word.attempts = word.attempts.saturating_add(1);
                word.leased_until = until;
            }
            Kept::Taken(_) => return None,
        }
        self.get(id)
    }

    /// Ends a lease: back to waiting.
    pub(crate) fn release(&mut self, id: u64) -> Option<Delivery> {
        match self.slots.get(place(id)?)?.kept() {
            Kept::Document(index) => self.close(id, index, DeliveryState::Waiting)?,
            Kept::Open => {
                let word = self.words.get_mut(id)?;
                word.state = DeliveryState::Waiting;
                word.leased_until = 0;
            }
            Kept::Taken(_) => return None,
        }
        self.get(id)
    }

    /// Takes a delivery for good. Of a status or notice nothing stays but whose it was.
    pub(crate) fn acknowledge(&mut self, id: u64) -> Option<()> {
        let at = place(id)?;
        match self.slots.get(at)?.kept() {
            Kept::Document(index) => self.close(id, index, DeliveryState::Acknowledged),
            Kept::Open => {
                let word = self.words.remove(id)?;
                *self.slots.get_mut(at)? = Slot::of(Kept::Taken(word.agency));
                Some(())
            }
            Kept::Taken(_) => Some(()),
        }
    }

    /// Withdraws the delivery of a document; statuses and notices never are.
    pub(crate) fn withdraw(&mut self, id: u64) -> Option<()> {
        let index = self.reception(id)?;
        self.close(id, index, DeliveryState::Withdrawn)
    }

    /// What the recipient of a document has reported by now.
    pub(crate) fn set_standing(&mut self, id: u64, standing: Standing) -> Option<()> {
        let index = self.reception(id)?;
        self.receptions.get_mut(index as usize)?.standing = PackedStanding::of(standing);
        Some(())
    }

    fn close(&mut self, id: u64, reception: u32, state: DeliveryState) -> Option<()> {
        let reception = self.receptions.get_mut(reception as usize)?;
        if reception.state == DeliveryState::Leased {
            self.leases.remove(id);
        }
        reception.state = state;
        Some(())
    }

    fn reception(&self, id: u64) -> Option<u32> {
        match self.slots.get(place(id)?)?.kept() {
            Kept::Document(index) => Some(index),
            Kept::Open | Kept::Taken(_) => None,
        }
    }

    /// Moves a delivery to another mailbox, whatever its state.
    #[cfg(test)]
    pub(crate) fn readdress(&mut self, id: u64, agency: AgencyIndex) -> Option<()> {
        let at = place(id)?;
        match self.slots.get(at)?.kept() {
            Kept::Document(index) => self.receptions.get_mut(index as usize)?.agency = agency,
            Kept::Open => self.words.get_mut(id)?.agency = agency,
            Kept::Taken(_) => *self.slots.get_mut(at)? = Slot::of(Kept::Taken(agency)),
        }
        Some(())
    }
}

/// Where the slot of an id is.
fn place(id: u64) -> Option<usize> {
    usize::try_from(id).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use std::mem::size_of;

    use truc_document::StatusCode;

    use super::*;
    use crate::journal::Position;

    fn waiting(content: Content) -> Delivery {
        Delivery {
            agency: 3,
            state: DeliveryState::Waiting,
            rank: 1,
            attempts: 0,
            standing: Standing::default(),
            leased_until: 0,
            content: Some(content),
        }
    }

    fn status() -> Delivery {
        waiting(Content::Status {
            document: 9,
            position: Position(1 << 40),
            agency: 4,
            status: 3,
        })
    }

    #[test]
    fn a_delivery_taken_costs_sixteen_bytes_and_word_of_it_four() {
        assert_eq!((size_of::<Slot>(), size_of::<Reception>()), (4, 12));
        let mut deliveries = Deliveries::default();
        for _ in 0..10_000 {
            let id = deliveries.push(status());
            deliveries.lease(id, 60).unwrap();
        }
        assert!(deliveries.words.capacity() >= 10_000);
        (1..=10_000).for_each(|id| deliveries.acknowledge(id).unwrap());
        assert!(deliveries.words.capacity() < 100, "what is open no more takes no room");
        assert_eq!(deliveries.receptions.len(), 0);
    }

    #[test]
    fn a_document_goes_its_way() {
        let mut deliveries = Deliveries::default();
        let delivery = waiting(Content::Document(7));
        let id = deliveries.push(delivery);
        assert_eq!(deliveries.get(id), Some(delivery));
        let leased = Delivery {
            state: DeliveryState::Leased,
            attempts: 1,
            leased_until: 60,
            ..delivery
        };
        assert_eq!(deliveries.lease(id, 60), Some(leased));
        assert_eq!(
            deliveries.release(id),
            Some(Delivery {
                attempts: 1,
                ..delivery
            })
        );
        assert_eq!(deliveries.leases.len(), 0);
        deliveries.lease(id, 90).unwrap();
        let standing = delivery.standing.report(StatusCode::Arrived).unwrap().standing;
        deliveries.acknowledge(id).unwrap();
        deliveries.set_standing(id, standing.ask_by_document()).unwrap();
        let taken = Delivery {
            state: DeliveryState::Acknowledged,
            attempts: 2,
            standing: standing.ask_by_document(),
            ..delivery
        };
        assert_eq!(deliveries.get(id), Some(taken));
        assert_eq!(deliveries.leases.len(), 0);
    }

    #[test]
    fn a_status_goes_its_way() {
        let mut deliveries = Deliveries::default();
        deliveries.push(waiting(Content::Document(7)));
        let id = deliveries.push(status());
        assert_eq!(deliveries.lease(id, 60).map(|leased| leased.leased_until), Some(60));
        assert_eq!(
            deliveries.release(id),
            Some(Delivery {
                attempts: 1,
                ..status()
            })
        );
        deliveries.readdress(id, 5).unwrap();
        deliveries.acknowledge(id).unwrap();
        let taken = deliveries.get(id).unwrap();
        assert_eq!(
            (taken.agency, taken.state, taken.content),
            (5, DeliveryState::Acknowledged, None)
        );
        assert!(deliveries.lease(id, 90).is_none() && deliveries.release(id).is_none());
        assert!(deliveries.withdraw(id).is_none());
        assert_eq!(deliveries.get(id), Some(taken));
        assert!([0, 3, u64::MAX].iter().all(|id| deliveries.get(*id).is_none()));
    }

    #[test]
    #[should_panic(expected = "beyond 30 bits")]
    fn an_index_too_large_stops_rather_than_leads_elsewhere() {
        Slot::of(Kept::Taken(1 << INDEX_BITS));
    }
}
