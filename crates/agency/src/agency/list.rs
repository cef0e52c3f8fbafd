//! ListDeliveries: what stands in the mailbox, without taking it.

use jiff::Timestamp;
use truc_document::{AgencyCode, StatusCode};
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::{Agency, DeliveryState, track::status};
use crate::{
    delivery::NoticeKind,
    error::{CallError, InvalidAnswer},
    wire,
};

/// One page of a mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Most urgent first, then by arrival.
    pub deliveries: Vec<ListedDelivery>,
    /// For the next page; none on the last one.
    pub next_page: Option<String>,
    /// Deliveries of the wanted kind on all pages.
    pub total: u64,
}

/// One entry of a mailbox, as seen without taking it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedDelivery {
    /// The delivery.
    pub id: u64,
    /// `Waiting` or `Leased`.
    pub state: DeliveryState,
    /// Hub time at which it shows again; while leased.
    pub leased_until: Option<Timestamp>,
    /// Times that it was handed out.
    pub attempts: u32,
    /// What it holds.
    pub kind: ListedKind,
    /// The document that it is or is about.
    pub document_id: Uuid,
    /// Who sent the document, who reports the status, or the agency that the notice is about.
    pub agency: Option<AgencyCode>,
    /// With `Status`.
    pub status: Option<StatusCode>,
    /// With `Notice`.
    pub notice: Option<NoticeKind>,
    /// Hub time at which it came into being.
    pub arrived_at: Timestamp,
}

/// What a listed delivery holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedKind {
    /// A document.
    Document,
    /// A status that another agency reported.
    Status,
    /// Word from the hub itself.
    Notice,
}

impl Agency {
    /// One page of the mailbox, waiting and leased, up to `page_size` (1 to 1,000) entries; `page` is what the page
    /// before gave. No lease begins.
    pub async fn list(
        &self,
        kind: Option<ListedKind>,
        page_size: u32,
        page: Option<String>,
    ) -> Result<Listed, CallError> {
        let request = pb::ListDeliveriesRequest {
            page_size,
            page_token: page.unwrap_or_default(),
            kind: kind.map_or(pb::DeliveryKind::Unspecified, ListedKind::wire) as i32,
        };
        let answer = self
            .session
            .call(request, |request| {
                let mut client = self.session.exchange();
                async move { client.list_deliveries(request).await }
            })
            .await?;
        let deliveries = answer.deliveries.into_iter().map(ListedDelivery::read);
        Ok(Listed {
            deliveries: deliveries.collect::<Result<_, _>>()?,
            next_page: Some(answer.next_page_token).filter(|token| !token.is_empty()),
            total: answer.total,
        })
    }
}

impl ListedKind {
    fn wire(self) -> pb::DeliveryKind {
        match self {
            Self::Document => pb::DeliveryKind::Document,
            Self::Status => pb::DeliveryKind::Status,
            Self::Notice => pb::DeliveryKind::Notice,
        }
    }
}

impl ListedDelivery {
    fn read(wire: pb::ListedDelivery) -> Result<Self, InvalidAnswer> {
        let kind = match wire.kind() {
            pb::DeliveryKind::Document => ListedKind::Document,
            pb::DeliveryKind::Status => ListedKind::Status,
            pb::DeliveryKind::Notice => ListedKind::Notice,
            pb::DeliveryKind::Unspecified => {
                return Err(InvalidAnswer {
                    field: "deliveries.kind",
                });
            }
        };
        Ok(Self {
            id: wire.delivery_id,
            state: DeliveryState::read(wire.state(), "deliveries.state")?,
            leased_until: wire
                .leased_until
                .map(|time| wire::timestamp(Some(time), "deliveries.leased_until"))
                .transpose()?,
            attempts: wire.attempts,
            kind,
            document_id: wire::uuid(&wire.document_id, "deliveries.document_id")?,
            agency: wire::optional_parsed(&wire.agency, "deliveries.agency")?,
            status: status(wire.status, "deliveries.status")?,
            notice: NoticeKind::read(wire.notice_kind()),
            arrived_at: wire::timestamp(wire.arrived_at, "deliveries.arrived_at")?,
        })
    }
}
