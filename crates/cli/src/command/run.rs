//! `truc run`: a scenario from its first document to its last status, on a hub of its own or on a given one.

mod place;
mod progress;
mod result;

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use truc_agency::Hub;
use truc_simulator::{
    RunOptions, Scenario,
    report::{self, About, More, Report, RunReport, ScenarioLine, ThresholdLine, Versions},
    run::RunError,
    threshold,
    trace::Speed,
    traffic::PlanOptions,
};

pub(crate) use self::{
    place::Place,
    progress::Bar,
    result::{language, terminal_width},
};
use crate::{
    embedded,
    exit::{Exit, Failure},
    files,
    output::Output,
};

/// Runs a scenario and ends with the task force's table, each figure counted by the hub, and the check that nothing was
/// lost and nothing came twice. Its own hub's journal is then verified and counted anew.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// The scenario
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Run on this hub: one whose time is not past the scenario's first day (see `clock` in hub.toml) and where nobody
    /// else answers; its keys are those of the folder --data
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// Draw other traffic than the scenario's seed does
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How fast hub time goes, whatever the scenario says: `max` from event to event without waiting, `x60` for a minute
    /// in a second, `1` as on a clock
    #[arg(long, value_name = "1|xN|max")]
    speed: Option<Speed>,
    /// So many times the scenario's documents of a day
    #[arg(long, value_name = "FACTOR", value_parser = scale)]
    scale: Option<f64>,
    /// About so many documents at most
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
    /// Write report.html, report.json, report.txt and junit.xml to this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Write JUnit XML to this file: thresholds, conservation, the journal and unexpected refusals as tests
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Keep the run's own hub in this folder (a temporary one where absent); with --hub, the folder with its seed
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

fn scale(text: &str) -> Result<f64, String> {
    let wrong = || "write a number above 0, such as 0.5 or 10".to_owned();
    text.parse()
        .ok()
        .filter(|scale: &f64| *scale > 0.0 && scale.is_finite())
        .ok_or_else(wrong)
}

impl Run {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let mut scenario = Scenario::load(&self.scenario).map_err(Failure::input)?;
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        if let Some(speed) = self.speed {
            scenario.clock.set_speed(speed);
        }
        let topology = scenario.load_topology().map_err(Failure::input)?;
        let place = match &self.hub {
            Some(hub) => Place::given(hub, self.data.as_deref()).await?,
            None => Place::own(&scenario, &topology, self.data.as_deref()).await?,
        };
        let hub = Hub::connect(place.connect_options()?).await?;
        let operator = hub.operator(place.keys.credential());
        let stop = CancellationToken::new();
        let interrupted = tokio::spawn(stop_when_asked(stop.clone()));
        let bar = Bar::new(output);
        let options = RunOptions {
            plan: PlanOptions {
                seed: self.seed,
                scale: self.scale,
                limit: self.limit,
            },
            exclusive: self.hub.is_none(),
            progress: Some(bar.teller()),
            stop,
            ..RunOptions::new(hub, place.keys.credential(), Arc::clone(place.keys.wallet()))
        };
        let begun_at = Timestamp::now();
        let outcome = truc_simulator::run(&scenario, &topology, options).await;
        bar.finish();
        interrupted.abort();
        let outcome = outcome.map_err(failure)?;
        scenario.report_about(outcome.reported);
        let report: Report = report::fetch(&operator.statistics(), &scenario, &topology).await?;
        let more = More::fetch(&operator.statistics(), &report).await?;
        let hub = place.line();
        let journal = place.close().await?;

        let about = About {
            scenario: self.scenario_line(&scenario)?,
            hub,
            versions: versions(),
            begun_at,
            journal: journal.as_ref().map(result::journal_check),
            thresholds: threshold::judge(&scenario.threshold, &outcome, &report)
                .into_iter()
                .map(ThresholdLine::from)
                .collect(),
            more,
        };
        let run = RunReport::gather(&outcome, report, about);
        if let Some(folder) = &self.report {
            result::write(&run, folder, output)?;
        }
        if let Some(file) = &self.junit {
            result::write_junit(&run, file)?;
        }
        output.data(&run, || run.summary(language(output.lang), terminal_width()))?;
        Ok(result::exit(&run))
    }
}

impl Run {
    /// The file as it is on disk: the same digest is the same scenario.
    fn scenario_line(&self, scenario: &Scenario) -> Result<ScenarioLine, Failure> {
        let name = self.scenario.file_name().unwrap_or(self.scenario.as_os_str());
        Ok(ScenarioLine {
            title: scenario.title.clone(),
            file: name.to_string_lossy().into_owned(),
            sha256: hex::encode(Sha256::digest(files::read(&self.scenario)?)),
            scale: self.scale.map(|scale| scale.to_string()),
            limit: self.limit,
        })
    }
}

fn versions() -> Versions {
    Versions {
        truc: env!("CARGO_PKG_VERSION").to_owned(),
        build: if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned(),
    }
}

/// A second Ctrl-C ends the process at once: the first one lets the present step finish.
pub(crate) async fn stop_when_asked(stop: CancellationToken) {
    embedded::stop_asked().await;
    stop.cancel();
    embedded::stop_asked().await;
    std::process::exit(Exit::Interrupted as i32);
}

fn failure(error: RunError) -> Failure {
    match error {
        RunError::Plan(_) | RunError::HubAhead { .. } => Failure::input(error),
        RunError::Call { what, source } => {
            let failure = Failure::from(source);
            Failure {
                message: format!("{what} failed: {}", failure.message),
                ..failure
            }
        }
        RunError::Send { document_id, source } => {
            let failure = Failure::from(source);
            Failure {
                message: format!("document `{document_id}` could not be sent: {}", failure.message),
                ..failure
            }
        }
        RunError::Enrol(_) | RunError::Merge(_) => Failure::new(Exit::Unreachable, error),
        RunError::Sign(_) | RunError::Task(_) => Failure::new(Exit::Failed, error),
    }
}
