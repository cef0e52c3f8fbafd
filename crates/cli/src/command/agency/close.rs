//! `truc agency close`.

use clap::Args;
use serde::Serialize;
use truc_document::AgencyCode;

use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Closes an agency for good; another, which is in the address book, takes over what waits in its mailbox. Whoever still sends to the old code is told the
/// successor's. The same again is good.
#[derive(Args, Debug)]
pub(crate) struct Close {
    /// Code of the agency that closes
    #[arg(value_name = "CODE")]
    code: AgencyCode,
    /// Code of the agency that takes over
    #[arg(long, value_name = "CODE")]
    successor: AgencyCode,
    #[command(flatten)]
    hub: HubOptions,
}

#[derive(Serialize)]
struct Printed {
    code: String,
    successor: String,
    moved: u64,
    folded: u64,
}

impl Close {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let directory = self.hub.operator().await?.directory();
        let closed = directory.close_agency(&self.code, &self.successor).await?;
        let printed = Printed {
            code: closed.agency.code.to_string(),
            successor: self.successor.to_string(),
            moved: closed.moved,
            folded: closed.folded,
        };
        output.data(&printed, || {
            let mut table = Table::pairs(output.lang);
            table.pair(Words("Đã đóng", "Closed"), printed.code.clone());
            table.pair(Words("Kế thừa", "Successor"), printed.successor.clone());
            table.pair(Words("Chuyển sang", "Deliveries moved"), printed.moved.to_string());
            table.pair(
                Words("Trùng, đã rút", "Withdrawn as one too many"),
                printed.folded.to_string(),
            );
            table.text()
        })?;
        Ok(Exit::Good)
    }
}
