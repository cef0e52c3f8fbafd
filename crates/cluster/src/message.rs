//! How a group of records stands in a message. All numbers are little-endian.
//!
//! ```text
//! version              1   (1)
//! number of records    4
//! per record: length 4, bytes
//! CRC-32 of all before 4
//! ```
//!
//! Neither position nor hash is in it: both follow from the order of the stream.

use bytes::{BufMut as _, Bytes, BytesMut};

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 5;
const LENGTH_BYTES: usize = 4;
const CRC_BYTES: usize = 4;

/// A message that is not a group: somebody else writes into the stream, or it comes from a later version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidMessage {
    #[error("it is too short or cut off")]
    Short,
    #[error("its checksum is another")]
    Checksum,
    #[error("it has format version `{0}`, this program reads version `{VERSION}`")]
    Version(u8),
    #[error("it holds no record")]
    Empty,
}

/// Bytes that a group takes in a message.
pub(crate) fn size_of(records: &[Bytes]) -> usize {
    let records: usize = records.iter().map(|record| LENGTH_BYTES + record.len()).sum();
    HEAD_BYTES + records + CRC_BYTES
}

pub(crate) fn encode(records: &[Bytes]) -> Bytes {
    let mut buffer = BytesMut::with_capacity(size_of(records));
    buffer.put_u8(VERSION);
    buffer.put_u32_le(records.len() as u32);
    for record in records {
        buffer.put_u32_le(record.len() as u32);
        buffer.put_slice(record);
    }
    let crc = crc32fast::hash(&buffer);
    buffer.put_u32_le(crc);
    buffer.freeze()
}

/// The records; slices of the message.
pub(crate) fn decode(message: &Bytes) -> Result<Vec<Bytes>, InvalidMessage> {
    let end = message
        .len()
        .checked_sub(CRC_BYTES)
        .filter(|end| *end >= HEAD_BYTES)
        .ok_or(InvalidMessage::Short)?;
    if message[0] != VERSION {
        return Err(InvalidMessage::Version(message[0]));
    }
    if number(message, end)? != crc32fast::hash(&message[..end]) {
        return Err(InvalidMessage::Checksum);
    }
    let count = number(message, 1)?;
    let mut records = Vec::new();
    let mut at = HEAD_BYTES;
    for _ in 0..count {
        let start = at + LENGTH_BYTES;
        let length = number(message, at)? as usize;
        at = start
            .checked_add(length)
            .filter(|at| *at <= end)
            .ok_or(InvalidMessage::Short)?;
        records.push(message.slice(start..at));
    }
    match (at == end, records.is_empty()) {
        (true, false) => Ok(records),
        (true, true) => Err(InvalidMessage::Empty),
        (false, _) => Err(InvalidMessage::Short),
    }
}

fn number(bytes: &[u8], at: usize) -> Result<u32, InvalidMessage> {
    let bytes = bytes.get(at..at + LENGTH_BYTES).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u32::from_le_bytes).ok_or(InvalidMessage::Short)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records() -> impl Strategy<Value = Vec<Bytes>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300).prop_map(Bytes::from), 1..20)
    }

    proptest! {
        #[test]
        fn a_group_is_read_as_it_was_written(records in records()) {
            let message = encode(&records);
            prop_assert_eq!(message.len(), size_of(&records));
            prop_assert_eq!(decode(&message), Ok(records));
        }

        #[test]
        fn a_changed_byte_is_seen(records in records(), at: prop::sample::Index, flip in 1..=u8::MAX) {
            let mut message = encode(&records).to_vec();
            let at = at.index(message.len());
            message[at] ^= flip;
            prop_assert!(decode(&message.into()).is_err());
        }

        #[test]
        fn any_bytes_are_no_reason_to_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(decode(&bytes.into()).is_err());
        }
    }

    #[test]
    fn a_group_without_records_is_none() {
        assert_eq!(decode(&encode(&[])), Err(InvalidMessage::Empty));
    }
}
