//! The address book as of a position: agencies, registered certificates, revocations.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};
use truc_proto::v1 as pb;

use super::{AgencyIndex, ProvinceIndex};

/// Agency (cơ quan) as registered.
#[derive(Clone, Debug)]
pub struct Agency {
    /// Its code, the key of everything.
    pub code: AgencyCode,
    /// The same agency's code in the older form, if it has one.
    pub legacy_code: Option<AgencyCode>,
    /// 200 characters at most.
    pub name: String,
    /// Said by the directory, never guessed from the code.
    pub level: Level,
    /// The agency above.
    pub parent: Option<AgencyCode>,
    /// What it counts under.
    pub province: ProvinceIndex,
    /// It may send and receive.
    pub connected: bool,
    /// What is asked of its documents.
    pub policy: SigningPolicy,
    /// What it runs.
    pub systems: Vec<SystemKind>,
    /// Services of the public-service portal that it has integrated.
    pub portal_services: u32,
    /// Who took over; of a closed agency.
    pub successor: Option<AgencyCode>,
    /// When it closed, hub time, µs.
    pub closed_at: Option<i64>,
}

/// When a certificate was revoked, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Hub time from which it no longer counts.
    pub at: Timestamp,
    /// The operator's words.
    pub reason: String,
}

/// See the module. Shared as a whole by readers; changed by copy.
#[derive(Clone, Default)]
pub struct Directory {
    agencies: Vec<Arc<Agency>>,
    by_code: BTreeMap<AgencyCode, AgencyIndex>,
    aliases: HashMap<AgencyCode, AgencyIndex>,
    provinces: Vec<String>,
    pub(crate) certificates: BTreeMap<[u8; 32], Arc<pb::Certificate>>,
    pub(crate) revocations: BTreeMap<[u8; 32], Revocation>,
}

impl Directory {
    /// The agency of a code in either form.
    #[must_use]
    pub fn find(&self, code: &AgencyCode) -> Option<AgencyIndex> {
        self.by_code.get(code).or_else(|| self.aliases.get(code)).copied()
    }

    /// The agency at an index.
    #[must_use]
    pub fn get(&self, index: AgencyIndex) -> Option<&Arc<Agency>> {
        self.agencies.get(index as usize)
    }

    /// Who stands for an agency now: itself, or where it closed, who took over from who took over.
    #[must_use]
    pub fn heir(&self, index: AgencyIndex) -> AgencyIndex {
        let successor = |index: AgencyIndex| self.find(self.get(index)?.successor.as_ref()?);
        // A successor is open when it is named, so there is no way back.
        std::iter::successors(Some(index), |index| successor(*index))
            .take(self.agencies.len())
            .last()
            .unwrap_or(index)
    }

    /// What the counts of a province stand under since its agency closed: the province of who took over.
    #[must_use]
    pub fn province_since(&self, index: ProvinceIndex) -> ProvinceIndex {
        let agency = self.province(index).parse().ok().and_then(|code| self.find(&code));
        let heir = agency.map(|agency| self.heir(agency)).and_then(|heir| self.get(heir));
        heir.map_or(index, |heir| heir.province)
    }

    /// Notes that an agency closed.
    pub(crate) fn close(&mut self, index: AgencyIndex, successor: AgencyCode, at: i64) {
        if let Some(agency) = self.agencies.get_mut(index as usize) {
            let agency = Arc::make_mut(agency);
            agency.connected = false;
            agency.successor = Some(successor);
            agency.closed_at = Some(at);
        }
    }

    /// Number of agencies.
    #[must_use]
    pub fn len(&self) -> usize {
        self.agencies.len()
    }

    /// Whether there is no agency.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agencies.is_empty()
    }

    /// Agencies by code, from the first code after `after`.
    pub fn after<'a>(&'a self, after: Option<&AgencyCode>) -> impl Iterator<Item = (AgencyIndex, &'a Arc<Agency>)> {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        self.by_code
            .range::<AgencyCode, _>((from, std::ops::Bound::Unbounded))
            .filter_map(|(_, index)| Some((*index, self.get(*index)?)))
    }

    /// The name that a province counts under: its code, or a central agency's own.
    #[must_use]
    pub fn province(&self, index: ProvinceIndex) -> &str {
        self.provinces.get(usize::from(index)).map_or("", String::as_str)
    }

    /// Agencies in the order of their indexes.
    pub fn in_order(&self) -> impl Iterator<Item = &Arc<Agency>> {
        self.agencies.iter()
    }

    /// Names of the provinces in the order of their indexes.
    #[must_use]
    pub fn provinces(&self) -> &[String] {
        &self.provinces
    }

    /// Adds a province at the next index, when a state is read back.
    pub(crate) fn push_province(&mut self, name: String) {
        self.provinces.push(name);
    }

    /// The registered certificate of a fingerprint.
    #[must_use]
    pub fn certificate(&self, fingerprint: &[u8; 32]) -> Option<&Arc<pb::Certificate>> {
        self.certificates.get(fingerprint)
    }

    /// Registered certificates by fingerprint.
    pub fn certificates(&self) -> impl Iterator<Item = (&[u8; 32], &Arc<pb::Certificate>)> {
        self.certificates.iter()
    }

    /// When a certificate was revoked.
    #[must_use]
    pub fn revocation(&self, fingerprint: &[u8; 32]) -> Option<&Revocation> {
        self.revocations.get(fingerprint)
    }

    /// All revocations by fingerprint.
    pub fn revocations(&self) -> impl Iterator<Item = (&[u8; 32], &Revocation)> {
        self.revocations.iter()
    }

    /// The agency as the API tells it.
    #[must_use]
    pub fn to_wire(&self, agency: &Agency) -> pb::Agency {
        pb::Agency {
            code: agency.code.to_string(),
            legacy_code: agency.legacy_code.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: agency.name.clone(),
            level: agency.level.wire(),
            parent: agency.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            province: self.province(agency.province).to_owned(),
            connected: agency.connected,
            signing_policy: agency.policy.wire(),
            systems: agency.systems.iter().map(|system| system.wire()).collect(),
            portal_services: agency.portal_services,
            successor: agency.successor.as_ref().map(ToString::to_string).unwrap_or_default(),
            closed_at: agency.closed_at.map(super::wire_time),
        }
    }

    /// Adds or changes an agency; `None` when the wire form can't be one, which admission has ruled out.
    pub(crate) fn put(&mut self, wire: &pb::Agency) -> Option<AgencyIndex> {
        let code: AgencyCode = wire.code.parse().ok()?;
        let optional = |text: &str| {
            if text.is_empty() {
                Some(None)
            } else {
                text.parse().ok().map(Some)
            }
        };
        let province = if wire.province.is_empty() {
            code.to_string()
        } else {
            wire.province.clone()
        };
        let (legacy_code, parent) = (optional(&wire.legacy_code)?, optional(&wire.parent)?);
        let successor = optional(&wire.successor)?;
        let level = Level::try_from(wire.level).ok()?;
        let policy = SigningPolicy::try_from(wire.signing_policy).ok()?;
        let agency = Agency {
            legacy_code,
            name: wire.name.clone(),
            level,
            parent,
            // Last of all that can fail, as it may add a province.
            province: self.province_index(province)?,
            connected: wire.connected,
            policy,
            systems: wire
                .systems
                .iter()
                .filter_map(|&system| SystemKind::try_from(system).ok())
                .collect(),
            portal_services: wire.portal_services,
            successor,
            closed_at: wire.closed_at.as_ref().map(super::micros),
            code,
        };
        let index = match self.by_code.get(&agency.code) {
            Some(&index) => {
                if let Some(old) = self.get(index).and_then(|old| old.legacy_code.clone()) {
                    self.aliases.remove(&old);
                }
                index
            }
            None => {
                let index = self.agencies.len() as AgencyIndex;
                self.by_code.insert(agency.code.clone(), index);
                index
            }
        };
        if let Some(legacy) = &agency.legacy_code {
            self.aliases.insert(legacy.clone(), index);
        }
        match self.agencies.get_mut(index as usize) {
            Some(slot) => *slot = Arc::new(agency),
            None => self.agencies.push(Arc::new(agency)),
        }
        Some(index)
    }

    /// The index of a province, a new one if it is not there; `None` when there are as many as there are indexes.
    fn province_index(&mut self, name: String) -> Option<ProvinceIndex> {
        let known = self.provinces.iter().position(|province| *province == name);
        let index = ProvinceIndex::try_from(known.unwrap_or(self.provinces.len())).ok()?;
        if known.is_none() {
            self.provinces.push(name);
        }
        Some(index)
    }
}
