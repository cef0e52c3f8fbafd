//! `truc pki revoked`.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::RevokedCertificate;
use truc_signature::crl_pem;
use x509_cert::{crl::CertificateList, der::Decode as _};

use crate::{
    access::AgencyOptions,
    exit::{Exit, Failure},
    files,
    output::{Output, Table, Words},
    say,
};

/// Shows what is revoked at a hub, and the revocation lists (CRL, RFC 5280) that the authorities sign.
#[derive(Args, Debug)]
pub(crate) struct Revoked {
    /// Write the lists to this file, PEM, one after the other, as `openssl verify -CRLfile` reads them
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    agency: AgencyOptions,
}

#[derive(Serialize)]
struct Printed {
    revoked: Vec<Entry>,
    lists: Vec<List>,
}

#[derive(Serialize)]
struct Entry {
    fingerprint: String,
    serial: String,
    revoked_at: Timestamp,
    reason: String,
}

#[derive(Serialize)]
struct List {
    issuer: String,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    serials: Vec<String>,
    #[serde(skip)]
    der: Bytes,
}

impl Revoked {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let acting = self.agency.connect().await?;
        let revocations = acting.agency.directory().revocations().await?;
        let printed = Printed {
            revoked: revocations.revoked.into_iter().map(Entry::of).collect(),
            lists: revocations.crls.into_iter().map(List::of).collect::<Result<_, _>>()?,
        };
        if let Some(path) = &self.out {
            if printed.lists.is_empty() {
                return Err(Failure::new(
                    Exit::Failed,
                    "the hub has no authority's keys and gives no lists; make them with `truc pki crl`",
                ));
            }
            let lists: String = printed.lists.iter().map(|list| crl_pem(&list.der)).collect();
            files::write(path, lists)?;
        }
        output.data(&printed, || printed.table(output))?;
        Ok(Exit::Good)
    }
}

impl Entry {
    fn of(revoked: RevokedCertificate) -> Self {
        Self {
            fingerprint: hex::encode(revoked.fingerprint),
            serial: revoked.serial,
            revoked_at: revoked.revoked_at,
            reason: revoked.reason,
        }
    }
}

impl List {
    fn of(der: Bytes) -> Result<Self, Failure> {
        let unreadable = |error| Failure::new(Exit::Failed, format!("the hub gave a list that is no CRL: {error}"));
        let list: CertificateList = CertificateList::from_der(&der).map_err(unreadable)?;
        let list = list.tbs_cert_list;
        let time = |time: x509_cert::time::Time| Timestamp::try_from(time.to_system_time()).map_err(Failure::input);
        let serials = list.revoked_certificates.unwrap_or_default();
        Ok(Self {
            issuer: list.issuer.to_string(),
            this_update: time(list.this_update)?,
            next_update: list.next_update.map(time).transpose()?,
            serials: serials
                .iter()
                .map(|entry| hex::encode(entry.serial_number.as_bytes()))
                .collect(),
            der,
        })
    }
}

impl Printed {
    fn table(&self, output: &Output) -> String {
        let heads = [
            Words("Chứng thư số (SHA-256)", "Certificate (SHA-256)"),
            Words("Số sê-ri", "Serial"),
            Words("Thu hồi từ", "Revoked from"),
            Words("Lý do", "Reason"),
        ];
        let mut revoked = Table::new(output.lang, &heads);
        for entry in &self.revoked {
            let (fingerprint, serial) = (entry.fingerprint.clone(), entry.serial.clone());
            revoked.row([fingerprint, serial, say::time(entry.revoked_at), entry.reason.clone()]);
        }
        let heads = [
            Words("Danh sách của", "List of"),
            Words("Lập lúc", "Made at"),
            Words("Dùng đến", "Good until"),
            Words("Số chứng thư", "Certificates"),
        ];
        let mut lists = Table::new(output.lang, &heads);
        lists.right([3]);
        for list in &self.lists {
            let until = list.next_update.map(say::time).unwrap_or_default();
            let made = say::time(list.this_update);
            lists.row([list.issuer.clone(), made, until, list.serials.len().to_string()]);
        }
        revoked.text() + &lists.text()
    }
}
