//! All counts. Of a cell only those that are not zero: most cells count two or three things.

use std::io::{self, Read, Write};

use super::{SnapshotError, directory::agency, reader::SnapshotReader, writer::SnapshotWriter};
use crate::state::{
    State,
    statistics::{Cell, Counts, Pace, Statistics, Totals},
};

/// One bit for each count of a cell.
const _: () = assert!(Counts::FIELDS <= u16::BITS as usize);

pub(super) fn write<W: Write>(statistics: &Statistics, out: &mut SnapshotWriter<W>) -> io::Result<()> {
    for total in totals_to_array(&statistics.totals) {
        out.u64(total)?;
    }
    out.count(statistics.cells.len())?;
    for (cell, counts) in &statistics.cells {
        out.i32(cell.day)?;
        out.u16(cell.province)?;
        out.bytes(&[cell.level, cell.counterpart, cell.system])?;
        write_counts(counts, out)?;
    }
    out.count(statistics.agencies.len())?;
    for ((month, agency), counts) in &statistics.agencies {
        out.i32(*month)?;
        out.u32(*agency)?;
        write_counts(counts, out)?;
    }
    out.count(statistics.refusals.len())?;
    for ((day, province, reason), count) in &statistics.refusals {
        out.i32(*day)?;
        out.u16(*province)?;
        out.blob(reason.as_bytes())?;
        out.u64(*count)?;
    }
    out.count(statistics.pace.len())?;
    for ((day, province, urgency, stage), pace) in &statistics.pace {
        out.i32(*day)?;
        out.u16(*province)?;
        out.bytes(&[*urgency, *stage])?;
        out.u64(pace.count)?;
        out.u64(pace.total_ms)?;
        out.u64(pace.longest_ms)?;
    }
    Ok(())
}

pub(super) fn read<R: Read>(state: &State, input: &mut SnapshotReader<R>) -> Result<Statistics, SnapshotError> {
    let mut statistics = Statistics::default();
    let mut totals = [0; TOTALS];
    for total in &mut totals {
        *total = input.u64()?;
    }
    statistics.totals = totals_from_array(totals);
    for _ in 0..input.count()? {
        let (day, province) = (input.i32()?, province(state, input)?);
        let [level, counterpart, system] = input.array()?;
        let cell = Cell {
            day,
            province,
            level,
            counterpart,
            system,
        };
        statistics.cells.insert(cell, read_counts(input)?);
    }
    for _ in 0..input.count()? {
        let key = (input.i32()?, agency(state, input)?);
        statistics.agencies.insert(key, read_counts(input)?);
    }
    for _ in 0..input.count()? {
        let key = (input.i32()?, province(state, input)?, input.text()?);
        statistics.refusals.insert(key, input.u64()?);
    }
    for _ in 0..input.count()? {
        let (day, province) = (input.i32()?, province(state, input)?);
        let [urgency, stage] = input.array()?;
        let pace = Pace {
            count: input.u64()?,
            total_ms: input.u64()?,
            longest_ms: input.u64()?,
        };
        statistics.pace.insert((day, province, urgency, stage), pace);
    }
    Ok(statistics)
}

fn write_counts<W: Write>(counts: &Counts, out: &mut SnapshotWriter<W>) -> io::Result<()> {
    let counts = counts.to_array();
    let bits = counts.iter().zip(0..).map(|(&count, bit)| u16::from(count != 0) << bit);
    out.u16(bits.fold(0, |all, bit| all | bit))?;
    counts
        .iter()
        .filter(|&&count| count != 0)
        .try_for_each(|&count| out.u64(count))
}

fn read_counts<R: Read>(input: &mut SnapshotReader<R>) -> Result<Counts, SnapshotError> {
    let bits = input.u16()?;
    let mut counts = [0; Counts::FIELDS];
    for (bit, count) in counts.iter_mut().enumerate() {
        if bits & (1 << bit) != 0 {
            *count = input.u64()?;
        }
    }
    Ok(Counts::from_array(counts))
}

fn province<R: Read>(state: &State, input: &mut SnapshotReader<R>) -> Result<u16, SnapshotError> {
    let index = input.u16()?;
    if usize::from(index) < state.directory.provinces().len() {
        return Ok(index);
    }
    Err(SnapshotError::Invalid("a province is not in the directory"))
}

const TOTALS: usize = 8;

fn totals_to_array(totals: &Totals) -> [u64; TOTALS] {
    let Totals {
        documents,
        deliveries,
        acknowledged,
        refused_by_receiver,
        withdrawn,
        refused,
        statuses,
        leased,
    } = *totals;
    [
        documents,
        deliveries,
        acknowledged,
        refused_by_receiver,
        withdrawn,
        refused,
        statuses,
        leased,
    ]
}

fn totals_from_array(array: [u64; TOTALS]) -> Totals {
    let [
        documents,
        deliveries,
        acknowledged,
        refused_by_receiver,
        withdrawn,
        refused,
        statuses,
        leased,
    ] = array;
    Totals {
        documents,
        deliveries,
        acknowledged,
        refused_by_receiver,
        withdrawn,
        refused,
        statuses,
        leased,
    }
}
