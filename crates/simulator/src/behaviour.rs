//! What the systems behind agencies do with what they receive, by kind of system.
//!
//! Each kind is one file: its keys in a scenario, and what it does differently. What it does not say is what
//! [`Office`] does in the scenario's general words. Everything is a pure function of scenario, seed and document.

mod archive;
mod dead_endpoint;
mod document_management;
mod feedback;
mod office;
mod one_stop_shop;
mod public_service_portal;
mod reporting;
mod usual;

use jiff::{Timestamp, civil::Date};
use truc_document::{StatusCode, SystemKind, Urgency};

pub(crate) use self::office::Office;
pub use self::usual::usual_statuses;
pub use self::{
    archive::Archive, dead_endpoint::DeadEndpoint, document_management::DocumentManagement, feedback::Feedback,
    one_stop_shop::OneStopShop, public_service_portal::PublicServicePortal, reporting::Reporting,
};
use crate::scenario::Behaviour;

/// A status that a receiver will report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) status: StatusCode,
    /// Why, where the status must say.
    pub(crate) description: String,
}

impl Step {
    fn new(at: Timestamp, status: StatusCode) -> Self {
        Self {
            at,
            status,
            description: String::new(),
        }
    }
}

/// What a receiver knows of a document when it deals with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received<'a> {
    /// The document.
    pub(crate) document_id: uuid::Uuid,
    /// The receiver's code.
    pub(crate) receiver: &'a str,
    pub(crate) urgency: Urgency,
    pub(crate) due_on: Option<Date>,
    /// It recalls another document: it can only be taken note of.
    pub(crate) is_recall: bool,
    /// The receiver's system that it goes to.
    pub(crate) system: SystemKind,
    /// Services of the National Public Service Portal that the receiver has integrated.
    pub(crate) portal_services: u32,
    /// When the receiver sends its reply, where the plan has one.
    pub(crate) replies_at: Option<Timestamp>,
    /// The receiver's system is dead: see [`DeadEndpoint`].
    pub(crate) dead: bool,
}

/// One kind of system. The steps that it gives are in the order of time, and such that the hub takes them in that order
/// after 01.
pub(crate) trait Kind {
    /// What it changes in the general rates: its own keys, and what it needs by nature.
    fn adapt(&self, _rules: &mut Behaviour) {}

    /// When the mailbox is next opened for a document sent at `sent`; never where there is no such time.
    fn opens(&self, office: &Office, received: Received<'_>, sent: Timestamp) -> Option<Timestamp> {
        Some(office.clerk_opens(received, sent))
    }

    /// The statuses that the receiver reports about a document taken at `taken`.
    fn handling(&self, office: &Office, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        office.handling(received, taken)
    }

    /// When and how the receiver answers that a document be taken back.
    fn answer(&self, office: &Office, received: Received<'_>, taken: Timestamp) -> Step {
        office.answer(received, taken)
    }

    /// When the receiver sends the reply to a document sent at `sent`, where the kind has a rule for it.
    fn reply(&self, _office: &Office, _received: Received<'_>, _sent: Timestamp) -> Option<Timestamp> {
        None
    }
}

impl Behaviour {
    /// The behaviour of a kind of system. Here a new kind gets its line.
    pub(crate) fn kind(&self, system: SystemKind) -> &dyn Kind {
        match system {
            SystemKind::DocumentManagement => &self.document_management,
            SystemKind::OneStopShop => &self.one_stop_shop,
            SystemKind::PublicServicePortal => &self.public_service_portal,
            SystemKind::Reporting => &self.reporting,
            SystemKind::Feedback => &self.feedback,
            SystemKind::Archive => &self.archive,
        }
    }

    /// The rates that hold for a kind of system: the general ones, with its own instead where it has some.
    pub(crate) fn rules(&self, system: SystemKind) -> Self {
        let mut rules = self.clone();
        self.kind(system).adapt(&mut rules);
        rules
    }
}

/// Takes a key's value where the scenario has the key.
fn set<T: Clone>(general: &mut T, own: Option<&T>) {
    if let Some(own) = own {
        general.clone_from(own);
    }
}

#[cfg(test)]
mod tests;
