//! Where a scenario runs: on a hub of its own inside this process, or on a given one.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use tempfile::TempDir;
use truc_agency::ConnectOptions;
use truc_document::zone;
use truc_hub::{HubConfig, JournalChoice, Limits, Machine};
use truc_proto::v1 as pb;
use truc_simulator::{
    AgencyEntry, Scenario, Topology,
    report::{FDATASYNC_EACH_GROUP, HubLine, NOT_CERTAIN, SYNCED_BEFORE_ANSWER},
    scenario::Mode,
};
use truc_store::state::ClockSetting;

use crate::{
    access::HubOptions,
    command::verify_journal::{self, Verified},
    embedded::{self, EmbeddedHub},
    exit::Failure,
    keys::Keys,
    sandbox::Sandbox,
};

/// A hub, and keys that it trusts.
pub(crate) struct Place {
    pub(crate) keys: Keys,
    options: HubOptions,
    /// What a receipt waits for, as far as the hub says.
    durability: Option<String>,
    own: Option<Own>,
}

struct Own {
    hub: EmbeddedHub,
    sandbox: Sandbox,
    /// Removed when the run is over.
    _temporary: Option<TempDir>,
}

impl Place {
    /// A hub that others run; `data` is the folder with the seed that it trusts.
    pub(crate) async fn given(hub: &str, data: Option<&Path>) -> Result<Self, Failure> {
        let data = data.unwrap_or(Path::new(".truc"));
        let keys = Sandbox::at(data).keys()?.ok_or_else(|| {
            let folder = data.display();
            Failure::input(format!(
                "`{folder}` has no keys that the hub could trust; name its folder with `--data`"
            ))
        })?;
        let options = options(hub, data);
        let survive = truc_agency::receipts_survive_power_loss(options.connect_options(None)?).await;
        let durability = match survive.map_err(Failure::input)? {
            Some(true) => Some(SYNCED_BEFORE_ANSWER.to_owned()),
            Some(false) => Some(NOT_CERTAIN.to_owned()),
            None => None,
        };
        Ok(Self {
            keys,
            options,
            durability,
            own: None,
        })
    }

    /// A hub of the run's own. Its keys come from the scenario's seed: the same run has the same bytes on any machine.
    pub(super) async fn own(scenario: &Scenario, topology: &Topology, data: Option<&Path>) -> Result<Self, Failure> {
        let directory = topology.agencies().map(AgencyEntry::to_wire).collect();
        Self::start(Some(scenario.seed), directory, clock(scenario), data).await
    }

    /// A hub of one's own with these agencies, where its journal is new. Its keys come from the seed, or from chance.
    pub(crate) async fn start(
        seed: Option<u64>,
        directory: Vec<pb::Agency>,
        clock: (ClockSetting, Timestamp),
        data: Option<&Path>,
    ) -> Result<Self, Failure> {
        let (folder, temporary) = match data {
            Some(folder) => (folder.to_owned(), None),
            None => {
                let temporary = TempDir::with_prefix("truc-run-").map_err(Failure::input)?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        let sandbox = Sandbox::at(&folder);
        let keys = sandbox.keys_or_make(seed)?;
        let config = HubConfig {
            data: sandbox.hub_folder(),
            roots: vec![keys.root()],
            identity: keys.hub(&[])?,
            authority: Some(Arc::clone(keys.authority())),
            token_key: keys.token_key().public(),
            journal: JournalChoice::Own,
            limits: Limits::default(),
            directory,
            clock: Some(clock),
            machine: Machine::default(),
        };
        let hub = EmbeddedHub::start(config, embedded::bind("127.0.0.1:0")?, None, None, None).await?;
        let options = options(&hub.endpoint, &folder);
        Ok(Self {
            keys,
            options,
            durability: Some(FDATASYNC_EACH_GROUP.to_owned()),
            own: Some(Own {
                hub,
                sandbox,
                _temporary: temporary,
            }),
        })
    }

    pub(crate) fn connect_options(&self) -> Result<ConnectOptions, Failure> {
        Ok(self.options.connect_options(None)?.with_connections(2))
    }

    /// As the report tells it.
    pub(super) fn line(&self) -> HubLine {
        HubLine {
            address: self.options.hub.clone().unwrap_or_default(),
            own: self.own.is_some(),
            durability: self.durability.clone(),
        }
    }

    /// Stops the run's own hub and verifies its journal; a hub of others is left alone.
    pub(crate) async fn close(self) -> Result<Option<Verified>, Failure> {
        let Some(own) = self.own else { return Ok(None) };
        own.hub.stop().await?;
        let (folder, root) = (own.sandbox.hub_folder(), self.keys.root());
        let verified =
            tokio::task::spawn_blocking(move || verify_journal::verify(&folder, vec![root], true, |_, _| {}));
        verified.await.map_err(Failure::input)?.map(Some)
    }
}

fn options(hub: &str, data: &Path) -> HubOptions {
    HubOptions {
        hub: Some(hub.to_owned()),
        data: data.to_owned(),
        ca: None,
        token: None,
    }
}

/// Hub time of a new journal: from the scenario's first day, in its mode.
fn clock(scenario: &Scenario) -> (ClockSetting, Timestamp) {
    let first = scenario
        .period
        .first()
        .map_or_else(Timestamp::now, |period| zone::start_of(period.from.0));
    let setting = |mode, factor| ClockSetting { mode, factor };
    match scenario.clock.mode {
        Mode::Driven => (setting(pb::ClockMode::Driven, 1.0), first),
        Mode::Scaled => (
            setting(pb::ClockMode::Scaled, scenario.clock.factor.unwrap_or(1.0)),
            first,
        ),
        Mode::Wall => (setting(pb::ClockMode::Wall, 1.0), Timestamp::now()),
    }
}
