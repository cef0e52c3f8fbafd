//! What a run is given.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use truc_agency::{Credential, Hub};
use truc_signature::SeededWallet;

use crate::traffic::PlanOptions;

/// What a run needs besides its scenario.
#[derive(Clone)]
pub struct RunOptions {
    /// Where to.
    pub hub: Hub,
    /// The operator's and every agency's credential; `Credential::Issuer` serves both.
    pub credential: Credential,
    /// Persons and seals. Its authority's root must be one that the hub trusts.
    pub wallet: Arc<SeededWallet>,
    /// Seed, scale and limit of the traffic.
    pub plan: PlanOptions,
    /// Registers the agencies of the topology that the hub does not know, and corrects the others, before the run.
    pub enrol: bool,
    /// Nobody else uses the hub: its totals must agree with the run's own books.
    pub exclusive: bool,
    /// Keeps all receipts for the outcome.
    pub keep_receipts: bool,
    /// How long the hub may be away, as when it is restarted, before the run gives up.
    pub patience: Duration,
    /// Calls under way at once.
    pub concurrency: usize,
    /// Called after every step.
    pub progress: Option<Tell>,
    /// Ends the run after the present step.
    pub stop: CancellationToken,
}

impl RunOptions {
    /// A run on a hub of its own, with everything else as is usual.
    pub fn new(hub: Hub, credential: Credential, wallet: Arc<SeededWallet>) -> Self {
        Self {
            hub,
            credential,
            wallet,
            plan: PlanOptions::default(),
            enrol: true,
            exclusive: true,
            keep_receipts: false,
            patience: Duration::from_secs(60),
            concurrency: 1024,
            progress: None,
            stop: CancellationToken::new(),
        }
    }
}

/// Told how far a run is.
pub type Tell = Arc<dyn Fn(&Progress) + Send + Sync>;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Hub time.
    pub hub_time: Timestamp,
    /// Documents planned.
    pub planned: u64,
    /// Documents sent, accepted or refused.
    pub sent: u64,
    /// Deliveries owed by receipts so far.
    pub owed: u64,
    /// Of those, taken by their receivers or withdrawn.
    pub settled: u64,
    /// Statuses reported by receivers.
    pub statuses: u64,
}
