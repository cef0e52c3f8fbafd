//! Publishes the groups of this hub, one at a time, each again and again until it is in the line, and never twice.
//!
//! Each group names the sequence of this hub's group before. No other writes under this hub's subject, so the line takes a group
//! at that place or not at all; whatever was sent before and arrives late finds the place taken. Within two minutes the message's
//! id does the same on NATS.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use crate::line::{Line, NotTaken, Publication};

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// A group to publish.
pub(crate) struct Outgoing {
    pub(crate) number: u64,
    pub(crate) payload: Bytes,
}

/// How far the hub has followed the line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    /// Sequence of the message that it took last.
    pub(crate) sequence: u64,
    /// Number and sequence of the last own group among them.
    pub(crate) own: (u64, u64),
}

/// What the publisher works with.
pub(crate) struct Publisher {
    pub(crate) line: Arc<dyn Line>,
    pub(crate) writer: String,
    pub(crate) outgoing: mpsc::Receiver<Outgoing>,
    pub(crate) progress: watch::Receiver<Progress>,
    pub(crate) acknowledged: watch::Sender<u64>,
}

/// The id of a group's message.
pub(crate) fn id(writer: &str, number: u64) -> String {
    format!("{writer}-{number}")
}

impl Publisher {
    pub(crate) async fn run(mut self) {
        let mut before = 0;
        while let Some(group) = self.outgoing.recv().await {
            match self.publish(&group, before).await {
                Some(sequence) => before = sequence,
                None => return,
            }
        }
    }

    /// The sequence that the group got; `None` when the hub is gone.
    async fn publish(&self, group: &Outgoing, mut before: u64) -> Option<u64> {
        let mut progress = self.progress.clone();
        let mut told = false;
        loop {
            let ordered = async {
                let seen = progress.wait_for(|progress| progress.own.0 >= group.number).await;
                seen.ok().map(|progress| progress.own.1)
            };
            let publication = Publication {
                writer: self.writer.clone(),
                id: id(&self.writer, group.number),
                after: before,
                payload: group.payload.clone(),
            };
            let tried = tokio::select! {
                biased;
                ordered = ordered => return ordered,
                tried = self.line.publish(publication) => tried,
            };
            match tried {
                Ok(sequence) => {
                    self.acknowledged.send_if_modified(|last| {
                        let newer = sequence > *last;
                        *last = (*last).max(sequence);
                        newer
                    });
                    return Some(sequence);
                }
                // What this hub published before may have left the line for the archive. That is so only if it has followed all that
                // left; else this very group may have been among it.
                Err(NotTaken::Taken(0)) if before > 0 => match self.line.extent().await {
                    Ok(extent) if extent.first <= self.progress.borrow().sequence + 1 => before = 0,
                    _ => tokio::time::sleep(PAUSE).await,
                },
                Err(NotTaken::Taken(last)) => before = self.after(last, group).await?,
                Err(NotTaken::Refused(why)) => {
                    if !told {
                        tracing::warn!(why, "the stream takes no more; it is asked until it does");
                        told = true;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                Err(NotTaken::Unknown) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// The place is taken, by message `last`. Once the hub has followed the line that far it is known whether that is this
    /// very group; if it is another's or an older one, this one goes behind it.
    async fn after(&self, last: u64, group: &Outgoing) -> Option<u64> {
        let mut progress = self.progress.clone();
        let seen = progress
            .wait_for(|progress| progress.sequence >= last || progress.own.0 >= group.number)
            .await;
        seen.ok().map(|_| last)
    }
}
