//! The state: everything that the records so far make of an empty one. Written by `apply` alone, read by everybody.

mod deliveries;
mod delivery;
mod directory;
mod document;
mod mailbox;
mod open;
mod paged;
mod stuck;
mod timeline;

pub mod report;
pub mod statistics;

use std::{collections::BTreeSet, sync::Arc};

pub(crate) use deliveries::Deliveries;
pub use delivery::{Content, Delivery, DeliveryState};
pub use directory::{Agency, Directory, Revocation};
pub(crate) use document::NONE;
pub use document::{DocumentEntry, DocumentIndex, Documents, flag};
use jiff::Timestamp;
pub use mailbox::Mailbox;
pub(crate) use paged::Paged;
use statistics::Statistics;
pub use stuck::{HANDED_OUT_MAX, Stuck};
pub use timeline::Timelines;
use truc_document::AgencyCode;
use truc_proto::v1 as pb;

use crate::journal::Position;

/// Index of an agency in the order of registration.
pub type AgencyIndex = u32;

/// Index of a province (or a central agency, which counts under its own code).
pub type ProvinceIndex = u16;

/// How hub time runs, as of the last record that said so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockSetting {
    /// Wall, scaled or driven.
    pub mode: pb::ClockMode,
    /// Hub seconds per wall second while scaled.
    pub factor: f64,
}

impl Default for ClockSetting {
    fn default() -> Self {
        Self {
            mode: pb::ClockMode::Wall,
            factor: 1.0,
        }
    }
}

/// See the module.
#[derive(Clone, Default)]
pub struct State {
    /// The last record applied.
    pub position: Position,
    /// Hash of the journal's chain with the group of that record.
    pub chain: [u8; 32],
    /// Hub time of that record, µs since 1970.
    pub now: i64,
    /// How hub time runs.
    pub clock: ClockSetting,
    /// Agencies, certificates, revocations.
    pub directory: Arc<Directory>,
    /// All documents.
    pub documents: Documents,
    pub(crate) deliveries: Deliveries,
    pub(crate) mailboxes: Vec<Mailbox>,
    /// Deliveries that are handed out again and again. Made anew from the deliveries when the state is loaded.
    pub stuck: Stuck,
    /// Agencies that have fetched at least once.
    pub(crate) fetched: BTreeSet<AgencyIndex>,
    /// Who gave the hub which content, so that nobody gets at content by naming its digest.
    pub(crate) uploads: BTreeSet<(AgencyIndex, [u8; 32])>,
    /// All counts.
    pub statistics: Statistics,
    /// Injected faults, in the order in which they are asked. What they have done so far is no part of the state.
    pub faults: Arc<Vec<pb::Fault>>,
}

impl State {
    /// The mailbox of an agency.
    #[must_use]
    pub fn mailbox(&self, agency: AgencyIndex) -> Option<&Mailbox> {
        self.mailboxes.get(agency as usize)
    }

    /// The delivery of an id, which begin at 1.
    #[must_use]
    pub fn delivery(&self, id: u64) -> Option<Delivery> {
        self.deliveries.get(id)
    }

    /// Deliveries of a document with their ids, in the order of its recipients.
    pub fn deliveries_of(&self, document: &DocumentEntry) -> impl Iterator<Item = (u64, Delivery)> {
        document.deliveries().filter_map(|id| Some((id, self.delivery(id)?)))
    }

    /// The delivery of a document to an agency or to a closed one that it stands for; of several, one that is open before one
    /// that was taken, and its own before another's.
    #[must_use]
    pub fn delivery_to(&self, document: &DocumentEntry, agency: AgencyIndex) -> Option<(u64, Delivery)> {
        let settled = |delivery: &Delivery| match delivery.state {
            DeliveryState::Waiting | DeliveryState::Leased => 0,
            DeliveryState::Acknowledged => 1,
            DeliveryState::Withdrawn => 2,
        };
        self.deliveries_of(document)
            .filter(|(_, delivery)| self.may_take(delivery, agency))
            .min_by_key(|(id, delivery)| (settled(delivery), delivery.agency != agency, *id))
    }

    /// Whether an agency may take a delivery: it is its own, or that of a closed one that it stands for.
    #[must_use]
    pub fn may_take(&self, delivery: &Delivery, agency: AgencyIndex) -> bool {
        delivery.agency == agency || self.directory.heir(delivery.agency) == agency
    }

    /// Whether an agency sent or receives a document, or stands for a closed one that did.
    #[must_use]
    pub fn is_party(&self, document: &DocumentEntry, agency: AgencyIndex) -> bool {
        self.directory.heir(document.sender) == agency
            || document.sender == agency
            || self.delivery_to(document, agency).is_some()
    }

    /// The agency of a code, with its index.
    #[must_use]
    pub fn agency(&self, code: &AgencyCode) -> Option<(AgencyIndex, &Arc<Agency>)> {
        let index = self.directory.find(code)?;
        Some((index, self.directory.get(index)?))
    }

    /// The code of an agency, as the API tells it.
    #[must_use]
    pub fn code(&self, index: AgencyIndex) -> String {
        self.directory
            .get(index)
            .map(|agency| agency.code.to_string())
            .unwrap_or_default()
    }

    /// Whether an agency has given the hub a content.
    #[must_use]
    pub fn has_uploaded(&self, agency: AgencyIndex, sha256: &[u8; 32]) -> bool {
        self.uploads.contains(&(agency, *sha256))
    }

    /// Whether an agency has ever fetched anything.
    #[must_use]
    pub fn has_fetched(&self, agency: AgencyIndex) -> bool {
        self.fetched.contains(&agency)
    }

    /// Hub time of the last record.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        timestamp(self.now)
    }

    /// Totals as the API tells them.
    #[must_use]
    pub fn totals(&self) -> pb::Totals {
        let totals = &self.statistics.totals;
        pb::Totals {
            position: self.position.0,
            hub_time: Some(wire_time(self.now)),
            documents: totals.documents,
            deliveries: totals.deliveries,
            waiting: totals.deliveries - totals.acknowledged - totals.withdrawn - totals.leased,
            leased: totals.leased,
            acknowledged: totals.acknowledged,
            refused_by_receiver: totals.refused_by_receiver,
            withdrawn: totals.withdrawn,
            refused: totals.refused,
            statuses: totals.statuses,
        }
    }

    /// The directory, to change it. Readers keep the one that they hold.
    pub(crate) fn directory_mut(&mut self) -> &mut Directory {
        Arc::make_mut(&mut self.directory)
    }
}

/// Only where it stands: it may hold millions of documents.
impl std::fmt::Debug for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let documents = self.documents.len();
        write!(formatter, "State(position {}, {documents} documents)", self.position)
    }
}

/// An instant of the state.
#[must_use]
pub fn timestamp(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// An instant that the API told, µs.
pub(crate) fn micros(at: &prost_types::Timestamp) -> i64 {
    at.seconds * 1_000_000 + i64::from(at.nanos) / 1000
}

/// An instant as the API tells it.
#[must_use]
pub fn wire_time(micros: i64) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: (micros.rem_euclid(1_000_000) * 1000) as i32,
    }
}
