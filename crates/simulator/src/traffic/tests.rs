//! What a plan promises, on a small axis of its own and on the seven provinces.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sha2::{Digest as _, Sha256};
use truc_document::{Header, SigningPolicy, zone::day_of};
use truc_signature::Capacity;

use super::*;
use crate::topology::Party;

fn seven_provinces() -> (Scenario, Topology) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../simulations/seven-provinces-2020.toml");
    let scenario = Scenario::load(&path).unwrap();
    let topology = scenario.load_topology().unwrap();
    (scenario, topology)
}

fn plan(limit: u64) -> Traffic {
    let (scenario, topology) = seven_provinces();
    Traffic::plan(
        &scenario,
        &topology,
        PlanOptions {
            limit: Some(limit),
            ..PlanOptions::default()
        },
    )
    .unwrap()
}

fn digest(traffic: &Traffic) -> String {
    let mut hash = Sha256::new();
    for planned in traffic.planned() {
        let letter = traffic.letter(planned);
        hash.update(letter.header.encode());
        letter.contents.iter().for_each(|content| hash.update(content));
        hash.update(format!("{:?}", letter.personal));
    }
    hex::encode(hash.finalize())
}

#[test]
fn same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (scenario, topology) = seven_provinces();
    let of = |seed| {
        let options = PlanOptions {
            seed: Some(seed),
            limit: Some(60),
            ..PlanOptions::default()
        };
        digest(&Traffic::plan(&scenario, &topology, options).unwrap())
    };
    assert_eq!(of(7), of(7));
    assert_ne!(of(7), of(8));
}

/// The size that the run is made for.
#[test]
fn whole_plan_has_thousands_of_documents_and_three_recipients_each() {
    let (scenario, topology) = seven_provinces();
    let traffic = Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap();
    let documents = traffic.planned().len();
    let deliveries: usize = traffic.planned().iter().map(|planned| planned.recipients.len()).sum();
    assert!((6_000..12_000).contains(&documents), "{documents}");
    assert!(
        (25..35).contains(&(deliveries * 10 / documents)),
        "{deliveries} deliveries of {documents}"
    );
    let parties: BTreeSet<Party> = traffic
        .planned()
        .iter()
        .map(|planned| traffic.agencies()[planned.sender].party())
        .collect();
    assert_eq!(parties.len(), Party::ALL.len());
}

#[test]
fn every_header_is_one_that_the_hub_can_read() {
    let traffic = plan(400);
    for planned in traffic.planned() {
        let letter = traffic.letter(planned);
        let header = Header::decode(&letter.header.encode()).unwrap();
        assert_eq!(header, letter.header);
        assert_eq!(header.attachments.len(), letter.contents.len());
        for (attachment, content) in header.attachments.iter().zip(&letter.contents) {
            assert_eq!(attachment.sha256, <[u8; 32]>::from(Sha256::digest(content)));
        }
    }
}

#[test]
fn signers_are_competent_in_the_capacity_that_the_header_claims() {
    let traffic = plan(300);
    for planned in traffic.planned() {
        let letter = traffic.letter(planned);
        if let Some(personal) = letter.personal {
            assert_eq!(Capacity::asked_by(&letter.header.signer.competence), personal.capacity);
            assert_eq!(letter.header.signer.full_name, personal.full_name);
        }
    }
}

#[test]
fn only_flawed_documents_break_the_rules_of_the_axis() {
    let (scenario, topology) = seven_provinces();
    let traffic = Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap();
    let agencies = traffic.agencies();
    let mut flaws = 0;
    for planned in traffic.planned() {
        let policy = agencies[planned.sender].signing_policy;
        let unsigned = !planned.signed && policy == SigningPolicy::Required;
        let not_connected = planned.recipients.iter().any(|index| !agencies[*index].connected);
        assert_eq!(unsigned, planned.flaw == Some(Flaw::Unsigned));
        assert_eq!(not_connected, planned.flaw == Some(Flaw::NotConnected));
        assert!(agencies[planned.sender].connected && !planned.recipients.contains(&planned.sender));
        assert_eq!(
            planned.recipients.iter().collect::<BTreeSet<_>>().len(),
            planned.recipients.len()
        );
        flaws += usize::from(planned.flaw.is_some());
    }
    assert!(flaws > 0);
}

#[test]
fn numbers_of_a_register_follow_one_another_and_restart_each_year() {
    let (scenario, topology) = seven_provinces();
    let traffic = Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap();
    let mut registers: BTreeMap<(usize, i16), BTreeMap<u32, u64>> = BTreeMap::new();
    for planned in traffic.planned() {
        let register = registers
            .entry((planned.sender, day_of(planned.at).year()))
            .or_default();
        if let Some(other) = register.insert(planned.number, planned.key) {
            // Only a document that was refused gives its number to another: its own correction.
            assert_eq!(other & !0xff, planned.key & !0xff);
        }
    }
    for register in registers.values() {
        let (first, last) = (register.keys().next().unwrap(), register.keys().next_back().unwrap());
        assert_eq!(register.len() as u32, last - first + 1);
    }
}

#[test]
fn what_follows_a_document_comes_after_it_and_from_the_right_agency() {
    let (scenario, topology) = seven_provinces();
    let traffic = Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap();
    let mut kinds = BTreeMap::new();
    for planned in traffic.planned() {
        let (name, key) = match planned.kind() {
            Kind::New => continue,
            Kind::Answer(key) => ("answer", key),
            Kind::Recall(key) => ("recall", key),
            Kind::Replacement(key) => ("replacement", key),
            Kind::Copy(key) => ("copy", key),
        };
        *kinds.entry(name).or_insert(0) += 1;
        let target = traffic.of_key(key).unwrap();
        assert!(target.at < planned.at && target.flaw.is_none());
        if name == "answer" {
            assert!(target.recipients.contains(&planned.sender) && *planned.recipients == [target.sender]);
        } else {
            assert!(target.sender == planned.sender && target.recipients == planned.recipients);
        }
    }
    assert_eq!(kinds.len(), 3, "{kinds:?}");
}

/// What the traffic of a seed is must not change from machine to machine, nor unnoticed from release to release.
#[test]
fn pinned_traffic_is_what_it_was() {
    let (scenario, topology) = (small_scenario(), small_topology());
    let traffic = Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap();
    assert_eq!(traffic.planned().len(), 20);
    assert_eq!(digest(&traffic), PINNED);
}

const PINNED: &str = "95bbda05ab19f8718426c06cce6f85ec5877c335c62f805833dc9aa240c7b345";

fn small_topology() -> Topology {
    Topology::parse("small.toml", include_str!("../../tests/small-topology.toml")).unwrap()
}

fn small_scenario() -> Scenario {
    Scenario::parse("small.toml", include_str!("../../tests/small-scenario.toml")).unwrap()
}

#[test]
fn from_the_merger_on_successors_write_and_are_written_to() {
    let text = include_str!("../../tests/small-scenario.toml");
    let merger = "[merger]\nat = 2020-09-02T00:00:00+07:00\nold-codes = 1.0\n\n[clock]";
    let text = text
        .replacen("holidays = [2020-09-02]", "", 1)
        .replacen("documents-per-day = 10", "documents-per-day = 60", 1)
        .replacen("[clock]", merger, 1);
    let scenario = Scenario::parse("small.toml", &text).unwrap();
    let traffic = Traffic::plan(&scenario, &small_topology(), PlanOptions::default()).unwrap();
    let merging = traffic.merging().unwrap();
    let closed = |agency: &usize| merging.heirs.contains_key(agency);
    let (mut before, mut after, mut tried) = (0, 0, 0);
    for planned in traffic.planned() {
        assert!(!planned.recipients.is_empty() && !planned.recipients.contains(&planned.sender));
        if planned.at < merging.at {
            before += planned.recipients.iter().filter(|agency| closed(agency)).count();
            assert_ne!(planned.flaw, Some(Flaw::OldCode));
            continue;
        }
        assert!(!closed(&planned.sender), "{planned:?}");
        if planned.flaw == Some(Flaw::OldCode) {
            tried += 1;
            assert!(planned.recipients.iter().any(closed));
            // The same document goes to who took over, under the same number of its register.
            let sent = traffic.of_key(planned.key_with(suffix_of_new())).unwrap();
            assert!(sent.at >= planned.at && sent.number == planned.number && !sent.recipients.iter().any(closed));
        } else if planned.flaw.is_none() {
            after += 1;
            assert!(!planned.recipients.iter().any(closed), "{planned:?}");
            assert!(
                traffic.refers_to(planned).is_some() || planned.kind() == Kind::New,
                "what it follows was sent"
            );
        }
    }
    assert!(before > 0 && after > 0 && tried > 0, "{before} {after} {tried}");
}

fn suffix_of_new() -> u64 {
    planned::suffix::NEW
}
