//! Who is concerned by what a trace tells: parties of its documents, agencies that stand for closed ones.

use std::collections::HashMap;

use truc_document::{AgencyCode, BusinessAct, StatusCode};
use uuid::Uuid;

use super::order::{Key, Keys};
use crate::{
    Token,
    trace::line::{AcknowledgedLine, AgencyLine, DocumentLine, StatusLine},
};

/// Grows with the documents that were read.
pub(super) struct Parties {
    successors: HashMap<AgencyCode, AgencyCode>,
    documents: HashMap<Uuid, Document>,
}

struct Document {
    sender: AgencyCode,
    recipients: Vec<AgencyCode>,
}

/// Documents of an acknowledgement that stand in one mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InMailbox {
    pub(super) agency: AgencyCode,
    pub(super) documents: Vec<Uuid>,
}

impl Parties {
    pub(super) fn new(agencies: &[AgencyLine]) -> Self {
        let closed = |agency: &AgencyLine| Some((agency.code.0.clone(), agency.successor.as_ref()?.0.clone()));
        Self {
            successors: agencies.iter().filter_map(closed).collect(),
            documents: HashMap::new(),
        }
    }

    /// The keys of a document, which is known from now on.
    pub(super) fn sent(&mut self, line: &DocumentLine) -> Keys {
        let header = &line.header;
        let code = |code: &Token<AgencyCode>| code.0.clone();
        let sender = code(&header.sender);
        let recipients: Vec<_> = header.recipients.iter().map(|it| code(&it.agency)).collect();
        let mut keys = Keys {
            alone: vec![Key::Agency(sender.clone()), Key::Document(header.document_id)],
            shared: header.in_reply_to.iter().copied().map(Key::Document).collect(),
        };
        keys.alone.extend(header.act_targets.iter().copied().map(Key::Document));
        if header.act.0 != BusinessAct::New {
            // The hub sends word of it to whoever had what it is about.
            let had = header
                .act_targets
                .iter()
                .filter_map(|target| self.documents.get(target));
            let had = had.flat_map(|target| &target.recipients).cloned();
            let told = recipients
                .iter()
                .cloned()
                .chain(header.removed_recipients.iter().map(code))
                .chain(had);
            keys.shared.extend(told.map(Key::Words));
        }
        self.documents
            .insert(header.document_id, Document { sender, recipients });
        keys
    }

    /// The keys of an acknowledgement.
    pub(super) fn acknowledged(&self, line: &AcknowledgedLine) -> Keys {
        let mut keys = Keys {
            alone: vec![Key::Agency(line.agency.0.clone())],
            shared: line.documents.iter().copied().map(Key::Document).collect(),
        };
        // Status 01 goes out to the senders.
        keys.shared
            .extend(line.documents.iter().filter_map(|id| self.sender_words(*id)));
        if line.words > 0 {
            keys.alone
                .extend(self.mailboxes(&line.agency.0).into_iter().map(Key::Words));
        }
        keys
    }

    /// The keys of a status.
    pub(super) fn reported(&self, line: &StatusLine) -> Keys {
        let mut keys = Keys {
            alone: vec![Key::Agency(line.agency.0.clone())],
            shared: self.sender_words(line.document_id).into_iter().collect(),
        };
        let document = Key::Document(line.document_id);
        match line.status.0.0 {
            StatusCode::TakeBack => {
                keys.alone.push(document);
                let recipients = self.documents.get(&line.document_id).map(|it| &it.recipients);
                keys.shared
                    .extend(recipients.into_iter().flatten().cloned().map(Key::Words));
            }
            StatusCode::Agreed | StatusCode::Declined => keys.alone.push(document),
            _ => keys.shared.push(document),
        }
        keys
    }

    /// Whom a document was sent to of those that an agency stands for: itself, or one that was closed later.
    pub(super) fn addressee(&self, agency: &AgencyCode, document: Uuid) -> AgencyCode {
        let document = self.documents.get(&document);
        let Some(document) = document.filter(|it| it.sender != *agency && !it.recipients.contains(agency)) else {
            return agency.clone();
        };
        let of = |recipient: &&AgencyCode| self.heirs(recipient).any(|heir| heir == agency);
        document.recipients.iter().find(of).unwrap_or(agency).clone()
    }

    /// The documents of an acknowledgement by the mailbox that each stands in; the agency's own first.
    pub(super) fn by_mailbox(&self, line: &AcknowledgedLine) -> Vec<InMailbox> {
        let agency = &line.agency.0;
        let mut mailboxes = vec![InMailbox {
            agency: agency.clone(),
            documents: Vec::new(),
        }];
        for id in &line.documents {
            let addressee = self.addressee(agency, *id);
            match mailboxes.iter_mut().find(|mailbox| mailbox.agency == addressee) {
                Some(mailbox) => mailbox.documents.push(*id),
                None => mailboxes.push(InMailbox {
                    agency: addressee,
                    documents: vec![*id],
                }),
            }
        }
        mailboxes
    }

    /// An agency and those that it stands for later.
    pub(super) fn mailboxes(&self, agency: &AgencyCode) -> Vec<AgencyCode> {
        let mut closed: Vec<_> = self
            .successors
            .keys()
            .filter(|closed| self.heirs(closed).any(|heir| heir == agency))
            .cloned()
            .collect();
        closed.sort();
        [agency.clone()].into_iter().chain(closed).collect()
    }

    /// Who stands for an agency, one after the other.
    fn heirs<'a>(&'a self, agency: &AgencyCode) -> impl Iterator<Item = &'a AgencyCode> {
        // As many as there are: a trace that was written by hand may go in a circle.
        std::iter::successors(self.successors.get(agency), |heir| self.successors.get(*heir))
            .take(self.successors.len())
    }

    fn sender_words(&self, document: Uuid) -> Option<Key> {
        let document = self.documents.get(&document)?;
        Some(Key::Words(document.sender.clone()))
    }
}
