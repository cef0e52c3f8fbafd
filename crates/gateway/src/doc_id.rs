//! `docId`: the axis's id of one package for one receiver, 24 hex digits as the real axis gives them.
//!
//! It is made of the delivery's number and a tag of the agency whose mailbox it is in, so that the gateway need not
//! remember it: the same delivery has the same docId after any restart.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};
use truc_document::AgencyCode;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DocId {
    delivery: u64,
    tag: [u8; 4],
}

impl DocId {
    pub(crate) fn new(agency: &AgencyCode, delivery: u64) -> Self {
        Self {
            delivery,
            tag: tag(agency),
        }
    }

    pub(crate) fn delivery(self) -> u64 {
        self.delivery
    }

    /// Whether it may be of this agency's mailbox: one in four thousand million others would say so too, and then the hub
    /// does not know the delivery.
    pub(crate) fn may_be_of(self, agency: &AgencyCode) -> bool {
        self.tag == tag(agency)
    }
}

fn tag(agency: &AgencyCode) -> [u8; 4] {
    let [first, second, third, fourth, ..] = <[u8; 32]>::from(Sha256::digest(agency.as_str()));
    [first, second, third, fourth]
}

impl fmt::Display for DocId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}{}", self.delivery, hex::encode(self.tag))
    }
}

impl FromStr for DocId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes: [u8; 12] = hex::decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(())?;
        let (delivery, tag) = bytes.split_at(8);
        Ok(Self {
            delivery: u64::from_be_bytes(delivery.try_into().map_err(drop)?),
            tag: tag.try_into().map_err(drop)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_there_and_back_and_knows_its_agency() {
        let (one, other): (AgencyCode, AgencyCode) = ("H54".parse().unwrap(), "H54.1".parse().unwrap());
        let id = DocId::new(&one, 0x1234);
        let text = id.to_string();
        assert_eq!((text.len(), &text[..16]), (24, "0000000000001234"));
        assert_eq!(text.parse(), Ok(id));
        assert!(id.may_be_of(&one) && !id.may_be_of(&other));
        for wrong in [
            "",
            "1234",
            "019abc7e-0000-7000-8000-000000000000",
            "zz00000000001234aaaaaaaa",
        ] {
            assert_eq!(wrong.parse::<DocId>(), Err(()), "{wrong}");
        }
    }
}
