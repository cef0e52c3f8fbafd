//! The VXP gateway: systems that speak the VXP library's HTTP calls and edXML take part in the axis unchanged.
//!
//! A [`Gateway`] authenticates a system by the HMAC over its signed headers, makes a signed envelope of an edXML
//! package, lists and hands out mailboxes as packages, and carries statuses both ways. [`Gateway::router`] is all that a
//! server needs:
//!
//! ```text
//! /vxp/sendEdoc, /vxp/getReceivedEdocList, …   the twelve calls of the library
//! /v1/sendEdoc, /v1/getEdoc, /v1/updateStatus   a provincial platform's variant of three of them
//! ```
//!
//! What waits for a system is the hub's to know: every list is asked of the hub, so nothing that matters is lost with
//! the gateway's process. On disk it keeps which documents were sent through it (see [`Sent`]) and its systems (see
//! [`Systems`]).
//!
//! **Invariant:** a client of the public API and nothing more: it knows neither store nor hub.

mod answer;
mod bodies;
mod catalogue;
mod doc_id;
mod fault;
mod file_digest;
mod gateway;
mod holds;
mod hub_time;
mod language;
mod options;
mod package;
mod provincial;
mod receive;
mod send;
mod sent;
mod signatory;
mod signed_headers;
mod systems;
mod times;
mod vxp;

pub use self::{
    fault::{ErrorCode, Fault},
    gateway::{Gateway, OpenError},
    language::Language,
    options::Options,
    sent::Sent,
    signatory::{Signatory, SignatoryError, Signers, WalletSignatory},
    systems::{NewSystem, Secret, SigningMode, System, SystemError, Systems},
};
