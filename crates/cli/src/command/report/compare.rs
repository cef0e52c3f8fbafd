//! `truc report compare`.

use std::path::PathBuf;

use clap::Args;
use truc_simulator::report::Comparison;

use super::read::read;
use crate::{
    command::run::{language, terminal_width},
    exit::{Exit, Failure},
    output::{Output, Words},
};

/// Prints the figures of two runs with their difference and ratio. What they ran, and on what machine, is compared too: figures of
/// speed mean something where both are the same.
#[derive(Args, Debug)]
pub(crate) struct Compare {
    /// report.json of the first run, or the folder that it is in
    #[arg(value_name = "FIRST")]
    first: PathBuf,
    /// The same of the second run
    #[arg(value_name = "SECOND")]
    second: PathBuf,
    /// End with exit code 1 where a figure of the second run is worse by more than so many per cent
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    fail_on_regression: Option<f64>,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim().parse();
    let percent = number
        .ok()
        .filter(|percent: &f64| *percent >= 0.0 && percent.is_finite());
    percent.ok_or_else(|| "write a number from 0 on, such as 10".to_owned())
}

impl Compare {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let comparison = Comparison::of(&read(&self.first)?, &read(&self.second)?);
        output.data(&comparison, || {
            comparison.render(language(output.lang), terminal_width())
        })?;
        let Some(limit) = self.fail_on_regression else {
            return Ok(Exit::Good);
        };
        let worse: Vec<&str> = comparison
            .regressions(limit)
            .map(|figure| figure.name.as_str())
            .collect();
        if worse.is_empty() {
            return Ok(Exit::Good);
        }
        let said = output.words(Words("kém hơn quá giới hạn", "worse by more than the limit"));
        output.complain(&format!("{said} ({limit} %): {}", worse.join(", ")));
        Ok(Exit::Failed)
    }
}
