//! Document management (quản lý văn bản và điều hành): clerk, leader, specialist.

use serde::Deserialize;

use super::{Kind, set};
use crate::{
    scenario::{Behaviour, Pace},
    share::Share,
};

/// `[behaviour.document-management]`: its own rates where the general ones do not fit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DocumentManagement {
    /// Share of deliveries that the clerk refuses (02).
    pub refused: Option<Share>,
    /// Why, drawn at random.
    pub reasons: Option<Vec<String>>,
    /// Share that the leader assigns (04).
    pub assigned: Option<Share>,
    /// Share that the specialist reports as being worked on (05).
    pub processed: Option<Share>,
    /// Share of documents with a due date that are finished by then.
    pub on_time: Option<Share>,
    /// Fewest and most working days after the due date for the others.
    pub late_days: Option<[u32; 2]>,
    /// How quickly, by urgency; those left out are as in general.
    #[serde(default)]
    pub pace: Vec<Pace>,
}

impl Kind for DocumentManagement {
    fn adapt(&self, rules: &mut Behaviour) {
        set(&mut rules.refused, self.refused.as_ref());
        set(&mut rules.reasons, self.reasons.as_ref());
        set(&mut rules.assigned, self.assigned.as_ref());
        set(&mut rules.processed, self.processed.as_ref());
        set(&mut rules.on_time, self.on_time.as_ref());
        set(&mut rules.late_days, self.late_days.as_ref());
        rules.replace_paces(&self.pace);
    }
}
