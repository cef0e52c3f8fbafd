//! Faults on the timeline of a scenario: set on the hub for the run, each for its time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, de};
use truc_agency::{Fault as Injected, FaultAction, FaultDelay, FaultHolder, FaultMatch};
use truc_document::{AgencyCode, CorruptedPart, DocumentType, FaultStep, Level, Reason, Urgency};

use super::{Mode, Scenario};
use crate::{share::Share, token::Token};

/// One fault: exactly one of the keys from `delay` to `expired` says what happens. See `docs/faults.md`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fault {
    /// Its name on the hub, 1 to 100 characters; each once.
    pub name: String,
    /// Where it is asked.
    pub step: Token<FaultStep>,
    /// Hub time from which it holds.
    pub at: Option<HubTime>,
    /// Hub time after the beginning of the run from which it holds, instead of `at`; from the beginning where both are absent.
    pub after: Option<Token<SignedDuration>>,
    /// How long it holds, hub time; to the end of the run where absent.
    #[serde(rename = "for")]
    pub lasts: Option<Token<SignedDuration>>,
    /// Only calls by these agencies.
    #[serde(default)]
    pub agencies: Vec<Token<AgencyCode>>,
    /// Only calls by agencies that count under these.
    #[serde(default)]
    pub provinces: Vec<Token<AgencyCode>>,
    /// Only calls by agencies of these levels.
    #[serde(default)]
    pub levels: Vec<Token<Level>>,
    /// Only about documents of these types.
    #[serde(default)]
    pub types: Vec<Token<DocumentType>>,
    /// Only about documents of these urgencies.
    #[serde(default)]
    pub urgencies: Vec<Token<Urgency>>,
    /// Share of the calls that it meets; all where absent.
    #[serde(default = "all")]
    pub probability: Share,
    /// Happens so many times and then no more.
    pub count: Option<u32>,
    /// Draws what is left to chance; the seed of the run where absent.
    pub seed: Option<u64>,

    /// `300ms`, `200ms..2s`, or `200ms..2s~500ms` with the mean of an exponential distribution; wall time.
    pub delay: Option<Token<FaultDelay>>,
    /// Refused with this reason.
    pub refuse: Option<Token<Reason>>,
    /// With `refuse`: when to try again.
    pub retry_after: Option<Token<SignedDuration>>,
    /// Lost on its way.
    #[serde(default)]
    pub drop: bool,
    /// Handed out twice.
    #[serde(default)]
    pub twice: bool,
    /// Handed out after others that came later.
    #[serde(default)]
    pub reorder: bool,
    /// A byte of this part arrives as another.
    pub corrupt: Option<Token<CorruptedPart>>,
    /// The call or the stream breaks.
    #[serde(default)]
    pub cut: bool,
    /// By how much verification's hub time runs ahead.
    pub clock_skew: Option<Token<SignedDuration>>,
    /// The snapshot of the directory has expired.
    #[serde(default)]
    pub stale_directory: bool,
    /// The certificate of `person` or `seal` is found revoked.
    pub revoked: Option<Token<FaultHolder>>,
    /// The certificate of `person` or `seal` is found expired.
    pub expired: Option<Token<FaultHolder>>,
}

/// An instant of hub time, written as TOML writes it: `2020-09-02T08:00:00+07:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HubTime(pub Timestamp);

impl<'de> Deserialize<'de> for HubTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?.to_string();
        written.parse().map(Self).map_err(|_| {
            de::Error::custom(format!(
                "`{written}` is no instant; write it as 2020-09-02T08:00:00+07:00"
            ))
        })
    }
}

fn all() -> Share {
    Share::ALL
}

impl Fault {
    /// As the hub is told, for a run that begins at `begins` of hub time.
    pub(crate) fn injected(&self, begins: Timestamp, seed: u64) -> Result<Injected, String> {
        let fault = |what: String| format!("fault `{}` {what}", self.name);
        let (step, action) = (self.step.0, self.action().map_err(fault)?);
        if !action.kind().steps().contains(&step) {
            let steps: Vec<String> = action.kind().steps().iter().map(|step| format!("`{step}`")).collect();
            let what = format!(
                "has `{}`, which goes with {} and not with `{step}`",
                action.kind(),
                steps.join(", ")
            );
            return Err(fault(what));
        }
        let (from, until) = self.period(begins).map_err(fault)?;
        Ok(Injected {
            whom: FaultMatch {
                agencies: self.agencies.iter().map(|code| code.0.clone()).collect(),
                provinces: self.provinces.iter().map(|code| code.0.clone()).collect(),
                levels: self.levels.iter().map(|level| level.0).collect(),
                document_types: self.types.iter().map(|kind| kind.0).collect(),
                urgencies: self.urgencies.iter().map(|urgency| urgency.0).collect(),
            },
            probability: self.probability.fraction(),
            count: self.count,
            from,
            until,
            seed: self.seed.unwrap_or(seed),
            ..Injected::new(&self.name, step, action)
        })
    }

    fn period(&self, begins: Timestamp) -> Result<(Option<Timestamp>, Option<Timestamp>), String> {
        let later =
            |from: Timestamp, length: &Token<SignedDuration>| from.saturating_add(length.0).unwrap_or(Timestamp::MAX);
        let from = match (&self.at, &self.after) {
            (Some(_), Some(_)) => return Err("has both `at` and `after`; one says when it begins".to_owned()),
            (Some(at), None) => Some(at.0),
            (None, Some(after)) if after.0.is_negative() => {
                return Err(format!("has `after` {}; write a length of time, such as `2h`", after.0));
            }
            (None, after) => after.as_ref().map(|after| later(begins, after)),
        };
        match &self.lasts {
            Some(lasts) if !lasts.0.is_positive() => {
                Err(format!("has `for` {}; write a length of time, such as `2h`", lasts.0))
            }
            lasts => Ok((from, lasts.as_ref().map(|lasts| later(from.unwrap_or(begins), lasts)))),
        }
    }

    fn action(&self) -> Result<FaultAction, String> {
        let plain = |is: bool, action| is.then_some(action);
        let retry_after = match &self.retry_after {
            None => None,
            Some(length) => Some(Duration::try_from(length.0).map_err(|_| "has a negative `retry-after`".to_owned())?),
        };
        let given = [
            self.delay.map(|delay| FaultAction::Delay(delay.0)),
            self.refuse.map(|reason| FaultAction::Refuse {
                reason: reason.0,
                retry_after,
            }),
            plain(self.drop, FaultAction::Drop),
            plain(self.twice, FaultAction::Twice),
            plain(self.reorder, FaultAction::Reorder),
            self.corrupt.map(|part| FaultAction::Corrupt(part.0)),
            plain(self.cut, FaultAction::Cut),
            self.clock_skew.map(|ahead| FaultAction::ClockSkew(ahead.0)),
            plain(self.stale_directory, FaultAction::StaleDirectory),
            self.revoked.map(|holder| FaultAction::Revoked(holder.0)),
            self.expired.map(|holder| FaultAction::Expired(holder.0)),
        ];
        if self.retry_after.is_some() && self.refuse.is_none() {
            return Err("has `retry-after` without `refuse`".to_owned());
        }
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(action), None) => Ok(action),
            (None, _) => {
                Err("says nothing of what happens, such as `delay = \"200ms..2s\"` or `drop = true`".to_owned())
            }
            (Some(one), Some(other)) => Err(format!(
                "has both `{}` and `{}`; one is needed",
                one.kind(),
                other.kind()
            )),
        }
    }
}

impl Scenario {
    /// The first contradiction among the faults, and at which of them.
    pub(super) fn injected_fault(&self) -> Option<(usize, String)> {
        for (at, fault) in self.fault.iter().enumerate() {
            if let Err(message) = fault.injected(self.begins(), self.seed) {
                return Some((at, message));
            }
            if self.fault[..at].iter().any(|other| other.name == fault.name) {
                let message = format!("there are two faults `{}`; each has a name of its own", fault.name);
                return Some((at, message));
            }
            if fault.at.is_some() && self.clock.mode == Mode::Wall {
                let name = &fault.name;
                let message = format!(
                    "fault `{name}` has `at`, and the traffic of mode wall is moved to begin now; write `after`"
                );
                return Some((at, message));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strict_toml;

    fn fault(text: &str) -> Fault {
        strict_toml::parse("fault.toml", &format!("name = \"a\"\n{text}")).unwrap()
    }

    fn begins() -> Timestamp {
        "2020-09-01T00:00:00+07:00".parse().unwrap()
    }

    #[test]
    fn a_fault_is_told_to_the_hub_as_it_stands() {
        let text = "step = \"verification\"\nafter = \"2h\"\nfor = \"30m\"\nprovinces = [\"H54\"]\nlevels = [\"commune\"]\n\
                    types = [\"decision\"]\nurgencies = [\"express\"]\nprobability = 0.3\ncount = 100\ndelay = \"200ms..2s\"";
        let told = fault(text).injected(begins(), 7).unwrap();
        let expected = Injected {
            whom: FaultMatch {
                agencies: Vec::new(),
                provinces: vec!["H54".parse().unwrap()],
                levels: vec![Level::Commune],
                document_types: vec![DocumentType::Decision],
                urgencies: vec![Urgency::Express],
            },
            probability: 0.3,
            count: Some(100),
            from: Some("2020-09-01T02:00:00+07:00".parse().unwrap()),
            until: Some("2020-09-01T02:30:00+07:00".parse().unwrap()),
            seed: 7,
            ..Injected::new(
                "a",
                FaultStep::Verification,
                FaultAction::Delay("200ms..2s".parse().unwrap()),
            )
        };
        assert_eq!(told, expected);
        let at = fault("step = \"append\"\nat = 2020-09-02T08:00:00+07:00\ncut = true\nseed = 3").injected(begins(), 7);
        let at = at.unwrap();
        assert_eq!(
            (at.from, at.until, at.seed),
            (Some("2020-09-02T01:00:00Z".parse().unwrap()), None, 3)
        );
    }

    #[test]
    fn contradictions_are_told() {
        for (text, said) in [
            ("step = \"append\"", "says nothing of what happens"),
            ("step = \"append\"\ncut = true\ndrop = true", "both `drop` and `cut`"),
            (
                "step = \"append\"\ntwice = true",
                "goes with `delivery` and not with `append`",
            ),
            (
                "step = \"append\"\ncut = true\nretry-after = \"1s\"",
                "without `refuse`",
            ),
            ("step = \"append\"\ncut = true\nafter = \"-1h\"", "such as `2h`"),
            ("step = \"append\"\ncut = true\nfor = \"0s\"", "such as `2h`"),
            (
                "step = \"append\"\ncut = true\nafter = \"1h\"\nat = 2020-09-02T08:00:00+07:00",
                "both `at` and `after`",
            ),
        ] {
            let message = fault(text).injected(begins(), 7).unwrap_err();
            assert!(message.contains(said), "{text}: {message}");
        }
        for wrong in [
            "at = 2020-09-02",
            "delay = \"soon\"",
            "refuse = \"NO\"",
            "clock-skews = \"1h\"",
        ] {
            let text = format!("name = \"a\"\nstep = \"append\"\n{wrong}");
            assert!(strict_toml::parse::<Fault>("fault.toml", &text).is_err(), "{wrong}");
        }
    }
}
