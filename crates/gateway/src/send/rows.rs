//! What was sent through the gateway, a row per receiver, with where it stands there.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use truc_agency::{CallError, DeliveryState, Life, LifeEventKind};
use truc_document::{AgencyCode, StatusCode, render};
use uuid::Uuid;

use super::status::status_id;
use crate::{doc_id::DocId, fault::Fault, gateway::Shared, receive::Kind, sent::Entry, systems::System};

/// Documents asked about at once.
const AT_ONCE: usize = 32;

/// Which of what was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentQuery {
    pub(crate) kind: Kind,
    /// Only this one, by the DocId that `sendEdoc` answered.
    pub(crate) only: Option<Uuid>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    /// Documents or statuses left out from the newest on, and how many then come at most.
    pub(crate) skip: usize,
    pub(crate) take: usize,
}

/// One receiver of what was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentRow {
    pub(crate) id: Uuid,
    pub(crate) receiver_id: Option<DocId>,
    pub(crate) from: AgencyCode,
    pub(crate) to: AgencyCode,
    pub(crate) title: String,
    pub(crate) notation: String,
    pub(crate) sent_at: Timestamp,
    pub(crate) received_at: Option<Timestamp>,
    /// Where the delivery is; none for a status, whose way the hub does not tell.
    pub(crate) delivery: Option<DeliveryState>,
    /// The last status that the receiver reported; the one that was sent, for a status.
    pub(crate) status: Option<StatusCode>,
}

impl Shared {
    /// The newest first.
    pub(crate) async fn sent_rows(&self, system: &System, query: &SentQuery) -> Result<Vec<SentRow>, Fault> {
        let mut entries: Vec<(&AgencyCode, Entry)> = Vec::new();
        for code in &system.agencies {
            let of_agency = self.sent.of(code).into_iter().filter(|entry| query.fits(code, entry));
            entries.extend(of_agency.map(|entry| (code, entry)));
        }
        entries.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.at));
        let mut asked = Vec::new();
        for (code, entry) in entries.into_iter().skip(query.skip).take(query.take) {
            asked.push(self.rows_of(code, entry));
        }
        Ok(stream::iter(asked).buffered(AT_ONCE).try_concat().await?)
    }

    async fn rows_of(&self, code: &AgencyCode, entry: Entry) -> Result<Vec<SentRow>, CallError> {
        let life = match self.agency(code).track(entry.document).await {
            Ok(life) => life,
            // A hub begun anew does not know what another had; the rest of the list is worth having.
            Err(CallError::Refused(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        Ok(match entry.status {
            None => of_document(&life, entry),
            Some(status) => vec![of_status(&life, code, entry, status)],
        })
    }
}

impl SentQuery {
    fn fits(&self, agency: &AgencyCode, entry: &Entry) -> bool {
        let id = match (self.kind, entry.status) {
            (Kind::Document, None) => entry.document,
            (Kind::Status, Some(status)) => status_id(entry.document, agency, status),
            _ => return false,
        };
        self.only.is_none_or(|only| only == id)
            && self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at <= to)
    }
}

fn of_document(life: &Life, entry: Entry) -> Vec<SentRow> {
    let header = &life.header;
    let received_at = |agency: &AgencyCode| {
        let arrived = life
            .events
            .iter()
            .find(|event| event.kind == LifeEventKind::Acknowledged && event.agency.as_ref() == Some(agency));
        arrived.map(|event| event.happened_at)
    };
    let row = |recipient: &truc_agency::RecipientLife| SentRow {
        id: entry.document,
        receiver_id: Some(DocId::new(&recipient.agency, recipient.delivery_id)),
        from: header.sender.clone(),
        to: recipient.agency.clone(),
        title: header.subject.clone(),
        notation: render(header.number, &header.notation),
        sent_at: entry.at,
        received_at: received_at(&recipient.agency),
        delivery: Some(recipient.delivery),
        status: recipient.status,
    };
    life.recipients.iter().map(row).collect()
}

fn of_status(life: &Life, agency: &AgencyCode, entry: Entry, status: StatusCode) -> SentRow {
    let header = &life.header;
    SentRow {
        id: status_id(entry.document, agency, status),
        receiver_id: None,
        from: agency.clone(),
        to: header.sender.clone(),
        title: header.subject.clone(),
        notation: render(header.number, &header.notation),
        sent_at: entry.at,
        received_at: None,
        delivery: None,
        status: Some(status),
    }
}
