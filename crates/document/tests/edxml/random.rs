//! No bytes make the reader panic.

use proptest::prelude::*;

use super::{read, sample};

const SAMPLES: &[&str] = &[
    "letter",
    "update",
    "replace",
    "bkav-reply",
    "provincial",
    "status-accepted",
    "unbound-prefix",
];

#[derive(Clone, Debug)]
enum Edit {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
    Insert(prop::sample::Index, &'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<prop::sample::Index>;
    let pieces = prop::sample::select(vec![
        "<",
        ">",
        "&",
        "]]>",
        "<![CDATA[",
        "<!--",
        "-->",
        "&#13;",
        "</edXML>",
        "<Signature>",
        "xmlns=\"\"",
        "\0",
        "=",
        "\u{feff}",
        "<AttachmentEncoded>",
        "<Attachment>",
        "<?x?>",
    ]);
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Flip(at, byte)),
        (at(), 1..200_usize).prop_map(|(at, length)| Edit::Cut(at, length)),
        (at(), 1..200_usize).prop_map(|(at, length)| Edit::Double(at, length)),
        (at(), pieces).prop_map(|(at, piece)| Edit::Insert(at, piece)),
    ]
}

fn apply(bytes: &mut Vec<u8>, edit: &Edit) {
    if bytes.is_empty() {
        return;
    }
    match edit {
        Edit::Flip(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] ^= byte;
        }
        Edit::Cut(at, length) => {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.drain(at..end);
        }
        Edit::Double(at, length) => {
            let at = at.index(bytes.len());
            let piece = bytes[at..(at + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        Edit::Insert(at, piece) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, piece.bytes());
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        if let Err(error) = read(&bytes) {
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn changed_packages_are_read_or_refused(name in prop::sample::select(SAMPLES), edits in prop::collection::vec(edit(), 1..8)) {
        let mut bytes = sample(name);
        for edit in &edits {
            apply(&mut bytes, edit);
        }
        if let Ok(whole) = read(&bytes) {
            // What was read can be written, and is the same then.
            let options = truc_document::edxml::WriteOptions::default();
            let mut written = Vec::new();
            let wrote = truc_document::edxml::write(&whole.reading.package, &options, &mut whole.contents.as_slice(), &mut written);
            if wrote.is_ok() {
                let again = read(&written);
                prop_assert!(again.is_ok(), "{:?}", again.err());
                prop_assert_eq!(again.unwrap().contents, whole.contents);
            }
        }
    }
}
