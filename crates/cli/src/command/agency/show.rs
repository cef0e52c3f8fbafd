//! `truc agency show`.

use clap::Args;
use futures::TryStreamExt as _;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::{AgencyEntry, CertificateEntry};
use truc_document::AgencyCode;

use crate::{
    access::AgencyOptions,
    exit::{Exit, Failure},
    output::{Output, Table, Words},
    say,
};

/// Shows an agency, by either form of its code, with the certificates registered for it.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Its code
    #[arg(value_name = "CODE")]
    code: AgencyCode,
    #[command(flatten)]
    agency: AgencyOptions,
}

/// An agency in JSON.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) code: String,
    pub(super) legacy_code: Option<String>,
    pub(super) name: String,
    pub(super) level: &'static str,
    pub(super) parent: Option<String>,
    pub(super) province: String,
    pub(super) connected: bool,
    pub(super) signing_policy: &'static str,
    systems: Vec<&'static str>,
    portal_services: u32,
    /// Who took over, where it is closed.
    successor: Option<String>,
}

#[derive(Serialize)]
struct WithCertificates {
    #[serde(flatten)]
    agency: Shown,
    certificates: Vec<Certificate>,
}

#[derive(Serialize)]
struct Certificate {
    fingerprint: String,
    common_name: String,
    capacity: String,
    serial: String,
    not_after: Timestamp,
    revoked_at: Option<Timestamp>,
}

impl Show {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let directory = super::directory(&self.agency).await?;
        let entry = directory.agency(&self.code).await?;
        let certificates: Vec<CertificateEntry> = directory.certificates(Some(&entry.code)).try_collect().await?;
        let shown = WithCertificates {
            agency: Shown::of(&entry),
            certificates: certificates.iter().map(Certificate::of).collect(),
        };
        output.data(&shown, || {
            let mut text = table(&entry, output);
            if !shown.certificates.is_empty() {
                text += &certificates_table(&shown.certificates, output);
            }
            text
        })?;
        Ok(Exit::Good)
    }
}

impl Shown {
    pub(super) fn of(entry: &AgencyEntry) -> Self {
        Self {
            code: entry.code.to_string(),
            legacy_code: entry.legacy_code.as_ref().map(ToString::to_string),
            name: entry.name.clone(),
            level: entry.level.token(),
            parent: entry.parent.as_ref().map(ToString::to_string),
            province: entry.province.to_string(),
            connected: entry.connected,
            signing_policy: entry.signing_policy.token(),
            systems: entry.systems.iter().map(|system| system.token()).collect(),
            portal_services: entry.portal_services,
            successor: entry.successor.as_ref().map(ToString::to_string),
        }
    }
}

impl Certificate {
    fn of(entry: &CertificateEntry) -> Self {
        Self {
            fingerprint: hex::encode(entry.fingerprint),
            common_name: entry.common_name.clone(),
            capacity: entry.capacity.clone(),
            serial: entry.serial.clone(),
            not_after: entry.not_after,
            revoked_at: entry.revoked_at,
        }
    }
}

/// One agency for people.
pub(super) fn table(entry: &AgencyEntry, output: &Output) -> String {
    let lang = output.lang;
    let mut table = Table::pairs(lang);
    table.pair(Words("Mã định danh", "Code"), entry.code.to_string());
    if let Some(legacy) = &entry.legacy_code {
        table.pair(
            Words("Mã theo QCVN 102:2016", "Code by QCVN 102:2016"),
            legacy.to_string(),
        );
    }
    table.pair(Words("Tên", "Name"), entry.name.clone());
    table.pair(Words("Cấp", "Level"), say::word!(entry.level, lang));
    if let Some(parent) = &entry.parent {
        table.pair(Words("Cơ quan cấp trên", "Parent"), parent.to_string());
    }
    table.pair(Words("Tỉnh", "Province"), entry.province.to_string());
    let connected = match (&entry.successor, entry.connected) {
        (Some(_), _) => Words("đã đóng", "closed"),
        (None, true) => Words("có", "yes"),
        (None, false) => Words("chưa", "no"),
    };
    table.pair(Words("Kết nối", "Connected"), output.words(connected));
    if let Some(successor) = &entry.successor {
        table.pair(Words("Kế thừa", "Successor"), successor.to_string());
    }
    table.pair(
        Words("Ký số cá nhân", "Signing policy"),
        say::word!(entry.signing_policy, lang),
    );
    let systems: Vec<String> = entry.systems.iter().map(|system| say::word!(system, lang)).collect();
    table.pair(Words("Hệ thống", "Systems"), systems.join("; "));
    if entry.portal_services > 0 {
        table.pair(
            Words("Dịch vụ công tích hợp", "Portal services"),
            entry.portal_services.to_string(),
        );
    }
    table.text()
}

fn certificates_table(certificates: &[Certificate], output: &Output) -> String {
    let heads = [
        Words("Chứng thư số", "Certificate"),
        Words("Người giữ", "Holder"),
        Words("Thẩm quyền", "Capacity"),
        Words("Hết hạn", "Valid until"),
        Words("Thu hồi", "Revoked"),
    ];
    let mut table = Table::new(output.lang, &heads);
    for certificate in certificates {
        table.row([
            certificate.fingerprint.chars().take(16).collect(),
            certificate.common_name.clone(),
            certificate.capacity.clone(),
            say::time(certificate.not_after),
            certificate.revoked_at.map_or_else(String::new, say::time),
        ]);
    }
    table.text()
}
