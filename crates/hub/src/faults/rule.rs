//! One rule: whom it meets, what it does, how often, and what it has done.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use truc_document::{AgencyCode, CorruptedPart, DocumentType, FaultStep, Level, Urgency};
use truc_proto::v1 as pb;

use super::{
    action::{Action, Effect, Holder},
    chance::Chance,
    facts::Facts,
};

/// A fault that is set, checked. Its only memory is how often it was asked and how often it happened.
#[derive(Debug)]
pub(crate) struct Rule {
    /// As it was set.
    pub(super) wire: pb::Fault,
    pub(super) step: FaultStep,
    pub(super) whom: Whom,
    pub(super) action: Action,
    pub(super) probability: f64,
    /// 0 is without limit.
    pub(super) count: u64,
    /// Hub time, µs: from the one up to, and not at, the other.
    pub(super) period: (i64, i64),
    pub(super) matched: AtomicU64,
    pub(super) applied: AtomicU64,
}

/// Whom a rule meets; what is empty meets everybody.
#[derive(Debug, Default)]
pub(super) struct Whom {
    pub(super) agencies: HashSet<AgencyCode>,
    pub(super) provinces: HashSet<String>,
    pub(super) levels: Vec<Level>,
    pub(super) document_types: Vec<DocumentType>,
    pub(super) urgencies: Vec<Urgency>,
}

impl Rule {
    /// What happens to the next call of which any facts are these, at hub time `now` (µs), if anything.
    pub(super) fn ask(&self, facts: &[Facts], now: i64) -> Option<Effect> {
        let (from, until) = self.period;
        let fits = |facts: &Facts| self.whom.fits(facts) && self.finds_its_object(facts);
        if now < from || now >= until || !facts.iter().any(fits) {
            return None;
        }
        let number = self.matched.fetch_add(1, Ordering::Relaxed);
        let mut chance = Chance::new(self.wire.seed, &self.wire.name, number);
        if !chance.happens(self.probability) {
            return None;
        }
        let one_more = |applied| (self.count == 0 || applied < self.count).then_some(applied + 1);
        self.applied
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .ok()?;
        Some(self.action.effect(&self.wire.name, &mut chance))
    }

    /// There is what it would corrupt, or whose certificate it would find void.
    fn finds_its_object(&self, facts: &Facts) -> bool {
        let carries = facts.carries;
        match self.action {
            Action::Corrupt(CorruptedPart::Content) => carries.content,
            Action::Corrupt(CorruptedPart::Signature)
            | Action::Revoked(Holder::Person)
            | Action::Expired(Holder::Person) => carries.personal_signature,
            Action::Corrupt(_) => carries.envelope,
            _ => true,
        }
    }

    pub(super) fn to_wire(&self) -> pb::InjectedFault {
        pb::InjectedFault {
            fault: Some(self.wire.clone()),
            matched: self.matched.load(Ordering::Relaxed),
            applied: self.applied.load(Ordering::Relaxed),
        }
    }
}

impl Whom {
    fn fits(&self, facts: &Facts) -> bool {
        let agency = facts.agency.as_ref();
        let is_one_of = |codes: &HashSet<AgencyCode>| {
            agency.is_some_and(|agency: &Arc<truc_store::state::Agency>| {
                codes.contains(&agency.code) || agency.legacy_code.as_ref().is_some_and(|code| codes.contains(code))
            })
        };
        (self.agencies.is_empty() || is_one_of(&self.agencies))
            && (self.provinces.is_empty() || self.provinces.contains(&facts.province))
            && (self.levels.is_empty() || agency.is_some_and(|agency| self.levels.contains(&agency.level)))
            && (self.document_types.is_empty()
                || facts
                    .document_type
                    .is_some_and(|kind| self.document_types.contains(&kind)))
            && (self.urgencies.is_empty() || facts.urgency.is_some_and(|urgency| self.urgencies.contains(&urgency)))
    }
}
