//! Documents and the links of their timelines, packed: the largest part of a snapshot.

use std::io::{self, Read, Write};

use uuid::Uuid;

use super::{SnapshotError, directory, reader::SnapshotReader, writer::SnapshotWriter};
use crate::{
    journal::Position,
    state::{DocumentEntry, Documents, EventLink, NONE, Paged, State},
};

/// Documents without their indexes.
pub(super) struct Unindexed {
    pub(super) entries: Paged<DocumentEntry>,
    events: Paged<EventLink>,
}

impl Unindexed {
    pub(super) fn index(self) -> Documents {
        Documents::indexed(self.entries, self.events)
    }
}

pub(super) fn write<W: Write>(state: &State, out: &mut SnapshotWriter<W>) -> io::Result<()> {
    let Documents { entries, events, .. } = &state.documents;
    out.count(entries.len())?;
    for entry in entries.iter() {
        out.bytes(entry.id.as_bytes())?;
        out.bytes(&entry.digest)?;
        out.u64(entry.position.0)?;
        out.i64(entry.accepted_at)?;
        out.u64(entry.first_delivery)?;
        out.u64(entry.number_key)?;
        out.u32(entry.recipients)?;
        out.u32(entry.sender)?;
        out.u32(entry.last_event)?;
        out.i32(entry.due)?;
        out.bytes(&[entry.urgency, entry.standing, entry.system, entry.flags])?;
    }
    out.count(events.len())?;
    for event in events.iter() {
        out.u32(event.previous)?;
        out.u64(event.position.0)?;
    }
    Ok(())
}

pub(super) fn read<R: Read>(state: &State, input: &mut SnapshotReader<R>) -> Result<Unindexed, SnapshotError> {
    let (mut entries, mut events) = (Paged::default(), Paged::default());
    for _ in 0..indexes(input)? {
        let id = Uuid::from_bytes(input.array()?);
        let digest = input.array()?;
        let position = Position(input.u64()?);
        let (accepted_at, first_delivery, number_key) = (input.i64()?, input.u64()?, input.u64()?);
        let recipients = input.u32()?;
        let sender = directory::agency(state, input)?;
        let (last_event, due) = (input.u32()?, input.i32()?);
        let [urgency, standing, system, flags] = input.array()?;
        entries.push(DocumentEntry {
            id,
            position,
            digest,
            accepted_at,
            first_delivery,
            number_key,
            recipients,
            sender,
            last_event,
            due,
            urgency,
            standing,
            system,
            flags,
        });
    }
    for index in 0..indexes(input)? {
        let event = EventLink {
            previous: input.u32()?,
            position: Position(input.u64()?),
        };
        // Chains lead back, so that following one ends.
        if event.previous != NONE && event.previous >= index {
            return Err(SnapshotError::Invalid("a timeline leads forward"));
        }
        events.push(event);
    }
    let leads_on = |entry: &DocumentEntry| entry.last_event == NONE || (entry.last_event as usize) < events.len();
    if !entries.iter().all(leads_on) {
        return Err(SnapshotError::Invalid("a timeline leads nowhere"));
    }
    Ok(Unindexed { entries, events })
}

/// Number of entries that have an index of 32 bits, [`NONE`] left out.
fn indexes<R: Read>(input: &mut SnapshotReader<R>) -> Result<u32, SnapshotError> {
    let count = u32::try_from(input.count()?);
    count.map_err(|_| SnapshotError::Invalid("a list is too long"))
}
