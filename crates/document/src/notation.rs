//! Number and notation (số, ký hiệu): Decree 30/2020/NĐ-CP, Appendix I and Article 15. Numbers restart at 1 each year.

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
    #[error("notation `{0}` is longer than 30 characters")]
    TooLong(String),
    /// A space, a slash or a control character.
    #[error("notation `{0}` has a space or a slash; join its parts with hyphens")]
    Character(String),
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
        Ok(Self(text.into()))
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
/// `BNV-VP` for its official letters.
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
    use super::*;

    #[test]
    fn as_the_decree_shows_them() {
        let decision = suggest(DocumentType::Decision, "BNV", "VP").unwrap();
        assert_eq!(render(15, &decision), "15/QĐ-BNV");
        let letter = suggest(DocumentType::OfficialLetter, "BNV", "VP").unwrap();
        assert_eq!(render(5, &letter), "05/BNV-VP");
        assert_eq!(
            render(1234, &suggest(DocumentType::OfficialLetter, "UBND", "").unwrap()),
            "1234/UBND"
        );
        for bad in ["", "UBND VX", "12/UBND", &"Đ".repeat(31)] {
            assert!(bad.parse::<Notation>().is_err(), "{bad}");
        }
        assert!("Đ".repeat(30).parse::<Notation>().is_ok());
    }
}
