//! What a run gives.

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use jiff::{Timestamp, civil::Date};
use truc_agency::{CallError, SendError, StageTimes};
use truc_document::AgencyCode;
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::{Conservation, EnrolError, Measurement, MergeError, Merged};
use crate::traffic::PlanError;

/// A run that came to its end, or was stopped.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    /// Gives the same traffic again.
    pub seed: u64,
    /// Documents planned.
    pub planned: u64,
    /// Documents that have a receipt.
    pub accepted: u64,
    /// Documents that the hub refused, by reason; planned mistakes among them.
    pub refused: BTreeMap<String, u64>,
    /// Refusals that no planned mistake explains, the first of them.
    pub unexpected: Vec<UnexpectedRefusal>,
    /// How many of those in all.
    pub unexpected_count: u64,
    /// Statuses that receivers reported.
    pub statuses: u64,
    /// Nothing lost, nothing twice?
    pub conservation: Conservation,
    /// What the merger did, where the scenario has one.
    pub merged: Option<Merged>,
    /// Wall time from handing a document to the agency library to its receipt, in µs.
    pub receipt_latency: Histogram<u64>,
    /// What was measured over wall time.
    pub measurement: Measurement,
    /// How long the hub's stages took during the run; empty where the hub does not tell.
    pub stages: Vec<StageTimes>,
    /// All receipts, where they were to be kept.
    pub receipts: Vec<KeptReceipt>,
    /// First and last day of what a report on this run is about: the scenario's, or in wall time where they were moved to.
    pub reported: (Date, Date),
    /// Hub time of the first and the last step.
    pub hub_time: (Timestamp, Timestamp),
    /// Wall time.
    pub took: Duration,
    /// It was stopped before its end.
    pub stopped: bool,
}

/// A receipt with what it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptReceipt {
    /// The document.
    pub document_id: Uuid,
    /// Its sender.
    pub sender: AgencyCode,
    /// Its recipients.
    pub recipients: Vec<AgencyCode>,
    /// What the hub signed.
    pub receipt: pb::Receipt,
}

/// A refusal that no planned mistake explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnexpectedRefusal {
    /// The document.
    pub document_id: Uuid,
    /// Its sender.
    pub sender: AgencyCode,
    /// What was refused: `send` or the status.
    pub call: String,
    /// The hub's reason and message, or what else was wrong.
    pub cause: String,
}

impl RunOutcome {
    /// Everything as planned: conservation holds, and no refusal was unexpected.
    pub fn is_good(&self) -> bool {
        self.conservation.holds() && self.unexpected_count == 0
    }
}

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no traffic.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The agencies could not be registered.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The merger could not be done.
    #[error("the merger could not be done: {0}")]
    Merge(#[from] MergeError),
    /// A call that a run cannot do without failed for longer than its patience.
    #[error("{what} failed: {source}")]
    Call {
        /// What was tried.
        what: &'static str,
        /// What came of it.
        source: CallError,
    },
    /// A document could neither be sent nor refused for longer than the run's patience.
    #[error("document `{document_id}` could not be sent: {source}")]
    Send {
        /// The document.
        document_id: Uuid,
        /// What came of it.
        source: SendError,
    },
    /// Hub time never goes back.
    #[error(
        "hub time is {hub} and the scenario begins at {scenario}; start a hub with an earlier clock, or one of its own for the run"
    )]
    HubAhead {
        /// Hub time.
        hub: Timestamp,
        /// First event.
        scenario: Timestamp,
    },
    /// A part of the run ended before its end.
    #[error("a task of the run ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// A document could not be signed.
    #[error("document could not be signed: {0}")]
    Sign(String),
}
