//! Follows the line: every message, in order, without a gap, for as long as the hub runs.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::StreamExt as _;
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};
use truc_store::journal::Contact;

use crate::{
    line::{Line, Message},
    message,
};

/// What was acknowledged to the publisher has to come this soon, or the line is asked anew.
const OWED: Duration = Duration::from_millis(700);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// A line that ends before what this hub has from it, for so long, has lost something: at a change of its leader it may look
/// so for a moment.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message of the line.
pub(crate) struct Followed {
    pub(crate) sequence: u64,
    pub(crate) id: String,
    pub(crate) records: Vec<Bytes>,
}

/// What the follower works with.
pub(crate) struct Follower {
    pub(crate) line: Arc<dyn Line>,
    /// Sequence of the message that comes next.
    pub(crate) next: u64,
    /// Messages; an error is the last: the hub can't go on with this line.
    pub(crate) followed: mpsc::Sender<Result<Followed, String>>,
    pub(crate) contact: watch::Sender<Contact>,
    /// The highest sequence that a publisher was told of.
    pub(crate) acknowledged: watch::Receiver<u64>,
}

enum End {
    /// The line is to be asked anew.
    Again,
    /// Nobody listens any more, or the hub was told why it can't go on.
    Over,
}

impl Follower {
    pub(crate) async fn run(mut self) {
        let mut behind_since = None;
        loop {
            if matches!(self.consume().await, End::Over) {
                return;
            }
            self.contact.send_replace(Contact::Lost);
            if let Some(what) = self.beyond_repair(&mut behind_since).await {
                drop(self.followed.send(Err(what)).await);
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn consume(&mut self) -> End {
        let mut messages = match self.line.follow(self.next).await {
            Ok(messages) => messages,
            Err(error) => {
                tracing::debug!(%error, "the stream can't be followed");
                return End::Again;
            }
        };
        let mut owed = None;
        loop {
            let late = owed.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                biased;
                () = self.followed.closed() => return End::Over,
                message = messages.next() => {
                    let Some(Ok(message)) = message else { return End::Again };
                    if message.sequence < self.next {
                        continue;
                    }
                    if message.sequence > self.next {
                        return End::Again;
                    }
                    self.contact.send_if_modified(|contact| std::mem::replace(contact, Contact::Held) != Contact::Held);
                    if !self.hand_on(message).await {
                        return End::Over;
                    }
                    self.next += 1;
                    owed = self.owed().then(|| Instant::now() + OWED);
                }
                changed = self.acknowledged.changed() => {
                    if changed.is_err() {
                        return End::Over;
                    }
                    if owed.is_none() && self.owed() {
                        owed = Some(Instant::now() + OWED);
                    }
                }
                () = tokio::time::sleep_until(late) => return End::Again,
            }
        }
    }

    /// Whether something was acknowledged that has not come yet.
    fn owed(&self) -> bool {
        *self.acknowledged.borrow() >= self.next
    }

    async fn hand_on(&self, message: Message) -> bool {
        let Message { sequence, id, payload } = message;
        let followed = match message::decode(&payload) {
            Ok(records) => Ok(Followed { sequence, id, records }),
            Err(error) => Err(format!(
                "message {sequence} of the stream is no group of a journal: {error}; nothing but hubs may write there"
            )),
        };
        let going_on = followed.is_ok();
        self.followed.send(followed).await.is_ok() && going_on
    }

    /// Why this hub and the line can't go on together; `None` where there is hope, or nothing is known.
    async fn beyond_repair(&self, behind_since: &mut Option<Instant>) -> Option<String> {
        let Ok(extent) = self.line.extent().await else {
            return None;
        };
        if extent.first > self.next {
            return Some(format!(
                "the stream begins at message {} and this hub needs {}: the head was archived meanwhile; restart it, and it reads the archive",
                extent.first, self.next
            ));
        }
        if extent.last + 1 >= self.next {
            *behind_since = None;
            self.contact.send_replace(Contact::Held);
            return None;
        }
        let since = *behind_since.get_or_insert_with(Instant::now);
        (since.elapsed() > PATIENCE).then(|| {
            format!(
                "the stream ends at message {} and this hub has message {} from it: acknowledged messages were lost",
                extent.last,
                self.next - 1
            )
        })
    }
}
