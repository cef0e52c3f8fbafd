//! What is written is read; the same state gives the same bytes; nothing else is a snapshot.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::{
    apply::tests::{
        axis::{Axis, MINISTRY, NAM_DINH, THAI_BINH},
        interleaving::{run, steps},
    },
    state::State,
};

fn bytes(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    let digest = write(state, &mut bytes).unwrap();
    assert_eq!(bytes[bytes.len() - 32..], digest);
    assert_eq!(state.digest(), digest);
    bytes
}

/// A state with something of everything.
fn some() -> Axis {
    let mut axis = Axis::new();
    let id = axis.sent(THAI_BINH, &[NAM_DINH, MINISTRY]);
    axis.take(NAM_DINH);
    axis.reports(NAM_DINH, id, "03");
    axis.lease(THAI_BINH);
    let now = axis.now;
    axis.revoke([7; 32], now);
    axis.set_fault("chậm");
    axis
}

/// Bytes with a digest at their end that fits them.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - 32);
    let digest = truc_signature::sha256(&bytes);
    bytes.extend(digest);
    bytes
}

#[test]
fn an_empty_state_is_one() {
    let state = read(&bytes(&State::default())[..]).unwrap();
    assert_eq!(state.digest(), State::default().digest());
}

#[test]
fn any_difference_shows_in_the_digest() {
    let state = some().state;
    let spoil: [fn(&mut State); 9] = [
        |state| state.position.0 += 1,
        |state| state.chain[31] ^= 1,
        |state| state.now += 1,
        |state| state.clock.factor = 2.0,
        |state| state.documents.get_mut(0).unwrap().flags ^= 1,
        |state| {
            state
                .deliveries
                .set_standing(1, truc_document::Standing::default())
                .unwrap()
        },
        |state| state.statistics.totals.leased += 1,
        |state| state.fetched.clear(),
        |state| state.faults = std::sync::Arc::default(),
    ];
    for spoil in spoil {
        let mut other = state.clone();
        spoil(&mut other);
        assert_ne!(other.digest(), state.digest());
    }
}

#[test]
fn another_version_or_file_is_told() {
    let mut later = bytes(&State::default());
    later[8] = 0xff;
    assert!(matches!(read(&later[..]), Err(SnapshotError::Version { found: 0xff })));
    later[0] = b'X';
    assert!(matches!(read(&later[..]), Err(SnapshotError::Magic)));
    assert!(matches!(read(&b""[..]), Err(SnapshotError::Truncated)));
}

#[test]
fn every_truncation_is_seen() {
    let bytes = bytes(&some().state);
    for length in 0..bytes.len() {
        let error = read(&bytes[..length]).unwrap_err();
        assert!(matches!(error, SnapshotError::Truncated), "{length}: {error}");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(matches!(read(&longer[..]), Err(SnapshotError::Invalid(_))));
}

#[test]
fn what_leads_nowhere_is_no_state() {
    let spoil: [fn(&mut State); 7] = [
        // A timeline that runs in a circle would be followed for ever.
        |state| state.documents.events.relink(1, 1),
        |state| state.documents.events.relink(0, 1),
        |state| state.documents.get_mut(0).unwrap().last_event = 2,
        |state| state.documents.get_mut(0).unwrap().recipients = 99,
        |state| state.documents.get_mut(0).unwrap().first_delivery = u64::MAX,
        |state| state.documents.get_mut(0).unwrap().sender = 99,
        |state| state.deliveries.readdress(1, 99).unwrap(),
    ];
    for spoil in spoil {
        let mut state = some().state;
        assert_eq!(state.documents.events.len(), 2);
        spoil(&mut state);
        assert!(matches!(read(&bytes(&state)[..]), Err(SnapshotError::Invalid(_))));
    }
}

#[test]
fn a_snapshot_larger_than_the_buffer() {
    let mut axis = Axis::new();
    // Without looking over the state after each: 3,000 documents make more than the 256 KiB of the buffer.
    for number in 0..3000_u64 {
        let letter = axis.letter(THAI_BINH, &[NAM_DINH, MINISTRY]);
        let entry = crate::record::Entry {
            at: axis.now,
            change: letter.change(),
            header: Some(Box::new(letter.header)),
        };
        crate::apply::apply(&mut axis.state, Position(6 + number), [1; 32], &entry).unwrap();
    }
    let bytes = bytes(&axis.state);
    assert!(bytes.len() > 300_000);
    let state = read(Dripping(&bytes)).unwrap();
    assert_eq!(state.digest(), axis.state.digest());
    assert_eq!(state.mailboxes, axis.state.mailboxes);
}

/// Gives a prime number of bytes at a time, so that every value is once cut in two.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(8191);
        self.0.read(&mut buffer[..wanted])
    }
}

#[test]
fn what_a_snapshot_is_of_is_told_without_reading_its_state() {
    let state = some().state;
    let good = bytes(&state);
    let mark = prove(Dripping(&good)).unwrap();
    assert_eq!((mark.position, mark.chain), (state.position, state.chain));
    assert_eq!(mark.digest, state.digest());
    for at in 0..good.len() {
        let mut spoiled = good.clone();
        spoiled[at] ^= 1;
        prove(&spoiled[..]).unwrap_err();
        prove(&good[..at]).unwrap_err();
    }
}

#[test]
fn a_snapshot_from_elsewhere_is_taken_in_if_it_is_what_it_was_said_to_be() {
    let (path, state) = (tempfile::tempdir().unwrap(), some().state);
    let folder = SnapshotFolder::open(path.path()).unwrap();
    let mark = folder.save(&state).unwrap();
    assert_eq!(prove(folder.file(mark.position).unwrap()).unwrap(), mark);
    let other = tempfile::tempdir().unwrap();
    let other = SnapshotFolder::open(other.path()).unwrap();
    assert_eq!(other.newest().unwrap(), Position(0));
    let receive = |said: SnapshotMark| {
        let mut file = other.receive(said.position).unwrap();
        io::copy(&mut folder.file(mark.position).unwrap(), &mut file).unwrap();
        other.take_in(&said)
    };
    let said = SnapshotMark { chain: [9; 32], ..mark };
    assert!(matches!(receive(said), Err(SnapshotError::Another)));
    assert!(other.load_latest().unwrap().is_none());
    receive(mark).unwrap();
    assert_eq!(other.newest().unwrap(), mark.position);
    assert_eq!(other.load_latest().unwrap().unwrap().digest(), mark.digest);
}

#[test]
fn a_folder_keeps_the_last_two() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = SnapshotFolder::open(folder.path().join("state")).unwrap();
    assert!(snapshots.load_latest().unwrap().is_none());
    let mut axis = Axis::new();
    for _ in 0..4 {
        axis.sent(THAI_BINH, &[NAM_DINH]);
        snapshots.save(&axis.state).unwrap();
    }
    snapshots.save(&axis.state).unwrap();
    let mut names: Vec<_> = fs::read_dir(folder.path().join("state"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["00000000000000000008.snapshot", "00000000000000000009.snapshot"]
    );
    assert_eq!(snapshots.load_latest().unwrap().unwrap().digest(), axis.state.digest());
}

#[test]
fn a_damaged_newest_falls_back_to_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = SnapshotFolder::open(folder.path()).unwrap();
    let mut axis = Axis::new();
    let before = axis.state.digest();
    snapshots.save(&axis.state).unwrap();
    axis.sent(THAI_BINH, &[NAM_DINH]);
    snapshots.save(&axis.state).unwrap();
    let newest = folder.path().join("00000000000000000006.snapshot");
    let mut damaged = fs::read(&newest).unwrap();
    damaged[100] ^= 1;
    fs::write(&newest, &damaged).unwrap();
    assert_eq!(snapshots.load_latest().unwrap().unwrap().digest(), before);
    fs::write(folder.path().join("00000000000000000005.snapshot"), b"").unwrap();
    assert!(snapshots.load_latest().unwrap().is_none());
    snapshots.save(&axis.state).unwrap();
    assert_eq!(snapshots.load_latest().unwrap().unwrap().digest(), axis.state.digest());
}

/// A hub that is brought up to date finds the snapshots of the version before: the journal is replayed instead.
#[test]
fn one_of_the_version_before_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = SnapshotFolder::open(folder.path()).unwrap();
    let axis = some();
    let mut older = bytes(&axis.state);
    older[8..12].copy_from_slice(&(VERSION - 1).to_le_bytes());
    let older = sealed(older);
    assert!(matches!(read(&older[..]), Err(SnapshotError::Version { found }) if found == VERSION - 1));
    fs::write(folder.path().join("00000000000000000010.snapshot"), older).unwrap();
    assert!(snapshots.load_latest().unwrap().is_none());
}

#[test]
fn what_a_crash_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("00000000000000000006.part");
    fs::write(&left, b"half").unwrap();
    let snapshots = SnapshotFolder::open(folder.path()).unwrap();
    assert!(!left.exists());
    assert!(snapshots.load_latest().unwrap().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(steps in steps(50)) {
        let state = run(&steps).state;
        let bytes = bytes(&state);
        let again = read(&bytes[..]).unwrap();
        prop_assert_eq!(&again.mailboxes, &state.mailboxes);
        prop_assert_eq!(&again.statistics, &state.statistics);
        let mut rewritten = Vec::new();
        write(&again, &mut rewritten).unwrap();
        prop_assert_eq!(rewritten, bytes);
    }

    #[test]
    fn any_damage_is_seen(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut damaged = bytes(&some().state);
        let at = at.index(damaged.len());
        damaged[at] ^= 1 << bit;
        prop_assert!(read(&damaged[..]).is_err());
    }

    /// Even where the digest fits, lengths and numbers are not believed: no panic, no memory for what is not there.
    #[test]
    fn what_was_forged_does_no_harm(
        at in any::<prop::sample::Index>(),
        forged in prop_oneof![Just(vec![0xff; 8]), Just(vec![0; 8]), prop::collection::vec(any::<u8>(), 1..9)],
    ) {
        let mut bytes = bytes(&some().state);
        let at = at.index(bytes.len() - 32);
        let end = (at + forged.len()).min(bytes.len() - 32);
        bytes[at..end].copy_from_slice(&forged[..end - at]);
        if let Ok(state) = read(&sealed(bytes)[..]) {
            let timelines = state.documents.entries.iter().map(|entry| state.documents.timeline(entry).len());
            prop_assert!(timelines.sum::<usize>() <= 100);
        }
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(noise in prop::collection::vec(any::<u8>(), 0..600), head in any::<bool>()) {
        let start = if head { [&MAGIC[..], &VERSION.to_le_bytes()].concat() } else { Vec::new() };
        prop_assert!(read(&[start, noise].concat()[..]).is_err());
    }
}
