//! A document that the hub verified: is its id free, are its references good, and if so into whose mailboxes.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use truc_document::{BusinessAct, Header, Reason, Refusal};
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::{Outcome, deliver, recall, standing};
use crate::{
    journal::Position,
    record::wire::DocumentSent,
    state::{
        Agency, AgencyIndex, Content, DocumentEntry, DocumentIndex, NONE, State, flag,
        statistics::{Cell, day_number, day_of},
    },
};

/// A document that stands in the journal for good.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Its index.
    pub document: DocumentIndex,
    /// Where it stands.
    pub position: Position,
    /// Hub time of acceptance, µs.
    pub accepted_at: i64,
    /// It had been taken before; this is the same envelope again.
    pub repeated: bool,
    /// Another document of the same number, notation, year and issuer.
    pub number_of: Option<Uuid>,
}

pub(super) fn apply(
    state: &mut State,
    position: Position,
    sent: &DocumentSent,
    header: &Header,
    woken: &mut Vec<AgencyIndex>,
) -> Outcome {
    match judge(state, sent, header) {
        Err(refusal) => Outcome::Refused(refusal),
        Ok(Judged::Repeated(document)) => match state.documents.get(document) {
            Some(entry) => Outcome::Accepted(Accepted {
                document,
                position: entry.position,
                accepted_at: entry.accepted_at,
                repeated: true,
                number_of: None,
            }),
            None => Outcome::Noted,
        },
        Ok(Judged::New {
            sender,
            recipients,
            targets,
        }) => {
            let accepted = accept(state, position, sent, header, sender, &recipients, woken);
            recall::act(state, header, accepted.document, &targets, &recipients, position, woken);
            Outcome::Accepted(accepted)
        }
    }
}

enum Judged {
    Repeated(DocumentIndex),
    New {
        sender: AgencyIndex,
        recipients: Vec<AgencyIndex>,
        targets: Vec<DocumentIndex>,
    },
}

/// Everything about a document that depends on what came before it. The hub's admission asks the same, early and without
/// force; what is said here counts.
///
/// # Errors
/// The refusal that `apply` would give. `Ok(true)` when it is a repeat.
pub fn check(state: &State, envelope_digest: &[u8], header: &Header) -> Result<bool, Refusal> {
    let key = |sent: &[u8]| sent.to_vec().into();
    let sent = DocumentSent {
        envelope: None,
        envelope_digest: key(envelope_digest),
        standing: 0,
    };
    Ok(matches!(judge(state, &sent, header)?, Judged::Repeated(_)))
}

fn judge(state: &State, sent: &DocumentSent, header: &Header) -> Result<Judged, Refusal> {
    if let Some((index, entry)) = state.documents.find(header.document_id) {
        if entry.digest[..] == sent.envelope_digest[..] {
            return Ok(Judged::Repeated(index));
        }
        let message = format!(
            "document id `{}` was used for another envelope; give the new document an id of its own",
            header.document_id
        );
        return Err(Refusal::new(Reason::DocumentIdReused, message).field("header.document_id"));
    }
    let (sender, agency) = sender_of(state, header)?;
    if let Some(envelope) = &sent.envelope {
        standing::check(state, agency, envelope)?;
    }
    let recipients = recipients_of(state, header)?;
    let targets = targets_of(state, sender, header)?;
    for (at, id) in header.in_reply_to.iter().enumerate() {
        let field = format!("header.in_reply_to[{at}]");
        let (_, entry) = state.documents.find(*id).ok_or_else(|| unknown(*id, &field))?;
        if !state.is_party(entry, sender) {
            let message = format!("`{}` neither sent nor received document `{id}`", header.sender);
            return Err(Refusal::new(Reason::NotYourDocument, message).field(field));
        }
    }
    Ok(Judged::New {
        sender,
        recipients,
        targets,
    })
}

fn sender_of<'a>(state: &'a State, header: &Header) -> Result<(AgencyIndex, &'a Agency), Refusal> {
    let (sender, agency) = state.agency(&header.sender).ok_or_else(|| {
        let message = format!("sender `{}` is not in the directory; register it first", header.sender);
        Refusal::new(Reason::SenderUnknown, message).field("header.sender")
    })?;
    if agency.connected {
        return Ok((sender, agency));
    }
    if let Some(heir) = heir_of(state, sender) {
        let message = format!(
            "sender `{}` is closed; `{heir}` took over and sends in its own name",
            header.sender
        );
        let refusal = Refusal::new(Reason::SenderNotConnected, message).field("header.sender");
        return Err(refusal.with("successor", heir));
    }
    let message = format!("sender `{}` is not connected to the axis", header.sender);
    Err(Refusal::new(Reason::SenderNotConnected, message).field("header.sender"))
}

/// Code of who stands for a closed agency now.
fn heir_of(state: &State, agency: AgencyIndex) -> Option<String> {
    let heir = state.directory.heir(agency);
    (heir != agency).then(|| state.code(heir))
}

fn recipients_of(state: &State, header: &Header) -> Result<Vec<AgencyIndex>, Refusal> {
    let mut recipients = Vec::with_capacity(header.recipients.len());
    for (at, recipient) in header.recipients.iter().enumerate() {
        let refuse = |reason, what: &str| {
            let message = format!("recipient `{}` {what}", recipient.agency);
            Err(Refusal::new(reason, message)
                .field(format!("header.recipients[{at}].agency"))
                .with("agency", recipient.agency.to_string()))
        };
        let Some((index, agency)) = state.agency(&recipient.agency) else {
            return refuse(
                Reason::RecipientUnknown,
                "is not in the directory; look the code up with ListAgencies",
            );
        };
        if let Some(heir) = heir_of(state, index) {
            let refused = refuse(
                Reason::RecipientNotConnected,
                &format!("is closed; send it to `{heir}`, which took over"),
            );
            return refused.map_err(|refusal| refusal.with("successor", heir));
        }
        if !agency.connected {
            return refuse(
                Reason::RecipientNotConnected,
                "is not connected to the axis; send it on paper",
            );
        }
        recipients.push(index);
    }
    // Two forms of one code are two recipients in the header and one in the directory.
    let mut seen = recipients.clone();
    seen.sort_unstable();
    if let Some(pair) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
        let message = format!("recipient `{}` is named twice", state.code(pair[0]));
        return Err(Refusal::new(Reason::RecipientDuplicated, message).field("header.recipients"));
    }
    Ok(recipients)
}

fn targets_of(state: &State, sender: AgencyIndex, header: &Header) -> Result<Vec<DocumentIndex>, Refusal> {
    let mut targets = Vec::with_capacity(header.act_targets.len());
    for (at, id) in header.act_targets.iter().enumerate() {
        let field = format!("header.act_targets[{at}]");
        let (index, entry) = state.documents.find(*id).ok_or_else(|| unknown(*id, &field))?;
        if state.directory.heir(entry.sender) != sender {
            let message = format!(
                "document `{id}` was not sent by `{}`; only its sender may act on it",
                header.sender
            );
            return Err(Refusal::new(Reason::NotYourDocument, message).field(field));
        }
        if entry.is(flag::FROZEN) {
            let message = format!("document `{id}` was recalled and is frozen; nothing more can be done to it");
            return Err(Refusal::new(Reason::AlreadyRecalled, message).field(field));
        }
        targets.push(index);
    }
    Ok(targets)
}

pub(super) fn unknown(id: Uuid, field: &str) -> Refusal {
    let message = format!("document `{id}` is not known to the axis");
    Refusal::new(Reason::ReferenceUnknown, message).field(field)
}

fn accept(
    state: &mut State,
    position: Position,
    sent: &DocumentSent,
    header: &Header,
    sender: AgencyIndex,
    recipients: &[AgencyIndex],
    woken: &mut Vec<AgencyIndex>,
) -> Accepted {
    let number_key = number_key(&state.code(sender), header);
    let number_of = state.documents.find_number(number_key).map(|entry| entry.id);
    let flags = if header.paper_follows { flag::PAPER } else { 0 };
    let mut digest = [0; 32];
    if sent.envelope_digest.len() == 32 {
        digest.copy_from_slice(&sent.envelope_digest);
    }
    let document = state.documents.push(DocumentEntry {
        id: header.document_id,
        position,
        digest,
        accepted_at: state.now,
        first_delivery: state.deliveries.len() as u64 + 1,
        number_key,
        recipients: recipients.len() as u32,
        sender,
        last_event: NONE,
        due: header.due_on.map_or(i32::MIN, day_number),
        urgency: header.urgency.wire() as u8,
        standing: sent.standing as u8,
        system: header.system.wire() as u8,
        flags,
    });
    for &recipient in recipients {
        deliver(
            state,
            recipient,
            header.urgency.rank(),
            Content::Document(document),
            woken,
        );
    }
    count(state, sent.standing, header, sender, recipients);
    Accepted {
        document,
        position,
        accepted_at: state.now,
        repeated: false,
        number_of,
    }
}

/// Number and notation are unique per issuer and year (Decree 30/2020/NĐ-CP, Article 15), whichever form of its code the
/// issuer writes.
fn number_key(sender: &str, header: &Header) -> u64 {
    let mut text = String::with_capacity(64);
    let written = write!(
        text,
        "{sender} {} {} {}",
        header.issued_on.year(),
        header.number,
        header.notation
    );
    debug_assert!(written.is_ok(), "writing to a string does not fail");
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

fn count(state: &mut State, standing: i32, header: &Header, sender: AgencyIndex, recipients: &[AgencyIndex]) {
    let directory = std::sync::Arc::clone(&state.directory);
    let Some(from) = directory.get(sender) else { return };
    let electronic = u64::from(!header.paper_follows);
    let signed = u64::from(standing == pb::SignatureStanding::Signed as i32);
    let pilot = u64::from(standing == pb::SignatureStanding::UnsignedPilot as i32);
    let off = u64::from(standing == pb::SignatureStanding::UnsignedOff as i32);
    let system = header.system.wire() as u8;
    let day = day_of(state.now);
    let cell = Cell {
        day,
        province: from.province,
        level: from.level.wire() as u8,
        counterpart: 0,
        system,
    };
    state.statistics.count(cell, sender, |counts| {
        counts.sent += 1;
        counts.sent_electronic += electronic;
        counts.sent_signed += signed;
        counts.sent_unsigned_pilot += pilot;
        counts.sent_unsigned_off += off;
    });
    for &recipient in recipients {
        let Some(to) = directory.get(recipient) else { continue };
        let within = u64::from(to.province == from.province);
        let (level, counterpart) = (to.level.wire() as u8, from.level.wire() as u8);
        let cell = Cell {
            day,
            province: to.province,
            level,
            counterpart,
            system,
        };
        state.statistics.count(cell, recipient, |counts| {
            counts.received += 1;
            counts.received_electronic += electronic;
            counts.received_within_province += within;
            counts.received_within_province_electronic += within * electronic;
        });
    }
    state.statistics.totals.documents += 1;
    state.statistics.totals.deliveries += recipients.len() as u64;
    debug_assert!(header.act == BusinessAct::New || !header.act_targets.is_empty());
}
