//! Deliveries, packed by what they hold, and the mailboxes that they make.

use std::io::{self, Read, Write};

use truc_document::Standing;

use super::{SnapshotError, directory::agency, documents::Unindexed, reader::SnapshotReader, writer::SnapshotWriter};
use crate::{
    journal::Position,
    state::{Content, Delivery, DeliveryState, Mailbox, Paged, State},
};

/// Kinds of content, as kept.
const DOCUMENT: u8 = 1;
const STATUS: u8 = 2;
const NOTICE: u8 = 3;

pub(super) fn write<W: Write>(state: &State, out: &mut SnapshotWriter<W>) -> io::Result<()> {
    out.count(state.deliveries.len())?;
    for delivery in state.deliveries.iter() {
        let (kind, more) = match delivery.content {
            Content::Document(_) => (DOCUMENT, None),
            Content::Status {
                position,
                agency,
                status,
                ..
            } => (STATUS, Some((position, agency, status))),
            Content::Notice {
                position, agency, kind, ..
            } => (NOTICE, Some((position, agency, kind))),
        };
        let [progress, request] = delivery.standing.to_bytes();
        out.bytes(&[
            kind,
            delivery.state as u8,
            delivery.rank,
            delivery.attempts,
            progress,
            request,
        ])?;
        out.u32(delivery.agency)?;
        out.u32(delivery.content.document())?;
        // An end that a lease once had is nobody's business any more.
        if delivery.state == DeliveryState::Leased {
            out.i64(delivery.leased_until)?;
        }
        if let Some((position, agency, code)) = more {
            out.u64(position.0)?;
            out.u32(agency)?;
            out.u8(code)?;
        }
    }
    Ok(())
}

pub(super) fn read<R: Read>(
    state: &mut State,
    documents: &Unindexed,
    input: &mut SnapshotReader<R>,
) -> Result<(), SnapshotError> {
    state.deliveries = Paged::read(input.count()?, || one(state, documents.entries.len(), input))?;
    let last = state.deliveries.len() as u64;
    let fits =
        |first: u64, count: u32| first >= 1 && first.checked_add(u64::from(count)).is_some_and(|end| end <= last + 1);
    if !documents
        .entries
        .iter()
        .all(|entry| fits(entry.first_delivery, entry.recipients))
    {
        return Err(SnapshotError::Invalid("a document has no deliveries"));
    }
    Ok(())
}

fn one<R: Read>(state: &State, documents: usize, input: &mut SnapshotReader<R>) -> Result<Delivery, SnapshotError> {
    let [kind, stands, rank, attempts, progress, request] = input.array()?;
    let recipient = agency(state, input)?;
    let document = input.u32()?;
    if document as usize >= documents {
        return Err(SnapshotError::Invalid("a delivery is of no document"));
    }
    let stands = match stands {
        1 => DeliveryState::Waiting,
        2 => DeliveryState::Leased,
        3 => DeliveryState::Acknowledged,
        4 => DeliveryState::Withdrawn,
        _ => return Err(SnapshotError::Invalid("a delivery is in an unknown state")),
    };
    let leased_until = if stands == DeliveryState::Leased {
        input.i64()?
    } else {
        0
    };
    let content = match kind {
        DOCUMENT => Content::Document(document),
        STATUS => Content::Status {
            document,
            position: Position(input.u64()?),
            agency: agency(state, input)?,
            status: input.u8()?,
        },
        NOTICE => Content::Notice {
            document,
            position: Position(input.u64()?),
            agency: agency(state, input)?,
            kind: input.u8()?,
        },
        _ => return Err(SnapshotError::Invalid("a delivery is of an unknown kind")),
    };
    let standing = Standing::from_bytes([progress, request]);
    Ok(Delivery {
        agency: recipient,
        state: stands,
        rank,
        attempts,
        standing: standing.ok_or(SnapshotError::Invalid("a delivery has an unknown status"))?,
        leased_until,
        content,
    })
}

/// Puts what waits and what is leased into the mailboxes.
pub(super) fn fill_mailboxes(state: &mut State) {
    let mut open = vec![(Vec::new(), Vec::new()); state.mailboxes.len()];
    for (delivery, id) in state.deliveries.iter().zip(1_u64..) {
        let holder = state.directory.heir(delivery.agency);
        let Some((waiting, leased)) = open.get_mut(holder as usize) else {
            continue;
        };
        match delivery.state {
            DeliveryState::Waiting => waiting.push((delivery.rank, id)),
            DeliveryState::Leased => leased.push((delivery.leased_until, id)),
            DeliveryState::Acknowledged | DeliveryState::Withdrawn => {}
        }
    }
    let mailboxes = open.into_iter().map(|(waiting, leased)| Mailbox::of(waiting, leased));
    state.mailboxes = mailboxes.collect();
}
