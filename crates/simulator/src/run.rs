//! A run: the planned traffic sent through a hub, and the receivers' answers, in hub time.
//!
//! Events are handled in the order of their time, a step of hub time together: first the clock moves, then all that is
//! sent and reported in the step goes out at once, then the mailboxes that are due are opened. It ends when everything
//! owed is done, with the conservation check.
//!
//! **Invariant:** a run knows the hub through `truc_agency` alone, as any integrator would.

mod agenda;
mod clock;
mod conservation;
mod driver;
mod enrol;
mod faults;
mod forging;
mod ledger;
mod mailbox;
mod measure;
mod merger;
mod options;
mod outcome;
pub(crate) mod persist;
mod process_time;
mod sending;
mod signing;
mod stages;

pub use self::{
    conservation::{Conservation, HubCount},
    enrol::{EnrolError, enrol},
    measure::{Interval, IntervalLatency, Measurement},
    merger::{MergeError, Merged, merge},
    options::{Progress, RunOptions, Tell},
    outcome::{KeptReceipt, RunError, RunOutcome, UnexpectedRefusal},
};
use crate::{scenario::Scenario, topology::Topology, traffic::Traffic};

/// Runs a scenario on a hub.
///
/// # Errors
/// The hub cannot be reached for longer than `options.patience`, refuses the operator's calls, or stands at another
/// time than the scenario needs.
pub async fn run(scenario: &Scenario, topology: &Topology, options: RunOptions) -> Result<RunOutcome, RunError> {
    let traffic = Traffic::plan(scenario, topology, options.plan)?;
    run_traffic(traffic, topology, options).await
}

/// Runs traffic that was planned before.
///
/// # Errors
/// As [`run`].
pub async fn run_traffic(traffic: Traffic, topology: &Topology, options: RunOptions) -> Result<RunOutcome, RunError> {
    let operator = options.hub.operator(options.credential.clone());
    if options.enrol {
        enrol::enrol(&operator.directory(), topology).await?;
    }
    let patience = options.patience;
    forging::revoke(&traffic, &options.wallet, &operator.directory())
        .await
        .map_err(|source| RunError::Call {
            what: "revoking certificates",
            source,
        })?;
    let before = stages::so_far(&operator).await;
    let driver = driver::Driver::new(traffic, operator.clone(), options).await?;
    let faults = faults::Faults::set(operator.clone(), driver.traffic(), patience).await?;
    let outcome = driver.run().await;
    faults.clear().await?;
    let mut outcome = outcome?;
    outcome.stages = stages::between(&before, stages::so_far(&operator).await);
    Ok(outcome)
}
