//! What a fault does, as its rule has it and as it comes out for one call.

use std::time::Duration;

use truc_document::{CorruptedPart, FaultKind, Reason, Refusal};

use super::chance::Chance;

/// What a rule does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Delay(Delay),
    Refuse {
        reason: Reason,
        retry_after: Option<Duration>,
    },
    Drop,
    Twice,
    Reorder,
    Corrupt(CorruptedPart),
    Cut,
    /// By so much hub time runs ahead, µs.
    ClockSkew(i64),
    StaleDirectory,
    Revoked(Holder),
    Expired(Holder),
}

/// Whose certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Person,
    Seal,
}

/// How long, wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delay {
    /// Each length from the one to the other is as likely.
    Uniform(Duration, Duration),
    /// Least, mean, most.
    Exponential(Duration, Duration, Duration),
}

/// What happens to one call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Delay(Duration),
    Refuse(Refusal),
    Drop,
    Twice,
    Reorder,
    /// The number says which byte and bit.
    Corrupt(CorruptedPart, u64),
    Cut,
    ClockSkew(i64),
    StaleDirectory,
    Revoked(Holder),
    Expired(Holder),
}

impl Action {
    pub(crate) fn kind(&self) -> FaultKind {
        match self {
            Self::Delay(_) => FaultKind::Delay,
            Self::Refuse { .. } => FaultKind::Refuse,
            Self::Drop => FaultKind::Drop,
            Self::Twice => FaultKind::Twice,
            Self::Reorder => FaultKind::Reorder,
            Self::Corrupt(_) => FaultKind::Corrupt,
            Self::Cut => FaultKind::Cut,
            Self::ClockSkew(_) => FaultKind::ClockSkew,
            Self::StaleDirectory => FaultKind::StaleDirectory,
            Self::Revoked(_) => FaultKind::Revoked,
            Self::Expired(_) => FaultKind::Expired,
        }
    }

    /// As it comes out for one call; `fault` is the rule's name.
    pub(super) fn effect(&self, fault: &str, chance: &mut Chance) -> Effect {
        match *self {
            Self::Delay(delay) => Effect::Delay(delay.draw(chance)),
            Self::Refuse { reason, retry_after } => {
                let refusal = Refusal::new(reason, format!("injected fault `{fault}` refuses this call"));
                let refusal = refusal.with("fault", fault);
                Effect::Refuse(match retry_after {
                    Some(delay) => refusal.retry_after(delay),
                    None => refusal,
                })
            }
            Self::Drop => Effect::Drop,
            Self::Twice => Effect::Twice,
            Self::Reorder => Effect::Reorder,
            Self::Corrupt(part) => Effect::Corrupt(part, chance.number()),
            Self::Cut => Effect::Cut,
            Self::ClockSkew(ahead) => Effect::ClockSkew(ahead),
            Self::StaleDirectory => Effect::StaleDirectory,
            Self::Revoked(holder) => Effect::Revoked(holder),
            Self::Expired(holder) => Effect::Expired(holder),
        }
    }
}

impl Delay {
    fn draw(self, chance: &mut Chance) -> Duration {
        match self {
            Self::Uniform(least, most) => least + (most - least).mul_f64(chance.fraction()),
            Self::Exponential(least, mean, most) => {
                // The fraction is below 1, so its logarithm is finite.
                let rest = -(1.0 - chance.fraction()).ln();
                (least + (mean - least).mul_f64(rest)).min(most)
            }
        }
    }
}
