//! States of hubs that others may go on from: in an object store beside the stream, named by their position.
//!
//! ```text
//! object 00000000000000150000   a snapshot, as it stands in a hub's folder
//! its description               hash of the journal up to there, and SHA-256 that ends the snapshot, both in hexadecimal
//! ```

use std::fs::File;

use async_nats::jetstream::{
    Context,
    object_store::{ObjectInfo, ObjectMetadata},
};
use futures::{TryStreamExt as _, future::BoxFuture};
use tokio::io::AsyncWriteExt as _;
use truc_store::{
    journal::Position,
    snapshot::{SharedSnapshots, SnapshotMark},
};

use super::{
    attachments::hex,
    bucket::{Bucket, Failed},
};

/// How many stay.
const KEPT: usize = 2;

/// See the module.
pub(super) struct Snapshots(Bucket);

impl Snapshots {
    pub(super) fn new(context: Context, axis: &str, replicas: usize) -> Self {
        let description = "States of an axis (Trục) that a new hub goes on from";
        Self(Bucket::new(context, format!("{axis}-state"), description, replicas))
    }

    async fn found(&self) -> Result<Vec<SnapshotMark>, Failed> {
        let Some(store) = self.0.existing().await else {
            return Ok(Vec::new());
        };
        let objects: Vec<_> = store.list().await?.try_collect().await?;
        let mut marks: Vec<_> = objects.iter().filter_map(mark).collect();
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.position));
        Ok(marks)
    }

    async fn keep_one(&self, mark: SnapshotMark, file: File) -> Result<(), Failed> {
        let store = self.0.store().await?;
        let named = ObjectMetadata {
            name: name(mark.position),
            description: Some(format!("{} {}", hex(&mark.chain), hex(&mark.digest))),
            ..ObjectMetadata::default()
        };
        store.put(named, &mut tokio::fs::File::from_std(file)).await?;
        for old in self.found().await?.get(KEPT..).unwrap_or_default() {
            store.delete(name(old.position)).await?;
        }
        Ok(())
    }

    async fn fetch_one(&self, mark: SnapshotMark, into: File) -> Result<(), Failed> {
        let mut object = self.0.store().await?.get(name(mark.position)).await?;
        let mut into = tokio::fs::File::from_std(into);
        tokio::io::copy(&mut object, &mut into).await?;
        into.flush().await?;
        Ok(())
    }
}

fn name(position: Position) -> String {
    format!("{:020}", position.0)
}

/// `None` for what no hub of this version left there.
fn mark(object: &ObjectInfo) -> Option<SnapshotMark> {
    let (chain, digest) = object.description.as_deref()?.split_once(' ')?;
    Some(SnapshotMark {
        position: Position(object.name.parse().ok()?),
        chain: unhex(chain)?,
        digest: unhex(digest)?,
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

impl SharedSnapshots for Snapshots {
    fn list(&self) -> BoxFuture<'_, Result<Vec<SnapshotMark>, String>> {
        Box::pin(async { self.found().await.map_err(|error| error.to_string()) })
    }

    fn keep(&self, mark: SnapshotMark, file: File) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move { self.keep_one(mark, file).await.map_err(|error| error.to_string()) })
    }

    fn fetch(&self, mark: SnapshotMark, into: File) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move { self.fetch_one(mark, into).await.map_err(|error| error.to_string()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_as_hexadecimal_is_read() {
        let bytes = std::array::from_fn(|at| at as u8 * 7);
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(unhex("ab"), None);
        assert_eq!(unhex(&"é".repeat(32)), None);
    }
}
