//! Documents and the links of their timelines, packed: the largest part of a snapshot.

use std::io::{self, Read, Write};

use uuid::Uuid;

use super::{SnapshotError, directory, reader::SnapshotReader, writer::SnapshotWriter};
use crate::{
    journal::Position,
    state::{DocumentEntry, Documents, NONE, Paged, State, Timelines},
};

/// Documents without their indexes.
pub(super) struct Unindexed {
    pub(super) entries: Paged<DocumentEntry>,
    events: Timelines,
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
    for (previous, position) in events.iter() {
        out.u32(previous)?;
        out.u64(position.0)?;
    }
    Ok(())
}

pub(super) fn read<R: Read>(state: &State, input: &mut SnapshotReader<R>) -> Result<Unindexed, SnapshotError> {
    let entries = Paged::read(indexes(input)?, || document(state, input))?;
    let mut events = Timelines::default();
    for _ in 0..indexes(input)? {
        event(&mut events, input)?;
    }
    let leads_on = |entry: &DocumentEntry| entry.last_event == NONE || (entry.last_event as usize) < events.len();
    if !entries.iter().all(leads_on) {
        return Err(SnapshotError::Invalid("a timeline leads nowhere"));
    }
    Ok(Unindexed { entries, events })
}

fn document<R: Read>(state: &State, input: &mut SnapshotReader<R>) -> Result<DocumentEntry, SnapshotError> {
    Ok(DocumentEntry {
        id: Uuid::from_bytes(input.array()?),
        digest: input.array()?,
        position: Position(input.u64()?),
        accepted_at: input.i64()?,
        first_delivery: input.u64()?,
        number_key: input.u64()?,
        recipients: input.u32()?,
        sender: directory::agency(state, input)?,
        last_event: input.u32()?,
        due: input.i32()?,
        urgency: input.u8()?,
        standing: input.u8()?,
        system: input.u8()?,
        flags: input.u8()?,
    })
}

fn event<R: Read>(events: &mut Timelines, input: &mut SnapshotReader<R>) -> Result<(), SnapshotError> {
    let (previous, position) = (input.u32()?, Position(input.u64()?));
    // Chains lead back, so that following one ends.
    if previous != NONE && previous as usize >= events.len() {
        return Err(SnapshotError::Invalid("a timeline leads forward"));
    }
    events.push(previous, position);
    Ok(())
}

/// Number of entries that have an index of 32 bits, [`NONE`] left out.
fn indexes<R: Read>(input: &mut SnapshotReader<R>) -> Result<u64, SnapshotError> {
    let count = input.count()?;
    if count > u64::from(NONE) {
        return Err(SnapshotError::Invalid("a list is too long"));
    }
    Ok(count)
}
