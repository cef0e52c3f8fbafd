//! `truc status`: what becomes of a document.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::{Staff, StatusToReport};
use truc_document::StatusCode;
use uuid::Uuid;

use crate::{
    access::AgencyOptions,
    exit::{Exit, Failure},
    output::{Output, Words},
    say,
};

/// Reports a status of QCVN 102:2016 to the other party: as receiver 02 refused, 03 accepted, 04 assigned, 05 in
/// progress, 06 finished, 15 or 16 to agree to a recall or update or not; as sender 13 to ask for it back. 01 is the hub's
/// own, when a delivery is acknowledged.
#[derive(Args, Debug)]
pub(crate) struct Status {
    /// The document
    #[arg(value_name = "DOCUMENT")]
    document: Uuid,
    /// 02, 03, 04, 05, 06, 13, 15 or 16
    #[arg(value_name = "STATUS")]
    status: StatusCode,
    /// Why, or what is done; needed for 02, 13 and 16
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    description: String,
    /// Department that handles it
    #[arg(long, value_name = "TEXT")]
    department: Option<String>,
    /// Who handles it
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    #[command(flatten)]
    agency: AgencyOptions,
}

#[derive(Serialize)]
struct Printed {
    document_id: Uuid,
    status: &'static str,
    reported_at: Timestamp,
    repeated: bool,
}

impl Status {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        if self.status.needs_reason() && self.description.trim().is_empty() {
            return Err(Failure::input(format!(
                "status {} needs a reason; give it with `--description`",
                self.status
            )));
        }
        let staff = (self.department.is_some() || self.person.is_some()).then(|| Staff {
            department: self.department.unwrap_or_default(),
            full_name: self.person.unwrap_or_default(),
            ..Staff::default()
        });
        let acting = self.agency.connect().await?;
        let report = StatusToReport {
            staff,
            ..StatusToReport::new(self.document, self.status).because(self.description)
        };
        let reported = acting.agency.report(report).await?;
        let printed = Printed {
            document_id: self.document,
            status: self.status.code(),
            reported_at: reported.reported_at,
            repeated: reported.repeated,
        };
        output.data(&printed, || {
            let said = match printed.repeated {
                true => Words("đã báo trước đó, lúc", "had been reported before, at"),
                false => Words("đã báo lúc", "reported at"),
            };
            let status = say::status(self.status, output.lang);
            format!(
                "{} {status}: {} {}\n",
                self.document,
                output.words(said),
                say::time(printed.reported_at)
            )
        })?;
        Ok(Exit::Good)
    }
}
