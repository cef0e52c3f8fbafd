//! Settings of a gateway.

use std::{path::PathBuf, sync::Arc, time::Duration};

use truc_agency::Credential;

use crate::signatory::Signatory;

/// How a gateway runs.
pub struct Options {
    /// Folder of its systems and of what was sent through it.
    pub folder: PathBuf,
    /// Acts for the agencies of all systems: the right to mint their tokens.
    pub credential: Credential,
    /// Lets systems register and disconnect agencies in the operator's name.
    pub operator: bool,
    /// Signs for systems whose mode is custodial, and seals for all.
    pub signatory: Arc<dyn Signatory>,
    /// Bytes of one request's body. Default: 150 MiB, which carries 100 MiB of files in base64.
    pub body_bytes_max: usize,
    /// Bytes of bodies of all requests under way. Default: 512 MiB; over it a request waits.
    pub bodies_bytes_max: usize,
    /// Requests older than this, by their signed timestamp, are refused. Default: none, since the library repeats the
    /// timestamp of its first call for life.
    pub age_max: Option<Duration>,
    /// How long a package is out of the lists after `updateStatus` with `processing`, hub time. Default: one hour.
    pub hold: Duration,
    /// A package handed out more often than this without `updateStatus` is told in the log as one that its receiver can't
    /// take. Default: 5.
    pub fetches_max: u32,
    /// How long lists of agencies are kept. Default: one minute.
    pub directory_life: Duration,
}

impl Options {
    /// The defaults.
    pub fn new(folder: impl Into<PathBuf>, credential: Credential, signatory: Arc<dyn Signatory>) -> Self {
        Self {
            folder: folder.into(),
            credential,
            operator: false,
            signatory,
            body_bytes_max: 150 << 20,
            bodies_bytes_max: 512 << 20,
            age_max: None,
            hold: Duration::from_secs(3600),
            fetches_max: 5,
            directory_life: Duration::from_secs(60),
        }
    }
}
