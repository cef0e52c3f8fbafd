//! Publishes the groups of this hub, one at a time, each again and again until it is in the stream, and never twice.
//!
//! Each group names the sequence of this hub's group before. No other writes under this hub's subject, so the stream takes a group
//! at that place or not at all; whatever was sent before and arrives late finds the place taken. Within two minutes the message's
//! id does the same.

use std::time::Duration;

use async_nats::jetstream::{Context, context::PublishErrorKind, message::PublishMessage, stream::Stream};
use bytes::Bytes;
use tokio::sync::{mpsc, watch};

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// A group to publish.
pub(crate) struct Outgoing {
    pub(crate) number: u64,
    pub(crate) payload: Bytes,
}

/// How far the hub has followed the stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    /// Sequence of the message that it took last.
    pub(crate) sequence: u64,
    /// Number and sequence of the last own group among them.
    pub(crate) own: (u64, u64),
}

/// What the publisher works with.
pub(crate) struct Publisher {
    pub(crate) context: Context,
    pub(crate) stream: Stream,
    pub(crate) stream_name: String,
    pub(crate) subject: String,
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
            let tried = tokio::select! {
                ordered = ordered => return ordered,
                tried = self.attempt(group, before) => tried,
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
                // What this hub published before may have left the stream for the archive. That is so only if it has followed all that
                // left; else this very group may have been among it.
                Err(Failed::Taken(0)) if before > 0 => match self.stream.get_info().await {
                    Ok(info) if info.state.first_sequence <= self.progress.borrow().sequence + 1 => before = 0,
                    _ => tokio::time::sleep(PAUSE).await,
                },
                Err(Failed::Taken(last)) => before = self.after(last, group).await?,
                Err(Failed::Refused(why)) => {
                    if !told {
                        tracing::warn!(why, "the stream takes no more; it is asked until it does");
                        told = true;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                Err(Failed::Unknown) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    async fn attempt(&self, group: &Outgoing, before: u64) -> Result<u64, Failed> {
        let message = PublishMessage::build()
            .payload(group.payload.clone())
            .message_id(id(&self.writer, group.number))
            .expected_stream(&self.stream_name)
            .expected_last_subject_sequence(before);
        let answered = match self.context.send_publish(self.subject.clone(), message).await {
            Ok(answered) => answered.await,
            Err(error) => Err(error),
        };
        answered.map(|ack| ack.sequence).map_err(|error| {
            tracing::debug!(%error, group = group.number, "group is not acknowledged");
            match error.kind() {
                PublishErrorKind::WrongLastSequence => {
                    let source = std::error::Error::source(&error);
                    source
                        .and_then(|source| last_named(&source.to_string()))
                        .map_or(Failed::Unknown, Failed::Taken)
                }
                PublishErrorKind::Other => Failed::Refused(
                    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string),
                ),
                _ => Failed::Unknown,
            }
        })
    }

    /// The place is taken, by message `last`. Once the hub has followed the stream that far it is known whether that is this
    /// very group; if it is another's or an older one, this one goes behind it.
    async fn after(&self, last: u64, group: &Outgoing) -> Option<u64> {
        let mut progress = self.progress.clone();
        let seen = progress
            .wait_for(|progress| progress.sequence >= last || progress.own.0 >= group.number)
            .await;
        seen.ok().map(|_| last)
    }
}

enum Failed {
    /// The stream's last message under this subject is another than was named.
    Taken(u64),
    /// The servers said no, for now: they have no room, or no majority.
    Refused(String),
    /// It may be stored or not.
    Unknown,
}

/// The sequence in `wrong last sequence: 17`.
fn last_named(text: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once("last sequence: ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_read_out_of_the_servers_words() {
        assert_eq!(
            last_named("wrong last sequence: 17 (code 400, error code 10071)"),
            Some(17)
        );
        assert_eq!(last_named("wrong last sequence"), None);
    }
}
