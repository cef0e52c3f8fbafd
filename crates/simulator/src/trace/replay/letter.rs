//! A document of a trace made ready to go: its ids, its times, its contents, its signatures.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use truc_agency::INLINE_EACH_BYTES_MAX;
use truc_document::{AgencyCode, Header, Refusal, limits::INLINE_BYTES_MAX, zone};
use truc_proto::v1 as pb;
use truc_signature::{Capacity, SeededWallet, sign_envelope};
use uuid::Uuid;

use super::{Ids, ReplayError};
use crate::trace::{
    line::{AgencyLine, DocumentLine},
    redact::{digest, filler},
};

/// Makes documents ready.
pub(super) struct Letters {
    wallet: Arc<SeededWallet>,
    ids: Ids,
    /// Ids on the hub by those of the trace, where they are fresh.
    fresh: HashMap<Uuid, Uuid>,
    /// What seals are made out to.
    names: HashMap<AgencyCode, String>,
}

/// A document before it is signed.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) header: Header,
    signed: bool,
    /// By their digests, each once.
    contents: Vec<([u8; 32], Bytes)>,
}

/// A document ready to go.
pub(super) struct Ready {
    pub(super) envelope: pb::Envelope,
    /// Too large to travel in it.
    pub(super) uploads: Vec<Bytes>,
}

impl Letters {
    pub(super) fn new(wallet: Arc<SeededWallet>, ids: Ids, agencies: &[AgencyLine]) -> Self {
        let name = |agency: &AgencyLine| (agency.code.0.clone(), agency.name.clone());
        Self {
            wallet,
            ids,
            fresh: HashMap::new(),
            names: agencies.iter().map(name).collect(),
        }
    }

    /// A document's id on the hub; what the trace does not tell has its own.
    pub(super) fn id(&self, recorded: Uuid) -> Uuid {
        self.fresh.get(&recorded).copied().unwrap_or(recorded)
    }

    /// A document as it goes out. With fresh ids it is another document, made on the hub's day; otherwise its header is the recorded
    /// one, but for the digests of contents that the trace has not.
    pub(super) fn letter(&mut self, line: DocumentLine, later_by: SignedDuration) -> Result<Letter, Refusal> {
        let recorded = line.header.document_id;
        let mut header = line.header.header()?;
        let mut contents = Vec::with_capacity(header.attachments.len());
        let mut there = HashSet::new();
        for (index, attachment) in header.attachments.iter_mut().enumerate() {
            let kept = line.contents.iter().find(|(named, _)| named.0.0 == attachment.sha256);
            let content = match kept {
                Some((_, content)) => content.0.0.clone(),
                None => filler(recorded, index, attachment.size),
            };
            if kept.is_none() {
                attachment.sha256 = digest(&content);
            }
            if there.insert(attachment.sha256) {
                contents.push((attachment.sha256, content));
            }
        }
        if self.ids == Ids::Fresh {
            let fresh = Uuid::now_v7();
            self.fresh.insert(recorded, fresh);
            header.document_id = fresh;
            for referred in header.act_targets.iter_mut().chain(&mut header.in_reply_to) {
                *referred = self.id(*referred);
            }
            move_by(&mut header, line.at, later_by);
        }
        Ok(Letter {
            header,
            signed: line.signed,
            contents,
        })
    }

    /// What signs a document.
    pub(super) fn signing(&self, letter: &Letter) -> Signing {
        let sender = &letter.header.sender;
        Signing {
            wallet: Arc::clone(&self.wallet),
            seal_name: self.names.get(sender).cloned().unwrap_or_default(),
        }
    }
}

/// Signs one document.
pub(super) struct Signing {
    wallet: Arc<SeededWallet>,
    seal_name: String,
}

impl Signing {
    /// Signs by whom the header names, in the capacity that it shows, and with the sender's seal.
    pub(super) fn sign(&self, letter: Letter) -> Result<Ready, ReplayError> {
        let Letter {
            header,
            signed,
            contents,
        } = letter;
        let failed = |error: truc_signature::AuthorityError| ReplayError::Sign(error.to_string());
        let person = signed.then(|| {
            let capacity = Capacity::asked_by(&header.signer.competence);
            self.wallet.person(&header.sender, capacity, &header.signer.full_name)
        });
        let person = person.transpose().map_err(failed)?;
        let seal = self.wallet.seal(&header.sender, &self.seal_name).map_err(failed)?;
        let (mut inline, mut uploads, mut inline_bytes) = (Vec::new(), Vec::new(), 0);
        for (digest, content) in contents {
            let size = content.len();
            if size as u64 <= INLINE_EACH_BYTES_MAX && inline_bytes + size <= INLINE_BYTES_MAX {
                inline_bytes += size;
                inline.push((digest, content));
            } else {
                uploads.push(content);
            }
        }
        let header = Bytes::from(header.encode());
        Ok(Ready {
            envelope: sign_envelope(header, person.as_deref(), &seal, inline, true),
            uploads,
        })
    }
}

/// Moves what a header tells of time: instants by so much, days by the days between.
fn move_by(header: &mut Header, at: Timestamp, later_by: SignedDuration) {
    let now = at.saturating_add(later_by).unwrap_or(Timestamp::MAX);
    let Ok(days) = zone::day_of(at).until(zone::day_of(now)) else {
        return;
    };
    header.created_at = header.created_at.saturating_add(later_by).unwrap_or(now);
    header.issued_on = header.issued_on.saturating_add(days);
    header.due_on = header.due_on.map(|due| due.saturating_add(days));
}
