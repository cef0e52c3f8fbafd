//! `truc hub`: the hub alone.

mod file;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use truc_simulator::strict_toml;

use self::file::File;
use crate::{
    embedded::{self, EmbeddedHub},
    exit::{Exit, Failure},
    output::{Output, Words},
};

/// Runs a hub until Ctrl-C or SIGTERM; then calls under way finish. `truc pki init` makes a configuration to begin with.
#[derive(Args, Debug)]
pub(crate) struct Hub {
    /// Its configuration
    #[arg(long, value_name = "FILE", default_value = "hub.toml")]
    config: PathBuf,
    /// Listen here instead of where the configuration says; port 0 takes any
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Serve TLS with the hub's own certificate where the configuration has no table `tls`
    #[arg(long)]
    tls: bool,
}

#[derive(Serialize)]
struct Printed {
    hub: String,
}

impl Hub {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let file: File = strict_toml::load(&self.config).map_err(Failure::input)?;
        let folder = self.config.parent().unwrap_or(std::path::Path::new("")).to_owned();
        let (config, tls) = file.read(&folder, self.tls)?;
        let listener = embedded::bind(self.listen.as_deref().unwrap_or(&file.listen))?;
        let hub = EmbeddedHub::start(config, listener, tls).await?;
        let printed = Printed {
            hub: hub.endpoint.clone(),
        };
        output.data(&printed, || {
            format!(
                "{} {}\n",
                output.words(Words("Trục đang chạy tại", "Hub is running at")),
                printed.hub
            )
        })?;
        hub.until_stopped().await?;
        Ok(Exit::Good)
    }
}
