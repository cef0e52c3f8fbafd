//! `truc pki show`.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_signature::{TrustStore, sha256};
use x509_cert::{Certificate, der::Decode as _};

use crate::{
    exit::{Exit, Failure},
    identity,
    output::{Output, Table, Words},
    sandbox::Sandbox,
    say,
};

/// Shows what the certificates of a file say, and whether the first of them leads to the root and what it is for.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Certificates, PEM: the holder's first, then its issuers
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The trusted root, PEM; the sandbox's where absent
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Folder of the sandbox
    #[arg(long, env = "TRUC_DATA", default_value = ".truc", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Serialize)]
struct Printed {
    certificates: Vec<Shown>,
    /// Absent where no root is known, or the certificate is the root.
    trust: Option<Trust>,
}

#[derive(Serialize)]
struct Shown {
    subject: String,
    issuer: String,
    serial: String,
    not_before: Timestamp,
    not_after: Timestamp,
    sha256: String,
}

#[derive(Serialize)]
struct Trust {
    trusted: bool,
    kind: Option<&'static str>,
    agency: Option<String>,
    capacity: Option<&'static str>,
    message: Option<String>,
}

impl Show {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let chain = identity::read_certificates(&self.file)?;
        let certificates = chain.iter().map(Shown::of).collect::<Result<_, _>>()?;
        let root = self.root.unwrap_or_else(|| Sandbox::at(&self.data).root_file());
        let trust = match root.exists() {
            true => trust(&chain, identity::read_certificates(&root)?)?,
            false => None,
        };
        let printed = Printed { certificates, trust };
        output.data(&printed, || printed.table(output))?;
        Ok(if printed.trust.is_some_and(|trust| !trust.trusted) {
            Exit::Failed
        } else {
            Exit::Good
        })
    }
}

fn trust(chain: &[Bytes], roots: Vec<Bytes>) -> Result<Option<Trust>, Failure> {
    if roots.contains(&chain[0]) {
        return Ok(None);
    }
    let certified = TrustStore::new(roots).map_err(Failure::input)?.certify(chain);
    Ok(Some(match certified {
        Ok(certificate) => Trust {
            trusted: true,
            kind: Some(certificate.kind.as_str()),
            agency: certificate.agency.map(|code| code.to_string()),
            capacity: certificate.capacity.map(|capacity| capacity.as_str()),
            message: None,
        },
        Err(refusal) => Trust {
            trusted: false,
            kind: None,
            agency: None,
            capacity: None,
            message: Some(refusal.to_string()),
        },
    }))
}

impl Shown {
    fn of(der: &Bytes) -> Result<Self, Failure> {
        let certificate = Certificate::from_der(der)
            .map_err(|error| Failure::input(format!("no X.509 certificate in DER: {error}")))?;
        let fields = certificate.tbs_certificate();
        let time = |time: x509_cert::time::Time| Timestamp::try_from(time.to_system_time()).map_err(Failure::input);
        Ok(Self {
            subject: fields.subject().to_string(),
            issuer: fields.issuer().to_string(),
            serial: hex::encode(fields.serial_number().as_bytes()),
            not_before: time(fields.validity().not_before)?,
            not_after: time(fields.validity().not_after)?,
            sha256: hex::encode(sha256(der)),
        })
    }
}

impl Printed {
    fn table(&self, output: &Output) -> String {
        let mut text = String::new();
        for shown in &self.certificates {
            let mut table = Table::pairs(output.lang);
            table.pair(Words("Chủ thể", "Subject"), shown.subject.clone());
            table.pair(Words("Cơ quan cấp", "Issuer"), shown.issuer.clone());
            table.pair(Words("Số sê-ri", "Serial"), shown.serial.clone());
            let validity = format!("{} – {}", say::time(shown.not_before), say::time(shown.not_after));
            table.pair(Words("Hiệu lực", "Validity"), validity);
            table.pair(Words("SHA-256", "SHA-256"), shown.sha256.clone());
            text += &format!("{}\n", table.text());
        }
        let Some(trust) = &self.trust else { return text };
        let mut table = Table::pairs(output.lang);
        let trusted = if trust.trusted {
            Words("có", "yes")
        } else {
            Words("KHÔNG", "NO")
        };
        table.pair(Words("Được tin cậy", "Trusted"), output.words(trusted));
        if let Some(kind) = trust.kind {
            table.pair(Words("Loại", "Kind"), kind);
        }
        if let Some(agency) = &trust.agency {
            table.pair(Words("Cơ quan", "Agency"), agency.clone());
        }
        if let Some(capacity) = trust.capacity {
            table.pair(Words("Thẩm quyền", "Capacity"), capacity);
        }
        if let Some(message) = &trust.message {
            table.pair(Words("Vì sao", "Why"), message.clone());
        }
        text + &table.text()
    }
}
