//! Contents that every hub can get at: in an object store beside the stream, named by what is in them. A hub's own folder of attachments
//! is a cache of it.

use async_nats::jetstream::{
    Context,
    object_store::{Config, GetErrorKind, InfoErrorKind, ObjectMetadata, ObjectStore},
    stream::StorageType,
};
use futures::future::BoxFuture;
use tokio::{
    io::AsyncReadExt as _,
    sync::OnceCell,
    task::{JoinError, spawn_blocking},
};
use truc_store::{
    attachments::{AttachmentError, AttachmentStore},
    journal::SharedAttachments,
};

/// Read at a time.
const CHUNK: usize = 256 << 10;

/// See the module.
pub(crate) struct Objects {
    context: Context,
    bucket: String,
    replicas: usize,
    /// Made when it is first needed.
    store: OnceCell<ObjectStore>,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Objects {
    pub(crate) fn new(context: Context, axis: &str, replicas: usize) -> Self {
        Self {
            context,
            bucket: format!("{axis}-attachments"),
            replicas,
            store: OnceCell::new(),
        }
    }

    async fn store(&self) -> Result<&ObjectStore, Failed> {
        let open = || async {
            if let Ok(store) = self.context.get_object_store(&self.bucket).await {
                return Ok(store);
            }
            let config = Config {
                bucket: self.bucket.clone(),
                description: Some("Attachments of an axis (Trục), by their SHA-256".to_owned()),
                storage: StorageType::File,
                num_replicas: self.replicas,
                ..Config::default()
            };
            self.context.create_object_store(config).await.map_err(Failed::from)
        };
        self.store.get_or_try_init(open).await
    }

    async fn keep_all(&self, sha256: [u8; 32], local: AttachmentStore) -> Result<(), Failed> {
        let (store, name) = (self.store().await?, hex(&sha256));
        match store.info(&name).await {
            Ok(info) if !info.deleted => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == InfoErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let (file, _) = spawn_blocking(move || local.read(&sha256)).await??;
        let mut file = tokio::fs::File::from_std(file);
        let named = ObjectMetadata {
            name,
            ..ObjectMetadata::default()
        };
        store.put(named, &mut file).await?;
        Ok(())
    }

    async fn fetch_into(&self, sha256: [u8; 32], local: AttachmentStore) -> Result<bool, Failed> {
        let mut object = match self.store().await?.get(hex(&sha256)).await {
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
    mut writer: truc_store::attachments::AttachmentWriter,
    chunk: Vec<u8>,
) -> Result<Result<truc_store::attachments::AttachmentWriter, AttachmentError>, JoinError> {
    spawn_blocking(move || writer.write(&chunk).map(|()| writer)).await
}

fn hex(sha256: &[u8; 32]) -> String {
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
