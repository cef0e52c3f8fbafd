//! `truc ack`: deliveries taken for good.

use clap::Args;
use serde::Serialize;

use crate::{
    access::AgencyOptions,
    command::fetch::notes::Notes,
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Acknowledges deliveries: the hub tells the senders (01), and they never show again.
#[derive(Args, Debug)]
pub(crate) struct Ack {
    /// Delivery ids, as `truc fetch` prints them
    #[arg(value_name = "ID", required_unless_present = "all")]
    ids: Vec<u64>,
    /// All that was fetched and not yet acknowledged
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    #[command(flatten)]
    agency: AgencyOptions,
}

#[derive(Serialize)]
pub(super) struct Acknowledgement {
    delivery_id: u64,
    acknowledged: bool,
    reason: Option<String>,
    message: Option<String>,
}

impl Ack {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let acting = self.agency.connect().await?;
        let mut notes = Notes::open(acting.notes_folder())?;
        let ids = if self.all { notes.open_ids() } else { self.ids };
        let outcomes = acknowledge(&acting.agency, &mut notes, &ids).await?;
        output.data(&outcomes, || table(output, &outcomes))?;
        Ok(if outcomes.iter().all(Acknowledgement::is_good) {
            Exit::Good
        } else {
            Exit::Failed
        })
    }
}

impl Acknowledgement {
    pub(super) fn is_good(&self) -> bool {
        self.acknowledged
    }
}

/// Acknowledges, and notes what need not be asked for again.
pub(super) async fn acknowledge(
    agency: &truc_agency::Agency,
    notes: &mut Notes,
    ids: &[u64],
) -> Result<Vec<Acknowledgement>, Failure> {
    let outcomes = agency.acknowledge(ids).await?;
    let settled: Vec<u64> = outcomes.iter().map(|outcome| outcome.delivery_id).collect();
    // A lease that ran out shows again by a new fetch; either way this one is done with.
    notes.close(&settled)?;
    let read = |outcome: truc_agency::Acknowledged| Acknowledgement {
        delivery_id: outcome.delivery_id,
        acknowledged: outcome.refusal.is_none(),
        reason: outcome.refusal.as_ref().map(|refusal| refusal.reason.to_string()),
        message: outcome.refusal.as_ref().map(|refusal| refusal.message.clone()),
    };
    Ok(outcomes.into_iter().map(read).collect())
}

pub(super) fn table(output: &Output, outcomes: &[Acknowledgement]) -> String {
    let mut table = Table::new(
        output.lang,
        &[Words("Lượt gửi đến", "Delivery"), Words("Kết quả", "Outcome")],
    );
    table.right([0]);
    for outcome in outcomes {
        let said = match (&outcome.reason, &outcome.message) {
            (Some(reason), Some(message)) => format!("{reason}: {message}"),
            _ => output.words(Words("đã xác nhận", "acknowledged")).to_owned(),
        };
        table.row([outcome.delivery_id.to_string(), said]);
    }
    table.text()
}
