//! What waits for its place in the journal, and how it is answered.

use std::time::Instant;

use truc_document::Header;
use truc_proto::v1::Receipt;
use truc_store::{apply::Outcome, record::Change};

/// The journal takes no more records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

/// What became of a proposal, once it is durable.
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// With an accepted document.
    pub(crate) receipt: Option<Receipt>,
    /// When its group was durable.
    pub(crate) durable: Instant,
}

/// Called once, on the sequencer's thread: hands the answer on and returns at once.
pub(crate) type Reply = Box<dyn FnOnce(Result<Answer, Stopped>) + Send>;

/// A change that asks for its place in the order.
pub(crate) struct Proposal {
    pub(crate) change: Change,
    /// With a document: its header.
    pub(crate) header: Option<Box<Header>>,
    pub(crate) reply: Reply,
}
