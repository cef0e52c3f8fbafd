//! `truc track`: the life of a document.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::{DeliveryState, Life, LifeEvent, LifeEventKind, RecipientLife};
use truc_document::render;
use uuid::Uuid;

use crate::{
    access::AgencyOptions,
    exit::{Exit, Failure},
    output::{Lang, Output, Table, Words},
    say,
};

/// Tells where a document stands at each recipient and all that happened to it: to its sender and the operator all of it,
/// to a recipient what concerns it.
#[derive(Args, Debug)]
pub(crate) struct Track {
    /// The document
    #[arg(value_name = "DOCUMENT")]
    document: Uuid,
    /// Ask as the operator
    #[arg(long)]
    operator: bool,
    #[command(flatten)]
    agency: AgencyOptions,
}

#[derive(Serialize)]
struct Printed {
    document_id: Uuid,
    sender: String,
    number: String,
    subject: String,
    signature: &'static str,
    frozen: bool,
    recipients: Vec<Place>,
    events: Vec<Happened>,
}

#[derive(Serialize)]
struct Place {
    agency: String,
    delivery: &'static str,
    status: Option<&'static str>,
    attempts: u32,
    delivery_id: u64,
}

#[derive(Serialize)]
struct Happened {
    at: Timestamp,
    position: u64,
    agency: Option<String>,
    event: &'static str,
    status: Option<&'static str>,
    description: String,
    cause: Option<Uuid>,
}

impl Track {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let life = if self.operator {
            self.agency.hub.operator().await?.track(self.document).await?
        } else {
            self.agency.connect().await?.agency.track(self.document).await?
        };
        output.data(&printed(&life), || table(&life, output))?;
        Ok(Exit::Good)
    }
}

fn printed(life: &Life) -> Printed {
    Printed {
        document_id: life.header.document_id,
        sender: life.header.sender.to_string(),
        number: render(life.header.number, &life.header.notation),
        subject: life.header.subject.clone(),
        signature: life.signature_standing.token(),
        frozen: life.frozen,
        recipients: life.recipients.iter().map(place).collect(),
        events: life.events.iter().map(happened).collect(),
    }
}

fn place(recipient: &RecipientLife) -> Place {
    Place {
        agency: recipient.agency.to_string(),
        delivery: delivery(recipient.delivery).of(Lang::En),
        status: recipient.status.map(|status| status.code()),
        attempts: recipient.attempts,
        delivery_id: recipient.delivery_id,
    }
}

fn happened(event: &LifeEvent) -> Happened {
    Happened {
        at: event.happened_at,
        position: event.position,
        agency: event.agency.as_ref().map(ToString::to_string),
        event: kind(event.kind).of(Lang::En),
        status: event.status.map(|status| status.code()),
        description: event.description.clone(),
        cause: event.cause,
    }
}

fn delivery(state: DeliveryState) -> Words {
    match state {
        DeliveryState::Waiting => Words("đang chờ", "waiting"),
        DeliveryState::Leased => Words("đã lấy, chưa xác nhận", "leased"),
        DeliveryState::Acknowledged => Words("đã nhận", "acknowledged"),
        DeliveryState::Withdrawn => Words("đã rút lại", "withdrawn"),
    }
}

fn kind(kind: LifeEventKind) -> Words {
    match kind {
        LifeEventKind::Accepted => Words("Trục tiếp nhận", "accepted"),
        LifeEventKind::Acknowledged => Words("nơi nhận xác nhận", "acknowledged"),
        LifeEventKind::StatusReported => Words("báo trạng thái", "status reported"),
        LifeEventKind::Withdrawn => Words("rút lại", "withdrawn"),
        LifeEventKind::Recalled => Words("thu hồi", "recalled"),
        LifeEventKind::Updated => Words("cập nhật", "updated"),
        LifeEventKind::Replaced => Words("thay thế", "replaced"),
    }
}

fn table(life: &Life, output: &Output) -> String {
    let lang = output.lang;
    let header = &life.header;
    let mut head = Table::pairs(lang);
    head.pair(Words("Văn bản", "Document"), header.document_id.to_string());
    head.pair(Words("Số, ký hiệu", "Number"), render(header.number, &header.notation));
    head.pair(Words("Trích yếu", "Subject"), header.subject.clone());
    head.pair(Words("Cơ quan gửi", "Sender"), header.sender.to_string());
    head.pair(Words("Độ khẩn", "Urgency"), say::word!(header.urgency, lang));
    head.pair(Words("Ký số", "Signature"), say::word!(life.signature_standing, lang));
    if life.frozen {
        head.pair(
            Words("Thu hồi", "Recall"),
            output.words(Words("đã đóng băng", "frozen")),
        );
    }
    let mut places = Table::new(
        lang,
        &[
            Words("Nơi nhận", "Recipient"),
            Words("Hộp thư", "Mailbox"),
            Words("Trạng thái", "Status"),
            Words("Số lần giao", "Attempts"),
        ],
    );
    places.right([3]);
    for recipient in &life.recipients {
        places.row([
            recipient.agency.to_string(),
            delivery(recipient.delivery).of(lang).to_owned(),
            recipient
                .status
                .map_or_else(String::new, |status| say::status(status, lang)),
            recipient.attempts.to_string(),
        ]);
    }
    let mut events = Table::new(
        lang,
        &[
            Words("Thời điểm", "Time"),
            Words("Cơ quan", "Agency"),
            Words("Việc", "Event"),
            Words("Trạng thái", "Status"),
            Words("Nội dung", "Text"),
        ],
    );
    for event in &life.events {
        let cause = event.cause.map_or_else(String::new, |cause| cause.to_string());
        events.row([
            say::time(event.happened_at),
            event
                .agency
                .as_ref()
                .map_or_else(|| output.words(Words("Trục", "hub")).to_owned(), ToString::to_string),
            kind(event.kind).of(lang).to_owned(),
            event
                .status
                .map_or_else(String::new, |status| say::status(status, lang)),
            [event.description.clone(), cause]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        ]);
    }
    format!("{}\n{}\n{}", head.text(), places.text(), events.text())
}
