//! The first bytes: which encoding, and where the XML begins.

use std::io::Read;

use super::{
    super::{Finding, FindingCode, Position, ReadError, ReadErrorCode},
    input::Input,
};

/// How far the XML may be away from the beginning.
const JUNK_BYTES_MAX: usize = 1024;

/// Takes a mark of byte order and what stands before the XML. A sample of the standard's own authors has `1212` there.
pub(super) fn open<R: Read>(input: &mut Input<R>) -> Result<Option<Finding>, ReadError> {
    let failed = |error| ReadError {
        source: Some(error),
        ..ReadError::new(
            ReadErrorCode::SourceFailed,
            Position::START,
            "the package could not be read",
        )
    };
    let refused = |code, message: String| ReadError::new(code, Position::START, message);
    let start = input.peek(4).map_err(failed)?;
    if let Some(encoding) = other_encoding(start) {
        return Err(refused(
            ReadErrorCode::EncodingUnsupported,
            format!("the package is in {encoding}; write it in UTF-8"),
        ));
    }
    if start.starts_with(b"\xEF\xBB\xBF") {
        input.consume_content(3);
    }
    let start = input.peek(JUNK_BYTES_MAX).map_err(failed)?;
    if start.first() == Some(&b'<') {
        return Ok(None);
    }
    let declaration = start.windows(5).position(|bytes| bytes == b"<?xml");
    let Some(junk) = declaration.or_else(|| start.iter().position(|&byte| byte == b'<')) else {
        let message = match start.len() {
            0 => "the package is empty".to_owned(),
            length => format!("the first {length} bytes have no `<`; an edXML package begins with `<?xml`"),
        };
        return Err(refused(ReadErrorCode::NotXml, message));
    };
    let found = String::from_utf8_lossy(&start[..junk]).into_owned();
    input.consume_content(junk);
    Ok(Some(Finding::new(
        FindingCode::JunkBeforeDeclaration,
        Some(Position::START),
        "",
        &found,
        "`<?xml` as the first bytes",
    )))
}

/// The name of an encoding that the first bytes give away, other than UTF-8.
fn other_encoding(start: &[u8]) -> Option<&'static str> {
    match start {
        [0, 0, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => Some("UTF-32"),
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..] => Some("UTF-16"),
        _ => None,
    }
}
