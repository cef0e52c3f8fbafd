//! Who is in which agency of a sandbox: while somebody is, it does not answer by itself. A visit that is not begun anew in time
//! ends by itself, so that a window that was closed silences nobody for long.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{sync::watch, time::Instant};
use truc_document::AgencyCode;

/// Visits of agencies, each with its end.
#[derive(Clone)]
pub(super) struct Visits {
    ends: Arc<Mutex<BTreeMap<(AgencyCode, String), Instant>>>,
    attended: watch::Sender<BTreeSet<AgencyCode>>,
}

impl Visits {
    pub(super) fn new(attended: watch::Sender<BTreeSet<AgencyCode>>) -> Self {
        let ends = Arc::default();
        Self { ends, attended }
    }

    /// Begins a visit, or begins it anew.
    pub(super) fn begin(&self, agency: &AgencyCode, visit: String, stay: Duration) {
        let end = Instant::now() + stay;
        self.ends.lock().insert((agency.clone(), visit), end);
        self.tell();
        let visits = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep_until(end).await;
            visits.ends.lock().retain(|_, end| *end > Instant::now());
            visits.tell();
        });
    }

    pub(super) fn end(&self, agency: &AgencyCode, visit: String) {
        self.ends.lock().remove(&(agency.clone(), visit));
        self.tell();
    }

    fn tell(&self) {
        self.attended.send_if_modified(|attended| {
            // Read under the lock of what is told, so that the last to tell tells the latest.
            let now: BTreeSet<AgencyCode> = self.ends.lock().keys().map(|(agency, _)| agency.clone()).collect();
            let changed = *attended != now;
            *attended = now;
            changed
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(visits: &Visits) -> Vec<String> {
        visits.attended.borrow().iter().map(ToString::to_string).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn an_agency_is_attended_until_its_last_visit_ends() {
        let visits = Visits::new(watch::Sender::new(BTreeSet::new()));
        let (one, other): (AgencyCode, AgencyCode) = ("H54".parse().unwrap(), "H40".parse().unwrap());
        visits.begin(&one, "first".into(), Duration::from_secs(60));
        visits.begin(&one, "second".into(), Duration::from_secs(60));
        visits.begin(&other, "first".into(), Duration::from_secs(60));
        assert_eq!(codes(&visits), ["H40", "H54"]);
        visits.end(&other, "first".into());
        visits.end(&one, "first".into());
        assert_eq!(codes(&visits), ["H54"]);
        visits.end(&one, "second".into());
        assert!(codes(&visits).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_visit_runs_out_unless_it_is_begun_anew() {
        let visits = Visits::new(watch::Sender::new(BTreeSet::new()));
        let agency: AgencyCode = "H54".parse().unwrap();
        let mut attended = visits.attended.subscribe();
        visits.begin(&agency, String::new(), Duration::from_secs(60));
        tokio::time::sleep(Duration::from_secs(50)).await;
        visits.begin(&agency, String::new(), Duration::from_secs(60));
        tokio::time::sleep(Duration::from_secs(50)).await;
        assert_eq!(codes(&visits), ["H54"]);
        attended.wait_for(BTreeSet::is_empty).await.unwrap();
    }
}
