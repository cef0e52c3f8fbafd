//! `truc token`: a bearer token, for clients that are not this one.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_document::AgencyCode;
use truc_signature::{Caller, TokenIssuer};

use crate::{
    exit::{Exit, Failure},
    identity,
    output::Output,
    sandbox::Sandbox,
    say,
};

/// Prints a token to be sent as `authorization: Bearer TOKEN`. Whoever has it acts in that name until it runs out.
#[derive(Args, Debug)]
pub(crate) struct Token {
    /// The agency
    #[arg(value_name = "AGENCY", required_unless_present = "operator")]
    agency: Option<AgencyCode>,
    /// For the operator instead
    #[arg(long, conflicts_with = "agency")]
    operator: bool,
    /// How long it holds, in wall time
    #[arg(long, value_parser = say::duration, default_value = "1h", value_name = "TIME")]
    life: Duration,
    /// The hub's token key, PEM; the sandbox's where absent
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Folder of the sandbox, or what `truc pki init` made
    #[arg(long, env = "TRUC_DATA", default_value = ".truc", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Serialize)]
struct Printed {
    subject: String,
    token: String,
    expires_at: Timestamp,
}

impl Token {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let caller = self.agency.clone().map_or(Caller::Operator, Caller::Agency);
        let issuer = match &self.key {
            Some(path) => TokenIssuer::new(&identity::signing_key(path)?),
            None => {
                let keys = Sandbox::at(&self.data).keys()?.ok_or_else(|| {
                    Failure::input(format!(
                        "`{}` has no keys; start a sandbox with `truc up`, or name the token key with `--key`",
                        self.data.display()
                    ))
                })?;
                keys.token_issuer()
            }
        };
        let now = Timestamp::now();
        let printed = Printed {
            subject: caller.to_string(),
            token: issuer.issue(&caller, now, self.life),
            expires_at: now.saturating_add(self.life).map_err(Failure::input)?,
        };
        output.data(&printed, || format!("{}\n", printed.token))?;
        Ok(Exit::Good)
    }
}
