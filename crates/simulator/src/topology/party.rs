//! Party: what an agency is in the administration, one step finer than its level.

use std::{fmt, str::FromStr};

/// Kind of agency, by level and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// Central agency: a ministry, the Government Office (cơ quan trung ương).
    Central,
    /// A province's People's Committee (Ủy ban nhân dân tỉnh): of the province's level and without a parent.
    Province,
    /// A provincial department (sở, ban, ngành): of the province's level, under its People's Committee.
    Department,
    /// A district's People's Committee (Ủy ban nhân dân huyện).
    District,
    /// A commune's People's Committee (Ủy ban nhân dân xã).
    Commune,
}

impl Party {
    /// All, from the centre down.
    pub const ALL: [Self; 5] = [
        Self::Central,
        Self::Province,
        Self::Department,
        Self::District,
        Self::Commune,
    ];

    /// As in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Province => "province",
            Self::Department => "department",
            Self::District => "district",
            Self::Commune => "commune",
        }
    }

    /// An agency of this kind may have `other` directly under it. Communes stand under the province where there is no
    /// district level, as since July 2025.
    pub(crate) fn may_lead(self, other: Self) -> bool {
        match self {
            Self::Central => other == Self::Central,
            Self::Province => matches!(other, Self::Department | Self::District | Self::Commune),
            Self::District => other == Self::Commune,
            Self::Department | Self::Commune => false,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No party has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown party `{0}`; known: central, province, department, district, commune")]
pub struct UnknownParty(String);

impl FromStr for Party {
    type Err = UnknownParty;

    fn from_str(text: &str) -> Result<Self, UnknownParty> {
        Self::ALL
            .into_iter()
            .find(|party| party.as_str() == text)
            .ok_or_else(|| UnknownParty(text.to_owned()))
    }
}
