//! The hub (Trục): takes signed documents, verifies them, keeps them for good, hands them out.
//!
//! The straight line of a call: `caller` (who) → `intake` (form, order, signatures; on all cores) → `sequencer` (one
//! group, one sync, `apply`) → the answer. Each step is one file; no step calls back up.
//!
//! **Invariant:** nothing reaches the journal that was not verified, and no answer is given before the journal is synced.

mod applying;
mod arrivals;
mod bodies;
mod caller;
mod certificates;
mod clock;
mod config;
mod core;
mod deliveries;
mod engine;
mod faults;
mod following;
mod gathering;
mod intake;
mod lasting;
mod leasing;
mod listening;
mod nearest;
mod proposal;
mod receipts;
mod refusals;
mod revocation;
mod sequencer;
mod server;
mod services;
mod stages;
mod start;
mod states;
mod status;
mod threads;
mod training;
mod unreadable;
mod wake;

pub use config::{CantShare, HubConfig, JournalChoice, Limits, Listen, Machine, OpenShared, Sandbox, TlsFiles};
pub use server::{DURABILITY, ServeError};
pub use start::{Hub, OpenError};
pub use status::DOMAIN;
pub use threads::Threads;
/// For [`Training`].
pub use tonic::async_trait;
pub use training::Training;
