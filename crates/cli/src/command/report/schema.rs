//! `truc report schema`.

use clap::Args;
use truc_simulator::report::RunReport;

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Prints the JSON Schema (2020-12) of report.json.
#[derive(Args, Debug)]
pub(crate) struct Schema {}

impl Schema {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let schema = serde_json::to_string_pretty(&RunReport::json_schema()).map_err(Failure::input)?;
        output.raw(&format!("{schema}\n"))?;
        Ok(Exit::Good)
    }
}
