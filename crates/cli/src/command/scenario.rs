//! `truc scenario`: checks a scenario file.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use truc_simulator::{Traffic, scenario::Shape};

use crate::{
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Scenario files.
#[derive(Debug, Subcommand)]
pub(crate) enum Scenario {
    /// Check a scenario file and its topology
    Check(Check),
}

/// Reads a scenario and its topology as `truc run` does, and runs nothing.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The scenario
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct Printed {
    title: String,
    teaches: String,
    topology: String,
    agencies: usize,
    seed: u64,
    /// New documents that it asks for; answers, recalls and replacements come on top.
    documents: u64,
    periods: Vec<Period>,
    thresholds: Vec<String>,
}

#[derive(Serialize)]
struct Period {
    title: String,
    from: String,
    to: String,
    /// `per-day` or `per-second`.
    rate: &'static str,
}

impl Scenario {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let Self::Check(Check { file }) = self;
        let scenario = truc_simulator::Scenario::load(&file).map_err(Failure::input)?;
        let topology = scenario.load_topology().map_err(Failure::input)?;
        let printed = Printed {
            title: scenario.title.clone(),
            teaches: scenario.teaches.clone(),
            topology: scenario.topology_path().display().to_string(),
            agencies: topology.agencies().len(),
            seed: scenario.seed,
            periods: scenario
                .period
                .iter()
                .map(|period| Period {
                    title: period.title.clone(),
                    from: period.from.0.to_string(),
                    to: period.to.0.to_string(),
                    rate: match period.shape() {
                        Shape::Daily(_) => "per-day",
                        Shape::BySecond(_) => "per-second",
                    },
                })
                .collect(),
            documents: Traffic::asked_for(&scenario),
            thresholds: scenario.threshold.iter().map(ToString::to_string).collect(),
        };
        output.data(&printed, || {
            let mut table = Table::pairs(output.lang);
            table.pair(Words("Kịch bản", "Scenario"), printed.title.clone());
            table.pair(Words("Minh họa", "Teaches"), printed.teaches.clone());
            table.pair(
                Words("Sơ đồ kết nối", "Topology"),
                format!("{} ({})", printed.topology, printed.agencies),
            );
            table.pair(Words("Hạt giống", "Seed"), printed.seed.to_string());
            table.pair(Words("Văn bản mới", "New documents"), printed.documents.to_string());
            for period in &printed.periods {
                let days = format!("{}: {} – {}", period.title, period.from, period.to);
                table.pair(Words("Giai đoạn", "Period"), days);
            }
            for threshold in &printed.thresholds {
                table.pair(Words("Ngưỡng", "Threshold"), threshold.clone());
            }
            table.text()
        })?;
        Ok(Exit::Good)
    }
}
