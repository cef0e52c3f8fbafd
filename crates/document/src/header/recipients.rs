//! For whom a document is: each agency once.

use std::collections::HashSet;

use truc_proto::v1 as pb;

use super::{
    Recipient,
    checks::{Field, code, kind, malformed},
};
use crate::{AgencyCode, BusinessAct, Reason, Refusal};

const RECIPIENTS: &str = "header.recipients";
const REMOVED: &str = "header.removed_recipients";

/// Up to here comparing each with each is cheaper than hashing.
const FEW: usize = 8;

/// The recipients, of which there must be one.
pub(super) fn recipients(wire: Vec<pb::Recipient>) -> Result<Vec<Recipient>, Refusal> {
    if wire.is_empty() {
        return Err(malformed(
            RECIPIENTS,
            "field `header.recipients` is empty; name one agency at least",
        ));
    }
    let mut recipients = Vec::with_capacity(wire.len());
    for (at, recipient) in wire.iter().enumerate() {
        let field = Field::entry(RECIPIENTS, at);
        recipients.push(Recipient {
            agency: code(field.member(".agency"), &recipient.agency)?,
            role: kind(field.member(".role"), recipient.role)?,
        });
    }
    if let Some(at) = repeated(recipients.len(), |at| &recipients[at].agency) {
        return Err(twice(
            Field::entry(RECIPIENTS, at).member(".agency"),
            &recipients[at].agency,
        ));
    }
    Ok(recipients)
}

/// Receivers of the old document that an update no longer addresses.
pub(super) fn removed(wire: &[String], act: BusinessAct, recipients: &[Recipient]) -> Result<Vec<AgencyCode>, Refusal> {
    if wire.is_empty() {
        return Ok(Vec::new());
    }
    if act != BusinessAct::Update {
        let message = format!("only an update has `removed_recipients`, and this document's act is `{act}`");
        return Err(malformed(REMOVED, message));
    }
    let mut removed = Vec::with_capacity(wire.len());
    for (at, agency) in wire.iter().enumerate() {
        removed.push(code(Field::entry(REMOVED, at), agency)?);
    }
    // Who is addressed is not removed: both lists together name each agency once.
    let all = |at: usize| match at.checked_sub(recipients.len()) {
        None => &recipients[at].agency,
        Some(at) => &removed[at],
    };
    if let Some(at) = repeated(recipients.len() + removed.len(), all) {
        return Err(twice(Field::entry(REMOVED, at - recipients.len()), all(at)));
    }
    Ok(removed)
}

/// The first of `count` agencies that stood before.
fn repeated<'a>(count: usize, agency: impl Fn(usize) -> &'a AgencyCode) -> Option<usize> {
    if count <= FEW {
        return (1..count).find(|&at| (0..at).any(|before| agency(before) == agency(at)));
    }
    let mut seen = HashSet::with_capacity(count);
    (0..count).find(|&at| !seen.insert(agency(at)))
}

fn twice(field: Field, agency: &AgencyCode) -> Refusal {
    let message = format!("agency `{agency}` is named twice; name each once");
    Refusal::new(Reason::RecipientDuplicated, message)
        .field(field.to_string())
        .with("agency", agency.as_str())
}
