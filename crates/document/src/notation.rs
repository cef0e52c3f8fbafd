//! Number and notation (số, ký hiệu): Decree 30/2020/NĐ-CP, Appendix I.

use std::{fmt, str::FromStr};

use crate::DocumentType;

/// Notation (ký hiệu), such as `QĐ-BNV` or `UBND-VX`: 1 to 30 characters, hyphens inside, no spaces, no slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Notation(Box<str>);

/// Why a text is no notation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNotation {
    /// Nothing there.
    #[error("notation is empty; write one such as `UBND-VX`")]
    Empty,
    /// More than 30 characters (Decree 30/2020/NĐ-CP, Appendix VI: CodeNotation).
    #[error("notation `{0}` is longer than 30 characters; shorten it")]
    TooLong(String),
    /// A space, a slash or a control character.
    #[error("notation `{0}` has a space or a slash; join its parts with hyphens")]
    Character(String),
    /// A hyphen at an end, or two in a row.
    #[error("notation `{0}` has an empty part; write its parts with one hyphen between them")]
    EmptyPart(String),
}

impl Notation {
    /// The notation as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Notation {
    type Err = InvalidNotation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(InvalidNotation::Empty);
        }
        if text.len() > 30 && text.chars().count() > 30 {
            return Err(InvalidNotation::TooLong(text.chars().take(60).collect()));
        }
        if text
            .chars()
            .any(|found| found.is_whitespace() || found.is_control() || found == '/')
        {
            return Err(InvalidNotation::Character(text.to_owned()));
        }
        if text.split('-').any(str::is_empty) {
            return Err(InvalidNotation::EmptyPart(text.to_owned()));
        }
        Ok(Self(text.into()))
    }
}

impl AsRef<str> for Notation {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Notation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// Number and notation as they stand on the document: `05/BNV-VP`. A number below 10 gets a leading zero.
#[must_use]
pub fn render(number: u64, notation: &Notation) -> String {
    format!("{number:02}/{notation}")
}

/// The notation that a type, an agency's abbreviation and the unit that drafted ask for: `QĐ-BNV` for a decision of BNV,
/// `BNV-VP` for its official letters. Types with an abbreviation do not name the unit, which may then be empty.
///
/// # Errors
/// [`InvalidNotation`] when the parts make none.
pub fn suggest(kind: DocumentType, agency: &str, unit: &str) -> Result<Notation, InvalidNotation> {
    match (kind.abbreviation(), unit) {
        (Some(kind), _) => format!("{kind}-{agency}").parse(),
        (None, "") => agency.parse(),
        (None, unit) => format!("{agency}-{unit}").parse(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(kind: DocumentType, unit: &str, number: u64, expected: &str) {
        assert_eq!(render(number, &suggest(kind, "BNV", unit).unwrap()), expected);
    }

    #[test]
    fn as_the_decree_shows_them() {
        check(DocumentType::Decision, "VP", 15, "15/QĐ-BNV");
        check(DocumentType::Regulation, "", 9, "09/QyĐ-BNV");
        check(DocumentType::OfficialLetter, "VP", 5, "05/BNV-VP");
        check(DocumentType::OfficialCorrespondence, "VP", 10, "10/BNV-VP");
        check(DocumentType::OfficialLetter, "", 1234, "1234/BNV");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| text.parse::<Notation>().unwrap_err();
        assert_eq!(error(""), InvalidNotation::Empty);
        assert!(matches!(error(&"Đ".repeat(31)), InvalidNotation::TooLong(_)));
        for text in ["UBND VX", "12/UBND", "UBND\u{a0}VX", "UBND\0"] {
            assert_eq!(error(text), InvalidNotation::Character(text.to_owned()));
        }
        for text in ["-UBND", "UBND-", "UBND--VX", "-"] {
            assert_eq!(error(text), InvalidNotation::EmptyPart(text.to_owned()));
        }
        assert!("Đ".repeat(30).parse::<Notation>().is_ok());
        assert!(suggest(DocumentType::Decision, "", "VP").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_kept_as_it_stands_or_refused(text in ".{0,40}") {
            if let Ok(notation) = text.parse::<Notation>() {
                prop_assert_eq!(notation.as_str(), &text);
                prop_assert!(render(7, &notation).starts_with("07/"));
            }
        }
    }
}
