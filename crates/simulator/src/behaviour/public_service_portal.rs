//! Public-service portal (cổng dịch vụ công): dossiers of integrated services are taken by the system, the others by hand.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Kind, Office, Received, Step, set};
use crate::{scenario::Behaviour, share::Share};

/// `[behaviour.public-service-portal]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PublicServicePortal {
    /// Services that the portal sends dossiers of, each as often. A receiver that has integrated so many of them takes
    /// their dossiers by itself, at any hour, and has a clerk open the others. Where absent, every dossier is of an
    /// integrated service.
    pub services: Option<u32>,
    /// Share of dossiers that are finished by their due date; the general share where absent.
    pub on_time: Option<Share>,
    /// Fewest and most working days after it for the others.
    pub late_days: Option<[u32; 2]>,
    /// Share of dossiers that are given back (02).
    pub refused: Option<Share>,
    /// Why.
    pub reasons: Option<Vec<String>>,
}

impl PublicServicePortal {
    fn integrated(&self, office: &Office, received: Received<'_>) -> bool {
        self.services.is_none_or(|services| {
            office.chance("service", received).below(u64::from(services)) < u64::from(received.portal_services)
        })
    }
}

impl Kind for PublicServicePortal {
    fn adapt(&self, rules: &mut Behaviour) {
        set(&mut rules.on_time, self.on_time.as_ref());
        set(&mut rules.late_days, self.late_days.as_ref());
        set(&mut rules.refused, self.refused.as_ref());
        set(&mut rules.reasons, self.reasons.as_ref());
    }

    fn opens(&self, office: &Office, received: Received<'_>, sent: Timestamp) -> Option<Timestamp> {
        Some(if self.integrated(office, received) {
            office.machine_opens(received, sent)
        } else {
            office.clerk_opens(received, sent)
        })
    }

    fn handling(&self, office: &Office, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        if !self.integrated(office, received) {
            return office.handling(received, taken);
        }
        let mut chance = office.chance("handling", received);
        let decided = office.machine("accepts", received, taken, 60);
        match office.refusal(decided, &mut chance) {
            Some(refusal) => vec![refusal],
            None => office.work(received, decided, &mut chance),
        }
    }
}
