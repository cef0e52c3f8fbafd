//! The names that a certificate carries beside the common name, as URIs in its subject alternative name.

use truc_document::AgencyCode;

use crate::Capacity;

const AGENCY: &str = "urn:truc:agency:";
const CAPACITY: &str = "urn:truc:capacity:";
const HUB: &str = "urn:truc:hub";
const OPERATOR: &str = "urn:truc:operator";
/// Everything that begins so is ours: a name of ours that we don't know must not be passed over.
const OURS: &str = "urn:truc:";

/// One name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Urn {
    /// Ties the holder to an agency: `urn:truc:agency:H54.12`.
    Agency(AgencyCode),
    /// What a person may sign as: `urn:truc:capacity:deputy`.
    Capacity(Capacity),
    /// The hub itself: `urn:truc:hub`.
    Hub,
    /// Whoever runs the hub: `urn:truc:operator`.
    Operator,
}

impl Urn {
    /// None for a URI that is not ours; an error, the URI, for one of ours that says nothing.
    pub(crate) fn read(uri: &str) -> Result<Option<Self>, &str> {
        if !uri.starts_with(OURS) {
            return Ok(None);
        }
        let urn = if let Some(code) = uri.strip_prefix(AGENCY) {
            code.parse().ok().map(Self::Agency)
        } else if let Some(capacity) = uri.strip_prefix(CAPACITY) {
            capacity.parse().ok().map(Self::Capacity)
        } else if uri == HUB {
            Some(Self::Hub)
        } else if uri == OPERATOR {
            Some(Self::Operator)
        } else {
            None
        };
        urn.map(Some).ok_or(uri)
    }

    pub(crate) fn write(&self) -> String {
        match self {
            Self::Agency(code) => format!("{AGENCY}{code}"),
            Self::Capacity(capacity) => format!("{CAPACITY}{capacity}"),
            Self::Hub => HUB.to_owned(),
            Self::Operator => OPERATOR.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        let names = [
            Urn::Agency("H54.12".parse().unwrap()),
            Urn::Agency("000.00.12.H54".parse().unwrap()),
            Urn::Capacity(Capacity::ByOrder),
            Urn::Hub,
            Urn::Operator,
        ];
        for name in names {
            assert_eq!(Urn::read(&name.write()), Ok(Some(name)));
        }
    }

    #[test]
    fn what_is_ours_must_say_something() {
        assert_eq!(Urn::read("https://example.com"), Ok(None));
        for uri in [
            "urn:truc:agency:h54",
            "urn:truc:agency:",
            "urn:truc:capacity:king",
            "urn:truc:hub2",
            "urn:truc:",
        ] {
            assert_eq!(Urn::read(uri), Err(uri));
        }
    }
}
