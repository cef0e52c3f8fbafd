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
    gateway::Port,
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
    /// Share a journal with other hubs, on NATS JetStream: `nats://host:4222,host:4222,host:4222/axis` (docs/cluster.md)
    #[arg(long, value_name = "ADDRESS")]
    journal: Option<String>,
    /// Serve TLS with the hub's own certificate where the configuration has no table `tls`
    #[arg(long)]
    tls: bool,
    /// Serve the VXP calls on a port of their own too; needs [vxp] in the configuration
    #[arg(long, value_name = "ADDRESS")]
    vxp: Option<String>,
}

#[derive(Serialize)]
struct Printed {
    hub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vxp: Option<String>,
}

impl Hub {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let mut file: File = strict_toml::load(&self.config).map_err(Failure::input)?;
        if self.journal.is_some() {
            file.journal.clone_from(&self.journal);
        }
        let folder = self.config.parent().unwrap_or(std::path::Path::new("")).to_owned();
        let (config, tls) = file.read(&folder, self.tls)?;
        let listener = embedded::bind(self.listen.as_deref().unwrap_or(&file.listen))?;
        let address = listener.local_addr().map_err(Failure::input)?;
        let endpoint = embedded::endpoint(address, tls.is_some());
        let gateway = file.gateway(&folder, endpoint)?;
        let port = self.vxp.as_deref().map(Port::bind).transpose()?;
        let pages = gateway.as_ref().map(truc_gateway::Gateway::router);
        let pages = pages.unwrap_or_default().merge(truc_console::router());
        let hub = EmbeddedHub::start(config, listener, tls, Some(pages), None).await?;
        let vxp = match (&port, &gateway) {
            (Some(port), _) => Some(port.endpoint()),
            (None, Some(_)) => Some(format!("{}/vxp", hub.endpoint)),
            (None, None) => None,
        };
        match (port, &gateway) {
            (Some(port), Some(gateway)) => port.serve(gateway, hub.shutdown.child_token())?,
            (Some(_), None) => {
                return Err(Failure::input(format!(
                    "`--vxp` needs a table [vxp] in `{}`, which says where its systems are",
                    self.config.display()
                )));
            }
            (None, _) => {}
        }
        let printed = Printed {
            hub: hub.endpoint.clone(),
            vxp,
        };
        output.data(&printed, || {
            let mut text = format!(
                "{} {}\n",
                output.words(Words("Trục đang chạy tại", "Hub is running at")),
                printed.hub
            );
            if let Some(vxp) = &printed.vxp {
                text += &format!("{} {vxp}\n", output.words(Words("Cổng VXP tại", "VXP gateway at")));
            }
            text
        })?;
        hub.until_stopped().await?;
        Ok(Exit::Good)
    }
}
