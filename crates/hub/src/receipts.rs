//! Receipts: signed a group at a time; made again, the same to the byte, for who asks again.

use bytes::Bytes;
use truc_proto::v1::Receipt;
use truc_signature::sign_receipts;
use truc_store::{
    apply::Accepted,
    journal::{JournalReader as _, Position},
    record::Entry,
};

use crate::{applying::statement, core::Core};

pub(crate) fn sign(core: &Core, statements: &[Bytes]) -> Vec<Receipt> {
    if statements.is_empty() {
        return Vec::new();
    }
    sign_receipts(statements, core.identity.key(), core.identity.fingerprint())
}

/// The receipt of the document at a position: from its group, as it was made the first time. Ed25519 signatures are
/// deterministic, so the bytes are the same.
pub(crate) fn again(core: &Core, position: Position) -> Option<Receipt> {
    let group = core.reader.groups(position).next()?;
    let group = group
        .inspect_err(|error| tracing::error!(%position, %error, "journal can't be read"))
        .ok()?;
    let state = core.state.read();
    let mut wanted = None;
    let mut statements = Vec::new();
    for (at, record) in group.records.into_iter().enumerate() {
        let here = group.first.plus(at as u64);
        let Some(header) = Entry::decode(record).ok().and_then(|entry| entry.header) else {
            continue;
        };
        let Some((document, entry)) = state.documents.find(header.document_id) else {
            continue;
        };
        // A repeat or a refused one stands in the journal too; the document is where it was accepted.
        if entry.position != here {
            continue;
        }
        if here == position {
            wanted = Some(statements.len());
        }
        let accepted = Accepted {
            document,
            position: here,
            accepted_at: entry.accepted_at,
            repeated: true,
            number_of: None,
        };
        statements.push(statement(&state, &accepted, group.chain));
    }
    drop(state);
    sign(core, &statements).into_iter().nth(wanted?)
}
