//! What a shared journal needs of the stream under it, and nothing of who provides it: NATS JetStream in `nats`, a simulated network in
//! a test.
//!
//! A line is messages with dense sequences 1, 2, 3, …, in one order for everybody. Each writer has a subject of its own in it.

use bytes::Bytes;
use futures::{future::BoxFuture, stream::BoxStream};

/// An order of messages that several hubs write and follow.
///
/// Each call may fail, and each answer may be lost: the journal asks again. What must hold whatever happens: a sequence that was
/// given to a message is never given to another, and [`Line::publish`] keeps its condition.
pub trait Line: Send + Sync + 'static {
    /// What it is called, for messages to people.
    fn name(&self) -> &str;

    /// The largest message that it takes, bytes. It does not change.
    fn message_bytes_max(&self) -> usize;

    /// How far it reaches now.
    fn extent(&self) -> BoxFuture<'_, Result<Extent, NoAnswer>>;

    /// The message of a sequence. One that has just been stored may not be found at once.
    fn get(&self, sequence: u64) -> BoxFuture<'_, Result<Message, NoAnswer>>;

    /// Stores a message if the last one of its writer has the sequence that it names, and gives its sequence once it is durable.
    fn publish(&self, publication: Publication) -> BoxFuture<'_, Result<u64, NotTaken>>;

    /// The messages from a sequence on, then new ones as they come. They may come with gaps or twice; the journal sees it.
    ///
    /// At an end or an error the journal asks for them anew. So they have to end, within seconds, when whoever gives them can't be
    /// reached any more.
    fn follow(&self, first: u64) -> BoxFuture<'_, Result<BoxStream<'static, Result<Message, NoAnswer>>, NoAnswer>>;
}

/// How far a line reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Sequence of its first message: of the next one, where it holds none.
    pub first: u64,
    /// Sequence of the last message that it ever took; 0 where there was none.
    pub last: u64,
}

/// A message of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place.
    pub sequence: u64,
    /// What its writer called it; empty where it has no name.
    pub id: String,
    /// What it says.
    pub payload: Bytes,
}

/// A message that wants to get into a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Whose it is: part of its subject.
    pub writer: String,
    /// The same for each try, and for no other message.
    pub id: String,
    /// Sequence of this writer's last message; 0 where the line holds none.
    pub after: u64,
    /// What it says.
    pub payload: Bytes,
}

/// What became of a message that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// Not stored: this writer's last message has another sequence than was named, this one.
    Taken(u64),
    /// Not stored, for now: there is no room, or no majority.
    Refused(String),
    /// It may be stored or not, or be stored later.
    Unknown,
}

/// A question that was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);

impl NoAnswer {
    /// Made of whatever went wrong.
    pub fn because(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}
