//! Good journals are clean; each thing that can be wrong is found, at its place.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use truc_document::{BusinessAct, SigningPolicy};
use truc_signature::{Authority, Capacity, Identity, SeededWallet, TrustStore, dsse, sign_envelope};

use super::*;
use crate::{
    apply::tests::{
        axis::{Axis, Letter, MINISTRY, NAM_DINH, THAI_BINH, agency},
        interleaving::{run, steps},
    },
    record::wire,
};

/// A journal in memory: each record a group, chained by the positions.
#[derive(Clone, Default)]
struct Memory(Vec<StoredGroup>);

impl Memory {
    fn of(records: impl IntoIterator<Item = Bytes>) -> Self {
        let mut memory = Self::default();
        records.into_iter().for_each(|record| memory.push(record));
        memory
    }

    fn push(&mut self, record: Bytes) {
        let head = self.head();
        self.0.push(StoredGroup {
            first: head.next,
            records: vec![record],
            chain_before: head.chain,
            chain: crate::apply::tests::axis::chain(head.next),
        });
    }

    fn head(&self) -> Head {
        self.0.last().map_or(Head::EMPTY, StoredGroup::head_after)
    }
}

impl JournalReader for Memory {
    fn read(&self, position: Position) -> Result<Bytes, JournalError> {
        let group = self.0.get(position.0 as usize - 1);
        group
            .map(|group| group.records[0].clone())
            .ok_or(JournalError::Poisoned)
    }

    fn groups(&self, from: Position) -> impl Iterator<Item = Result<StoredGroup, JournalError>> + Send {
        self.0.clone().into_iter().skip(from.0 as usize - 1).map(Ok)
    }
}

/// An axis whose documents are truly signed, under a root of its own.
struct Signed {
    axis: Axis,
    wallet: SeededWallet,
    trust: TrustStore,
    hub: Arc<Identity>,
}

impl Signed {
    fn new() -> Self {
        let authority = Arc::new(Authority::from_seed(b"recount").unwrap());
        let trust = TrustStore::new(vec![authority.root()]).unwrap();
        let wallet = SeededWallet::new(authority, b"recount");
        let hub = wallet.hub("trục", &["localhost".to_owned()]).unwrap();
        let mut signed = Self {
            axis: Axis::empty(),
            wallet,
            trust,
            hub,
        };
        signed.started(&signed.hub.clone());
        for code in [THAI_BINH, NAM_DINH, MINISTRY] {
            let mut agency = agency(code);
            agency.signing_policy = SigningPolicy::Required.wire();
            signed.axis.register(agency);
        }
        signed
    }

    fn started(&mut self, identity: &Identity) {
        self.axis.change(Change::HubStarted(wire::HubStarted {
            version: "0.1.0".to_owned(),
            certificates: identity.chain().certificates.clone(),
            shared: false,
        }));
    }

    /// The record of a letter, signed and sealed; `alter` may spoil it.
    fn send(&mut self, letter: &Letter, alter: impl FnOnce(&mut wire::DocumentSent)) {
        let sender = &letter.header.sender;
        let person = self.wallet.person(sender, Capacity::Head, "Nguyễn Văn A").unwrap();
        let seal = self.wallet.seal(sender, "UBND").unwrap();
        // Certificates come along the first time only.
        let first = self.axis.state.documents.is_empty();
        let envelope = sign_envelope(letter.header.encode().into(), Some(&person), &seal, vec![], first);
        let mut sent = wire::DocumentSent {
            envelope_digest: Bytes::copy_from_slice(&envelope_digest(&envelope)),
            envelope: Some(envelope),
            standing: pb::SignatureStanding::Signed as i32,
        };
        alter(&mut sent);
        self.axis.change(Change::DocumentSent(sent));
    }

    fn letter(&mut self, alter: impl FnOnce(&mut wire::DocumentSent)) {
        let letter = self.axis.letter(THAI_BINH, &[NAM_DINH, MINISTRY]);
        self.send(&letter, alter);
    }

    fn checkpoint(&mut self, alter: impl FnOnce(&mut wire::Checkpoint)) {
        let (position, chain) = (self.axis.state.position.0, self.axis.state.chain);
        let payload = [&position.to_be_bytes()[..], &chain].concat();
        let mut checkpoint = wire::Checkpoint {
            position,
            chain: Bytes::copy_from_slice(&chain),
            signature: Bytes::copy_from_slice(&dsse::sign(self.hub.key(), dsse::CHECKPOINT_PAYLOAD_TYPE, &payload)),
            key_id: Bytes::copy_from_slice(&self.hub.fingerprint()),
        };
        alter(&mut checkpoint);
        self.axis.change(Change::Checkpoint(checkpoint));
    }

    fn verify(&self, snapshot: Option<&State>) -> Verification {
        verify(&Memory::of(self.axis.records.clone()), &self.trust, snapshot, true)
    }

    /// What is found, each with its position.
    #[track_caller]
    fn found(&self, expected: &[(u64, &str)]) {
        let findings = self.verify(None).findings;
        assert_eq!(findings.len(), expected.len(), "{findings:#?}");
        for (finding, (position, what)) in findings.iter().zip(expected) {
            assert!(
                finding.position.0 == *position && finding.what.contains(what),
                "{finding:?} is not {what}"
            );
        }
    }
}

fn verify(journal: &Memory, trust: &TrustStore, snapshot: Option<&State>, signatures: bool) -> Verification {
    let options = Options {
        trust,
        snapshot,
        signatures,
    };
    let mut last = Position(0);
    let verification = verify_journal(journal, &options, |position| last = position).unwrap();
    assert!(last <= journal.head().next);
    verification
}

#[test]
fn a_good_journal_is_clean() {
    let mut signed = Signed::new();
    signed.letter(|_| ());
    signed.checkpoint(|_| ());
    signed.axis.take(NAM_DINH);
    let saved = signed.axis.state.clone();
    signed.letter(|_| ());
    // A restart with a new certificate of the hub.
    let other = signed.wallet.hub("trục 2", &["localhost".to_owned()]).unwrap();
    signed.started(&other);
    signed.hub = other;
    signed.checkpoint(|_| ());
    let verification = signed.verify(Some(&saved));
    assert!(verification.is_clean(), "{:#?}", verification.findings);
    assert_eq!((verification.records, verification.groups), (11, 11));
    assert_eq!(
        (
            verification.documents,
            verification.signatures,
            verification.checkpoints
        ),
        (2, 2, 2)
    );
    assert!(verification.snapshot_compared);
    assert_eq!(verification.digest, signed.axis.state.digest());
    let told: Vec<_> = verification
        .provinces
        .iter()
        .map(|count| {
            (
                count.province.as_str(),
                count.counts.sent,
                count.counts.received,
                count.counts.acknowledged,
            )
        })
        .collect();
    assert_eq!(told, [("G01", 0, 2, 0), ("H40", 0, 2, 1), ("H54", 2, 0, 0)]);
}

#[test]
fn an_empty_journal_is_clean() {
    let signed = Signed::new();
    let verification = verify(&Memory::default(), &signed.trust, Some(&State::default()), true);
    assert!(verification.is_clean() && verification.records == 0);
}

#[test]
fn a_changed_signature_is_found() {
    let mut signed = Signed::new();
    signed.letter(|_| ());
    signed.letter(|sent| {
        let envelope = sent.envelope.as_mut().unwrap();
        let seal = envelope.seal.as_mut().unwrap();
        let mut signature = seal.signature.to_vec();
        signature[7] ^= 1;
        seal.signature = signature.into();
        sent.envelope_digest = Bytes::copy_from_slice(&envelope_digest(envelope));
    });
    signed.found(&[(6, "SEAL_INVALID")]);
    let unasked = verify(&Memory::of(signed.axis.records.clone()), &signed.trust, None, false);
    assert!(unasked.is_clean() && unasked.signatures == 0);
}

#[test]
fn a_changed_header_is_found_by_digest_and_signature() {
    let mut signed = Signed::new();
    signed.letter(|_| ());
    let letter = signed.axis.letter(THAI_BINH, &[NAM_DINH]);
    let mut forged = letter.clone();
    forged.header.subject = "Về việc khác".to_owned();
    signed.send(&letter, |sent| {
        sent.envelope.as_mut().unwrap().header = forged.header.encode().into()
    });
    signed.found(&[(6, "digest"), (6, "SIGNATURE_INVALID"), (6, "SEAL_INVALID")]);
}

#[test]
fn a_wrong_standing_is_found() {
    let mut signed = Signed::new();
    signed.letter(|sent| sent.standing = pb::SignatureStanding::UnsignedPilot as i32);
    signed.found(&[(5, "personal signature")]);
}

#[test]
fn certificates_of_strangers_are_found() {
    let mut signed = Signed::new();
    let stranger = SeededWallet::new(Arc::new(Authority::from_seed(b"stranger").unwrap()), b"stranger");
    signed.started(&stranger.hub("trục", &["localhost".to_owned()]).unwrap());
    let seal = signed.wallet.seal(&THAI_BINH.parse().unwrap(), "UBND").unwrap();
    signed.started(&seal);
    signed.found(&[(5, "not trusted"), (6, "for a seal, not a hub")]);
}

#[test]
fn checkpoints_that_do_not_hold_are_found() {
    let mut signed = Signed::new();
    signed.checkpoint(|checkpoint| checkpoint.position += 1);
    signed.checkpoint(|checkpoint| checkpoint.chain = Bytes::from(vec![7; 32]));
    signed.checkpoint(|checkpoint| checkpoint.key_id = Bytes::from(vec![7; 32]));
    signed.checkpoint(|checkpoint| checkpoint.signature = Bytes::from(vec![7; 64]));
    signed.checkpoint(|_| ());
    signed.found(&[
        (5, "no group before it ends"),
        (6, "rewritten"),
        (7, "no hub"),
        (8, "does not hold"),
    ]);
    assert_eq!(signed.verify(None).checkpoints, 1);
}

#[test]
fn a_saved_state_that_differs_is_found() {
    let mut signed = Signed::new();
    signed.letter(|_| ());
    let mut saved = signed.axis.state.clone();
    saved.statistics.totals.refused += 1;
    signed.letter(|_| ());
    let findings = signed.verify(Some(&saved)).findings;
    assert_eq!((findings.len(), findings[0].position.0), (1, 5));
    saved.position = Position(100);
    assert!(signed.verify(Some(&saved)).findings[0].what.contains("100"));
}

#[test]
fn time_that_goes_back_is_found() {
    let mut signed = Signed::new();
    signed.axis.wait(-1);
    signed.letter(|_| ());
    signed.found(&[(5, "time goes back")]);
}

#[test]
fn where_several_hubs_write_each_has_its_own_clock() {
    let mut signed = Signed::new();
    let started = wire::HubStarted {
        version: "0.1.0".to_owned(),
        certificates: signed.hub.chain().certificates.clone(),
        shared: true,
    };
    signed.axis.change(Change::HubStarted(started.clone()));
    signed.axis.wait(-1);
    signed.letter(|_| ());
    // Hub time is that of the hub that is ahead, also where its record counts for nothing.
    signed.axis.wait(60);
    signed.axis.change(Change::HubStarted(started));
    signed.axis.wait(-50);
    signed.axis.take(NAM_DINH);
    signed.found(&[]);
}

#[test]
fn an_unreadable_record_ends_the_walk() {
    let mut signed = Signed::new();
    let mut journal = Memory::of(signed.axis.records.clone());
    journal.push(Bytes::from_static(b"\xff\xff"));
    signed.letter(|_| ());
    journal.push(signed.axis.records[4].clone());
    let verification = verify(&journal, &signed.trust, None, true);
    assert_eq!((verification.records, verification.findings.len()), (4, 1));
    assert_eq!(verification.findings[0].position, Position(5));
}

#[test]
fn a_missing_group_is_found() {
    let mut signed = Signed::new();
    signed.letter(|_| ());
    let mut journal = Memory::of(signed.axis.records.clone());
    journal.0.remove(2);
    let verification = verify(&journal, &signed.trust, None, true);
    assert_eq!(
        (verification.records, verification.findings[0].position),
        (2, Position(4))
    );
    journal.0[0].chain_before = [1; 32];
    assert_eq!(verify(&journal, &signed.trust, None, true).records, 0);
}

/// Whatever a count is short or over by, it is told.
#[test]
fn counts_that_differ_are_found() {
    let mut signed = Signed::new();
    signed.letter(|_| ());
    signed.axis.take(NAM_DINH);
    let letter = signed.axis.letter(THAI_BINH, &[MINISTRY]);
    let id = letter.id();
    signed.send(&letter, |_| ());
    let recall = signed
        .axis
        .letter(THAI_BINH, &[MINISTRY])
        .act(BusinessAct::Recall, &[id]);
    signed.send(&recall, |_| ());
    let mut tally = Tally::default();
    let mut state = State::default();
    for (record, position) in signed.axis.records.iter().zip((1..).map(Position)) {
        let entry = Entry::decode(record.clone()).unwrap();
        let outcome = apply(&mut state, position, [0; 32], &entry).unwrap().outcome;
        tally.time(entry.at);
        tally.count(&entry, &outcome).unwrap();
    }
    assert_eq!(compare::differences(&tally, &state), Vec::<String>::new());
    let differ = |spoil: &dyn Fn(&mut State)| {
        let mut spoiled = state.clone();
        spoil(&mut spoiled);
        assert_ne!(spoiled.digest(), state.digest());
        compare::differences(&tally, &spoiled).join("; ")
    };
    let cell = *state.statistics.cells.keys().next().unwrap();
    let month = *state.statistics.agencies.keys().next().unwrap();
    let pace = *state.statistics.pace.keys().next().unwrap();
    assert!(differ(&|state| state.statistics.totals.withdrawn += 1).contains("`withdrawn`"));
    assert!(differ(&|state| state.statistics.totals.leased += 1).contains("`leased`"));
    assert!(differ(&|state| state.statistics.cells.get_mut(&cell).unwrap().sent_signed += 1).contains("`sent_signed`"));
    assert!(differ(&|state| state.statistics.cells.retain(|key, _| *key != cell)).contains("`sent`"));
    assert!(differ(&|state| state.statistics.agencies.get_mut(&month).unwrap().sent += 1).contains("by agency"));
    assert!(differ(&|state| state.statistics.pace.retain(|key, _| *key != pace)).contains("pace"));
    let key = (0, 0, "MALFORMED".to_owned());
    let refused = |state: &mut State| *state.statistics.refusals.entry(key.clone()).or_default() += 1;
    assert!(differ(&refused).contains("MALFORMED"));
    let withdrawn = |state: &mut State| state.deliveries.withdraw(2).unwrap();
    assert!(differ(&withdrawn).contains("`waiting`"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// The two counts share no code, and agree whatever happens.
    #[test]
    fn any_journal_counts_anew_as_it_was_counted(steps in steps(80)) {
        let axis = run(&steps);
        let trust = TrustStore::new(vec![]).unwrap();
        let verification = verify(&Memory::of(axis.records.clone()), &trust, Some(&axis.state), false);
        // Steps may let an agency's clock run behind; the journal's own never does.
        let findings: Vec<_> = verification.findings.iter().filter(|finding| !finding.what.contains("time goes back")).collect();
        prop_assert!(findings.is_empty(), "{findings:#?}");
        prop_assert!(verification.snapshot_compared);
        prop_assert_eq!(verification.digest, axis.state.digest());
    }
}
