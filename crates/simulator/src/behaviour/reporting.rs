//! National reporting system (hệ thống thông tin báo cáo quốc gia): figures go in without people, until the cut-off.

use jiff::Timestamp;
use serde::Deserialize;
use truc_document::{StatusCode, due};

use super::{Kind, Office, Received, Step, set};
use crate::{scenario::Behaviour, share::Share};

/// `[behaviour.reporting]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reporting {
    /// What comes after its cut-off, which is its due date, is refused (02); it is taken where absent.
    #[serde(default)]
    pub closed_after_cut_off: bool,
    /// Share of reports that the system refuses for another reason; the general share where absent.
    pub refused: Option<Share>,
    /// Why.
    pub reasons: Option<Vec<String>>,
}

impl Kind for Reporting {
    fn adapt(&self, rules: &mut Behaviour) {
        set(&mut rules.refused, self.refused.as_ref());
        set(&mut rules.reasons, self.reasons.as_ref());
    }

    fn opens(&self, office: &Office, received: Received<'_>, sent: Timestamp) -> Option<Timestamp> {
        Some(office.machine_opens(received, sent))
    }

    fn handling(&self, office: &Office, received: Received<'_>, taken: Timestamp) -> Vec<Step> {
        let mut chance = office.chance("handling", received);
        let decided = office.machine("accepts", received, taken, 60);
        let too_late = received.due_on.is_some_and(|cut_off| !due::on_time(cut_off, taken));
        if self.closed_after_cut_off && too_late {
            return vec![Step {
                description: "Báo cáo gửi sau thời điểm chốt số liệu".to_owned(),
                ..Step::new(decided, StatusCode::Refused)
            }];
        }
        if let Some(refusal) = office.refusal(decided, &mut chance) {
            return vec![refusal];
        }
        let finished = office.machine("adds up", received, decided, 600);
        vec![
            Step::new(decided, StatusCode::Accepted),
            Step::new(finished, StatusCode::Finished),
        ]
    }
}
