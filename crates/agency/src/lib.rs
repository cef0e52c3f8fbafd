//! Client library for agencies on the axis (trục liên thông văn bản): what an integrator in Rust uses.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use futures::StreamExt as _;
//! use truc_agency::{ConnectOptions, Content, Credential, Hub, SubscribeOptions};
//!
//! let hub = Hub::connect(ConnectOptions::new("http://127.0.0.1:8180")).await?;
//! let agency = hub.agency("H54".parse()?, Credential::Token(std::env::var("TRUC_TOKEN")?));
//! let mut mailbox = agency.subscribe(SubscribeOptions::default());
//! while let Some(delivery) = mailbox.next().await {
//!     let delivery = delivery?;
//!     if let Content::Document(document) = &delivery.content {
//!         println!("{}", document.header()?.subject);
//!     }
//!     agency.acknowledge(&[delivery.id]).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - A [`Hub`] is one or a few HTTP/2 connections; ten thousand agencies can share them. An [`Agency`] is a code, a
//!   credential and a handle to the connection.
//! - Whatever fails for a moment is tried again with the very same bytes (see [`RetryPolicy`]): a document keeps its
//!   id, so it is stored once however often it was sent. [`SendError::certainly_not_stored`] answers what is left.
//! - Of several hubs over one journal all addresses are named, `http://one:8180,http://other:8180`; where one fails the next is asked.
//! - A refusal of the hub comes as [`Refusal`](truc_document::Refusal), whichever way it travelled.
//!
//! **Invariant:** this crate knows the public API only, never the hub's store; it verifies no document by itself
//! (`truc_signature` does) and keeps nothing on disk.

mod agency;
mod causes;
mod compose;
mod connection;
mod credential;
mod delivery;
mod directory;
mod error;
mod failure;
mod faults;
mod follow;
mod multiplex;
mod operations;
mod operator;
mod pipeline;
mod ready;
mod retry;
mod session;
mod statistics;
mod status;
#[cfg(test)]
mod test_hub;
mod way;
mod wire;

pub use agency::*;
pub use compose::{ComposeError, Composed, Draft, FileLabel, INLINE_EACH_BYTES_MAX, Upload};
pub use connection::{ConnectError, ConnectOptions, Hub, Tls};
pub use credential::{Credential, CredentialError};
pub use delivery::{Content, DeliveredDocument, Delivery, Notice, NoticeKind, Staff, StatusReport, UnreadableDelivery};
pub use directory::{AgencyEntry, AgencyFilter, CertificateEntry, Closed, Directory, Revocations, RevokedCertificate};
pub use error::{CallError, InvalidAnswer, SendError};
pub use faults::{
    Fault, FaultAction, FaultDelay, FaultHolder, FaultMatch, InjectedFault, InvalidFaultDelay, UnknownFaultHolder,
};
pub use operations::{Clock, ClockMode, Event, Observation, ObserveOptions, StageTimes};
pub use operator::Operator;
pub use pipeline::{Answer, PipelineOptions, SendPipeline};
pub use ready::{NotReady, receipts_survive_power_loss, wait_until_ready};
pub use retry::RetryPolicy;
pub use statistics::{ReportQuery, Statistics, WatchedTotals};
pub use status::{ERROR_DOMAIN, refusal_of, status_of};
