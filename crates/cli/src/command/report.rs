//! `truc report`: what a run wrote, shown again or beside another.

mod compare;
mod read;
mod schema;
mod show;

use clap::Subcommand;

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Reports of runs.
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Show a report again: as tables, or as a page in either language
    Show(show::Show),
    /// Put two reports side by side
    Compare(compare::Compare),
    /// Print the JSON Schema of report.json
    Schema(schema::Schema),
}

impl Report {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::Show(command) => command.run(output),
            Self::Compare(command) => command.run(output),
            Self::Schema(command) => command.run(output),
        }
    }
}
