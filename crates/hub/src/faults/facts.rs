//! What a rule is asked about: who calls, and with which document.

use std::sync::Arc;

use truc_document::{AgencyCode, DocumentType, Header, Urgency};
use truc_proto::v1 as pb;
use truc_store::state::Agency;
use uuid::Uuid;

use crate::core::Core;

/// See the module. What is not known fits no rule that asks for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(super) agency: Option<Arc<Agency>>,
    pub(super) province: String,
    pub(super) document_type: Option<DocumentType>,
    pub(super) urgency: Option<Urgency>,
    /// What there is to corrupt, or to have a certificate for.
    pub(super) carries: Carries,
}

/// What of an envelope is at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Carries {
    pub(super) envelope: bool,
    pub(super) content: bool,
    pub(super) personal_signature: bool,
}

impl Facts {
    /// Of a call by an agency.
    pub(crate) fn of(core: &Core, agency: &AgencyCode) -> Self {
        let state = core.state.read();
        match state.agency(agency) {
            None => Self::default(),
            Some((_, agency)) => Self {
                agency: Some(Arc::clone(agency)),
                province: state.directory.province(agency.province).to_owned(),
                ..Self::default()
            },
        }
    }

    /// Of a call with an envelope. A header that can't be read has no type and no urgency.
    pub(crate) fn with_envelope(self, envelope: &pb::Envelope) -> Self {
        let header = Header::decode(&envelope.header).ok();
        Self {
            document_type: header.as_ref().map(|header| header.document_type),
            urgency: header.as_ref().map(|header| header.urgency),
            carries: Carries {
                envelope: true,
                content: envelope
                    .inline_attachments
                    .iter()
                    .any(|inline| !inline.content.is_empty()),
                personal_signature: envelope.personal_signature.is_some(),
            },
            ..self
        }
    }

    /// Of a call about a document that the hub has.
    pub(crate) fn with_document(self, core: &Core, id: Uuid) -> Self {
        let found = core.state.read().documents.find(id).map(|(_, entry)| entry.position);
        let envelope = found.and_then(|position| core.bodies.get(&core.reader, position));
        match envelope {
            Some(envelope) => Self {
                carries: Carries::default(),
                ..self.with_envelope(&envelope)
            },
            None => self,
        }
    }

    /// Of a call that a content of its document comes out of.
    pub(crate) fn with_content(mut self) -> Self {
        self.carries.content = true;
        self
    }

    /// Of what is handed out.
    pub(crate) fn with_delivery(self, core: &Core, delivery: &pb::Delivery) -> Self {
        let about = match &delivery.content {
            Some(pb::delivery::Content::Document(document)) => {
                return match &document.envelope {
                    Some(envelope) => self.with_envelope(envelope),
                    None => self,
                };
            }
            Some(pb::delivery::Content::Status(status)) => &status.document_id,
            Some(pb::delivery::Content::Notice(notice)) => &notice.document_id,
            None => return self,
        };
        match Uuid::try_parse(about) {
            Ok(id) => self.with_document(core, id),
            Err(_) => self,
        }
    }
}
