//! One agency of a topology.

use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};
use truc_proto::v1 as pb;

use super::Party;

/// Agency (cơ quan) as a topology has it.
#[derive(Clone, Debug, PartialEq)]
pub struct AgencyEntry {
    /// Identifier in the form of Decision 20/2020/QĐ-TTg.
    pub code: AgencyCode,
    /// The same in the form of QCVN 102:2016, where it has one.
    pub legacy: Option<AgencyCode>,
    /// 200 characters at most.
    pub name: String,
    /// Administrative level.
    pub level: Level,
    /// The agency above; none for those of the first level.
    pub parent: Option<AgencyCode>,
    /// Code of the province that it counts under; its own for central agencies.
    pub province: AgencyCode,
    /// It may send and receive.
    pub connected: bool,
    /// What is asked of its personal signatures.
    pub signing_policy: SigningPolicy,
    /// What it runs, each once, in the order of the kinds.
    pub systems: Vec<SystemKind>,
    /// Services of the National Public Service Portal that it has integrated.
    pub portal_services: u32,
}

impl AgencyEntry {
    /// What it is in the administration.
    pub fn party(&self) -> Party {
        match (self.level, &self.parent) {
            (Level::Central, _) => Party::Central,
            (Level::Province, None) => Party::Province,
            (Level::Province, Some(_)) => Party::Department,
            (Level::District, _) => Party::District,
            (Level::Commune, _) => Party::Commune,
        }
    }

    /// It runs a system of that kind.
    pub fn runs(&self, system: SystemKind) -> bool {
        self.systems.contains(&system)
    }

    /// As the client library has it.
    pub fn listed(&self) -> truc_agency::AgencyEntry {
        truc_agency::AgencyEntry {
            code: self.code.clone(),
            legacy_code: self.legacy.clone(),
            name: self.name.clone(),
            level: self.level,
            parent: self.parent.clone(),
            province: self.province.clone(),
            connected: self.connected,
            signing_policy: self.signing_policy,
            systems: self.systems.clone(),
            portal_services: self.portal_services,
            successor: None,
        }
    }

    /// As the API has it.
    pub fn to_wire(&self) -> pb::Agency {
        pb::Agency {
            code: self.code.to_string(),
            legacy_code: self.legacy.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: self.name.clone(),
            level: self.level.wire(),
            parent: self.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            province: self.province.to_string(),
            connected: self.connected,
            signing_policy: self.signing_policy.wire(),
            systems: self.systems.iter().map(|system| system.wire()).collect(),
            portal_services: self.portal_services,
            ..pb::Agency::default()
        }
    }
}
