//! `truc agency add` and `truc agency update`.

use clap::Args;
use truc_agency::AgencyEntry;
use truc_document::{AgencyCode, CodeForm, Level, SigningPolicy, SystemKind};

use super::show::{self, Shown};
use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    output::Output,
};

/// Adds an agency to the address book. The same again is good.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// Its code, in the form of Decision 20/2020/QĐ-TTg, such as H54.12.3
    #[arg(value_name = "CODE")]
    code: AgencyCode,
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// central, province, district or commune
    #[arg(long, value_name = "LEVEL")]
    level: Level,
    #[command(flatten)]
    rest: Rest,
}

/// Changes an agency; what is not given stays.
#[derive(Args, Debug)]
pub(crate) struct Update {
    /// Its code
    #[arg(value_name = "CODE")]
    code: AgencyCode,
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// central, province, district or commune
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    #[command(flatten)]
    rest: Rest,
}

#[derive(Args, Debug)]
struct Rest {
    /// The agency above
    #[arg(long, value_name = "CODE")]
    parent: Option<AgencyCode>,
    /// Code of the province that it counts under; the first group of its code where absent
    #[arg(long, value_name = "CODE")]
    province: Option<AgencyCode>,
    /// What is asked of its personal signatures: required, pilot or off
    #[arg(long, value_name = "POLICY")]
    policy: Option<SigningPolicy>,
    /// What it runs, such as document-management,one-stop-shop
    #[arg(long, value_delimiter = ',', value_name = "SYSTEM")]
    systems: Option<Vec<SystemKind>>,
    /// Services of the National Public Service Portal that it has integrated
    #[arg(long, value_name = "NUMBER")]
    portal_services: Option<u32>,
    /// Whether it may send and receive
    #[arg(long, value_name = "YES", value_parser = clap::builder::BoolishValueParser::new())]
    connected: Option<bool>,
    #[command(flatten)]
    hub: HubOptions,
}

impl Add {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        if self.code.form() == CodeForm::Legacy {
            return Err(Failure::input(format!(
                "agencies are added by their code of Decision 20/2020/QĐ-TTg; `{}` is of QCVN 102:2016",
                self.code
            )));
        }
        let top = self.code.top().parse().map_err(Failure::input)?;
        let mut entry = AgencyEntry {
            legacy_code: self.code.to_legacy(),
            name: self.name,
            level: self.level,
            parent: None,
            province: top,
            connected: true,
            signing_policy: SigningPolicy::Required,
            systems: vec![SystemKind::DocumentManagement],
            portal_services: 0,
            successor: None,
            code: self.code,
        };
        let hub = self.rest.apply(&mut entry);
        let entry = hub.operator().await?.directory().register_agency(entry).await?;
        output.data(&Shown::of(&entry), || show::table(&entry, output))?;
        Ok(Exit::Good)
    }
}

impl Update {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let directory = self.rest.hub.operator().await?.directory();
        let mut entry = directory.agency(&self.code).await?;
        if let Some(name) = self.name {
            entry.name = name;
        }
        if let Some(level) = self.level {
            entry.level = level;
        }
        if let (Some(successor), Some(true)) = (&entry.successor, self.rest.connected) {
            return Err(Failure::input(format!(
                "agency `{}` is closed for good and can't be connected; `{successor}` took over",
                entry.code
            )));
        }
        self.rest.apply(&mut entry);
        let entry = directory.update_agency(entry).await?;
        output.data(&Shown::of(&entry), || show::table(&entry, output))?;
        Ok(Exit::Good)
    }
}

impl Rest {
    /// Sets what was given; hands back which hub.
    fn apply(self, entry: &mut AgencyEntry) -> HubOptions {
        if self.parent.is_some() {
            entry.parent = self.parent;
        }
        if let Some(province) = self.province {
            entry.province = province;
        }
        if let Some(policy) = self.policy {
            entry.signing_policy = policy;
        }
        if let Some(systems) = self.systems {
            entry.systems = systems;
        }
        if let Some(portal_services) = self.portal_services {
            entry.portal_services = portal_services;
        }
        if let Some(connected) = self.connected {
            entry.connected = connected;
        }
        self.hub
    }
}
