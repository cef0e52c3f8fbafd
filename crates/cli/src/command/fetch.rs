//! `truc fetch`: takes what waits, under a lease.

pub(crate) mod notes;
pub(crate) mod saved;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::{Content, Delivery, FetchOptions, Fetched, NoticeKind};
use truc_document::render;

use self::notes::{Note, Notes};
use super::ack::{self, Acknowledgement};
use crate::{
    access::AgencyOptions,
    exit::{Exit, Failure},
    output::{Lang, Output, Table, Words},
    say,
};

/// Takes waiting deliveries, most urgent first. What is not acknowledged within the lease shows again.
#[derive(Args, Debug)]
pub(crate) struct Fetch {
    /// Deliveries at most, 1 to 1000
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    max: u32,
    /// Hub time in which they are to be acknowledged, 1s to 7d
    #[arg(long, value_parser = say::duration, default_value = "15m", value_name = "TIME")]
    lease: Duration,
    /// Wait so long for a first one, up to 60s
    #[arg(long, value_parser = say::duration, value_name = "TIME")]
    wait: Option<Duration>,
    /// Acknowledge at once what was taken (and saved)
    #[arg(long)]
    ack: bool,
    /// Save each document to a folder of its own in here: the envelope for `truc verify`, and its attachments
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    agency: AgencyOptions,
}

#[derive(Serialize)]
struct Printed {
    deliveries: Vec<Note>,
    unreadable: Vec<String>,
    waiting: u64,
    acknowledged: Vec<Acknowledgement>,
}

impl Fetch {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let acting = self.agency.connect().await?;
        let options = FetchOptions {
            deliveries_max: self.max,
            lease: Some(self.lease),
            wait: self.wait,
            headers_only: self.out.is_none(),
            delivery_ids: Vec::new(),
        };
        let Fetched { deliveries, waiting } = acting.agency.fetch(options).await?;
        let (mut taken, mut unreadable) = (Vec::new(), Vec::new());
        for delivery in deliveries {
            match delivery {
                Ok(delivery) => {
                    let folder = match &self.out {
                        Some(out) => saved::save(&acting.agency, &delivery, out).await?,
                        None => None,
                    };
                    taken.push(note(&delivery, folder)?);
                }
                Err(error) => unreadable.push(error.to_string()),
            }
        }
        let mut notes = Notes::open(acting.notes_folder())?;
        notes.add(&taken)?;
        let ids: Vec<u64> = taken.iter().map(|note| note.delivery_id).collect();
        let acknowledged = if self.ack {
            ack::acknowledge(&acting.agency, &mut notes, &ids).await?
        } else {
            Vec::new()
        };
        for error in &unreadable {
            output.complain(error);
        }
        let good = unreadable.is_empty() && acknowledged.iter().all(Acknowledgement::is_good);
        let printed = Printed {
            deliveries: taken,
            unreadable,
            waiting,
            acknowledged,
        };
        output.data(&printed, || printed.table(output))?;
        Ok(if good { Exit::Good } else { Exit::Failed })
    }
}

impl Printed {
    fn table(&self, output: &Output) -> String {
        let mut text = String::new();
        if !self.deliveries.is_empty() {
            text += &table(&self.deliveries, output);
        }
        let refused: Vec<&Acknowledgement> = self.acknowledged.iter().filter(|outcome| !outcome.is_good()).collect();
        if !refused.is_empty() {
            text += &ack::table(output, &self.acknowledged);
        }
        let (took, left) = (self.deliveries.len(), self.waiting);
        let acknowledged = self.acknowledged.len() - refused.len();
        text += &match output.lang {
            Lang::Vi => format!("Đã lấy {took}, xác nhận {acknowledged}, còn chờ {left}.\n"),
            Lang::En => format!("{took} taken, {acknowledged} acknowledged, {left} still waiting.\n"),
        };
        text
    }
}

/// Deliveries for people.
pub(crate) fn table(notes: &[Note], output: &Output) -> String {
    let mut table = Table::new(
        output.lang,
        &[
            Words("Lượt gửi đến", "Delivery"),
            Words("Văn bản", "Document"),
            Words("Từ", "From"),
            Words("Độ khẩn", "Urgency"),
            Words("Nội dung", "Content"),
            Words("Giữ đến", "Leased until"),
        ],
    );
    table.right([0]);
    for note in notes {
        let urgency = note.urgency.as_deref().and_then(|token| say::urgency(token).ok());
        table.row([
            note.delivery_id.to_string(),
            note.document_id.to_string(),
            note.from.clone(),
            urgency.map_or_else(String::new, |urgency| say::word!(urgency, output.lang)),
            content(note, output),
            say::time(note.leased_until),
        ]);
    }
    table.text()
}

fn content(note: &Note, output: &Output) -> String {
    let kind = match note.kind.as_str() {
        "status" => Words("trạng thái", "status"),
        "notice" => Words("thông báo của Trục", "notice"),
        _ => return format!("{} {}", note.number, note.text),
    };
    let status = note.status.as_deref().and_then(|code| code.parse().ok());
    let status = status.map_or_else(String::new, |status| format!(" {}", say::status(status, output.lang)));
    format!("{}{status} {}", output.words(kind), note.text)
        .trim_end()
        .to_owned()
}

/// What is kept of a delivery.
fn note(delivery: &Delivery, folder: Option<PathBuf>) -> Result<Note, Failure> {
    let mut note = Note {
        delivery_id: delivery.id,
        leased_until: delivery.leased_until,
        attempt: delivery.attempt,
        saved_to: folder,
        ..Note::default()
    };
    match &delivery.content {
        Content::Document(document) => {
            let header = document.header()?;
            "document".clone_into(&mut note.kind);
            note.document_id = header.document_id;
            note.from = header.sender.to_string();
            note.at = document.accepted_at;
            note.urgency = Some(header.urgency.token().to_owned());
            note.act = Some(header.act.token().to_owned());
            note.number = render(header.number, &header.notation);
            note.text = header.subject;
        }
        Content::Status(report) => {
            "status".clone_into(&mut note.kind);
            note.document_id = report.document_id;
            note.from = report.agency.to_string();
            note.at = report.reported_at;
            note.status = Some(report.status.code().to_owned());
            note.text.clone_from(&report.description);
        }
        Content::Notice(notice) => {
            "notice".clone_into(&mut note.kind);
            note.document_id = notice.document_id;
            note.from = notice.agency.as_ref().map(ToString::to_string).unwrap_or_default();
            note.at = notice.noticed_at;
            let kind = match notice.kind {
                NoticeKind::Withdrawn => "withdrawn",
                NoticeKind::ReceiverRemoved => "receiver-removed",
                NoticeKind::ReceiverAdded => "receiver-added",
            };
            note.text = format!("{kind}: {}", notice.text);
        }
    }
    Ok(note)
}

/// The instant before all others, for a note that is being filled in.
pub(super) const NEVER: Timestamp = Timestamp::UNIX_EPOCH;
