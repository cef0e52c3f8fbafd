//! Who may send in a flow, and whom a sender reaches.

use std::collections::HashMap;

use crate::{
    chance::Chance,
    scenario::{Flow, Reach, Scenario},
    topology::{AgencyEntry, Party},
};

/// Senders of each flow, and the index of who is where.
pub(super) struct Reaches<'a> {
    agencies: &'a [AgencyEntry],
    flows: &'a [Flow],
    /// For each flow: senders that reach somebody, with their weights.
    senders: Vec<Vec<(usize, u64)>>,
    children: HashMap<&'a str, Vec<usize>>,
    provinces: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Reaches<'a> {
    pub(super) fn new(scenario: &'a Scenario, agencies: &'a [AgencyEntry], seed: u64) -> Self {
        let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut provinces: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, entry) in agencies.iter().enumerate() {
            if let Some(parent) = &entry.parent {
                children.entry(parent.as_str()).or_default().push(index);
            }
            if entry.party() != Party::Central {
                provinces.entry(entry.province.as_str()).or_default().push(index);
            }
        }
        let mut reaches = Self {
            agencies,
            flows: &scenario.flow,
            senders: Vec::new(),
            children,
            provinces,
        };
        reaches.senders = scenario
            .flow
            .iter()
            .map(|flow| reaches.senders_of(flow, seed))
            .collect();
        reaches
    }

    /// Nobody can write to anybody.
    pub(super) fn is_silent(&self) -> bool {
        self.senders
            .iter()
            .zip(self.flows)
            .all(|(senders, flow)| senders.is_empty() || flow.weight == 0)
    }

    /// Weight of a flow: none where nobody can send in it.
    pub(super) fn flow_weights(&self) -> impl Iterator<Item = u64> + Clone {
        let weight = |(senders, flow): (&Vec<_>, &Flow)| if senders.is_empty() { 0 } else { u64::from(flow.weight) };
        self.senders.iter().zip(self.flows).map(weight)
    }

    /// Draws a sender. In the field few agencies send most of the documents, so the weight falls with the rank.
    pub(super) fn sender(&self, flow: usize, chance: &mut Chance) -> usize {
        let senders = &self.senders[flow];
        senders[chance.weighted(senders.iter().map(|(_, weight)| *weight))].0
    }

    fn senders_of(&self, flow: &Flow, seed: u64) -> Vec<(usize, u64)> {
        let may_send = |index: &usize| {
            let entry = &self.agencies[*index];
            entry.connected
                && entry.runs(flow.system.0)
                && flow.from.iter().any(|party| party.0 == entry.party())
                && !self.receivers_in(flow, *index).is_empty()
        };
        let senders: Vec<usize> = (0..self.agencies.len()).filter(may_send).collect();
        let count = senders.len();
        let ranked = Chance::new(seed, &format!("senders/{}", flow.name)).sample(senders, count);
        ranked
            .into_iter()
            .zip(0_u64..)
            .map(|(sender, rank)| (sender, 100_000 / (10 + rank)))
            .collect()
    }

    /// Whom a sender reaches in a flow.
    pub(super) fn receivers(&self, flow: usize, sender: usize) -> Vec<usize> {
        self.receivers_in(&self.flows[flow], sender)
    }

    fn receivers_in(&self, flow: &Flow, sender: usize) -> Vec<usize> {
        let from = &self.agencies[sender];
        let takes = |index: &usize| {
            let entry = &self.agencies[*index];
            *index != sender
                && entry.connected
                && flow.to.iter().any(|party| party.0 == entry.party())
                && flow.to_system.as_ref().is_none_or(|system| entry.runs(system.0))
        };
        let listed = |list: Option<&Vec<usize>>| list.into_iter().flatten().copied().filter(takes).collect();
        match flow.reach {
            Reach::Parent => {
                let above = from.parent.as_ref().and_then(|parent| self.index_of(parent));
                above.into_iter().filter(takes).collect()
            }
            Reach::Children => listed(self.children.get(from.code.as_str())),
            Reach::SameProvince => listed(self.provinces.get(from.province.as_str())),
            Reach::OtherProvinces => (0..self.agencies.len())
                .filter(|index| self.agencies[*index].province != from.province)
                .filter(|index| self.agencies[*index].party() != Party::Central)
                .filter(takes)
                .collect(),
            Reach::Any => (0..self.agencies.len()).filter(takes).collect(),
        }
    }

    /// An agency of the sender's province that is not connected.
    pub(super) fn not_connected(&self, sender: usize, chance: &mut Chance) -> Option<usize> {
        let province = self.provinces.get(self.agencies[sender].province.as_str())?;
        let silent: Vec<usize> = province
            .iter()
            .copied()
            .filter(|index| !self.agencies[*index].connected)
            .collect();
        (!silent.is_empty()).then(|| *chance.pick(&silent))
    }

    fn index_of(&self, code: &truc_document::AgencyCode) -> Option<usize> {
        self.agencies.binary_search_by(|entry| entry.code.cmp(code)).ok()
    }
}
