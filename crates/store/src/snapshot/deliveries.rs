//! Deliveries, packed by what they hold, and the mailboxes that they make.

use std::io::{self, Read, Write};

use truc_document::Standing;

use super::{SnapshotError, directory::agency, documents::Unindexed, reader::SnapshotReader, writer::SnapshotWriter};
use crate::{
    journal::Position,
    state::{Content, Delivery, DeliveryState, Mailbox, State},
};

/// Kinds of content, as kept.
const DOCUMENT: u8 = 1;
const STATUS: u8 = 2;
const NOTICE: u8 = 3;
/// A status or notice that was taken: only whose it was is known.
const TAKEN: u8 = 4;

pub(super) fn write<W: Write>(state: &State, out: &mut SnapshotWriter<W>) -> io::Result<()> {
    out.count(state.deliveries.len())?;
    for (_, delivery) in state.deliveries.iter() {
        let (kind, document, more) = match delivery.content {
            None => {
                out.u8(TAKEN)?;
                out.u32(delivery.agency)?;
                continue;
            }
            Some(Content::Document(document)) => (DOCUMENT, document, None),
            Some(Content::Status {
                document,
                position,
                agency,
                status,
            }) => (STATUS, document, Some((position, agency, status))),
            Some(Content::Notice {
                document,
                position,
                agency,
                kind,
            }) => (NOTICE, document, Some((position, agency, kind))),
        };
        out.u8(kind)?;
        out.u32(delivery.agency)?;
        out.u32(document)?;
        out.bytes(&[delivery.state as u8, delivery.rank, delivery.attempts])?;
        // An end that a lease once had is nobody's business any more.
        if delivery.state == DeliveryState::Leased {
            out.i64(delivery.leased_until)?;
        }
        match more {
            None => out.bytes(&delivery.standing.to_bytes())?,
            Some((position, agency, code)) => {
                out.u64(position.0)?;
                out.u32(agency)?;
                out.u8(code)?;
            }
        }
    }
    Ok(())
}

pub(super) fn read<R: Read>(
    state: &mut State,
    documents: &Unindexed,
    input: &mut SnapshotReader<R>,
) -> Result<(), SnapshotError> {
    for _ in 0..input.count()? {
        let delivery = one(state, documents.entries.len(), input)?;
        state.deliveries.push(delivery);
    }
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
    let kind = input.u8()?;
    let mut delivery = Delivery {
        agency: agency(state, input)?,
        state: DeliveryState::Acknowledged,
        rank: 0,
        attempts: 0,
        standing: Standing::default(),
        leased_until: 0,
        content: None,
    };
    if kind == TAKEN {
        return Ok(delivery);
    }
    let document = input.u32()?;
    if document as usize >= documents {
        return Err(SnapshotError::Invalid("a delivery is of no document"));
    }
    let [stands, rank, attempts] = input.array()?;
    (delivery.rank, delivery.attempts) = (rank, attempts);
    delivery.state = match (stands, kind) {
        (1, _) => DeliveryState::Waiting,
        (2, _) => DeliveryState::Leased,
        (3, DOCUMENT) => DeliveryState::Acknowledged,
        (4, DOCUMENT) => DeliveryState::Withdrawn,
        _ => return Err(SnapshotError::Invalid("a delivery is in an unknown state")),
    };
    if delivery.state == DeliveryState::Leased {
        delivery.leased_until = input.i64()?;
    }
    delivery.content = Some(match kind {
        DOCUMENT => {
            let standing = Standing::from_bytes(input.array()?);
            delivery.standing = standing.ok_or(SnapshotError::Invalid("a delivery has an unknown status"))?;
            Content::Document(document)
        }
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
    });
    Ok(delivery)
}

/// Puts what waits and what is leased into the mailboxes.
pub(super) fn fill_mailboxes(state: &mut State) {
    let mut open = vec![(Vec::new(), Vec::new()); state.mailboxes.len()];
    for (id, delivery) in state.deliveries.iter() {
        let holder = state.directory.heir(delivery.agency);
        let Some((waiting, leased)) = open.get_mut(holder as usize) else {
            continue;
        };
        let held = Delivery {
            agency: holder,
            ..delivery
        };
        state.stuck.look(id, &held, None);
        match delivery.state {
            DeliveryState::Waiting => waiting.push((delivery.rank, id)),
            DeliveryState::Leased => leased.push((delivery.leased_until, id)),
            DeliveryState::Acknowledged | DeliveryState::Withdrawn => {}
        }
    }
    let mailboxes = open.into_iter().map(|(waiting, leased)| Mailbox::of(waiting, leased));
    state.mailboxes = mailboxes.collect();
}
