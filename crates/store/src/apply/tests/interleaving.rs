//! Anything in any order: agencies that send, repeat, reuse ids, fetch, acknowledge, report, recall, and operators that
//! change what they may.

use bytes::Bytes;
use proptest::{prelude::*, sample::Index};
use truc_document::{BusinessAct, SigningPolicy, StatusCode, Urgency};
use truc_proto::v1::ClockMode;

use super::axis::*;
use crate::record::{Change, wire};

/// One thing that happens. Numbers of agencies are places in [`ALL`], those of documents any index.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send {
        from: usize,
        to: Vec<usize>,
        urgency: i32,
        paper: bool,
        signed: bool,
        due: Option<i8>,
    },
    Act {
        act: BusinessAct,
        document: Index,
        to: Vec<usize>,
        removed: Vec<usize>,
    },
    Answer {
        from: usize,
        document: Index,
    },
    Repeat(Index),
    ReuseId(Index),
    Lease {
        agency: usize,
        max: u32,
        seconds: i64,
    },
    Acknowledge {
        agency: usize,
        deliveries: Vec<Index>,
    },
    Report {
        agency: usize,
        document: Index,
        status: usize,
    },
    TakeBack(Index),
    Wait(i64),
    MoveClock(i64),
    Alter {
        agency: usize,
        connected: bool,
        policy: usize,
    },
    Move {
        agency: usize,
        province: usize,
    },
    Revoke {
        agency: usize,
        person: bool,
        seconds: i64,
    },
    Refuse {
        agency: usize,
    },
    Upload {
        agency: usize,
        content: u8,
    },
    Close {
        agency: usize,
        successor: usize,
    },
    Reload,
}

pub(crate) fn steps(max: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..max)
}

fn step() -> impl Strategy<Value = Step> {
    let agency = || 0..ALL.len();
    let agencies = || prop::collection::vec(0..ALL.len(), 1..4);
    let document = any::<Index>;
    let act = prop::sample::select(vec![BusinessAct::Recall, BusinessAct::Update, BusinessAct::Replace]);
    prop_oneof![
        8 => (agency(), agencies(), 1..=4_i32, any::<bool>(), any::<bool>(), prop::option::of(1..=5_i8)).prop_map(
            |(from, to, urgency, paper, signed, due)| Step::Send { from, to, urgency, paper, signed, due }
        ),
        3 => (act, document(), agencies(), agencies()).prop_map(|(act, document, to, removed)| Step::Act { act, document, to, removed }),
        1 => (agency(), document()).prop_map(|(from, document)| Step::Answer { from, document }),
        2 => document().prop_map(Step::Repeat),
        1 => document().prop_map(Step::ReuseId),
        8 => (agency(), 0..6_u32, 0..120_i64).prop_map(|(agency, max, seconds)| Step::Lease { agency, max, seconds }),
        8 => (agency(), prop::collection::vec(any::<Index>(), 1..5)).prop_map(|(agency, deliveries)| Step::Acknowledge { agency, deliveries }),
        8 => (agency(), document(), 0..StatusCode::ALL.len()).prop_map(|(agency, document, status)| Step::Report { agency, document, status }),
        1 => document().prop_map(Step::TakeBack),
        4 => prop_oneof![1..90_i64, 3600..200_000_i64].prop_map(Step::Wait),
        1 => (-100..100_000_i64).prop_map(Step::MoveClock),
        1 => (agency(), prop::bool::weighted(0.8), 0..3_usize).prop_map(|(agency, connected, policy)| Step::Alter { agency, connected, policy }),
        1 => (agency(), agency()).prop_map(|(agency, successor)| Step::Close { agency, successor }),
        1 => (agency(), agency()).prop_map(|(agency, province)| Step::Move { agency, province }),
        1 => (agency(), any::<bool>(), 0..100_000_i64).prop_map(|(agency, person, seconds)| Step::Revoke { agency, person, seconds }),
        1 => agency().prop_map(|agency| Step::Refuse { agency }),
        1 => (agency(), any::<u8>()).prop_map(|(agency, content)| Step::Upload { agency, content }),
    ]
}

/// What the steps make.
pub(crate) fn run(steps: &[Step]) -> Axis {
    let mut axis = Axis::new();
    steps.iter().for_each(|step| step.take(&mut axis));
    axis
}

fn codes(numbers: &[usize]) -> Vec<&'static str> {
    let mut codes: Vec<_> = numbers.iter().map(|&number| ALL[number]).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

impl Step {
    /// Takes the step; answers of any kind are good, the state is looked over by the axis.
    pub(crate) fn take(&self, axis: &mut Axis) {
        match self {
            Self::Send {
                from,
                to,
                urgency,
                paper,
                signed,
                due,
            } => {
                let mut letter = axis
                    .letter(ALL[*from], &codes(to))
                    .urgency(Urgency::try_from(*urgency).unwrap());
                (letter.header.paper_follows, letter.signed) = (*paper, *signed);
                if let Some(day) = due {
                    letter = letter.due(jiff::civil::date(2020, 9, *day));
                }
                let _ = axis.try_send(&letter);
            }
            Self::Act {
                act,
                document,
                to,
                removed,
            } => {
                let Some((id, sender)) = pick(axis, document) else {
                    return;
                };
                let to = codes(to);
                let mut letter = axis.letter(&sender, &to).act(*act, &[id]);
                if *act == BusinessAct::Update {
                    let removed = codes(removed).into_iter().filter(|code| !to.contains(code));
                    letter.header.removed_recipients = removed.map(|code| code.parse().unwrap()).collect();
                }
                let _ = axis.try_send(&letter);
            }
            Self::Answer { from, document } => {
                let Some((id, sender)) = pick(axis, document) else {
                    return;
                };
                let letter = axis.letter(ALL[*from], &[&sender]).answers(&[id]);
                let _ = axis.try_send(&letter);
            }
            Self::Repeat(document) => {
                let Some(entry) = picked(axis, document) else { return };
                let (record, before) = (axis.records[entry as usize - 1].clone(), axis.state.digest_of_content());
                axis.record(record);
                assert_eq!(axis.state.digest_of_content(), before, "a repeat changed something");
            }
            Self::ReuseId(document) => {
                let Some((id, sender)) = pick(axis, document) else {
                    return;
                };
                let mut letter = axis.letter(&sender, &[NAM_DINH]);
                letter.header.document_id = id;
                axis.refused(&letter, truc_document::Reason::DocumentIdReused, "header.document_id");
            }
            Self::Lease { agency, max, seconds } => {
                axis.lease_for(ALL[*agency], *max, *seconds);
            }
            Self::Acknowledge { agency, deliveries } => {
                let there = axis.state.deliveries.len() + 1;
                let ids: Vec<u64> = deliveries.iter().map(|index| index.index(there) as u64).collect();
                axis.acknowledge(ALL[*agency], &ids);
            }
            Self::Report {
                agency,
                document,
                status,
            } => {
                let Some((id, _)) = pick(axis, document) else { return };
                let _ = axis.report(ALL[*agency], id, StatusCode::ALL[*status]);
            }
            Self::TakeBack(document) => {
                let Some((id, sender)) = pick(axis, document) else {
                    return;
                };
                let _ = axis.report(&sender, id, StatusCode::TakeBack);
            }
            Self::Wait(seconds) => {
                axis.wait(*seconds);
            }
            Self::MoveClock(seconds) => {
                let to = axis.now + jiff::SignedDuration::from_secs(*seconds);
                axis.now = axis.now.max(to);
                let (to, mode) = (to.as_microsecond(), ClockMode::Driven as i32);
                axis.change(Change::ClockMoved(wire::ClockMoved { to, mode, factor: 1.0 }));
            }
            Self::Alter {
                agency,
                connected,
                policy,
            } => axis.alter(ALL[*agency], |agency| {
                agency.connected = *connected;
                agency.signing_policy = SigningPolicy::ALL[*policy].wire();
            }),
            Self::Move { agency, province } => {
                axis.alter(ALL[*agency], |agency| agency.province = ALL[*province].to_owned());
            }
            Self::Revoke {
                agency,
                person,
                seconds,
            } => {
                let at = axis.now + jiff::SignedDuration::from_secs(*seconds);
                axis.revoke(key_id(ALL[*agency], *person), at);
            }
            Self::Refuse { agency } => {
                let (agency, reason) = (ALL[*agency].to_owned(), "SEAL_INVALID".to_owned());
                axis.change(Change::DocumentRefused(wire::DocumentRefused {
                    agency,
                    reason,
                    ..Default::default()
                }));
            }
            Self::Upload { agency, content } => {
                let sha256 = Bytes::copy_from_slice(&truc_signature::sha256(&[*content]));
                let agency = ALL[*agency].to_owned();
                axis.change(Change::AttachmentUploaded(wire::AttachmentUploaded {
                    agency,
                    sha256,
                    size: 1,
                }));
            }
            Self::Close { agency, successor } => {
                let _ = axis.close(ALL[*agency], ALL[*successor]);
            }
            Self::Reload => axis.reload(),
        }
    }
}

/// Position of a document, if there is any.
fn picked(axis: &Axis, index: &Index) -> Option<u64> {
    let documents = &axis.state.documents;
    (!documents.is_empty()).then(|| documents.get(index.index(documents.len()) as u32).unwrap().position.0)
}

/// Id and sender of a document, if there is any.
fn pick(axis: &Axis, index: &Index) -> Option<(uuid::Uuid, String)> {
    let documents = &axis.state.documents;
    let entry = (!documents.is_empty()).then(|| documents.get(index.index(documents.len()) as u32).unwrap())?;
    Some((entry.id, axis.state.code(entry.sender)))
}
