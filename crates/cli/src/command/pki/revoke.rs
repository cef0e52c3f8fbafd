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

/// Tells a hub that a certificate is revoked; what is signed with it from then on is refused.
#[derive(Args, Debug)]
pub(crate) struct Revoke {
    /// The certificate, PEM
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
        let fingerprint = sha256(&identity::read_certificates(&self.certificate)?[0]);
        let directory = self.hub.operator().await?.directory();
        let revoked_at = directory
            .revoke_certificate(fingerprint, self.from, &self.reason)
            .await?;
        let printed = Printed {
            fingerprint: hex::encode(fingerprint),
            revoked_at,
        };
        output.data(&printed, || {
            let said = output.words(Words("bị thu hồi từ", "is revoked from"));
            format!("{} {said} {}\n", printed.fingerprint, say::time(revoked_at))
        })?;
        Ok(Exit::Good)
    }
}
