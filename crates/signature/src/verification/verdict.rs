//! Verdict: each check with its outcome.

use truc_document::{Refusal, SignatureStanding, SigningPolicy};

use super::Check;

/// What came out of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not, and why.
    Failed(Refusal),
    /// It was not looked at, and why.
    Skipped(Skip),
}

/// Why a check was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Another failed, without which there is nothing to look at.
    WaitsFor(Check),
    /// The sender's policy does not ask for it.
    Policy(SigningPolicy),
}

/// All checks in order, each once, with what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    checks: Vec<(Check, Outcome)>,
    /// As far as the checks went: to be read through [`Self::standing`].
    pub(crate) standing: SignatureStanding,
}

impl Verdict {
    pub(super) fn new() -> Self {
        Self {
            checks: Vec::with_capacity(Check::ALL.len()),
            standing: SignatureStanding::Signed,
        }
    }

    /// Each check with its outcome, in the order of [`Check::ALL`].
    pub fn checks(&self) -> &[(Check, Outcome)] {
        &self.checks
    }

    /// What came out of one check.
    pub fn outcome(&self, check: Check) -> Option<&Outcome> {
        self.checks
            .iter()
            .find(|(of, _)| *of == check)
            .map(|(_, outcome)| outcome)
    }

    /// Nothing failed.
    pub fn is_good(&self) -> bool {
        self.refusal().is_none()
    }

    /// The first failure: the answer to the sender.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusals().next()
    }

    /// All failures.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.checks.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Failed(refusal) => Some(refusal),
            Outcome::Passed | Outcome::Skipped(_) => None,
        })
    }

    /// How the personal signature stands; none where something failed.
    pub fn standing(&self) -> Option<SignatureStanding> {
        self.is_good().then_some(self.standing)
    }

    pub(super) fn judge(&mut self, check: Check, result: Result<(), Refusal>) {
        let outcome = match result {
            Ok(()) => Outcome::Passed,
            // Who reads the refusal need not know which reasons belong to which check.
            Err(refusal) => Outcome::Failed(
                refusal
                    .with("check", check.title())
                    .with("check_vi", check.vietnamese()),
            ),
        };
        self.checks.push((check, outcome));
    }

    pub(super) fn skip(&mut self, checks: &[Check], why: Skip) {
        self.checks
            .extend(checks.iter().map(|&check| (check, Outcome::Skipped(why))));
    }

    /// The person's signature is not there, and the policy does not ask for it.
    pub(super) fn excuse(&mut self, policy: SigningPolicy, standing: SignatureStanding) {
        self.skip(&[Check::PersonalSignaturePresent], Skip::Policy(policy));
        self.skip(&Check::OF_PERSON, Skip::Policy(policy));
        self.standing = standing;
    }
}
