//! An agency as the address book has it.

use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};
use truc_proto::v1 as pb;

use crate::{error::InvalidAnswer, wire};

/// An agency in the address book.
#[derive(Clone, Debug, PartialEq)]
pub struct AgencyEntry {
    /// Identifier (mã định danh).
    pub code: AgencyCode,
    /// Its code in the form of QCVN 102:2016, where it has one.
    pub legacy_code: Option<AgencyCode>,
    /// 200 characters.
    pub name: String,
    /// Level (cấp).
    pub level: Level,
    /// The agency above; none for those of the first level.
    pub parent: Option<AgencyCode>,
    /// The province that it counts under; its own code for central agencies.
    pub province: AgencyCode,
    /// It may send and receive.
    pub connected: bool,
    /// What is asked of the personal signature on its documents.
    pub signing_policy: SigningPolicy,
    /// What it runs.
    pub systems: Vec<SystemKind>,
    /// Services of the National Public Service Portal that it has integrated.
    pub portal_services: u32,
    /// Who took over, once it is closed; written by [`Directory::close_agency`](super::Directory::close_agency) alone.
    pub successor: Option<AgencyCode>,
}

impl AgencyEntry {
    pub(super) fn read_some(wire: Option<pb::Agency>) -> Result<Self, InvalidAnswer> {
        Self::read(wire.ok_or(InvalidAnswer { field: "agency" })?)
    }

    pub(super) fn read(wire: pb::Agency) -> Result<Self, InvalidAnswer> {
        let system = |system| {
            SystemKind::try_from(system).map_err(|_| InvalidAnswer {
                field: "agency.systems",
            })
        };
        Ok(Self {
            code: wire::parsed(&wire.code, "agency.code")?,
            legacy_code: wire::optional_parsed(&wire.legacy_code, "agency.legacy_code")?,
            name: wire.name,
            level: Level::try_from(wire.level).map_err(|_| InvalidAnswer { field: "agency.level" })?,
            parent: wire::optional_parsed(&wire.parent, "agency.parent")?,
            province: wire::parsed(&wire.province, "agency.province")?,
            connected: wire.connected,
            signing_policy: SigningPolicy::try_from(wire.signing_policy).map_err(|_| InvalidAnswer {
                field: "agency.signing_policy",
            })?,
            systems: wire.systems.into_iter().map(system).collect::<Result<_, _>>()?,
            portal_services: wire.portal_services,
            successor: wire::optional_parsed(&wire.successor, "agency.successor")?,
        })
    }

    pub(super) fn wire(self) -> pb::Agency {
        let text = |code: Option<AgencyCode>| code.map(|code| code.to_string()).unwrap_or_default();
        pb::Agency {
            code: self.code.to_string(),
            legacy_code: text(self.legacy_code),
            name: self.name,
            level: self.level.wire(),
            parent: text(self.parent),
            province: self.province.to_string(),
            connected: self.connected,
            signing_policy: self.signing_policy.wire(),
            systems: self.systems.into_iter().map(SystemKind::wire).collect(),
            portal_services: self.portal_services,
            ..pb::Agency::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_goes_there_and_back() {
        let entry = AgencyEntry {
            code: "H54.12".parse().unwrap(),
            legacy_code: Some("000.00.12.H54".parse().unwrap()),
            name: "Ủy ban nhân dân huyện Thái Thụy".into(),
            level: Level::District,
            parent: Some("H54".parse().unwrap()),
            province: "H54".parse().unwrap(),
            connected: true,
            signing_policy: SigningPolicy::Pilot,
            systems: vec![SystemKind::DocumentManagement, SystemKind::OneStopShop],
            portal_services: 5,
            successor: None,
        };
        assert_eq!(AgencyEntry::read(entry.clone().wire()), Ok(entry));
    }

    #[test]
    fn level_of_a_later_release_is_named() {
        let wire = pb::Agency {
            code: "H54".into(),
            level: 9,
            ..pb::Agency::default()
        };
        assert_eq!(AgencyEntry::read(wire), Err(InvalidAnswer { field: "agency.level" }));
    }
}
