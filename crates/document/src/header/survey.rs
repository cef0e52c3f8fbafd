//! How many entries a header's lists have, counted on its bytes before anything is built from them.
//!
//! In 512 KiB there is room for 262,144 empty recipients, from which a decoder would make some 10 MB. Counting them
//! first costs a few nanoseconds each and stops at the limit.

use super::checks::{malformed, too_large};
use crate::{Refusal, limits};

struct List {
    /// Field number in `truc.v1.Header`.
    number: u64,
    path: &'static str,
    entries_max: usize,
}

const LISTS: [List; 7] = [
    list(3, "header.recipients", limits::RECIPIENTS_MAX),
    list(13, "header.act_targets", limits::TARGETS_MAX),
    list(15, "header.in_reply_to", limits::REPLIES_MAX),
    list(16, "header.attachments", limits::ATTACHMENTS_MAX),
    // Each has a character at least, and that many they may have together.
    list(19, "header.other_places", limits::OTHER_PLACES_MAX),
    list(27, "header.extensions", limits::EXTENSIONS_MAX),
    list(29, "header.removed_recipients", limits::RECIPIENTS_MAX),
];

const fn list(number: u64, path: &'static str, entries_max: usize) -> List {
    List {
        number,
        path,
        entries_max,
    }
}

/// Refuses lists that are too long, and bytes that are no fields one after the other.
pub(super) fn survey(bytes: &[u8]) -> Result<(), Refusal> {
    let mut counts = [0; LISTS.len()];
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(number) = skip_field(&mut rest) else {
            let at = bytes.len() - rest.len();
            let message = format!("header is no serialized truc.v1.Header, see byte {at}; serialize it anew");
            return Err(malformed("header", message));
        };
        let found = LISTS.iter().zip(&mut counts).find(|(list, _)| list.number == number);
        if let Some((list, count)) = found {
            *count += 1;
            if *count > list.entries_max {
                return Err(too_large(list.path, "entries", list.entries_max));
            }
        }
    }
    Ok(())
}

/// Takes one field off the front and gives its number; `None`, with the place in `rest`, where there is none.
fn skip_field(rest: &mut &[u8]) -> Option<u64> {
    let key = varint(rest)?;
    let bytes = match key & 7 {
        0 => {
            varint(rest)?;
            0
        }
        1 => 8,
        2 => usize::try_from(varint(rest)?).ok()?,
        5 => 4,
        // 3 and 4 are groups, which no writer of proto3 makes.
        _ => return None,
    };
    *rest = rest.get(bytes..)?;
    Some(key >> 3)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}
