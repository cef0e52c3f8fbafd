//! Refusals of authenticated senders: each a small record, bounded in rate for each sender.

use std::{collections::HashMap, time::Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use truc_document::{AgencyCode, Refusal};
use truc_store::record::{Change, wire::DocumentRefused};

use crate::{core::Core, proposal::Proposal};

/// Records a second and agency, and how many at once.
const RATE: f64 = 20.0;
const BURST: f64 = 200.0;

#[derive(Default)]
pub(crate) struct RefusalLog(Mutex<HashMap<AgencyCode, (f64, Instant)>>);

impl RefusalLog {
    fn admits(&self, agency: &AgencyCode) -> bool {
        let mut buckets = self.0.lock();
        let now = Instant::now();
        let (left, since) = buckets.entry(agency.clone()).or_insert((BURST, now));
        *left = (*left + now.duration_since(*since).as_secs_f64() * RATE).min(BURST);
        *since = now;
        let admits = *left >= 1.0;
        if admits {
            *left -= 1.0;
        }
        admits
    }
}

/// Characters of one text in a record.
const TEXT_MAX: usize = 500;
/// Named values in a record.
const NAMED_MAX: usize = 16;

fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

/// Notes a refusal in the journal, so that statistics and those who observe have it.
pub(crate) fn note(core: &Core, agency: &AgencyCode, document_id: String, refusal: &Refusal) {
    tracing::info!(%agency, document_id, reason = %refusal.reason, field = refusal.field, "refused: {}", refusal.message);
    if !core.refusals.admits(agency) {
        return;
    }
    let change = Change::DocumentRefused(DocumentRefused {
        agency: agency.to_string(),
        reason: refusal.reason.as_str().to_owned(),
        document_id,
        envelope_digest: Bytes::new(),
        field: refusal.field.clone(),
        message: cut(&refusal.message),
        metadata: refusal
            .metadata
            .iter()
            .take(NAMED_MAX)
            .map(|(name, value)| (cut(name), cut(value)))
            .collect(),
    });
    core.propose(Proposal {
        change,
        header: None,
        reply: Box::new(|_| ()),
    });
}
