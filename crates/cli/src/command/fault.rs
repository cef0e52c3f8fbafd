//! `truc fault`: what goes wrong on purpose, on a running hub. The operator's.

mod add;
mod clear;
mod list;

use clap::Subcommand;

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Faults of a running hub; docs/faults.md tells what each does at which step.
#[derive(Debug, Subcommand)]
pub(crate) enum Fault {
    /// Set a fault; one of the same name is replaced (thêm sự cố)
    Add(Box<add::Add>),
    /// List faults in the order in which they are asked, with what each has done (danh sách sự cố)
    List(list::List),
    /// Remove one fault, or all (bỏ sự cố)
    Clear(clear::Clear),
}

impl Fault {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::Add(command) => command.run(output).await,
            Self::List(command) => command.run(output).await,
            Self::Clear(command) => command.run(output).await,
        }
    }
}
