//! Whose way of writing a package is written in.

use super::names::{NAMESPACE, NAMESPACE_PROVINCIAL};

/// Whose way of writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// As VNPT's library writes: a default namespace and the prefix `edXML` for the same, `Bussiness`.
    #[default]
    Vnpt,
    /// As Bkav eDoc writes: `Business`, `OrganInCharge`, hops as dd/MM/yyyy.
    Bkav,
    /// As one client of a provincial platform writes, with the root `EdXMLEnvelope`. It has no place for an act on
    /// another document, a reply, urgency, due date, staff, manifest or signature.
    Provincial,
}

impl Profile {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Vnpt, Self::Bkav, Self::Provincial];

    /// Stable word: `vnpt`, `bkav`, `provincial`.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Vnpt => "vnpt",
            Self::Bkav => "bkav",
            Self::Provincial => "provincial",
        }
    }

    /// The namespace of its elements.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::Vnpt | Self::Bkav => NAMESPACE,
            Self::Provincial => NAMESPACE_PROVINCIAL,
        }
    }
}

impl std::str::FromStr for Profile {
    type Err = crate::UnknownToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is = |profile: &&Self| profile.token() == text;
        Self::ALL.iter().find(is).copied().ok_or_else(|| crate::UnknownToken {
            what: "profile",
            found: text.to_owned(),
            known: "`vnpt`, `bkav`, `provincial`".to_owned(),
        })
    }
}
