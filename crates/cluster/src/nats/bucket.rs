//! An object store of the axis, made when it is first needed.

use async_nats::jetstream::{
    Context,
    object_store::{Config, InfoErrorKind, ObjectInfo, ObjectStore},
    stream::StorageType,
};
use tokio::sync::OnceCell;

pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// See the module.
pub(crate) struct Bucket {
    context: Context,
    name: String,
    description: &'static str,
    replicas: usize,
    store: OnceCell<ObjectStore>,
}

impl Bucket {
    pub(crate) fn new(context: Context, name: String, description: &'static str, replicas: usize) -> Self {
        Self {
            context,
            name,
            description,
            replicas,
            store: OnceCell::new(),
        }
    }

    pub(crate) async fn store(&self) -> Result<&ObjectStore, Failed> {
        let open = || async {
            if let Ok(store) = self.context.get_object_store(&self.name).await {
                return Ok(store);
            }
            let config = Config {
                bucket: self.name.clone(),
                description: Some(self.description.to_owned()),
                storage: StorageType::File,
                num_replicas: self.replicas,
                ..Config::default()
            };
            self.context.create_object_store(config).await.map_err(Failed::from)
        };
        self.store.get_or_try_init(open).await
    }

    /// The store, if somebody has made it. One that does not answer is as good as absent.
    pub(crate) async fn existing(&self) -> Option<&ObjectStore> {
        let open = || self.context.get_object_store(&self.name);
        self.store.get_or_try_init(open).await.ok()
    }

    /// What is known of an object; `None` where it is not there.
    pub(crate) async fn find(&self, object: &str) -> Result<Option<ObjectInfo>, Failed> {
        match self.store().await?.info(object).await {
            Ok(info) => Ok(Some(info).filter(|info| !info.deleted)),
            Err(error) if error.kind() == InfoErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
