//! The stream that hubs share, as a host of the simulated network: it keeps what it has taken whatever happens to it, and is as
//! unreliable in all else as its seed makes it. Answers get lost, a message is stored long after its writer gave up, followers get
//! gaps and repeats.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{
    future::BoxFuture,
    stream::{self, BoxStream},
};
use parking_lot::Mutex;
use rand::RngExt as _;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use truc_cluster::line::{Extent, Line, Message, NoAnswer, NotTaken, Publication};
use turmoil::net::{TcpListener, TcpStream};

use crate::frame::Frame;

pub(crate) const NAME: &str = "stream";
const PORT: u16 = 4222;
/// A follower hears something at least this often.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long a call may take.
const CALL: Duration = Duration::from_secs(3);
const MESSAGE_BYTES_MAX: usize = 8 << 20;

const EXTENT: u8 = 1;
const GET: u8 = 2;
const PUBLISH: u8 = 3;
const FOLLOW: u8 = 4;
const FOUND: u8 = 5;
const STORED: u8 = 6;
const TAKEN: u8 = 7;
const REFUSED: u8 = 8;
const BEAT: u8 = 9;
const NOTHING: u8 = 10;

/// What the stream has taken.
#[derive(Default)]
pub(crate) struct Stored {
    messages: Mutex<Vec<(Publication, u64)>>,
    last: watch::Sender<u64>,
    /// Whether each start begins without the last message.
    forgets: AtomicBool,
}

impl Stored {
    /// How many.
    pub(crate) fn len(&self) -> u64 {
        self.messages.lock().len() as u64
    }

    /// From now on each start loses the last message, as servers do that lose power before they synced.
    pub(crate) fn forget(&self) {
        self.forgets.store(true, Ordering::Relaxed);
    }

    fn get(&self, sequence: u64) -> Option<Frame> {
        let messages = self.messages.lock();
        let (found, _) = messages.get(usize::try_from(sequence.checked_sub(1)?).ok()?)?;
        Some(Frame::new(
            FOUND,
            sequence,
            [Bytes::from(found.id.clone()), found.payload.clone()],
        ))
    }

    /// Stores a message where it may stand.
    fn publish(&self, publication: Publication) -> Frame {
        let mut messages = self.messages.lock();
        let mut of_writer = messages.iter().filter(|(one, _)| one.writer == publication.writer);
        let last = of_writer.next_back().map_or(0, |(_, sequence)| *sequence);
        if last != publication.after {
            return Frame::new(TAKEN, last, []);
        }
        let sequence = messages.len() as u64 + 1;
        messages.push((publication, sequence));
        self.last.send_replace(sequence);
        Frame::new(STORED, sequence, [])
    }
}

/// The host.
pub(crate) async fn serve(stored: Arc<Stored>) -> turmoil::Result {
    if stored.forgets.load(Ordering::Relaxed) {
        stored.messages.lock().pop();
    }
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    loop {
        let (connection, _) = listener.accept().await?;
        // Whoever is gone needs no answer.
        let stored = Arc::clone(&stored);
        tokio::spawn(async move { drop(answer(connection, stored).await) });
    }
}

async fn answer(mut connection: TcpStream, stored: Arc<Stored>) -> io::Result<()> {
    let asked = Frame::read(&mut connection).await?;
    let answer = match asked.kind {
        EXTENT => Frame::new(STORED, stored.len(), []),
        GET => stored.get(asked.number).unwrap_or_else(|| Frame::new(NOTHING, 0, [])),
        PUBLISH => {
            let publication = asked.publication()?;
            let mishap = rand::rng().random_range(0..100);
            match mishap {
                0..4 => return Ok(()),
                4..8 => Frame::new(REFUSED, 0, []),
                8..12 => {
                    // Its writer has given up by then.
                    let late = rand::rng().random_range(0..9_000);
                    sleep(CALL + Duration::from_millis(late)).await;
                    stored.publish(publication);
                    return Ok(());
                }
                12..17 => {
                    stored.publish(publication);
                    return Ok(());
                }
                _ => stored.publish(publication),
            }
        }
        FOLLOW => return feed(connection, stored, asked.number).await,
        _ => return Ok(()),
    };
    answer.write(&mut connection).await
}

async fn feed(mut connection: TcpStream, stored: Arc<Stored>, mut next: u64) -> io::Result<()> {
    let mut last = stored.last.subscribe();
    loop {
        let Some(message) = stored.get(next) else {
            last.mark_unchanged();
            if stored.len() < next && timeout(HEARTBEAT, last.changed()).await.is_err() {
                Frame::new(BEAT, 0, []).write(&mut connection).await?;
            }
            continue;
        };
        let mishap = rand::rng().random_range(0..100);
        match mishap {
            // A gap, a repeat.
            0..2 => {}
            2..4 => {
                message.write(&mut connection).await?;
                message.write(&mut connection).await?;
            }
            _ => message.write(&mut connection).await?,
        }
        next += 1;
    }
}

/// The stream as a hub sees it.
pub(crate) struct Remote;

async fn call(asked: Frame) -> io::Result<Frame> {
    let answered = timeout(CALL, async {
        let mut connection = TcpStream::connect((NAME, PORT)).await?;
        asked.write(&mut connection).await?;
        Frame::read(&mut connection).await
    });
    answered.await?
}

async fn next(mut connection: TcpStream) -> Option<(Result<Message, NoAnswer>, Option<TcpStream>)> {
    loop {
        let heard = timeout(3 * HEARTBEAT, Frame::read(&mut connection)).await;
        let frame = match heard.map_err(io::Error::from).flatten() {
            Ok(frame) => frame,
            Err(error) => return Some((Err(NoAnswer::because(error)), None)),
        };
        if frame.kind == FOUND {
            return Some((frame.message(), Some(connection)));
        }
    }
}

impl Line for Remote {
    fn name(&self) -> &str {
        NAME
    }

    fn message_bytes_max(&self) -> usize {
        MESSAGE_BYTES_MAX
    }

    fn extent(&self) -> BoxFuture<'_, Result<Extent, NoAnswer>> {
        Box::pin(async {
            let answer = call(Frame::new(EXTENT, 0, [])).await.map_err(NoAnswer::because)?;
            Ok(Extent {
                first: 1,
                last: answer.number,
            })
        })
    }

    fn get(&self, sequence: u64) -> BoxFuture<'_, Result<Message, NoAnswer>> {
        Box::pin(async move {
            let answer = call(Frame::new(GET, sequence, [])).await.map_err(NoAnswer::because)?;
            answer.message()
        })
    }

    fn publish(&self, publication: Publication) -> BoxFuture<'_, Result<u64, NotTaken>> {
        Box::pin(async move {
            let Publication {
                writer,
                id,
                after,
                payload,
            } = publication;
            let answer = call(Frame::new(PUBLISH, after, [writer.into(), id.into(), payload])).await;
            match answer {
                Ok(frame) if frame.kind == STORED => Ok(frame.number),
                Ok(frame) if frame.kind == TAKEN => Err(NotTaken::Taken(frame.number)),
                Ok(frame) if frame.kind == REFUSED => Err(NotTaken::Refused("no majority".to_owned())),
                _ => Err(NotTaken::Unknown),
            }
        })
    }

    fn follow(&self, first: u64) -> BoxFuture<'_, Result<BoxStream<'static, Result<Message, NoAnswer>>, NoAnswer>> {
        Box::pin(async move {
            let begun = timeout(CALL, async {
                let mut connection = TcpStream::connect((NAME, PORT)).await?;
                Frame::new(FOLLOW, first, []).write(&mut connection).await?;
                io::Result::Ok(connection)
            });
            let connection = begun
                .await
                .map_err(io::Error::from)
                .flatten()
                .map_err(NoAnswer::because)?;
            let messages = stream::unfold(Some(connection), async |connection| next(connection?).await);
            Ok(Box::pin(messages) as BoxStream<'static, _>)
        })
    }
}

impl Frame {
    fn publication(&self) -> io::Result<Publication> {
        match &self.parts[..] {
            [writer, id, payload] => Ok(Publication {
                writer: String::from_utf8_lossy(writer).into_owned(),
                id: String::from_utf8_lossy(id).into_owned(),
                after: self.number,
                payload: payload.clone(),
            }),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn message(&self) -> Result<Message, NoAnswer> {
        match &self.parts[..] {
            [id, payload] if self.kind == FOUND => Ok(Message {
                sequence: self.number,
                id: String::from_utf8_lossy(id).into_owned(),
                payload: payload.clone(),
            }),
            _ => Err(NoAnswer("no such message".to_owned())),
        }
    }
}
