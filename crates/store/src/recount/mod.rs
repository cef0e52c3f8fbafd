//! Verifying a journal (`truc verify-journal`): is the chain whole, is every record readable, do checkpoints and
//! signatures hold, and do the statistics equal a count made anew?
//!
//! The records are applied to an empty state, as a hub does; beside it a `tally` counts by plain code of its own, which
//! shares nothing with `apply` but the outcomes. What differs is a [`Finding`].

mod checkpoints;
mod compare;
mod signatures;
mod tally;
#[cfg(test)]
mod tests;

use truc_proto::v1 as pb;
use truc_signature::{TrustStore, envelope_digest};

use self::{checkpoints::Checkpoints, signatures::Signatures, tally::Tally};
use crate::{
    apply::{Outcome, apply},
    journal::{Head, JournalError, JournalReader, Position, StoredGroup},
    record::{Change, Entry},
    state::{State, statistics::Counts},
};

/// Findings that are told; a journal of another hub would give millions.
pub const FINDINGS_MAX: usize = 1000;

/// What to verify by.
pub struct Options<'a> {
    /// Roots to which the certificates of the hub, and of persons and agencies, must lead.
    pub trust: &'a TrustStore,
    /// A saved state, to be compared with the records up to its position.
    pub snapshot: Option<&'a State>,
    /// Verify the signatures of every document: about 110 µs each.
    pub signatures: bool,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The record, or the last one for what concerns the whole.
    pub position: Position,
    /// One sentence.
    pub what: String,
}

/// What was counted anew for a province, or a central agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvinceCount {
    /// Code that it counts under.
    pub province: String,
    /// Over all days; the meaning of each is that of `Counts` in the API.
    pub counts: Counts,
    /// Refusals by the hub.
    pub refused: u64,
}

/// All that came out.
#[derive(Clone, Debug)]
pub struct Verification {
    /// Records read.
    pub records: u64,
    /// Groups read.
    pub groups: u64,
    /// Documents taken; repeats not counted.
    pub documents: u64,
    /// Documents whose signatures were verified.
    pub signatures: u64,
    /// Checkpoints whose signature holds.
    pub checkpoints: u64,
    /// Where the journal ends.
    pub head: Head,
    /// Digest of the state that the records make.
    pub digest: [u8; 32],
    /// The saved state was compared.
    pub snapshot_compared: bool,
    /// Totals of that state.
    pub totals: pb::Totals,
    /// The count made anew, by code.
    pub provinces: Vec<ProvinceCount>,
    /// What is wrong, in order; [`FINDINGS_MAX`] at most.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub findings_left_out: u64,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies a whole journal. `progress` is told the last position after each group.
///
/// A damaged or unreadable record is a finding, and ends the walk: what comes after it has no state to be judged by.
///
/// # Errors
/// [`JournalError`] where reading itself fails; damage is a finding.
pub fn verify_journal<R: JournalReader>(
    reader: &R,
    options: &Options<'_>,
    mut progress: impl FnMut(Position),
) -> Result<Verification, JournalError> {
    let mut walk = Walk::new(options);
    for group in reader.groups(Position::FIRST) {
        let group = match group {
            Ok(group) => group,
            Err(error @ (JournalError::Damaged { .. } | JournalError::Version { .. })) => {
                walk.found(walk.head.next, error.to_string());
                break;
            }
            Err(error) => return Err(error),
        };
        if !walk.group(&group) {
            break;
        }
        progress(walk.state.position);
    }
    Ok(walk.end())
}

/// One walk through a journal.
struct Walk<'a> {
    options: &'a Options<'a>,
    state: State,
    tally: Tally,
    checkpoints: Checkpoints,
    signatures: Signatures<'a>,
    head: Head,
    records: u64,
    groups: u64,
    documents: u64,
    snapshot_compared: bool,
    /// Several hubs write the journal: only hub time, which is the latest so far, never goes back.
    shared: bool,
    findings: Findings,
}

/// Findings so far.
#[derive(Default)]
struct Findings {
    told: Vec<Finding>,
    left_out: u64,
}

impl Findings {
    fn add(&mut self, position: Position, what: String) {
        if self.told.len() < FINDINGS_MAX {
            self.told.push(Finding { position, what });
        } else {
            self.left_out += 1;
        }
    }
}

impl<'a> Walk<'a> {
    fn new(options: &'a Options<'a>) -> Self {
        Self {
            options,
            state: State::default(),
            tally: Tally::default(),
            checkpoints: Checkpoints::default(),
            signatures: Signatures::new(options.trust),
            head: Head::EMPTY,
            records: 0,
            groups: 0,
            documents: 0,
            snapshot_compared: false,
            shared: false,
            findings: Findings::default(),
        }
    }

    fn found(&mut self, position: Position, what: String) {
        self.findings.add(position, what);
    }

    /// Whether to go on.
    fn group(&mut self, group: &StoredGroup) -> bool {
        // The reader vouches for each hash; that the links meet is looked at again.
        if group.chain_before != self.head.chain || group.first != self.head.next {
            self.found(group.first, "group does not follow the one before it".to_owned());
            return false;
        }
        for (position, record) in group.positioned() {
            let entry = match Entry::decode(record.clone()) {
                Ok(entry) => entry,
                Err(error) => {
                    self.found(position, format!("{error}; nothing after it was looked at"));
                    return false;
                }
            };
            if !self.record(position, group.chain, &entry) {
                return false;
            }
        }
        self.head = group.head_after();
        self.groups += 1;
        self.checkpoints.group_ends(self.state.position, group.chain);
        true
    }

    fn record(&mut self, position: Position, chain: [u8; 32], entry: &Entry) -> bool {
        if let Change::HubStarted(started) = &entry.change {
            self.shared |= started.shared;
        }
        if entry.at.as_microsecond() < self.state.now && position > Position::FIRST && !self.shared {
            self.found(
                position,
                format!("time goes back to {} from {}", entry.at, self.state.time()),
            );
        }
        let noted = self.note_signatures(position, entry);
        let applied = match apply(&mut self.state, position, chain, entry) {
            Ok(applied) => applied,
            Err(error) => {
                self.found(position, error.to_string());
                return false;
            }
        };
        self.records += 1;
        let taken = matches!(&applied.outcome, Outcome::Accepted(accepted) if !accepted.repeated);
        self.documents += u64::from(taken);
        if taken {
            self.kept_digest(position, entry);
        }
        match noted {
            Some(_) if !taken => self.signatures.forget_last(),
            Some(true) => self.verify_signatures(),
            _ => {}
        }
        self.tally.time(entry.at);
        let told = match &entry.change {
            Change::HubStarted(started) => self.checkpoints.hub_started(self.options.trust, started),
            Change::Checkpoint(checkpoint) => self.checkpoints.check(checkpoint),
            _ => self.tally.count(entry, &applied.outcome),
        };
        if let Err(what) = told {
            self.found(position, what);
        }
        self.compare_snapshot(position);
        true
    }

    /// Notes the signatures of a document, to be verified by what is known before it; whether it is time to do so.
    fn note_signatures(&mut self, position: Position, entry: &Entry) -> Option<bool> {
        let (Change::DocumentSent(sent), Some(header)) = (&entry.change, &entry.header) else {
            return None;
        };
        let envelope = sent.envelope.as_ref()?;
        if !self.options.signatures {
            self.signatures.see(envelope);
            return None;
        }
        let when = (position, entry.at);
        Some(self.signatures.note(&self.state, when, envelope, header))
    }

    fn verify_signatures(&mut self) {
        for (position, what) in self.signatures.verify() {
            self.found(position, what);
        }
    }

    /// The digest and the standing that the record names are those of its envelope.
    fn kept_digest(&mut self, position: Position, entry: &Entry) {
        let Change::DocumentSent(sent) = &entry.change else {
            return;
        };
        let Some(envelope) = &sent.envelope else { return };
        if envelope_digest(envelope)[..] != sent.envelope_digest[..] {
            self.found(
                position,
                "envelope is not the one whose digest the record names".to_owned(),
            );
        }
        let signed = sent.standing == pb::SignatureStanding::Signed as i32;
        if signed != envelope.personal_signature.is_some() {
            let what = "record says otherwise of the personal signature than its envelope shows";
            self.found(position, what.to_owned());
        }
    }

    fn compare_snapshot(&mut self, position: Position) {
        let Some(snapshot) = self.options.snapshot.filter(|snapshot| snapshot.position == position) else {
            return;
        };
        self.snapshot_compared = true;
        if snapshot.digest() != self.state.digest() {
            let what =
                "saved state is not the one that the records up to it make; remove it, the hub replays the journal";
            self.found(position, what.to_owned());
        }
    }

    fn end(mut self) -> Verification {
        self.verify_signatures();
        let last = self.state.position;
        if let Some(snapshot) = self.options.snapshot.filter(|_| !self.snapshot_compared) {
            // The state of no record at all can't differ.
            if snapshot.position > last {
                let what = format!(
                    "saved state stands at position {}, which was not reached",
                    snapshot.position
                );
                self.found(last, what);
            }
        }
        for what in compare::differences(&self.tally, &self.state) {
            self.found(last, what);
        }
        Verification {
            records: self.records,
            groups: self.groups,
            documents: self.documents,
            signatures: self.signatures.verified,
            checkpoints: self.checkpoints.good,
            head: self.head,
            digest: self.state.digest(),
            snapshot_compared: self.snapshot_compared,
            totals: self.state.totals(),
            provinces: self.tally.provinces(),
            findings: self.findings.told,
            findings_left_out: self.findings.left_out,
        }
    }
}
