//! `truc fault clear`.

use clap::Args;

use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    output::{Output, Words},
};

/// Removes a fault, or all of them. Delays that have begun still end as they would have.
#[derive(Args, Debug)]
pub(crate) struct Clear {
    /// Its name
    #[arg(value_name = "NAME", required_unless_present = "all")]
    name: Option<String>,
    /// All of them
    #[arg(long, conflicts_with = "name")]
    all: bool,
    #[command(flatten)]
    hub: HubOptions,
}

impl Clear {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let operator = self.hub.operator().await?;
        let done = output.words(Words("Đã bỏ sự cố", "Removed"));
        match self.name {
            None => output.tell(&format!("{done}: {}", operator.clear_faults().await?)),
            Some(name) if operator.clear_fault(&name).await? => output.tell(&format!("{done} {name}")),
            Some(name) => {
                return Err(Failure::input(format!(
                    "there is no fault `{name}`; `truc fault list` shows them"
                )));
            }
        }
        Ok(Exit::Good)
    }
}
