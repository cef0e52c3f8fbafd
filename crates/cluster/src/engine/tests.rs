//! A journal over a line in memory, which loses answers, keeps messages back and forgets.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
};

use futures::{StreamExt as _, stream::BoxStream};
use truc_store::{
    attachments::AttachmentStore,
    journal::{Journal as _, battery::read_groups},
};

use super::*;
use crate::line::{Message, NoAnswer, NotTaken, Publication};

/// What happens to a publication.
enum Trouble {
    /// Stored, and nobody is told.
    AnswerLost,
    /// On the way until the test brings it.
    Late,
    /// Not stored.
    Refused,
}

#[derive(Default)]
struct State {
    messages: Vec<(String, Message)>,
    first: u64,
    troubles: VecDeque<Trouble>,
    late: Vec<Publication>,
    tries: usize,
    followings: usize,
    /// Followings that never give anything.
    silent: usize,
    /// Messages that are left out, once.
    gaps: Vec<u64>,
}

struct MemoryLine {
    state: Mutex<State>,
    length: watch::Sender<u64>,
}

impl MemoryLine {
    fn with(state: State) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State { first: 1, ..state }),
            length: watch::channel(0).0,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn store(&self, publication: Publication) -> Result<u64, NotTaken> {
        let mut state = self.state();
        let of_writer = state
            .messages
            .iter()
            .rev()
            .find(|(writer, _)| *writer == publication.writer);
        let last = of_writer.map_or(0, |(_, message)| message.sequence);
        if last != publication.after {
            return Err(NotTaken::Taken(last));
        }
        let sequence = state.messages.len() as u64 + 1;
        let message = Message {
            sequence,
            id: publication.id,
            payload: publication.payload,
        };
        state.messages.push((publication.writer, message));
        self.length.send_replace(sequence);
        Ok(sequence)
    }

    async fn until(&self, fits: impl Fn(&State) -> bool) {
        while !fits(&self.state()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Line for MemoryLine {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn message_bytes_max(&self) -> usize {
        8 << 20
    }

    fn extent(&self) -> BoxFuture<'_, Result<Extent, NoAnswer>> {
        let state = self.state();
        let extent = Extent {
            first: state.first,
            last: state.messages.len() as u64,
        };
        Box::pin(async move { Ok(extent) })
    }

    fn get(&self, sequence: u64) -> BoxFuture<'_, Result<Message, NoAnswer>> {
        let found = self
            .state()
            .messages
            .get(sequence as usize - 1)
            .map(|(_, message)| message.clone());
        Box::pin(async move { found.ok_or_else(|| NoAnswer::because("not there")) })
    }

    fn publish(&self, publication: Publication) -> BoxFuture<'_, Result<u64, NotTaken>> {
        Box::pin(async move {
            let trouble = {
                let mut state = self.state();
                state.tries += 1;
                state.troubles.pop_front()
            };
            match trouble {
                None => self.store(publication),
                Some(Trouble::AnswerLost) => self.store(publication).and(Err(NotTaken::Unknown)),
                Some(Trouble::Late) => {
                    self.state().late.push(publication);
                    Err(NotTaken::Unknown)
                }
                Some(Trouble::Refused) => Err(NotTaken::Refused("no room".to_owned())),
            }
        })
    }

    fn follow(&self, first: u64) -> BoxFuture<'_, Result<BoxStream<'static, Result<Message, NoAnswer>>, NoAnswer>> {
        Box::pin(async move {
            let left_out = {
                let mut state = self.state();
                state.followings += 1;
                if state.followings <= state.silent {
                    return Ok(futures::stream::pending().boxed());
                }
                std::mem::take(&mut state.gaps)
            };
            // A following ends with what there is; the next begins with what has come since.
            self.length.subscribe().wait_for(|length| *length >= first).await.ok();
            let state = self.state();
            let from = state.messages[first as usize - 1..].iter();
            let given: Vec<_> = from
                .filter(|(_, message)| !left_out.contains(&message.sequence) && message.sequence >= state.first)
                .map(|(_, message)| Ok(message.clone()))
                .collect();
            Ok(futures::stream::iter(given).boxed())
        })
    }
}

struct NoAttachments;

impl SharedAttachments for NoAttachments {
    fn keep(&self, _: [u8; 32], _: AttachmentStore) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Err("none".to_owned()) })
    }

    fn fetch(&self, _: [u8; 32], _: AttachmentStore) -> BoxFuture<'_, Result<bool, String>> {
        Box::pin(async { Ok(false) })
    }
}

async fn try_open(line: &Arc<MemoryLine>, folder: &Path) -> Result<SharedLog, ClusterError> {
    let options = EmbeddedOptions {
        segment_bytes: 300_000,
        background: false,
        ..EmbeddedOptions::default()
    };
    let durability = Durability {
        kept: false,
        words: "memory".to_owned(),
    };
    let line = Arc::clone(line) as Arc<dyn Line>;
    SharedLog::open(line, folder, options, Arc::new(NoAttachments), durability).await
}

async fn open(line: &Arc<MemoryLine>, folder: &Path) -> SharedLog {
    try_open(line, folder).await.unwrap()
}

fn group(text: &'static str) -> [Bytes; 1] {
    [Bytes::from_static(text.as_bytes())]
}

#[tokio::test]
async fn a_group_whose_answer_was_lost_is_stored_once() {
    let line = MemoryLine::with(State {
        troubles: [Trouble::AnswerLost, Trouble::AnswerLost].into(),
        ..State::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(&line, folder.path()).await;
    log.begin(&group("one")).unwrap();
    // It is tried again before the hub knows where the first try went.
    line.until(|state| state.tries == 2).await;
    let ordered = log.next_group().await.unwrap();
    assert!(ordered.own);
    log.append(&group("two")).await.unwrap();
    assert_eq!(line.state().messages.len(), 2);
    let read = read_groups(&Journal::reader(&log), 1);
    assert_eq!(
        read.iter().map(|group| &group.records[..]).collect::<Vec<_>>(),
        [group("one"), group("two")]
    );
}

#[tokio::test]
async fn what_arrives_late_does_not_get_in() {
    let line = MemoryLine::with(State {
        troubles: [Trouble::Late, Trouble::Refused].into(),
        ..State::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(&line, folder.path()).await;
    log.append(&group("one")).await.unwrap();
    assert_eq!(line.state().tries, 3);
    let late = line.state().late.pop().unwrap();
    assert_eq!(line.store(late.clone()), Err(NotTaken::Taken(1)));
    log.append(&group("two")).await.unwrap();
    assert_eq!(line.store(late), Err(NotTaken::Taken(2)));
}

#[tokio::test]
async fn what_arrives_late_and_first_is_the_group() {
    let line = MemoryLine::with(State {
        troubles: [Trouble::Late].into(),
        ..State::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(&line, folder.path()).await;
    log.begin(&group("one")).unwrap();
    line.until(|state| !state.late.is_empty()).await;
    let late = line.state().late.pop().unwrap();
    line.store(late).unwrap();
    assert!(log.next_group().await.unwrap().own);
    log.append(&group("two")).await.unwrap();
    assert_eq!(line.state().messages.len(), 2);
}

#[tokio::test]
async fn a_gap_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let line = MemoryLine::with(State::default());
    let mut one = open(&line, &folder.path().join("one")).await;
    for text in ["one", "two", "three"] {
        one.append(&group(text)).await.unwrap();
    }
    let written = read_groups(&Journal::reader(&one), 1);
    drop(one);
    line.state().gaps = vec![2];
    let two = open(&line, &folder.path().join("two")).await;
    assert!(line.state().gaps.is_empty());
    assert_eq!(read_groups(&Journal::reader(&two), 1), written);
}

#[tokio::test]
async fn what_was_acknowledged_and_does_not_come_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let line = MemoryLine::with(State {
        silent: 1,
        ..State::default()
    });
    let mut log = open(&line, folder.path()).await;
    log.append(&group("one")).await.unwrap();
    assert_eq!(line.state().messages.len(), 1);
    assert!(line.state().followings > 1);
}

#[tokio::test]
async fn a_head_that_is_gone_is_not_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let line = MemoryLine::with(State::default());
    let mut one = open(&line, &folder.path().join("one")).await;
    let mut away = open(&line, &folder.path().join("away")).await;
    for text in ["one", "two", "three"] {
        one.append(&group(text)).await.unwrap();
    }
    away.next_group().await.unwrap();
    drop(away);
    line.state().first = 3;
    let refused = try_open(&line, &folder.path().join("away")).await.err().unwrap();
    assert!(matches!(refused, ClusterError::Archive { .. }), "{refused}");
    let refused = try_open(&line, &folder.path().join("new")).await.err().unwrap();
    assert!(matches!(refused, ClusterError::Archive { .. }), "{refused}");
    // Who has all goes on, and what it wrote last has left the line.
    line.state().messages.iter_mut().for_each(|(writer, _)| writer.clear());
    line.state().first = 4;
    assert_eq!(one.append(&group("four")).await.unwrap().first.0, 4);
}

#[tokio::test]
async fn a_message_that_is_no_group_stops_the_hub() {
    let folder = tempfile::tempdir().unwrap();
    let line = MemoryLine::with(State::default());
    let mut log = open(&line, folder.path()).await;
    let strange = Publication {
        writer: "somebody".to_owned(),
        id: String::new(),
        after: 0,
        payload: Bytes::from_static(b"hello"),
    };
    line.store(strange).unwrap();
    let error = log.next_group().await.unwrap_err().to_string();
    assert!(error.contains("message 1"), "{error}");
}
