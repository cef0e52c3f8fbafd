//! Injected faults: which rules are set, and what they say to one call.
//!
//! Each step of a call asks at its own place: [`intake`] for admission, verification and append, [`handing_out`] for
//! delivery, the services for acknowledgement and status. Rules are asked in their order and the first that says yes decides. A
//! hub without faults pays one load of an atomic for each question.
//!
//! **Invariant:** a fault acts on calls, never on the state or the journal: no rule makes the hub write what it would not have
//! written, or sign a receipt for what it has not kept.

mod action;
pub(crate) mod batch;
mod chance;
mod check;
mod corrupt;
pub(crate) mod download;
mod facts;
pub(crate) mod handing_out;
pub(crate) mod intake;
mod loss;
mod rule;
#[cfg(test)]
mod tests;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use arc_swap::ArcSwap;
use truc_document::{FaultKind, FaultStep};
use truc_proto::v1 as pb;
use truc_store::{record::Change, state::State};

use self::rule::Rule;
pub(crate) use self::{
    action::{Effect, Holder},
    check::rule,
    facts::Facts,
    loss::{cut, never, pause},
};

/// It befalls a call as a whole, whatever the call is about.
fn is_of_call(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Delay | FaultKind::Drop | FaultKind::Cut)
}

/// What one rule says to one call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// Its name.
    pub(crate) fault: String,
    pub(crate) effect: Effect,
}

/// The rules in their order.
pub(crate) struct Faults {
    any: AtomicBool,
    rules: ArcSwap<Vec<Arc<Rule>>>,
}

impl Faults {
    /// Those of a state, none of which has done anything yet.
    pub(crate) fn new(faults: &[pb::Fault]) -> Self {
        let rules = Self {
            any: AtomicBool::new(false),
            rules: ArcSwap::from_pointee(Vec::new()),
        };
        rules.load(faults, None);
        rules
    }

    /// Takes over what the state has now. Rules that are as they were keep their counters, but for the one `set` just now.
    pub(crate) fn load(&self, faults: &[pb::Fault], set: Option<&str>) {
        let before = self.rules.load_full();
        let kept = |fault: &pb::Fault| {
            let same = |rule: &&Arc<Rule>| rule.wire == *fault && set != Some(&fault.name);
            before.iter().find(same).map(Arc::clone)
        };
        let rules = faults.iter().filter_map(|fault| {
            kept(fault).or_else(|| match rule(fault, None) {
                Ok(rule) => Some(Arc::new(rule)),
                Err(error) => {
                    tracing::warn!(fault = fault.name, %error, "fault of the journal means nothing to this version");
                    None
                }
            })
        });
        let rules: Vec<_> = rules.collect();
        self.any.store(!rules.is_empty(), Ordering::Relaxed);
        self.rules.store(Arc::new(rules));
    }

    /// The state has taken a change of its faults.
    pub(crate) fn changed(&self, state: &State, change: &Change) {
        let set = match change {
            Change::FaultSet(set) => set.fault.as_ref().map(|fault| fault.name.as_str()),
            _ => None,
        };
        self.load(&state.faults, set);
    }

    /// Whether there is any rule to ask.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// What happens at a step to a call of these facts at hub time `now` (µs), asked of the rules that do what `kinds` says. A call
    /// about many is met when any of them fits.
    pub(crate) fn verdict(
        &self,
        step: FaultStep,
        facts: &[Facts],
        now: i64,
        kinds: impl Fn(FaultKind) -> bool,
    ) -> Option<Verdict> {
        if !self.any() {
            return None;
        }
        decide(&self.rules.load(), step, facts, now, kinds)
    }

    /// All of them, with what they have done.
    pub(crate) fn to_wire(&self) -> Vec<pb::InjectedFault> {
        self.rules.load().iter().map(|rule| rule.to_wire()).collect()
    }
}

/// The first of the rules that says yes.
fn decide(
    rules: &[Arc<Rule>],
    step: FaultStep,
    facts: &[Facts],
    now: i64,
    kinds: impl Fn(FaultKind) -> bool,
) -> Option<Verdict> {
    let asked = rules
        .iter()
        .filter(|rule| rule.step == step && kinds(rule.action.kind()));
    asked
        .filter_map(|rule| {
            let effect = rule.ask(facts, now)?;
            let kind = rule.action.kind();
            tracing::info!(fault = rule.wire.name, %step, %kind, "injected fault");
            let fault = rule.wire.name.clone();
            Some(Verdict { fault, effect })
        })
        .next()
}
