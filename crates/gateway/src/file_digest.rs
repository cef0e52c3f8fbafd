//! `hash-file`: SHA-256 of the file in hex, which the library prints without the leading zero of each byte.

use std::fmt::Write as _;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// Bytes and their SHA-256.
#[derive(Clone)]
pub(crate) struct Digested {
    pub(crate) bytes: Bytes,
    pub(crate) sha256: [u8; 32],
}

impl Digested {
    pub(crate) fn new(bytes: Bytes) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self { bytes, sha256 }
    }
}

/// The form of the library: the byte 05 is `5`.
fn stripped(digest: &[u8; 32]) -> String {
    let mut text = String::with_capacity(64);
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:x}");
    }
    text
}

/// Whether a text is the digest in either form, in any case.
fn is(digest: &[u8; 32], text: &str) -> bool {
    text.eq_ignore_ascii_case(&stripped(digest)) || text.eq_ignore_ascii_case(&hex::encode(digest))
}

/// The file in a body that ends with the library's CR LF, or without. Where a digest is given it decides; `None` when it
/// is neither's.
pub(crate) fn file_of<'a>(body: &'a [u8], given: Option<&str>) -> Option<(&'a [u8], [u8; 32])> {
    let file = body.strip_suffix(b"\r\n").unwrap_or(body);
    let digest: [u8; 32] = Sha256::digest(file).into();
    let Some(given) = given else {
        return Some((file, digest));
    };
    if is(&digest, given) {
        return Some((file, digest));
    }
    let digest: [u8; 32] = Sha256::digest(body).into();
    is(&digest, given).then_some((body, digest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn captured_form_of_the_library() {
        let digest = hex::decode("39180500f1ecd37756fd82f16fa2e1a69214d2a31caea5d0611e9952737a8736").unwrap();
        let digest: [u8; 32] = digest.try_into().unwrap();
        let captured = "391850f1ecd37756fd82f16fa2e1a69214d2a31caea5d0611e9952737a8736";
        assert_eq!(stripped(&digest), captured);
        assert!(is(&digest, captured) && is(&digest, &hex::encode(digest).to_uppercase()));
        assert!(!is(&digest, &captured[1..]));
    }

    #[test]
    fn the_files_own_line_end_is_kept_where_the_digest_says_so() {
        let file = b"<edXML/>\r\n";
        let given = hex::encode(Sha256::digest(file));
        assert_eq!(file_of(file, Some(&given)).unwrap().0, file);
        assert_eq!(file_of(b"<edXML/>\r\n\r\n", Some(&given)).unwrap().0, file);
        assert_eq!(file_of(file, None).unwrap().0, b"<edXML/>");
        assert_eq!(file_of(b"other", Some(&given)), None);
    }

    proptest! {
        #[test]
        fn what_the_library_sends_is_found_in_either_form(file in proptest::collection::vec(any::<u8>(), 0..200)) {
            let digest: [u8; 32] = Sha256::digest(&file).into();
            let body = [&file[..], b"\r\n"].concat();
            for given in [stripped(&digest), hex::encode(digest)] {
                prop_assert_eq!(file_of(&body, Some(&given)), Some((&file[..], digest)));
            }
        }
    }
}
