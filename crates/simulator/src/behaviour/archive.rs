//! E-archive (lưu trữ điện tử): it takes a copy of what is finished, checks that it is complete and keeps it.

use jiff::Timestamp;
use serde::Deserialize;
use truc_document::StatusCode;

use super::{Kind, Office, Received, Step, set};
use crate::{scenario::Behaviour, share::Share};

/// `[behaviour.archive]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Archive {
    /// Share of finished documents that their first receiver files with an archive of its province; none where absent.
    #[serde(default)]
    pub copies: Share,
    /// Share of files that are given back (02) as incomplete; the general share where absent.
    pub refused: Option<Share>,
    /// Why.
    pub reasons: Option<Vec<String>>,
}

impl Kind for Archive {
    fn adapt(&self, rules: &mut Behaviour) {
        set(&mut rules.refused, self.refused.as_ref());
        set(&mut rules.reasons, self.reasons.as_ref());
    }

    fn handling(&self, office: &Office, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        let mut chance = office.chance("handling", received);
        let decided = office.decided(received, taken, &mut chance);
        if let Some(refusal) = office.refusal(decided, &mut chance) {
            return vec![refusal];
        }
        let stored = office.machine("stores", received, decided, 60);
        vec![
            Step::new(decided, StatusCode::Accepted),
            Step::new(stored, StatusCode::Finished),
        ]
    }
}
