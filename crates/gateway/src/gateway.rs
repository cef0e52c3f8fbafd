//! The gateway: what all of its calls share.

use std::{collections::HashMap, io, sync::Arc};

use axum::Router;
use bytes::Bytes;
use parking_lot::RwLock;
use tokio::sync::{Semaphore, SemaphorePermit};
use truc_agency::{Agency, Hub};
use truc_document::AgencyCode;

use crate::{
    catalogue::Catalogue,
    fault::{ErrorCode, Fault},
    holds::Holds,
    hub_time::HubTime,
    options::Options,
    provincial,
    sent::Sent,
    systems::{System, SystemError, Systems},
    vxp,
};

/// Unit in which bodies under way are counted.
const BODY_UNIT: usize = 64 << 10;

/// Serves systems. Cheap to clone.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

pub(crate) struct Shared {
    hub: Hub,
    pub(crate) options: Options,
    pub(crate) systems: Arc<Systems>,
    pub(crate) sent: Sent,
    pub(crate) catalogue: Catalogue,
    pub(crate) holds: Holds,
    pub(crate) hub_time: HubTime,
    agencies: RwLock<HashMap<AgencyCode, Agency>>,
    bodies: Semaphore,
}

/// A gateway can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its systems can't be read.
    #[error(transparent)]
    Systems(#[from] SystemError),
    /// What was sent can't be read.
    #[error("cannot open the list of what was sent: {0}")]
    Sent(#[from] io::Error),
}

impl Gateway {
    /// Opens a gateway to a hub, which need not run yet.
    ///
    /// # Errors
    /// Its folder can't be used.
    pub fn open(hub: Hub, options: Options) -> Result<Self, OpenError> {
        let systems = Arc::new(Systems::open(&options.folder)?);
        let sent = Sent::open(&options.folder)?;
        Ok(Self(Arc::new(Shared {
            hub,
            systems,
            sent,
            catalogue: Catalogue::new(options.directory_life),
            holds: Holds::default(),
            hub_time: HubTime::default(),
            agencies: RwLock::default(),
            // A single request always fits.
            bodies: Semaphore::new(options.bodies_bytes_max.max(options.body_bytes_max).div_ceil(BODY_UNIT)),
            options,
        })))
    }

    /// The systems that may call.
    #[must_use]
    pub fn systems(&self) -> &Arc<Systems> {
        &self.0.systems
    }

    /// All paths: `/vxp/…` and `/v1/…`. Lists are compressed for who accepts gzip.
    pub fn router(&self) -> Router {
        Router::new()
            .nest("/vxp", vxp::routes(Arc::clone(&self.0)))
            .nest("/v1", provincial::routes(Arc::clone(&self.0)))
    }
}

impl Shared {
    /// An agency on the hub. Handles are kept: each makes its token once.
    pub(crate) fn agency(&self, code: &AgencyCode) -> Agency {
        if let Some(agency) = self.agencies.read().get(code) {
            return agency.clone();
        }
        let made = self.hub.agency(code.clone(), self.options.credential.clone());
        self.agencies.write().entry(code.clone()).or_insert(made).clone()
    }

    pub(crate) fn operator(&self) -> truc_agency::Operator {
        self.hub.operator(self.options.credential.clone())
    }

    /// The agency of a system that a text names, in either form of its code.
    pub(crate) fn own_agency<'a>(&self, system: &'a System, text: &str) -> Option<&'a AgencyCode> {
        let code: AgencyCode = text.trim().parse().ok()?;
        let current = code.to_current();
        let is = |own: &&AgencyCode| **own == code || current.is_some() && own.to_current() == current;
        system.agencies.iter().find(is)
    }

    /// As [`Shared::own_agency`], for who sends.
    pub(crate) fn sender<'a>(&self, system: &'a System, text: &str, field: &str) -> Result<&'a AgencyCode, Fault> {
        self.own_agency(system, text).ok_or_else(|| {
            let text: String = text.chars().take(60).collect();
            let own: Vec<&str> = system.agencies.iter().take(10).map(AgencyCode::as_str).collect();
            let own = own.join(", ");
            Fault::new(
                ErrorCode::SenderNotRegistered,
                format!(
                    "`{text}` không thuộc các cơ quan đã đăng ký cho hệ thống `{}`: {own}",
                    system.id
                ),
                format!(
                    "`{text}` is none of the agencies registered for system `{}`: {own}",
                    system.id
                ),
            )
            .field(field)
        })
    }

    /// Room for a body of this many bytes, or of unknown length. While all bodies together would have too many, it waits.
    pub(crate) async fn room(&self, length: Option<u64>) -> Result<SemaphorePermit<'_>, Fault> {
        let most = self.options.body_bytes_max;
        let length = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(most);
        if length > most {
            return Err(too_large(most));
        }
        let units = u32::try_from(length.div_ceil(BODY_UNIT).max(1)).unwrap_or(u32::MAX);
        self.bodies
            .acquire_many(units)
            .await
            .map_err(|error| Fault::internal(&error))
    }

    /// Reads a body.
    pub(crate) async fn body(
        &self,
        body: axum::body::Body,
        length: Option<u64>,
    ) -> Result<(Bytes, SemaphorePermit<'_>), Fault> {
        let room = self.room(length).await?;
        let most = self.options.body_bytes_max;
        let bytes = axum::body::to_bytes(body, most).await.map_err(|_| too_large(most))?;
        Ok((bytes, room))
    }
}

fn too_large(most: usize) -> Fault {
    Fault::new(
        ErrorCode::FileInvalid,
        format!("tệp lớn hơn {most} byte"),
        format!("the file has more than {most} bytes"),
    )
    .field("body")
}
