//! `truc agency merge`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use truc_simulator::{Topology, run::merge, topology::Merger};

use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Does a whole merger on a running hub, by default that of 1 July 2025: successors open, agencies close, what waits for them
/// follows. Only agencies that the hub knows are touched; the same again does nothing.
#[derive(Args, Debug)]
pub(crate) struct Merge {
    /// Table of who takes over from whom, old_code,new_code; that of July 2025 where absent
    #[arg(long, value_name = "CSV")]
    table: Option<PathBuf>,
    /// Topology of afterwards, with those that take over
    #[arg(long, value_name = "FILE|NAME", default_value = "vietnam-34")]
    after: PathBuf,
    #[command(flatten)]
    hub: HubOptions,
}

#[derive(Serialize)]
struct Printed {
    opened: usize,
    renamed: usize,
    closed: usize,
    moved: u64,
    folded: u64,
}

impl Merge {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let merger = match &self.table {
            Some(path) => Merger::load(path).map_err(Failure::input)?,
            None => Merger::of_july_2025().map_err(Failure::input)?,
        };
        let after = Topology::named(&self.after).map_err(Failure::input)?;
        let directory = self.hub.operator().await?.directory();
        let merged = merge(&directory, &merger, &after)
            .await
            .map_err(|error| Failure::new(Exit::Failed, error))?;
        let printed = Printed {
            opened: merged.opened,
            renamed: merged.renamed,
            closed: merged.closed,
            moved: merged.moved,
            folded: merged.folded,
        };
        output.data(&printed, || {
            let mut table = Table::pairs(output.lang);
            for (words, count) in [
                (Words("Thành lập", "Opened"), printed.opened.to_string()),
                (Words("Đổi tên", "Renamed"), printed.renamed.to_string()),
                (Words("Đã đóng", "Closed"), printed.closed.to_string()),
                (Words("Chuyển sang", "Deliveries moved"), printed.moved.to_string()),
                (
                    Words("Trùng, đã rút", "Withdrawn as one too many"),
                    printed.folded.to_string(),
                ),
            ] {
                table.pair(words, count);
            }
            table.text()
        })?;
        Ok(Exit::Good)
    }
}
