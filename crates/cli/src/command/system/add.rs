//! `truc system add`.

use clap::{Args, ValueEnum};
use serde::Serialize;
use truc_document::AgencyCode;
use truc_gateway::{NewSystem, SigningMode};

use super::{Where, signing_token};
use crate::{
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Adds a system. Its secret is shown now and never again; it lies encrypted beside its key in the folder `vxp`.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// Its id: 1 to 64 letters, digits, `.`, `-` and `_`
    #[arg(value_name = "NAME")]
    name: String,
    /// Agencies that it may act for, with commas between them
    #[arg(long, value_delimiter = ',', required = true, value_name = "CODES")]
    agencies: Vec<AgencyCode>,
    /// How what it sends is signed
    #[arg(long, value_enum, default_value_t = Signing::Custodial, value_name = "MODE")]
    signing: Signing,
    #[command(flatten)]
    place: Where,
}

/// How what a system sends is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Signing {
    /// The gateway signs for the person whom SignerInfo names, and seals
    Custodial,
    /// The gateway only seals: passes where the sender's policy is pilot or off
    Unsigned,
}

#[derive(Serialize)]
struct Printed {
    system: String,
    secret: String,
    agencies: Vec<String>,
    signing: &'static str,
    endpoint: Option<String>,
}

impl Add {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let signing = match self.signing {
            Signing::Custodial => SigningMode::Custodial,
            Signing::Unsigned => SigningMode::Unsigned,
        };
        let system = self
            .place
            .systems()?
            .add(NewSystem {
                id: self.name,
                agencies: self.agencies,
                signing,
            })
            .map_err(Failure::input)?;
        let running = self.place.sandbox().running()?;
        let printed = Printed {
            system: system.id.clone(),
            secret: system.secret.expose().to_owned(),
            agencies: system.agencies.iter().map(ToString::to_string).collect(),
            signing: signing_token(system.signing),
            endpoint: running.map(|running| format!("{}/vxp", running.hub)),
        };
        output.data(&printed, || {
            let mut table = Table::pairs(output.lang);
            table.pair(Words("Hệ thống", "System"), printed.system.clone());
            table.pair(Words("Khóa bí mật", "Secret"), printed.secret.clone());
            table.pair(Words("Cơ quan", "Agencies"), printed.agencies.join(", "));
            table.pair(Words("Ký số", "Signing"), printed.signing);
            if let Some(endpoint) = &printed.endpoint {
                table.pair(Words("Địa chỉ", "Endpoint"), endpoint.clone());
            }
            table.text()
        })?;
        Ok(Exit::Good)
    }
}
