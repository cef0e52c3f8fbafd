//! One-stop shop (một cửa điện tử): a dossier with a due date, assigned to whoever is competent, finished on time or not.

use serde::Deserialize;

use super::{Kind, set};
use crate::{
    scenario::{Behaviour, Pace},
    share::Share,
};

/// `[behaviour.one-stop-shop]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OneStopShop {
    /// Share of dossiers that are finished by their due date; the general share where absent.
    pub on_time: Option<Share>,
    /// Fewest and most working days after it for the others.
    pub late_days: Option<[u32; 2]>,
    /// Share of dossiers that are given back (02).
    pub refused: Option<Share>,
    /// Why.
    pub reasons: Option<Vec<String>>,
    /// Share that is assigned (04); all where absent, since a dossier has one person who answers for it.
    pub assigned: Option<Share>,
    /// How quickly, by urgency; those left out are as in general.
    #[serde(default)]
    pub pace: Vec<Pace>,
}

impl Kind for OneStopShop {
    fn adapt(&self, rules: &mut Behaviour) {
        set(&mut rules.on_time, self.on_time.as_ref());
        set(&mut rules.late_days, self.late_days.as_ref());
        set(&mut rules.refused, self.refused.as_ref());
        set(&mut rules.reasons, self.reasons.as_ref());
        rules.assigned = self.assigned.unwrap_or(Share::ALL);
        rules.replace_paces(&self.pace);
    }
}
