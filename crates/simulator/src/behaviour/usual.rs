//! What a kind of system reports when all goes well, for agencies that answer outside a scenario.

use jiff::{SignedDuration, Timestamp};
use truc_document::{StatusCode, SystemKind, Urgency};

use super::{
    Archive, DeadEndpoint, DocumentManagement, Feedback, OneStopShop, PublicServicePortal, Received, Reporting,
};
use crate::{
    WorkingWeek,
    reception::Reception,
    scenario::{Behaviour, Pace},
    share::Share,
    token::Token,
};

/// The statuses after 01 by which a system of a kind brings a document to its end, in their order. Who answers decides how
/// much time lies between them.
pub fn usual_statuses(system: SystemKind) -> Vec<StatusCode> {
    let received = Received {
        document_id: uuid::Uuid::nil(),
        receiver: "",
        urgency: Urgency::Normal,
        due_on: None,
        is_recall: false,
        system,
        portal_services: 0,
        replies_at: None,
        dead: false,
    };
    let reception = Reception::of_rates(without_chance(), Share::NONE, WorkingWeek::default(), 0);
    let steps = reception.handling(received, Timestamp::UNIX_EPOCH);
    steps.into_iter().map(|step| step.status).collect()
}

/// Nobody refuses, nobody leaves anything out, and nothing takes time.
fn without_chance() -> Behaviour {
    let at_once = [Token(SignedDuration::ZERO); 2];
    let pace = |urgency: &Urgency| Pace {
        urgency: Token(*urgency),
        around_the_clock: true,
        reach: at_once,
        accept: at_once,
        assign: at_once,
        process: at_once,
        finish: at_once,
    };
    Behaviour {
        refused: Share::NONE,
        reasons: Vec::new(),
        on_time: Share::ALL,
        late_days: [1, 1],
        assigned: Share::ALL,
        processed: Share::ALL,
        look_for_word: None,
        pace: Urgency::ALL.iter().map(pace).collect(),
        document_management: DocumentManagement::default(),
        one_stop_shop: OneStopShop::default(),
        public_service_portal: PublicServicePortal::default(),
        reporting: Reporting::default(),
        feedback: Feedback::default(),
        archive: Archive::default(),
        dead_endpoint: DeadEndpoint::default(),
    }
}

#[cfg(test)]
mod tests {
    use StatusCode::{Accepted, Assigned, Finished, Processing};

    use super::*;

    #[test]
    fn people_take_four_steps_and_machines_two() {
        for system in SystemKind::ALL {
            let expected: &[StatusCode] = match system {
                SystemKind::Reporting | SystemKind::Archive => &[Accepted, Finished],
                _ => &[Accepted, Assigned, Processing, Finished],
            };
            assert_eq!(usual_statuses(*system), expected, "{system}");
        }
    }
}
