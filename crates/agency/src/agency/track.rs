//! Track: the life of a document.

use jiff::Timestamp;
use prost::Message as _;
use truc_document::{AgencyCode, Header, SignatureStanding, StatusCode};
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::Agency;
use crate::{
    error::{CallError, InvalidAnswer},
    session::Session,
    wire,
};

/// The life of a document: all of it for its sender and the operator, for a recipient what concerns it.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// The header as the hub reads it. It is for display: what was signed are the bytes in the envelope.
    pub header: Header,
    /// The hub's receipt.
    pub receipt: Option<pb::Receipt>,
    /// How the personal signature stood when the hub took the document.
    pub signature_standing: SignatureStanding,
    /// A recall froze it.
    pub frozen: bool,
    /// Where it stands at each recipient.
    pub recipients: Vec<RecipientLife>,
    /// What happened, in the order of the journal.
    pub events: Vec<LifeEvent>,
}

/// Where a document stands at one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct RecipientLife {
    /// The recipient.
    pub agency: AgencyCode,
    /// Where its delivery is.
    pub delivery: DeliveryState,
    /// The last status reported; none before 01.
    pub status: Option<StatusCode>,
    /// Times that it was handed out.
    pub attempts: u32,
    /// The delivery.
    pub delivery_id: u64,
}

/// Where a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// In the mailbox.
    Waiting,
    /// Handed out under a lease.
    Leased,
    /// Taken for good.
    Acknowledged,
    /// Taken out of the mailbox by a recall.
    Withdrawn,
}

/// One thing that happened to a document.
#[derive(Clone, Debug, PartialEq)]
pub struct LifeEvent {
    /// Hub time.
    pub happened_at: Timestamp,
    /// Position in the journal.
    pub position: u64,
    /// Who did it; none for the hub itself.
    pub agency: Option<AgencyCode>,
    /// What it was.
    pub kind: LifeEventKind,
    /// With `StatusReported`.
    pub status: Option<StatusCode>,
    /// What was said with it.
    pub description: String,
    /// With `Recalled`, `Updated` and `Replaced`: the document that did it.
    pub cause: Option<Uuid>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LifeEventKind {
    Accepted,
    Acknowledged,
    StatusReported,
    Withdrawn,
    Recalled,
    Updated,
    Replaced,
}

impl Agency {
    /// Tells the life of a document that the agency sent or received.
    pub async fn track(&self, document_id: Uuid) -> Result<Life, CallError> {
        track(&self.session, document_id).await
    }
}

pub(crate) async fn track(session: &Session, document_id: Uuid) -> Result<Life, CallError> {
    let request = pb::TrackRequest {
        document_id: document_id.to_string(),
    };
    let answer = session
        .call(request, |request| {
            let mut client = session.exchange();
            async move { client.track(request).await }
        })
        .await?;
    Ok(Life::read(answer)?)
}

impl Life {
    fn read(wire: pb::TrackResponse) -> Result<Self, InvalidAnswer> {
        let header = wire.header.ok_or(InvalidAnswer { field: "header" })?;
        Ok(Self {
            header: Header::decode(&header.encode_to_vec()).map_err(|_| InvalidAnswer { field: "header" })?,
            signature_standing: SignatureStanding::try_from(wire.signature_standing).map_err(|_| InvalidAnswer {
                field: "signature_standing",
            })?,
            receipt: wire.receipt,
            frozen: wire.frozen,
            recipients: wire
                .recipients
                .into_iter()
                .map(RecipientLife::read)
                .collect::<Result<_, _>>()?,
            events: wire.events.into_iter().map(LifeEvent::read).collect::<Result<_, _>>()?,
        })
    }
}

impl DeliveryState {
    pub(super) fn read(wire: pb::DeliveryState, field: &'static str) -> Result<Self, InvalidAnswer> {
        match wire {
            pb::DeliveryState::Waiting => Ok(Self::Waiting),
            pb::DeliveryState::Leased => Ok(Self::Leased),
            pb::DeliveryState::Acknowledged => Ok(Self::Acknowledged),
            pb::DeliveryState::Withdrawn => Ok(Self::Withdrawn),
            pb::DeliveryState::Unspecified => Err(InvalidAnswer { field }),
        }
    }
}

impl RecipientLife {
    fn read(wire: pb::RecipientState) -> Result<Self, InvalidAnswer> {
        let delivery = DeliveryState::read(wire.delivery(), "recipients.delivery")?;
        Ok(Self {
            agency: wire::parsed(&wire.agency, "recipients.agency")?,
            delivery,
            status: status(wire.status, "recipients.status")?,
            attempts: wire.attempts,
            delivery_id: wire.delivery_id,
        })
    }
}

impl LifeEvent {
    fn read(wire: pb::TimelineEvent) -> Result<Self, InvalidAnswer> {
        let kind = match wire.kind() {
            pb::TimelineEventKind::Accepted => LifeEventKind::Accepted,
            pb::TimelineEventKind::Acknowledged => LifeEventKind::Acknowledged,
            pb::TimelineEventKind::StatusReported => LifeEventKind::StatusReported,
            pb::TimelineEventKind::Withdrawn => LifeEventKind::Withdrawn,
            pb::TimelineEventKind::Recalled => LifeEventKind::Recalled,
            pb::TimelineEventKind::Updated => LifeEventKind::Updated,
            pb::TimelineEventKind::Replaced => LifeEventKind::Replaced,
            pb::TimelineEventKind::Unspecified => return Err(InvalidAnswer { field: "events.kind" }),
        };
        Ok(Self {
            happened_at: wire::timestamp(wire.happened_at, "events.happened_at")?,
            position: wire.position,
            agency: wire::optional_parsed(&wire.agency, "events.agency")?,
            kind,
            status: status(wire.status, "events.status")?,
            description: wire.description,
            cause: wire::optional_uuid(&wire.cause_document_id, "events.cause_document_id")?,
        })
    }
}

pub(super) fn status(wire: i32, field: &'static str) -> Result<Option<StatusCode>, InvalidAnswer> {
    match wire {
        0 => Ok(None),
        wire => StatusCode::try_from(wire)
            .map(Some)
            .map_err(|_| InvalidAnswer { field }),
    }
}
