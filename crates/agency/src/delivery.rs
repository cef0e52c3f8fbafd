//! Delivery: one entry of a mailbox (hộp thư đến), in native types.

use jiff::Timestamp;
use truc_document::{AgencyCode, Header, Refusal, SignatureStanding, StatusCode};
use truc_proto::v1 as pb;
use uuid::Uuid;

use crate::{error::InvalidAnswer, wire};

/// One entry of a mailbox, under a lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Given by the hub, unique for ever; what is acknowledged.
    pub id: u64,
    /// Hub time at which it shows again unless acknowledged.
    pub leased_until: Timestamp,
    /// 1 the first time, then counting.
    pub attempt: u32,
    /// What it holds.
    pub content: Content,
}

/// What a delivery holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A document from another agency.
    Document(Box<DeliveredDocument>),
    /// A status that another agency reported about a document.
    Status(StatusReport),
    /// Word from the hub itself.
    Notice(Notice),
}

/// A document as its sender made it. The hub has verified it; `truc_signature::verify` does so again.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveredDocument {
    /// Header bytes and signatures, untouched.
    pub envelope: pb::Envelope,
    /// Hub time at which the hub took it.
    pub accepted_at: Timestamp,
    /// How the personal signature stood when the hub took the document.
    pub signature_standing: SignatureStanding,
    /// Its position in the journal.
    pub position: u64,
}

/// A status that another agency reported.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusReport {
    /// The document that it is about.
    pub document_id: Uuid,
    /// Who reports.
    pub agency: AgencyCode,
    /// Status (trạng thái xử lý).
    pub status: StatusCode,
    /// Says why, for 02, 13 and 16.
    pub description: String,
    /// Hub time.
    pub reported_at: Timestamp,
    /// Who handles it there.
    pub staff: Option<Staff>,
}

/// Who handles a document at its receiver; 100 characters each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// Department.
    pub department: String,
    /// Full name.
    pub full_name: String,
    /// Electronic mail.
    pub email: String,
    /// Telephone.
    pub phone: String,
}

/// Word from the hub about a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The document that it is about.
    pub document_id: Uuid,
    /// What happened.
    pub kind: NoticeKind,
    /// The agency that it is about, where it is about one.
    pub agency: Option<AgencyCode>,
    /// The document that caused it, where there is one.
    pub cause: Option<Uuid>,
    /// One sentence.
    pub text: String,
    /// Hub time.
    pub noticed_at: Timestamp,
}

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// To the sender of a recall: the delivery to the agency had not been fetched and was withdrawn.
    Withdrawn,
    /// To a receiver: an update took it off the receivers.
    ReceiverRemoved,
    /// To a receiver: an update added it to the receivers.
    ReceiverAdded,
}

/// A delivery that this client cannot read. It can still be acknowledged, or left to a newer client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("delivery `{delivery_id}` has no usable `{field}`; this client may be older than the hub")]
pub struct UnreadableDelivery {
    /// The delivery.
    pub delivery_id: u64,
    /// The field, as a path from the delivery.
    pub field: &'static str,
}

impl DeliveredDocument {
    /// The header, decoded: a few µs, so it is done on demand.
    pub fn header(&self) -> Result<Header, Refusal> {
        Header::decode(&self.envelope.header)
    }
}

impl Delivery {
    pub(crate) fn read(wire: pb::Delivery) -> Result<Self, UnreadableDelivery> {
        let (id, attempt) = (wire.delivery_id, wire.attempt);
        Self::read_parts(wire.leased_until, wire.content)
            .map(|(leased_until, content)| Self {
                id,
                leased_until,
                attempt,
                content,
            })
            .map_err(|InvalidAnswer { field }| UnreadableDelivery { delivery_id: id, field })
    }

    fn read_parts(
        leased_until: Option<prost_types::Timestamp>,
        content: Option<pb::delivery::Content>,
    ) -> Result<(Timestamp, Content), InvalidAnswer> {
        let leased_until = wire::timestamp(leased_until, "leased_until")?;
        let content = match content.ok_or(InvalidAnswer { field: "content" })? {
            pb::delivery::Content::Document(document) => {
                Content::Document(Box::new(DeliveredDocument::read(document)?))
            }
            pb::delivery::Content::Status(status) => Content::Status(StatusReport::read(status)?),
            pb::delivery::Content::Notice(notice) => Content::Notice(Notice::read(notice)?),
        };
        Ok((leased_until, content))
    }
}

impl DeliveredDocument {
    fn read(wire: pb::DeliveredDocument) -> Result<Self, InvalidAnswer> {
        Ok(Self {
            envelope: wire.envelope.ok_or(InvalidAnswer {
                field: "document.envelope",
            })?,
            accepted_at: wire::timestamp(wire.accepted_at, "document.accepted_at")?,
            signature_standing: SignatureStanding::try_from(wire.signature_standing).map_err(|_| InvalidAnswer {
                field: "document.signature_standing",
            })?,
            position: wire.position,
        })
    }
}

impl StatusReport {
    fn read(wire: pb::StatusReport) -> Result<Self, InvalidAnswer> {
        Ok(Self {
            document_id: wire::uuid(&wire.document_id, "status.document_id")?,
            agency: wire::parsed(&wire.agency, "status.agency")?,
            status: StatusCode::try_from(wire.status).map_err(|_| InvalidAnswer { field: "status.status" })?,
            description: wire.description,
            reported_at: wire::timestamp(wire.reported_at, "status.reported_at")?,
            staff: wire.staff.map(Staff::read),
        })
    }
}

impl Staff {
    fn read(wire: pb::Staff) -> Self {
        Self {
            department: wire.department,
            full_name: wire.full_name,
            email: wire.email,
            phone: wire.phone,
        }
    }

    pub(crate) fn wire(self) -> pb::Staff {
        pb::Staff {
            department: self.department,
            full_name: self.full_name,
            email: self.email,
            phone: self.phone,
        }
    }
}

impl NoticeKind {
    pub(crate) fn read(wire: pb::NoticeKind) -> Option<Self> {
        match wire {
            pb::NoticeKind::Withdrawn => Some(Self::Withdrawn),
            pb::NoticeKind::ReceiverRemoved => Some(Self::ReceiverRemoved),
            pb::NoticeKind::ReceiverAdded => Some(Self::ReceiverAdded),
            pb::NoticeKind::Unspecified => None,
        }
    }
}

impl Notice {
    fn read(wire: pb::Notice) -> Result<Self, InvalidAnswer> {
        let kind = NoticeKind::read(wire.kind()).ok_or(InvalidAnswer { field: "notice.kind" })?;
        Ok(Self {
            document_id: wire::uuid(&wire.document_id, "notice.document_id")?,
            kind,
            agency: wire::optional_parsed(&wire.agency, "notice.agency")?,
            cause: wire::optional_uuid(&wire.cause_document_id, "notice.cause_document_id")?,
            text: wire.text,
            noticed_at: wire::timestamp(wire.noticed_at, "notice.noticed_at")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01920000-0000-7000-8000-000000000001";
    const TIME: Option<prost_types::Timestamp> = Some(prost_types::Timestamp {
        seconds: 1_600_000_000,
        nanos: 0,
    });

    fn wire(content: Option<pb::delivery::Content>) -> pb::Delivery {
        pb::Delivery {
            delivery_id: 7,
            leased_until: TIME,
            attempt: 2,
            content,
        }
    }

    #[test]
    fn status_is_read() {
        let status = pb::StatusReport {
            document_id: ID.into(),
            agency: "H54".into(),
            status: 3,
            description: String::new(),
            reported_at: TIME,
            staff: None,
        };
        let delivery = Delivery::read(wire(Some(pb::delivery::Content::Status(status)))).unwrap();
        assert_eq!((delivery.id, delivery.attempt), (7, 2));
        let Content::Status(report) = delivery.content else {
            panic!("{:?}", delivery.content)
        };
        assert_eq!(report.document_id.to_string(), ID);
        assert_eq!(report.agency.as_ref(), "H54");
        assert_eq!(report.status, StatusCode::Accepted);
    }

    #[test]
    fn unreadable_delivery_keeps_its_id_and_names_the_field() {
        #[track_caller]
        fn check(content: Option<pb::delivery::Content>, field: &'static str) {
            assert_eq!(
                Delivery::read(wire(content)),
                Err(UnreadableDelivery { delivery_id: 7, field })
            );
        }
        check(None, "content");
        check(
            Some(pb::delivery::Content::Document(pb::DeliveredDocument::default())),
            "document.envelope",
        );
        check(
            Some(pb::delivery::Content::Status(pb::StatusReport::default())),
            "status.document_id",
        );
        check(
            Some(pb::delivery::Content::Notice(pb::Notice::default())),
            "notice.kind",
        );
        let unknown = pb::Notice {
            kind: 99,
            ..pb::Notice::default()
        };
        check(Some(pb::delivery::Content::Notice(unknown)), "notice.kind");
    }
}
