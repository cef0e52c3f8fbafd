//! Injected faults, as messages of the API, in their order.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use prost::Message as _;
use truc_proto::v1 as pb;

use super::{SnapshotError, reader::SnapshotReader, writer::SnapshotWriter};
use crate::state::State;

pub(super) fn write<W: Write>(state: &State, out: &mut SnapshotWriter<W>) -> io::Result<()> {
    out.count(state.faults.len())?;
    for fault in state.faults.iter() {
        out.blob(&fault.encode_to_vec())?;
    }
    Ok(())
}

pub(super) fn read<R: Read>(state: &mut State, input: &mut SnapshotReader<R>) -> Result<(), SnapshotError> {
    let faults = Arc::make_mut(&mut state.faults);
    for _ in 0..input.count()? {
        let fault = pb::Fault::decode(&input.blob()?[..]).map_err(|_| SnapshotError::Invalid("a fault is none"))?;
        faults.push(fault);
    }
    Ok(())
}
