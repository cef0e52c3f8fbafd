//! Follows the stream: every message, in order, without a gap, for as long as the hub runs.

use std::time::{Duration, Instant};

use async_nats::{
    Client,
    jetstream::{
        consumer::{AckPolicy, DeliverPolicy, push},
        stream::Stream,
    },
};
use bytes::Bytes;
use futures::StreamExt as _;
use tokio::sync::{mpsc, watch};
use truc_store::journal::Contact;

use crate::message;

/// The server says at least this often that it is there; after twice this a consumer is made anew, elsewhere if need be.
const HEARTBEAT: Duration = Duration::from_millis(700);
/// What was acknowledged to the publisher has to come this soon, or the consumer is made anew.
const OWED: Duration = Duration::from_millis(700);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// A stream that ends before what this hub has from it, for so long, has lost something: at a change of its leader it may look
/// so for a moment.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the server keeps a consumer that nobody listens to.
const FORGET: Duration = Duration::from_secs(10);

/// A message of the stream.
pub(crate) struct Followed {
    pub(crate) sequence: u64,
    /// Its `Nats-Msg-Id`.
    pub(crate) id: String,
    pub(crate) records: Vec<Bytes>,
}

/// What the follower works with.
pub(crate) struct Follower {
    pub(crate) client: Client,
    pub(crate) stream: Stream,
    /// Sequence of the message that comes next.
    pub(crate) next: u64,
    /// Messages; an error is the last: the hub can't go on with this stream.
    pub(crate) followed: mpsc::Sender<Result<Followed, String>>,
    pub(crate) contact: watch::Sender<Contact>,
    /// The highest sequence that a publisher was told of.
    pub(crate) acknowledged: watch::Receiver<u64>,
}

enum End {
    /// A consumer is to be made anew.
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
        let config = push::Config {
            deliver_subject: self.client.new_inbox(),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: self.next,
            },
            ack_policy: AckPolicy::None,
            idle_heartbeat: HEARTBEAT,
            flow_control: true,
            num_replicas: 1,
            memory_storage: true,
            inactive_threshold: FORGET,
            description: Some("a hub".to_owned()),
            ..push::Config::default()
        };
        let consumer = match self.stream.create_consumer(config).await {
            Ok(consumer) => consumer,
            Err(error) => {
                tracing::debug!(%error, "no consumer");
                return End::Again;
            }
        };
        let Ok(mut messages) = consumer.messages().await else {
            return End::Again;
        };
        let mut owed = None;
        loop {
            let late = owed.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                message = messages.next() => {
                    let Some(Ok(message)) = message else { return End::Again };
                    let Ok(sequence) = message.info().map(|info| info.stream_sequence) else { return End::Again };
                    if sequence < self.next {
                        continue;
                    }
                    if sequence > self.next {
                        return End::Again;
                    }
                    self.contact.send_if_modified(|contact| std::mem::replace(contact, Contact::Held) != Contact::Held);
                    if !self.hand_on(sequence, &message).await {
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
                () = self.followed.closed() => return End::Over,
                () = tokio::time::sleep_until(late.into()) => return End::Again,
            }
        }
    }

    /// Whether something was acknowledged that has not come yet.
    fn owed(&self) -> bool {
        *self.acknowledged.borrow() >= self.next
    }

    async fn hand_on(&self, sequence: u64, message: &async_nats::jetstream::Message) -> bool {
        let id = message
            .headers
            .as_ref()
            .and_then(|headers| headers.get(async_nats::header::NATS_MESSAGE_ID))
            .map(ToString::to_string);
        let followed = match message::decode(&message.payload) {
            Ok(records) => Ok(Followed {
                sequence,
                id: id.unwrap_or_default(),
                records,
            }),
            Err(error) => Err(format!(
                "message {sequence} of the stream is no group of a journal: {error}; nothing but hubs may write there"
            )),
        };
        let going_on = followed.is_ok();
        self.followed.send(followed).await.is_ok() && going_on
    }

    /// Why this hub and the stream can't go on together; `None` where there is hope, or nothing is known.
    async fn beyond_repair(&self, behind_since: &mut Option<Instant>) -> Option<String> {
        let Ok(info) = self.stream.get_info().await else {
            return None;
        };
        if info.state.first_sequence > self.next {
            return Some(format!(
                "the stream begins at message {} and this hub needs {}: the head was archived meanwhile; restart it, and it reads the archive",
                info.state.first_sequence, self.next
            ));
        }
        if info.state.last_sequence + 1 >= self.next {
            *behind_since = None;
            self.contact.send_replace(Contact::Held);
            return None;
        }
        let since = *behind_since.get_or_insert_with(Instant::now);
        (since.elapsed() > PATIENCE).then(|| {
            format!(
                "the stream ends at message {} and this hub has message {} from it: acknowledged messages were lost",
                info.state.last_sequence,
                self.next - 1
            )
        })
    }
}
