//! What a scenario's keys cannot say by themselves: each fault with its place in the file and the way to mend it.

mod flows;
mod periods;
mod receivers;
mod thresholds;

use super::{Mode, Scenario, Size, UrgencyMix};
use crate::share::Share;

/// Contents travel in the envelope, which takes 1 MiB of them.
const BYTES_MAX: u32 = 800_000;
/// Steps are seconds to hours; longer ones would let days go by in which nobody opens a mailbox.
const SCALE_MAX: f64 = 10_000_000.0;

/// What is wrong, and where.
pub(super) struct Fault {
    /// Keys and places in lists, with a slash between them.
    pub(super) path: String,
    pub(super) message: String,
}

/// A fault at a path.
fn at(path: impl Into<String>, message: impl Into<String>) -> Option<Fault> {
    Some(Fault {
        path: path.into(),
        message: message.into(),
    })
}

impl Scenario {
    /// The first contradiction.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.clock_fault()
            .or_else(|| self.periods_fault())
            .or_else(|| self.rates_fault())
            .or_else(|| self.flows_fault())
            .or_else(|| self.receivers_fault())
            .or_else(|| self.thresholds_fault())
            .or_else(|| {
                let (key, message) = self.merger_fault()?;
                at(format!("merger/{key}"), message)
            })
            .or_else(|| {
                let (place, message) = self.injected_fault()?;
                at(format!("fault/{place}"), message)
            })
    }

    fn clock_fault(&self) -> Option<Fault> {
        if !self.clock.step().is_positive() {
            return at("clock/step", "`clock.step` must be longer than nothing, such as `15m`");
        }
        match (self.clock.mode, self.clock.factor) {
            (Mode::Scaled, None) => at(
                "clock/mode",
                "`clock.mode` is scaled; set `clock.factor` to hub seconds per wall second",
            ),
            (Mode::Scaled, Some(factor)) if !(factor > 0.0 && factor <= SCALE_MAX) => at(
                "clock/factor",
                format!("`clock.factor` is {factor}; it must be above 0 and up to 10,000,000"),
            ),
            (Mode::Driven | Mode::Wall, Some(_)) => at(
                "clock/factor",
                "`clock.factor` belongs to mode scaled; take it out, or set `mode = \"scaled\"`",
            ),
            _ => None,
        }
    }

    fn rates_fault(&self) -> Option<Fault> {
        let acts = &self.acts;
        let replaced = self.flow.iter().filter_map(|flow| flow.replaced);
        let recalled = self.flow.iter().filter_map(|flow| flow.recalled);
        let acting = replaced.chain(recalled).chain([acts.recalled, acts.replaced]).max();
        if acting > Some(Share::NONE) && acts.reasons.iter().all(|reason| reason.trim().is_empty()) {
            return at(
                "acts",
                "documents are recalled or replaced without `acts.reasons`; write at least one",
            );
        }
        sizes_fault("content/sizes", &self.content.sizes).or_else(|| urgency_fault("urgency", &self.urgency))
    }
}

fn sizes_fault(path: &str, sizes: &[Size]) -> Option<Fault> {
    let name = path.replace('/', ".");
    if let Some(place) = sizes.iter().position(|size| size.bytes > BYTES_MAX) {
        let bytes = sizes[place].bytes;
        return at(
            format!("{path}/{place}/bytes"),
            format!("`{name}` has {bytes} bytes; {BYTES_MAX} at most travel in an envelope"),
        );
    }
    match sizes.iter().all(|size| size.weight == 0) {
        true => at(path, format!("`{name}` has no weight above 0; give one to a size")),
        false => None,
    }
}

fn urgency_fault(path: &str, urgency: &UrgencyMix) -> Option<Fault> {
    match urgency.weights().iter().all(|(_, weight)| *weight == 0) {
        true => at(
            path,
            format!(
                "`{}` has no weight above 0; give one to an urgency",
                path.replace('/', ".")
            ),
        ),
        false => None,
    }
}

#[cfg(test)]
mod tests;
