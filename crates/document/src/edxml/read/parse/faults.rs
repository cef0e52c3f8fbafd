//! What XML itself does not allow, as refusals.

use quick_xml::{Error as XmlError, errors::IllFormedError, events::BytesRef};

use super::super::{
    super::{Position, ReadError, ReadErrorCode, finding::excerpt},
    content::carried,
    input::OverLimit,
};

/// Characters of XML 1.0.
pub(in super::super::super) const fn is_allowed(found: char) -> bool {
    matches!(found, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Refuses what no XML may hold, wherever it stands.
pub(super) fn check_characters(text: &str, at: Position) -> Result<(), ReadError> {
    // Most text has nothing below a blank but line ends, and nothing at the end of what three bytes can say.
    let suspicious = |byte: u8| byte < b' ' || byte == 0xEF;
    if !text.bytes().any(suspicious) {
        return Ok(());
    }
    match text.chars().find(|&found| !is_allowed(found)) {
        None => Ok(()),
        Some(found) => Err(ReadError::new(
            ReadErrorCode::CharacterForbidden,
            at,
            format!("character U+{:04X} is none that XML allows", u32::from(found)),
        )),
    }
}

/// The text of a reference: one of the five entities of XML, or a character by its number.
pub(super) fn resolve(reference: &BytesRef<'_>, at: Position) -> Result<String, ReadError> {
    if reference.is_char_ref() {
        let resolved = reference.resolve_char_ref();
        return match resolved {
            Ok(Some(found)) => Ok(found.to_string()),
            _ => Err(ReadError::new(
                ReadErrorCode::CharacterForbidden,
                at,
                format!("`&{};` is no character", excerpt(reference)),
            )),
        };
    }
    quick_xml::escape::resolve_xml_entity(reference)
        .map(str::to_owned)
        .ok_or_else(|| {
            ReadError::new(
                ReadErrorCode::EntityUnknown,
                at,
                format!(
                    "entity `&{};` is none of XML; write the text itself",
                    excerpt(reference)
                ),
            )
        })
}

/// What the parser could not take, `at` the token it began and `now` where it stopped.
pub(super) fn refusal(error: XmlError, at: Position, now: Position) -> ReadError {
    let refused = |code, at, message: String| ReadError::new(code, at, message);
    match error {
        XmlError::Io(error) => {
            let inner = error.get_ref();
            if let Some(over) = inner.and_then(|inner| inner.downcast_ref::<OverLimit>()) {
                let code = match over {
                    OverLimit::Token(_) => ReadErrorCode::TextTooLarge,
                    OverLimit::Markup(_) => ReadErrorCode::TooLarge,
                };
                return refused(code, at, over.to_string());
            }
            carried(std::io::Error::new(error.kind(), error.to_string()), now)
        }
        XmlError::Syntax(error) => refused(ReadErrorCode::Truncated, at, error.to_string()),
        XmlError::IllFormed(IllFormedError::MissingEndTag(name)) => refused(
            ReadErrorCode::Truncated,
            now,
            format!("the package ends before `{name}` does"),
        ),
        XmlError::IllFormed(error) => refused(ReadErrorCode::NotWellFormed, at, error.to_string()),
        XmlError::InvalidAttr(error) => refused(ReadErrorCode::NotWellFormed, at, error.to_string()),
        XmlError::Encoding(error) => refused(ReadErrorCode::Utf8Invalid, at, error.to_string()),
        XmlError::Escape(error) => refused(ReadErrorCode::EntityUnknown, at, error.to_string()),
        XmlError::Namespace(error) => refused(ReadErrorCode::NamespaceInvalid, at, error.to_string()),
    }
}
