//! `truc pki revoke`.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_signature::sha256;

use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    identity,
    output::{Output, Words},
    say,
};

/// Tells a hub that a certificate is revoked; what is signed with it from then on is refused, and the hub's revocation
/// lists name it.
#[derive(Args, Debug)]
pub(crate) struct Revoke {
    /// The certificate with its issuers, PEM
    #[arg(value_name = "FILE")]
    certificate: PathBuf,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Hub time from which it is revoked; now where absent
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    #[command(flatten)]
    hub: HubOptions,
}

#[derive(Serialize)]
struct Printed {
    fingerprint: String,
    revoked_at: Timestamp,
}

impl Revoke {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let chain = identity::read_certificates(&self.certificate)?;
        let directory = self.hub.operator().await?.directory();
        let revoked_at = directory.revoke_chain(&chain, self.from, &self.reason).await?;
        let printed = Printed {
            fingerprint: hex::encode(sha256(&chain[0])),
            revoked_at,
        };
        output.data(&printed, || {
            let said = output.words(Words("bị thu hồi từ", "is revoked from"));
            format!("{} {said} {}\n", printed.fingerprint, say::time(revoked_at))
        })?;
        Ok(Exit::Good)
    }
}
