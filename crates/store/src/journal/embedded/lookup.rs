//! Reading one record: one read for the stretch in which it stands, a second one if it is long.

use bytes::Bytes;

use super::{
    super::{JournalError, Position},
    catalogue::{Catalogue, Place, io_error},
    group::{FRAME_BYTES, Frame, GroupHeader, HEADER_BYTES, TRAILER_BYTES},
    index::GRAIN_BYTES,
    segment::segment_name,
    storage::{SegmentFile, Storage},
};

const WINDOW_BYTES: usize = GRAIN_BYTES as usize;

/// Reads the record at `position` from where the catalogue says that it is near.
pub(super) fn read_record<S: Storage>(
    catalogue: &Catalogue<S>,
    place: &Place<S::File>,
    position: Position,
) -> Result<Bytes, JournalError> {
    let file = &*place.file;
    let damaged = |offset: u64, what| {
        let segment = catalogue.path(place.sequence);
        JournalError::Damaged {
            position,
            segment,
            offset,
            what,
        }
    };
    let read = |bytes: &mut [u8], offset| {
        let name = segment_name(place.sequence);
        file.read_at(bytes, offset)
            .map_err(io_error(&*catalogue.storage, "read", &name))
    };

    let limit = place.span.until.unwrap_or(place.end).min(place.end);
    let mut window = [0; WINDOW_BYTES];
    let mut base = u64::from(place.span.from.offset);
    let mut held = 0..0;
    // Moves the window where the next `count` bytes from `at` on are not in it.
    let mut hold = |window: &mut [u8; WINDOW_BYTES], base: &mut u64, at: &mut usize, count: usize| {
        if *at + count > held.end {
            *base += *at as u64;
            *at = 0;
            let bytes = limit.saturating_sub(*base).min(WINDOW_BYTES as u64) as usize;
            if bytes < count {
                return Err(damaged(*base, "record runs past the end of its stretch"));
            }
            read(&mut window[..bytes], *base)?;
            held = 0..bytes;
        }
        Ok(held.end)
    };

    let (mut at, mut remaining) = (0, place.span.from.remaining);
    for _ in place.span.position.0..position.0 {
        hold(&mut window, &mut base, &mut at, FRAME_BYTES)?;
        let Some(frame) = Frame::parse(&window[at..at + FRAME_BYTES]) else {
            break;
        };
        at += FRAME_BYTES + frame.length as usize;
        remaining = remaining.saturating_sub(1);
        if remaining == 0 {
            at += TRAILER_BYTES;
            hold(&mut window, &mut base, &mut at, HEADER_BYTES)?;
            let header = GroupHeader::parse(&window[at..at + HEADER_BYTES], place.mark)
                .ok_or_else(|| damaged(base + at as u64, "no group starts here"))?;
            remaining = header.count;
            at += HEADER_BYTES;
        }
    }

    let end = hold(&mut window, &mut base, &mut at, FRAME_BYTES)?;
    let offset = base + at as u64;
    let broken = || damaged(offset, "checksum of the record is wrong");
    let frame = Frame::parse(&window[at..at + FRAME_BYTES]).ok_or_else(broken)?;
    let start = at + FRAME_BYTES;
    let length = frame.length as usize;
    let record = match window[..end].get(start..start + length) {
        Some(bytes) => Bytes::copy_from_slice(bytes),
        None if offset + (FRAME_BYTES + length) as u64 > limit => return Err(broken()),
        None => {
            let mut record = Vec::with_capacity(length);
            record.extend_from_slice(&window[start.min(end)..end]);
            let had = record.len();
            record.resize(length, 0);
            read(&mut record[had..], offset + (FRAME_BYTES + had) as u64)?;
            record.into()
        }
    };
    if frame.fits(&record) { Ok(record) } else { Err(broken()) }
}
