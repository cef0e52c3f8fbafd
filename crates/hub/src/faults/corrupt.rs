//! One byte that arrives as another.

use bytes::Bytes;
use truc_document::{CorruptedPart, Header};
use truc_proto::v1::{Envelope, Signature};

/// An envelope on its way out: any bit of the part may flip.
pub(super) fn delivered(envelope: &mut Envelope, part: CorruptedPart, draw: u64) {
    match part {
        CorruptedPart::Header => envelope.header = flipped(&envelope.header, draw),
        other => other_part(envelope, other, draw),
    }
}

/// An envelope on its way in. Of the header only such bits flip that leave it one of the same document, so that it is the
/// signatures that tell.
pub(super) fn received(envelope: &mut Envelope, part: CorruptedPart, draw: u64) {
    match part {
        CorruptedPart::Header => envelope.header = altered(&envelope.header, draw),
        other => other_part(envelope, other, draw),
    }
}

fn other_part(envelope: &mut Envelope, part: CorruptedPart, draw: u64) {
    let signature = |signature: &mut Option<Signature>| {
        if let Some(signature) = signature {
            signature.signature = flipped(&signature.signature, draw);
        }
    };
    match part {
        CorruptedPart::Signature => signature(&mut envelope.personal_signature),
        CorruptedPart::Seal => signature(&mut envelope.seal),
        CorruptedPart::Header | CorruptedPart::Content => {
            let inline = &mut envelope.inline_attachments;
            if let Some(first) = inline.iter_mut().find(|inline| !inline.content.is_empty()) {
                first.content = flipped(&first.content, draw);
            }
        }
    }
}

/// With one bit flipped; nothing stays nothing.
pub(super) fn flipped(bytes: &Bytes, draw: u64) -> Bytes {
    let mut copy = bytes.to_vec();
    let bits = copy.len() as u64 * 8;
    if bits > 0 {
        let bit = draw % bits;
        copy[(bit / 8) as usize] ^= 1 << (bit % 8);
    }
    copy.into()
}

/// With one letter of the subject as another, which leaves it a header, and one that the state judges alike.
fn altered(bytes: &Bytes, draw: u64) -> Bytes {
    let letters = || -> Option<Vec<usize>> {
        let subject = Header::decode(bytes).ok()?.subject;
        let begin = bytes
            .windows(subject.len())
            .position(|part| part == subject.as_bytes())?;
        let places = (begin..begin + subject.len()).filter(|&at| bytes[at].is_ascii_alphabetic());
        Some(places.collect()).filter(|places: &Vec<usize>| !places.is_empty())
    };
    let Some(letters) = letters() else {
        return flipped(bytes, draw);
    };
    let at = letters[(draw % letters.len() as u64) as usize];
    let mut copy = bytes.to_vec();
    copy[at] = if copy[at] == b'x' { b'y' } else { b'x' };
    copy.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_is_another_and_nothing_stays_nothing() {
        let bytes = Bytes::from_static(b"truc");
        for draw in 0..64 {
            let flipped = flipped(&bytes, draw);
            let differing: u32 = flipped
                .iter()
                .zip(&bytes)
                .map(|(one, other)| (one ^ other).count_ones())
                .sum();
            assert_eq!(differing, 1);
        }
        assert!(flipped(&Bytes::new(), 3).is_empty());
    }
}
