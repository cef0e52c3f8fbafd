//! `truc report show`.

use std::path::PathBuf;

use clap::Args;

use super::read::read;
use crate::{
    command::run::{language, terminal_width},
    exit::{Exit, Failure},
    files,
    output::Output,
};

/// Shows a report as the run did at its end, in the language of --lang.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// report.json, or the folder that it is in
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// Write the page to this file too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write JUnit XML to this file too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

impl Show {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let run = read(&self.report)?;
        let language = language(output.lang);
        if let Some(file) = &self.html {
            files::write(file, run.html(language))?;
        }
        if let Some(file) = &self.junit {
            files::write(file, run.junit().map_err(Failure::input)?)?;
        }
        output.data(&run, || run.summary(language, terminal_width()))?;
        Ok(Exit::Good)
    }
}
