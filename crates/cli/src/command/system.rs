//! `truc system`: the systems that may call the VXP gateway. A running gateway sees a change within a second.

mod add;
mod list;
mod remove;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use truc_gateway::Systems;

use crate::{
    exit::{Exit, Failure},
    output::Output,
    sandbox::Sandbox,
};

/// Systems of the VXP gateway.
#[derive(Debug, Subcommand)]
pub(crate) enum System {
    /// Add a system and show its secret, once (thêm hệ thống)
    Add(add::Add),
    /// List systems, without their secrets (danh sách hệ thống)
    List(list::List),
    /// Remove a system: its calls are refused from now on (xóa hệ thống)
    Remove(remove::Remove),
}

/// Whose systems.
#[derive(Args, Clone, Debug)]
struct Where {
    /// Folder of the sandbox, or what `truc pki init` made
    #[arg(long, env = "TRUC_DATA", default_value = ".truc", value_name = "DIR")]
    data: PathBuf,
}

impl Where {
    fn sandbox(&self) -> Sandbox {
        Sandbox::at(&self.data)
    }

    fn systems(&self) -> Result<Systems, Failure> {
        if !self.data.is_dir() {
            return Err(Failure::input(format!(
                "`{}` is not there; start a sandbox with `truc up`, or name a folder with `--data`",
                self.data.display()
            )));
        }
        Systems::open(self.sandbox().vxp_folder()).map_err(Failure::input)
    }
}

impl System {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::Add(command) => command.run(output),
            Self::List(command) => command.run(output),
            Self::Remove(command) => command.run(output),
        }
    }
}

/// As it is typed and shown.
fn signing_token(signing: truc_gateway::SigningMode) -> &'static str {
    match signing {
        truc_gateway::SigningMode::Custodial => "custodial",
        truc_gateway::SigningMode::Unsigned => "unsigned",
    }
}
