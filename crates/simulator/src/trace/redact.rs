//! Redaction: words and contents replaced by others of the same length, which say nothing of what stood there.
//!
//! What is put in depends on the document's id, the field and the length alone, never on the text: nobody can try texts out against
//! it, and the same trace redacted twice is the same.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::header::HeaderLine;
use crate::chance::Chance;

/// Syllables of office language; not one is longer than seven characters.
const WORDS: [&str; 16] = [
    "văn", "bản", "trục", "liên", "thông", "cơ", "quan", "gửi", "nhận", "hồ", "sơ", "ngày", "tháng", "năm", "công",
    "việc",
];

/// `size` bytes that are the same for the same document and place: what stands in for an attachment whose content a trace
/// has not.
pub fn filler(document_id: Uuid, index: usize, size: u64) -> Bytes {
    let mut chance = Chance::new(0, &format!("trace/content/{document_id}/{index}"));
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    while (bytes.len() as u64) < size {
        let left = size - bytes.len() as u64;
        let drawn = chance.below(1 << 56).to_le_bytes();
        bytes.extend_from_slice(&drawn[..usize::try_from(left.min(7)).unwrap_or(7)]);
    }
    bytes.into()
}

/// Takes out of a header what tells something of a person or a matter: summary, reason, names, files.
pub(super) fn redact_header(header: &mut HeaderLine) {
    let id = header.document_id;
    let replace = |field: &str, text: &mut String| *text = words(id, field, text);
    replace("subject", &mut header.subject);
    replace("act_reason", &mut header.act_reason);
    replace("signer", &mut header.signer.full_name);
    for (index, place) in header.other_places.iter_mut().enumerate() {
        replace(&format!("other_places/{index}"), place);
    }
    for (key, value) in &mut header.extensions {
        replace(&format!("extensions/{key}"), value);
    }
    for (index, attachment) in header.attachments.iter_mut().enumerate() {
        attachment.sha256.0.0 = digest(&filler(id, index, attachment.size));
        replace(&format!("attachments/{index}/description"), &mut attachment.description);
        let (stem, extension) = match attachment.name.rfind('.') {
            Some(dot) if dot > 0 => attachment.name.split_at(dot),
            _ => (attachment.name.as_str(), ""),
        };
        attachment.name = words(id, &format!("attachments/{index}/name"), stem) + extension;
    }
}

/// Other words of the same number of characters.
pub(super) fn words(document_id: Uuid, field: &str, text: &str) -> String {
    let length = text.chars().count();
    let mut chance = Chance::new(0, &format!("trace/words/{document_id}/{field}"));
    let mut said = String::new();
    let mut count = 0;
    while count < length {
        let word = chance.pick(&WORDS);
        // A space stands between two words only, never at the end.
        if count > 0 && count + 1 < length {
            said.push(' ');
            count += 1;
        }
        for character in word.chars().take(length - count) {
            said.push(character);
            count += 1;
        }
    }
    said
}

pub(super) fn digest(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_length_and_nothing_of_the_text() {
        let id = Uuid::from_u128(7);
        for length in 0..200 {
            let text = "ỷ".repeat(length);
            let said = words(id, "subject", &text);
            assert_eq!((said.chars().count(), said.trim()), (length, said.as_str()));
            assert!(!said.contains('ỷ'));
        }
        assert_eq!(words(id, "subject", "Đi họp"), words(id, "subject", "Ở nhà."));
        assert_ne!(
            words(id, "subject", &"x".repeat(50)),
            words(id, "act_reason", &"x".repeat(50))
        );
    }

    #[test]
    fn filler_has_the_size_and_differs_by_document_and_place() {
        let id = Uuid::from_u128(7);
        for size in [0, 1, 6, 7, 8, 5000] {
            assert_eq!(filler(id, 0, size).len() as u64, size);
        }
        assert_eq!(filler(id, 0, 100), filler(id, 0, 100));
        assert_ne!(filler(id, 0, 100), filler(id, 1, 100));
        assert_ne!(filler(id, 0, 100), filler(Uuid::from_u128(8), 0, 100));
    }
}
