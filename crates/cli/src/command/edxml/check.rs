//! `truc edxml check`: what is unusual about packages.

use std::{fs::File, io::BufReader, path::PathBuf};

use clap::Args;
use serde::Serialize;
use truc_document::edxml::{ReadLimits, read};

use super::report::Report;
use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Reads packages and says what each has otherwise than QCVN 102:2016, with line and column. Ends with 1 where one can't
/// be read at all. Nothing is sent and nothing written.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The packages
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Printed {
    files: Vec<Report>,
}

impl Check {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let mut files = Vec::new();
        for path in &self.files {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| Failure::input(format!("cannot read `{name}`: {error}")))?;
            let mut nowhere = |_: usize, _: &[u8]| Ok(());
            let reading = read(BufReader::new(file), &ReadLimits::default(), &mut nowhere);
            files.push(Report::of(name, &reading));
        }
        let printed = Printed { files };
        output.data(&printed, || {
            printed.files.iter().map(|report| report.text(output)).collect()
        })?;
        Ok(if printed.files.iter().all(|report| report.readable) {
            Exit::Good
        } else {
            Exit::Failed
        })
    }
}
