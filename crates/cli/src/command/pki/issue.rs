//! `truc pki issue`.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_document::AgencyCode;
use truc_signature::{Caller, Capacity};

use super::KeyOptions;
use crate::{
    exit::{Exit, Failure},
    files,
    identity::Signatory,
    output::{Output, Table, Words},
    say,
};

/// Certifies an agency's seal, one person who signs for it, and its system; writes keys and certificates to a folder for
/// `--identity`. The same words give the same keys.
#[derive(Args, Debug)]
pub(crate) struct Issue {
    /// The agency's code
    #[arg(value_name = "CODE")]
    code: AgencyCode,
    /// The agency's name, as its seal shows it
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Full name of the person who signs
    #[arg(long, value_name = "NAME", default_value = "Nguyễn Thị Thử Nghiệm")]
    signer: String,
    /// Position of the person (chức vụ)
    #[arg(long, value_name = "TEXT", default_value = "Thủ trưởng cơ quan")]
    position: String,
    /// What the person may sign as (thẩm quyền): head, deputy, by-order or sub-delegated
    #[arg(long, value_name = "CAPACITY", default_value = "head")]
    capacity: Capacity,
    /// Also write a bearer token that holds so long
    #[arg(long, value_parser = say::duration, value_name = "TIME")]
    token: Option<Duration>,
    /// Folder to write; a folder by the code where absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    keys: KeyOptions,
}

#[derive(Serialize)]
struct Printed {
    agency: String,
    folder: PathBuf,
    seal_sha256: String,
    signer_sha256: String,
    system_sha256: String,
}

impl Issue {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let keys = self.keys.keys()?;
        let signatory = Signatory {
            full_name: self.signer,
            position: self.position,
            capacity: self.capacity,
        };
        let identity = keys.agency(&self.code, &self.name, signatory)?;
        let folder = self.out.unwrap_or_else(|| PathBuf::from(self.code.as_str()));
        identity.write(&folder)?;
        if let Some(life) = self.token {
            let token = keys
                .token_issuer()
                .issue(&Caller::Agency(self.code.clone()), Timestamp::now(), life);
            files::write_secret(&folder.join("token"), token)?;
        }
        let printed = Printed {
            agency: self.code.to_string(),
            seal_sha256: hex::encode(identity.seal.fingerprint()),
            signer_sha256: hex::encode(identity.person.fingerprint()),
            system_sha256: hex::encode(identity.system.fingerprint()),
            folder,
        };
        output.data(&printed, || {
            let mut table = Table::pairs(output.lang);
            table.pair(Words("Thư mục", "Folder"), printed.folder.display().to_string());
            table.pair(Words("Chữ ký số cơ quan", "Seal"), printed.seal_sha256.clone());
            table.pair(Words("Chữ ký số cá nhân", "Signer"), printed.signer_sha256.clone());
            table.pair(Words("Hệ thống", "System"), printed.system_sha256.clone());
            table.text()
        })?;
        Ok(Exit::Good)
    }
}
