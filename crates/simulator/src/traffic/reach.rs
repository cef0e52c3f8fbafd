//! Who may send in a flow, and whom a sender reaches.

use std::collections::HashMap;

use super::candidates::Candidates;
use crate::{
    chance::Chance,
    scenario::{FanOut, Flow, Reach, Scenario},
    topology::{AgencyEntry, Party},
};

/// Senders and receivers of each flow. Made once: a document then costs nothing by the number of agencies.
pub(super) struct Reaches<'a> {
    agencies: &'a [AgencyEntry],
    routes: Vec<Route<'a>>,
    /// Sums of the weights of the flows up to each.
    flow_sums: Vec<u64>,
    provinces: HashMap<&'a str, Vec<usize>>,
}

/// One flow.
struct Route<'a> {
    /// Senders that reach somebody, in the order of their ranks.
    senders: Vec<usize>,
    /// Sums of their weights up to each.
    sums: Vec<u64>,
    receivers: Receivers<'a>,
}

/// Those who take part in a flow as receivers, as its reach asks for them.
enum Receivers<'a> {
    /// The index of the agency above, by sender, where it takes part.
    Parent(Vec<Option<usize>>),
    /// Lists by the code of the agency above, or of the province.
    Lists(Reach, HashMap<&'a str, Vec<usize>>),
    /// One list for all senders, and in it the places of each province.
    OtherProvinces(Vec<usize>, HashMap<&'a str, Vec<usize>>),
    /// One list for all senders.
    Any(Vec<usize>),
}

impl<'a> Reaches<'a> {
    pub(super) fn new(scenario: &Scenario, agencies: &'a [AgencyEntry], seed: u64) -> Self {
        let mut provinces: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, entry) in agencies.iter().enumerate() {
            if entry.party() != Party::Central {
                provinces.entry(entry.province.as_str()).or_default().push(index);
            }
        }
        let routes: Vec<Route> = scenario
            .flow
            .iter()
            .map(|flow| Route::new(flow, scenario, agencies, seed))
            .collect();
        let weight = |(route, flow): (&Route, &Flow)| match route.senders.is_empty() {
            true => 0,
            false => u64::from(flow.weight),
        };
        let flow_sums = sums(routes.iter().zip(&scenario.flow).map(weight));
        Self {
            agencies,
            routes,
            flow_sums,
            provinces,
        }
    }

    /// Nobody can write to anybody.
    pub(super) fn is_silent(&self) -> bool {
        self.flow_sums.last().copied().unwrap_or(0) == 0
    }

    /// Draws a flow in which somebody can send.
    pub(super) fn flow(&self, chance: &mut Chance) -> usize {
        drawn(&self.flow_sums, chance)
    }

    /// Draws a sender. In the field few agencies send most of the documents, so the weight falls with the rank.
    pub(super) fn sender(&self, flow: usize, chance: &mut Chance) -> usize {
        let route = &self.routes[flow];
        route.senders[drawn(&route.sums, chance)]
    }

    /// Draws whom a document goes to.
    pub(super) fn receivers(&self, flow: usize, sender: usize, fan_out: FanOut, chance: &mut Chance) -> Box<[usize]> {
        let candidates = self.routes[flow].receivers.of(self.agencies, sender);
        let count = match fan_out {
            FanOut::All => candidates.len() as u64,
            FanOut::Between(fewest, most) => chance.skewed(u64::from(fewest), u64::from(most)),
        };
        candidates.sample(usize::try_from(count).unwrap_or(1), chance)
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
}

impl<'a> Route<'a> {
    fn new(flow: &Flow, scenario: &Scenario, agencies: &'a [AgencyEntry], seed: u64) -> Self {
        let receivers = Receivers::new(flow, agencies);
        let may_send = |index: &usize| {
            let entry = &agencies[*index];
            entry.connected
                && entry.runs(flow.system.0)
                && flow.from.iter().any(|party| party.0 == entry.party())
                && scenario.senders.weight_of(entry) > 0
                && receivers.of(agencies, *index).len() > 0
        };
        let senders: Vec<usize> = (0..agencies.len()).filter(may_send).collect();
        let count = senders.len();
        let senders = Chance::new(seed, &format!("senders/{}", flow.name)).sample(senders, count);
        let weights = senders
            .iter()
            .zip(0_u64..)
            .map(|(sender, rank)| 100_000 / (10 + rank) * scenario.senders.weight_of(&agencies[*sender]));
        let sums = sums(weights);
        Self {
            senders,
            sums,
            receivers,
        }
    }
}

impl<'a> Receivers<'a> {
    fn new(flow: &Flow, agencies: &'a [AgencyEntry]) -> Self {
        let takes = |entry: &AgencyEntry| {
            entry.connected
                && flow.to.iter().any(|party| party.0 == entry.party())
                && flow.to_system.as_ref().is_none_or(|system| entry.runs(system.0))
        };
        let taking = || agencies.iter().enumerate().filter(|(_, entry)| takes(entry));
        match flow.reach {
            Reach::Parent => {
                let above = |entry: &AgencyEntry| {
                    let parent = entry.parent.as_ref()?;
                    let index = agencies.binary_search_by(|entry| entry.code.cmp(parent)).ok()?;
                    takes(&agencies[index]).then_some(index)
                };
                Self::Parent(agencies.iter().map(above).collect())
            }
            Reach::Children => {
                let mut lists: HashMap<&str, Vec<usize>> = HashMap::new();
                for (index, entry) in taking() {
                    if let Some(parent) = &entry.parent {
                        lists.entry(parent.as_str()).or_default().push(index);
                    }
                }
                Self::Lists(flow.reach, lists)
            }
            Reach::SameProvince => {
                let mut lists: HashMap<&str, Vec<usize>> = HashMap::new();
                for (index, entry) in taking().filter(|(_, entry)| entry.party() != Party::Central) {
                    lists.entry(entry.province.as_str()).or_default().push(index);
                }
                Self::Lists(flow.reach, lists)
            }
            Reach::OtherProvinces => {
                let mut list = Vec::new();
                let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
                for (index, entry) in taking().filter(|(_, entry)| entry.party() != Party::Central) {
                    places.entry(entry.province.as_str()).or_default().push(list.len());
                    list.push(index);
                }
                Self::OtherProvinces(list, places)
            }
            Reach::Any => Self::Any(taking().map(|(index, _)| index).collect()),
        }
    }

    /// Those whom a sender reaches.
    fn of(&self, agencies: &[AgencyEntry], sender: usize) -> Candidates<'_> {
        let from = &agencies[sender];
        match self {
            Self::Parent(above) => Candidates::all(above[sender].as_slice()),
            Self::Lists(reach, lists) => {
                let key = match reach {
                    Reach::Children => from.code.as_str(),
                    _ => from.province.as_str(),
                };
                let list = lists.get(key).map_or(&[][..], Vec::as_slice);
                Candidates::less_one(list, sender)
            }
            Self::OtherProvinces(list, places) => {
                let own = places.get(from.province.as_str()).map_or(&[][..], Vec::as_slice);
                Candidates::less(list, own)
            }
            Self::Any(list) => Candidates::less_one(list, sender),
        }
    }
}

/// Sums up to and with each.
fn sums(weights: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut sum = 0;
    weights
        .map(|weight| {
            sum += weight;
            sum
        })
        .collect()
}

/// An index drawn by weight, as [`Chance::weighted`] draws it.
fn drawn(sums: &[u64], chance: &mut Chance) -> usize {
    let drawn = chance.below(sums.last().copied().unwrap_or(0));
    let index = sums.partition_point(|sum| *sum <= drawn);
    if index == sums.len() { 0 } else { index }
}
