//! The XML-DSig of a package: kept, and judged for what it is worth.

use std::fmt;

/// A `Signature` element, byte for byte as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// From `<` of its start tag to `>` of its end tag.
    pub raw: String,
    /// The prefixes bound around it that it relies on, with what they are bound to; an empty prefix is the default
    /// namespace, an empty URI is none.
    pub bindings: Vec<(String, String)>,
    /// What it is worth.
    pub judgement: SignatureJudgement,
}

/// What a package's XML-DSig is worth. None is ever taken for a personal signature of the axis: those are over bytes,
/// in Ed25519.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureJudgement {
    /// There is none.
    Absent,
    /// It has the form and can't have been made over anything, with what shows it.
    Placeholder(String),
    /// It may be one, and this software does not verify it, with why.
    NotVerifiable(String),
}

impl SignatureJudgement {
    /// Stable word: `absent`, `placeholder`, `not-verifiable`.
    #[must_use]
    pub const fn token(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Placeholder(_) => "placeholder",
            Self::NotVerifiable(_) => "not-verifiable",
        }
    }
}

impl fmt::Display for SignatureJudgement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("no signature"),
            Self::Placeholder(why) => write!(formatter, "a placeholder: {why}"),
            Self::NotVerifiable(why) => write!(formatter, "not verifiable here: {why}"),
        }
    }
}
