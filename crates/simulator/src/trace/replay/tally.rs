//! What is counted on the way.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hdrhistogram::Histogram;
use serde::Serialize;
use truc_document::{AgencyCode, Refusal};
use uuid::Uuid;

use crate::{Token, latency};

/// Unexpected refusals that are kept word for word.
const KEPT: usize = 20;

/// A refusal that no fault on the hub explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnexpectedRefusal {
    /// Line of the trace, from 1.
    pub line: usize,
    /// Who called.
    pub agency: Token<AgencyCode>,
    /// The document by its id in the trace, where the call was about one.
    pub document_id: Option<Uuid>,
    /// `send`, `acknowledge` or the status.
    pub call: String,
    /// The hub's reason and message, or what else was wrong.
    pub cause: String,
}

/// How late events began after they were due, in milliseconds of wall time: the replay's own delay and the hub's together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Lateness {
    /// Half of the events were no later.
    pub p50_ms: f64,
    /// 99 of 100 were no later.
    pub p99_ms: f64,
    /// The latest.
    pub max_ms: f64,
}

/// The counts, for all who call.
pub(super) struct Tally(Mutex<Counts>);

pub(super) struct Counts {
    pub(super) sent: u64,
    pub(super) accepted: u64,
    /// Deliveries that accepted documents owe.
    pub(super) owed: u64,
    pub(super) taken: u64,
    pub(super) words_taken: u64,
    pub(super) words_missing: u64,
    pub(super) statuses: u64,
    pub(super) skipped: u64,
    pub(super) by_fault: BTreeMap<String, u64>,
    pub(super) unexpected: BTreeMap<String, u64>,
    pub(super) unexpected_kept: Vec<UnexpectedRefusal>,
    /// Documents that the hub did not take, by their ids in the trace.
    pub(super) refused: HashSet<Uuid>,
    late: Histogram<u64>,
}

/// Whose call, by which line.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) line: usize,
    pub(super) agency: AgencyCode,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Counts {
            sent: 0,
            accepted: 0,
            owed: 0,
            taken: 0,
            words_taken: 0,
            words_missing: 0,
            statuses: 0,
            skipped: 0,
            by_fault: BTreeMap::new(),
            unexpected: BTreeMap::new(),
            unexpected_kept: Vec::new(),
            refused: HashSet::new(),
            late: latency::histogram(),
        }))
    }

    /// Never held across a call. Counts are whole after each change, also where one of the others broke down.
    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    pub(super) fn late(&mut self, by: Duration) {
        latency::record(&mut self.late, by);
    }

    pub(super) fn refused(&mut self, caller: &Caller, document_id: Option<Uuid>, call: &str, refusal: &Refusal) {
        let reason = refusal.reason.as_str().to_owned();
        if refusal.metadata.contains_key("fault") {
            *self.by_fault.entry(reason).or_default() += 1;
            return;
        }
        let cause = format!("{}: {}", refusal.reason, refusal.message);
        self.unexpected(caller, document_id, call, reason, cause);
    }

    /// A document of an acknowledgement is not in the mailbox.
    pub(super) fn missing(&mut self, caller: &Caller, document_id: Uuid) {
        let cause = "is not in the mailbox: not sent to this agency, taken already, or withdrawn".to_owned();
        self.unexpected(
            caller,
            Some(document_id),
            "acknowledge",
            "NOT_IN_MAILBOX".to_owned(),
            cause,
        );
    }

    fn unexpected(&mut self, caller: &Caller, document_id: Option<Uuid>, call: &str, reason: String, cause: String) {
        *self.unexpected.entry(reason).or_default() += 1;
        if self.unexpected_kept.len() < KEPT {
            self.unexpected_kept.push(UnexpectedRefusal {
                line: caller.line,
                agency: Token(caller.agency.clone()),
                document_id,
                call: call.to_owned(),
                cause,
            });
        }
    }

    pub(super) fn lateness(&self) -> Option<Lateness> {
        let ms = |micros: u64| micros as f64 / 1000.0;
        (!self.late.is_empty()).then(|| Lateness {
            p50_ms: ms(self.late.value_at_quantile(0.5)),
            p99_ms: ms(self.late.value_at_quantile(0.99)),
            max_ms: ms(self.late.max()),
        })
    }
}
