//! What everybody outside the hubs knows, and the promises that are checked as it happens.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use truc_proto::v1::ReceiptStatement;

/// Survives whoever crashes.
#[derive(Default)]
pub(crate) struct Known(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    receipts: Vec<ReceiptStatement>,
    /// Documents with a receipt, and who is to get each.
    promised: BTreeSet<(String, String)>,
    /// Agency and delivery whose acknowledgement was answered as good, and when.
    acknowledged: BTreeMap<(String, u64), Duration>,
    /// Document and agency that has seen it.
    seen: BTreeSet<(String, String)>,
    /// Document and agency whose status was answered as taken.
    reported: BTreeSet<(String, String)>,
    /// Document and agency of which the sender has word.
    told: BTreeSet<(String, String)>,
    violations: Vec<String>,
    events: usize,
    trace: Sha256,
    now: Duration,
    aloud: bool,
}

impl Known {
    /// Prints each event, too, where `aloud`.
    pub(crate) fn new(aloud: bool) -> Self {
        Self(Mutex::new(Inside {
            aloud,
            ..Inside::default()
        }))
    }

    /// Time since the begin of the run.
    pub(crate) fn now(&self) -> Duration {
        self.0.lock().now
    }

    pub(crate) fn set_now(&self, now: Duration) {
        self.0.lock().now = now;
    }

    /// Something happened.
    pub(crate) fn event(&self, what: &str) {
        self.0.lock().event(what);
    }

    /// A promise was broken.
    pub(crate) fn violated(&self, what: String) {
        let mut inside = self.0.lock();
        inside.event(&format!("VIOLATION: {what}"));
        inside.violations.push(what);
    }

    /// A sender holds a receipt.
    pub(crate) fn receipt(&self, statement: ReceiptStatement, recipients: &[&str]) {
        let mut inside = self.0.lock();
        inside.event(&format!(
            "receipt of {} at {}",
            statement.document_id, statement.position
        ));
        let id = statement.document_id.clone();
        let promised = recipients.iter().map(|code| (id.clone(), (*code).to_owned()));
        inside.promised.extend(promised);
        inside.receipts.push(statement);
    }

    /// A delivery came, by a call that was begun at `asked`. One that was under way already when it was acknowledged may come.
    pub(crate) fn delivered(&self, agency: &str, delivery: u64, asked: Duration, what: &str) {
        let again = {
            let mut inside = self.0.lock();
            inside.event(&format!("{agency} gets {delivery}: {what}"));
            let acknowledged = inside.acknowledged.get(&(agency.to_owned(), delivery));
            acknowledged.is_some_and(|answered| *answered < asked)
        };
        if again {
            self.violated(format!(
                "delivery {delivery} was acknowledged by {agency} and came again"
            ));
        }
    }

    /// A document came.
    pub(crate) fn seen(&self, document: &str, agency: &str) {
        self.0.lock().seen.insert((document.to_owned(), agency.to_owned()));
    }

    /// An acknowledgement was answered as good.
    pub(crate) fn acknowledged(&self, agency: &str, delivery: u64) {
        let mut inside = self.0.lock();
        inside.event(&format!("{agency} has acknowledged {delivery}"));
        let now = inside.now;
        inside.acknowledged.insert((agency.to_owned(), delivery), now);
    }

    /// A status was answered as taken.
    pub(crate) fn reported(&self, document: &str, agency: &str) {
        let mut inside = self.0.lock();
        inside.event(&format!("{agency} has reported {document}"));
        inside.reported.insert((document.to_owned(), agency.to_owned()));
    }

    /// The sender has word of a status.
    pub(crate) fn told(&self, document: &str, agency: &str) {
        self.0.lock().told.insert((document.to_owned(), agency.to_owned()));
    }

    /// What is promised and has not come yet, for who wants to know why there is no rest.
    pub(crate) fn owed(&self) -> Vec<String> {
        let inside = self.0.lock();
        let documents = inside.promised.difference(&inside.seen);
        let statuses = inside.reported.difference(&inside.told);
        documents
            .map(|(document, agency)| format!("{document} to {agency}"))
            .chain(statuses.map(|(document, agency)| format!("status of {document} by {agency}")))
            .collect()
    }

    /// Receipts so far.
    pub(crate) fn receipts(&self) -> Vec<ReceiptStatement> {
        self.0.lock().receipts.clone()
    }

    /// Broken promises.
    pub(crate) fn violations(&self) -> Vec<String> {
        self.0.lock().violations.clone()
    }

    /// Number of events, and a digest of them with their times.
    pub(crate) fn trace(&self) -> (usize, String) {
        let inside = self.0.lock();
        (inside.events, hex::encode(inside.trace.clone().finalize()))
    }
}

impl Inside {
    #[allow(clippy::print_stdout, reason = "asked for on the command line")]
    fn event(&mut self, what: &str) {
        let line = format!("{:>9.3} {what}\n", self.now.as_secs_f64());
        if self.aloud {
            print!("{line}");
        }
        self.events += 1;
        self.trace.update(line);
    }
}
