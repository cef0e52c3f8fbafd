//! `truc wait`: until a hub is ready, for scripts that start one.

use std::time::Duration;

use clap::Args;
use tokio::time::{Instant, sleep};
use truc_agency::wait_until_ready;

use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    output::{Output, Words},
    say,
};

/// How soon a sandbox that is not there yet is looked for again.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until a hub is SERVING. Without --hub it is that of the sandbox, which need not have begun.
#[derive(Args, Debug)]
pub(crate) struct Wait {
    /// How long at most, such as 30s or 2m
    #[arg(long, value_parser = say::duration, default_value = "30s", value_name = "TIME")]
    timeout: Duration,
    #[command(flatten)]
    hub: HubOptions,
}

impl Wait {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let deadline = Instant::now() + self.timeout;
        while self.hub.hub.is_none() && self.hub.sandbox().running()?.is_none() {
            if Instant::now() >= deadline {
                let message = format!(
                    "no sandbox began in `{}` within {:?}",
                    self.hub.data.display(),
                    self.timeout
                );
                return Err(Failure::new(Exit::Unreachable, message));
            }
            sleep(PAUSE).await;
        }
        let options = self.hub.connect_options(None)?;
        let endpoint = options.endpoint.clone();
        wait_until_ready(options, deadline.saturating_duration_since(Instant::now())).await?;
        output.tell(&format!(
            "{} {endpoint}",
            output.words(Words("Trục đã sẵn sàng:", "Hub is ready:"))
        ));
        Ok(Exit::Good)
    }
}
