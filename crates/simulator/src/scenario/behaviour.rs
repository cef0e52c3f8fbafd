//! What receivers do with a document, in a scenario's words; [`crate::behaviour`] draws from it.

use jiff::SignedDuration;
use serde::Deserialize;
use truc_document::Urgency;

use crate::{
    behaviour::{Archive, DeadEndpoint, DocumentManagement, Feedback, OneStopShop, PublicServicePortal, Reporting},
    share::Share,
    token::Token,
};

/// What receivers do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Behaviour {
    /// Share of deliveries that are refused (02).
    pub refused: Share,
    /// Why, drawn at random.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Share of documents with a due date that are finished by then.
    pub on_time: Share,
    /// Fewest and most working days after the due date for the others.
    pub late_days: [u32; 2],
    /// Share of accepted deliveries that are assigned (04) before they are finished.
    pub assigned: Share,
    /// Share of accepted deliveries that are reported as being processed (05).
    pub processed: Share,
    /// How long after its documents were taken a sender opens its mailbox for word of them, at any hour; once a working
    /// day where absent.
    pub look_for_word: Option<Token<SignedDuration>>,
    /// How quickly, by urgency: all four.
    pub pace: Vec<Pace>,
    /// Where document management differs.
    #[serde(default)]
    pub document_management: DocumentManagement,
    /// Where one-stop shops differ.
    #[serde(default)]
    pub one_stop_shop: OneStopShop,
    /// Where public-service portals differ.
    #[serde(default)]
    pub public_service_portal: PublicServicePortal,
    /// Where the reporting system differs.
    #[serde(default)]
    pub reporting: Reporting,
    /// Where feedback differs.
    #[serde(default)]
    pub feedback: Feedback,
    /// Where archives differ.
    #[serde(default)]
    pub archive: Archive,
    /// How much is never picked up.
    #[serde(default)]
    pub dead_endpoint: DeadEndpoint,
}

/// How quickly receivers deal with documents of one urgency: shortest and longest time for each stage, from the stage
/// before. Short times are likelier.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pace {
    /// Of the document.
    pub urgency: Token<Urgency>,
    /// Time passes also outside working hours, as for those on duty.
    #[serde(default)]
    pub around_the_clock: bool,
    /// Until the clerk opens the mailbox (01).
    pub reach: [Token<SignedDuration>; 2],
    /// Until 03, or 02.
    pub accept: [Token<SignedDuration>; 2],
    /// Until 04.
    pub assign: [Token<SignedDuration>; 2],
    /// Until 05.
    pub process: [Token<SignedDuration>; 2],
    /// Until 06, where no due date says otherwise.
    pub finish: [Token<SignedDuration>; 2],
}

impl Behaviour {
    /// The pace of an urgency. The check of a scenario sees to it that there is one.
    pub fn pace(&self, urgency: Urgency) -> &Pace {
        self.pace
            .iter()
            .find(|pace| pace.urgency.0 == urgency)
            .unwrap_or(&self.pace[0])
    }

    /// Puts these in the place of those of the same urgency.
    pub(crate) fn replace_paces(&mut self, own: &[Pace]) {
        for pace in own {
            self.pace.retain(|general| general.urgency != pace.urgency);
        }
        self.pace.extend_from_slice(own);
    }
}
