//! `truc replay`: a trace sent again.

mod summary;

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use truc_agency::Hub;
use truc_proto::v1 as pb;
use truc_simulator::trace::{self, Ids, Reader, ReplayError, ReplayOptions, Replayed, Speed, Survey};
use truc_store::state::ClockSetting;

use super::run::{Bar, Place, stop_when_asked};
use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// How long the hub may be away.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends again what a trace tells, signed anew: documents, acknowledgements and statuses, each after what it depends on.
/// Without --hub it starts a hub of its own with the trace's agencies, whose hub time is the trace's; its journal is then
/// verified. Exit code 1 where the hub refused what the trace says was good. docs/traces.md tells more.
#[derive(Args, Debug)]
pub(crate) struct Replay {
    /// The trace, as `truc record` writes it
    #[arg(value_name = "TRACE")]
    trace: PathBuf,
    /// Send it to this hub, which must know the trace's agencies and where nobody else answers for them; its keys are those
    /// of the folder --data
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// 1 for the trace's own timing, x60 for 60 times as fast, max for all at once
    #[arg(long, value_name = "1|xN|max", default_value_t = Speed::Times(1.0))]
    speed: Speed,
    /// Ids of documents: recorded sends the very headers of the trace; fresh sends other documents, whose times are those at
    /// which they are sent, so that a trace can be sent to the same hub again and again
    #[arg(long, value_name = "fresh|recorded", default_value_t = Ids::Recorded)]
    ids: Ids,
    /// Keep the replay's own hub in this folder (a temporary one where absent); with --hub, the folder with its seed
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Replay {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let survey = self.survey().await?;
        let place = match &self.hub {
            Some(hub) => Place::given(hub, self.data.as_deref()).await?,
            None => {
                let directory: Vec<pb::Agency> = survey.agencies.iter().map(|agency| agency.open().to_wire()).collect();
                Place::start(None, directory, clock(&survey), self.data.as_deref()).await?
            }
        };
        let hub = Hub::connect(place.connect_options()?).await?;
        let stop = CancellationToken::new();
        let interrupted = tokio::spawn(stop_when_asked(stop.clone()));
        let bar = Bar::new(output);
        let options = ReplayOptions {
            hub,
            credential: place.keys.credential(),
            wallet: Arc::clone(place.keys.wallet()),
            speed: self.speed,
            ids: self.ids,
            patience: PATIENCE,
            progress: Some(bar.teller()),
            stop,
        };
        let replayed = trace::replay(&self.trace, &survey, options).await;
        bar.finish();
        interrupted.abort();
        let replayed = replayed.map_err(failure)?;
        let journal = place.close().await?;
        summary::print(&replayed, journal.as_ref(), output)?;
        Ok(match () {
            () if journal.is_some_and(|journal| !journal.is_clean()) => Exit::Failed,
            () if replayed.stopped => Exit::Interrupted,
            () => outcome(&replayed),
        })
    }

    /// All of it is judged before anything is sent.
    async fn survey(&self) -> Result<Survey, Failure> {
        let trace = self.trace.clone();
        let survey = tokio::task::spawn_blocking(move || Reader::open(&trace)?.survey());
        survey.await.map_err(Failure::input)?.map_err(Failure::input)
    }
}

fn outcome(replayed: &Replayed) -> Exit {
    match replayed.unexpected_count() {
        0 => Exit::Good,
        _ => Exit::Failed,
    }
}

/// Hub time that the replay drives, from the trace's first event.
fn clock(survey: &Survey) -> (ClockSetting, Timestamp) {
    let setting = ClockSetting {
        mode: pb::ClockMode::Driven,
        factor: 1.0,
    };
    (setting, survey.first.unwrap_or_else(Timestamp::now))
}

fn failure(error: ReplayError) -> Failure {
    let of = |what: String, failure: Failure| Failure {
        message: format!("{what}: {}", failure.message),
        ..failure
    };
    match error {
        ReplayError::Trace(_) | ReplayError::UnknownAgencies(_) | ReplayError::HubBehind { .. } => {
            Failure::input(error)
        }
        ReplayError::Call { what, source } => of(format!("{what} failed"), source.into()),
        ReplayError::Send { document_id, source } => {
            of(format!("document `{document_id}` could not be sent"), source.into())
        }
        ReplayError::Sign(_) | ReplayError::Task(_) => Failure::new(Exit::Failed, error),
    }
}
