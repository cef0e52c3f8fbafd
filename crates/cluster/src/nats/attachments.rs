//! Contents that every hub can get at: in an object store beside the stream, named by what is in them. A hub's own folder of attachments
//! is a cache of it.

use async_nats::jetstream::{
    Context,
    object_store::{GetErrorKind, ObjectMetadata},
};
use futures::future::BoxFuture;
use tokio::{
    io::AsyncReadExt as _,
    task::{JoinError, spawn_blocking},
};
use truc_store::{
    attachments::{AttachmentError, AttachmentStore, AttachmentWriter},
    journal::SharedAttachments,
};

use super::bucket::{Bucket, Failed};

/// Read at a time.
const CHUNK: usize = 256 << 10;

/// See the module.
pub(crate) struct Objects(Bucket);

impl Objects {
    pub(crate) fn new(context: Context, axis: &str, replicas: usize) -> Self {
        let description = "Attachments of an axis (Trục), by their SHA-256";
        Self(Bucket::new(
            context,
            format!("{axis}-attachments"),
            description,
            replicas,
        ))
    }

    async fn keep_all(&self, sha256: [u8; 32], local: AttachmentStore) -> Result<(), Failed> {
        let name = hex(&sha256);
        if self.0.find(&name).await?.is_some() {
            return Ok(());
        }
        let (file, _) = spawn_blocking(move || local.read(&sha256)).await??;
        let mut file = tokio::fs::File::from_std(file);
        let named = ObjectMetadata {
            name,
            ..ObjectMetadata::default()
        };
        self.0.store().await?.put(named, &mut file).await?;
        Ok(())
    }

    async fn fetch_into(&self, sha256: [u8; 32], local: AttachmentStore) -> Result<bool, Failed> {
        let mut object = match self.0.store().await?.get(hex(&sha256)).await {
            Ok(object) => object,
            Err(error) if error.kind() == GetErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let size = object.info().size as u64;
        let mut writer = spawn_blocking(move || local.begin(sha256, size)).await??;
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            while chunk.len() < CHUNK {
                if object.read_buf(&mut chunk).await? == 0 {
                    break;
                }
            }
            if chunk.is_empty() {
                break;
            }
            writer = write(writer, chunk).await??;
        }
        // The digest is checked here, whatever the object store thinks of it.
        spawn_blocking(move || writer.finish()).await??;
        Ok(true)
    }
}

async fn write(
    mut writer: AttachmentWriter,
    chunk: Vec<u8>,
) -> Result<Result<AttachmentWriter, AttachmentError>, JoinError> {
    spawn_blocking(move || writer.write(&chunk).map(|()| writer)).await
}

pub(super) fn hex(sha256: &[u8; 32]) -> String {
    sha256.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl SharedAttachments for Objects {
    fn keep(&self, sha256: [u8; 32], local: AttachmentStore) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move { self.keep_all(sha256, local).await.map_err(|error| error.to_string()) })
    }

    fn fetch(&self, sha256: [u8; 32], local: AttachmentStore) -> BoxFuture<'_, Result<bool, String>> {
        Box::pin(async move { self.fetch_into(sha256, local).await.map_err(|error| error.to_string()) })
    }
}
