//! The archive: messages that left the head of the stream, in an object store, so that the stream can be kept short and a hub that is new or
//! was away for long still gets the whole journal. Any hub writes it from its copy; the same messages give the same object.
//!
//! ```text
//! object 00000000000000000002   messages 2·256 + 1 to 3·256, each: length 4, little-endian, bytes
//! its description               position of the record that comes next
//! ```

use std::{
    io::{self, Seek as _, Write as _},
    time::Duration,
};

use async_nats::jetstream::{Context, object_store::ObjectMetadata, stream::Stream};
use bytes::Bytes;
use tokio::{io::AsyncReadExt as _, sync::watch, task::spawn_blocking};
use truc_store::journal::{EmbeddedReader, JournalError, JournalReader as _, Position};

use super::bucket::{Bucket, Failed};
use crate::{copy::Copy, message, publisher::Progress};

/// Messages in an object.
const RANGE: u64 = 256;
/// No message is larger: NATS takes none.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// After a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// See the module.
pub(crate) struct Archive(Bucket);

impl Archive {
    pub(crate) fn new(context: Context, axis: &str, replicas: usize) -> Self {
        let description = "Head of the journal of an axis (Trục), no longer in the stream";
        Self(Bucket::new(context, format!("{axis}-journal"), description, replicas))
    }

    /// Brings into a copy what it lacks up to a message.
    pub(crate) async fn fill(&self, copy: &mut Copy, last: u64) -> Result<(), Failed> {
        while copy.sequence() < last {
            let range = copy.sequence() / RANGE;
            let mut object = self.0.store().await?.get(name(range)).await?;
            for sequence in range * RANGE + 1..=(range + 1) * RANGE {
                let length = object.read_u32_le().await? as usize;
                if length > MESSAGE_BYTES_MAX {
                    return Err(format!("message {sequence} has impossible {length} bytes").into());
                }
                let mut bytes = vec![0; length];
                object.read_exact(&mut bytes).await?;
                if sequence > copy.sequence() {
                    copy.append(&message::decode(&Bytes::from(bytes))?)?;
                }
            }
            // At its end the object store compares the digest.
            if object.read(&mut [0]).await? != 0 {
                return Err(format!("object `{}` holds more than it should", name(range)).into());
            }
        }
        Ok(())
    }

    /// Position of the record after a range; `None` where the range is not archived.
    async fn next_after(&self, range: u64) -> Result<Option<Position>, Failed> {
        let Some(info) = self.0.find(&name(range)).await? else {
            return Ok(None);
        };
        let next = info.description.unwrap_or_default().parse()?;
        Ok(Some(Position(next)))
    }

    /// Archives a range, whose first record stands at a position; gives the position after it.
    async fn write(&self, range: u64, reader: EmbeddedReader, first: Position) -> Result<Position, Failed> {
        let (file, next) = spawn_blocking(move || gather(&reader, first)).await??;
        let object = ObjectMetadata {
            name: name(range),
            description: Some(next.0.to_string()),
            ..ObjectMetadata::default()
        };
        let mut file = tokio::fs::File::from_std(file);
        self.0.store().await?.put(object, &mut file).await?;
        Ok(next)
    }
}

/// So that the order of names is that of ranges.
fn name(range: u64) -> String {
    format!("{range:020}")
}

/// The messages of a range, in a file that has no name.
fn gather(reader: &EmbeddedReader, first: Position) -> Result<(std::fs::File, Position), Failed> {
    let mut file = io::BufWriter::new(tempfile::tempfile()?);
    let mut next = first;
    let mut groups = reader.groups(first);
    for _ in 0..RANGE {
        let group = groups.next().ok_or(JournalError::Absent { position: next, next })??;
        let message = message::encode(&group.records);
        file.write_all(&(message.len() as u32).to_le_bytes())?;
        file.write_all(&message)?;
        next = group.head_after().next;
    }
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok((file, next))
}

/// Keeps the stream short: archives its head, then cuts it off.
pub(crate) struct Keeper {
    pub(crate) archive: Archive,
    pub(crate) stream: Stream,
    pub(crate) reader: EmbeddedReader,
    pub(crate) progress: watch::Receiver<Progress>,
    /// Messages that stay.
    pub(crate) keep: u64,
}

impl Keeper {
    pub(crate) async fn run(mut self) {
        let (mut range, mut first) = (0, Position::FIRST);
        loop {
            let last = (range + 1) * RANGE;
            let due = last.saturating_add(self.keep);
            if self
                .progress
                .wait_for(|progress| progress.sequence >= due)
                .await
                .is_err()
            {
                return;
            }
            match self.archive(range, first).await {
                Ok(next) => (range, first) = (range + 1, next),
                Err(error) => {
                    tracing::warn!(%error, range, "the head of the stream can't be archived; it stays where it is");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn archive(&self, range: u64, first: Position) -> Result<Position, Failed> {
        let next = match self.archive.next_after(range).await? {
            Some(next) => next,
            None => self.archive.write(range, self.reader.clone(), first).await?,
        };
        // Up to the message that is named, and not that one.
        self.stream.purge().sequence((range + 1) * RANGE + 1).await?;
        Ok(next)
    }
}
