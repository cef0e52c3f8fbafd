//! The sandbox's console: its access key, its link, and which agencies people have entered.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use truc_document::AgencyCode;

use crate::{exit::Failure, files, keys::Keys, sandbox::Sandbox};

pub(super) struct Console {
    access_key: String,
    link_file: PathBuf,
    suggested: AgencyCode,
    /// Agencies that answer no longer by themselves.
    pub(super) attended: watch::Sender<BTreeSet<AgencyCode>>,
}

impl Console {
    /// The access key comes out of the sandbox's seed: a link that was opened before a restart stays good after it.
    pub(super) fn new(sandbox: &Sandbox, keys: &Keys, suggested: &AgencyCode) -> Self {
        let digest = Sha256::new()
            .chain_update(b"truc/v1/console-access")
            .chain_update(keys.seed())
            .finalize();
        Self {
            access_key: hex::encode(&digest[..16]),
            link_file: sandbox.console_file(),
            suggested: suggested.clone(),
            attended: watch::Sender::new(BTreeSet::new()),
        }
    }

    /// What the hub's SandboxService works with.
    pub(super) fn sandbox(&self, keys: &Keys, training: Arc<dyn truc_hub::Training>) -> truc_hub::Sandbox {
        truc_hub::Sandbox {
            access_key: self.access_key.clone(),
            authority: Arc::clone(keys.authority()),
            tokens: Arc::new(keys.token_issuer()),
            suggested: self.suggested.clone(),
            attended: self.attended.clone(),
            training: Some(training),
        }
    }

    /// The link that lets a browser in; written to a file too. What stands behind `#` stays in the browser.
    pub(super) fn link(&self, hub: &str) -> Result<String, Failure> {
        let link = format!("{hub}/#key={}", self.access_key);
        files::write_secret(&self.link_file, &link)?;
        Ok(link)
    }
}
