//! Injected faults (sự cố giả lập), set on a running hub by its operator.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{SignedDuration, Timestamp};
use truc_document::{AgencyCode, CorruptedPart, DocumentType, FaultKind, FaultStep, Level, Reason, Urgency};
use truc_proto::v1::{self as pb, fault::Action as Wire};

use crate::{
    error::{CallError, InvalidAnswer},
    operator::Operator,
    wire,
};

/// One rule: what happens to whom, at which step, how often. Rules are asked in the order in which they were set, and the first
/// that says yes decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The key, 1 to 100 characters: setting another of the same name replaces it.
    pub name: String,
    /// Where it is asked.
    pub step: FaultStep,
    /// Whom it meets.
    pub whom: FaultMatch,
    /// What happens.
    pub action: FaultAction,
    /// 0 to 1. With 0 it does nothing.
    pub probability: f64,
    /// Happens so many times and then no more; without limit where absent.
    pub count: Option<u32>,
    /// Hub time from which it holds.
    pub from: Option<Timestamp>,
    /// Hub time from which it holds no more.
    pub until: Option<Timestamp>,
    /// Draws what is left to chance.
    pub seed: u64,
}

/// Whom a fault meets: all that is given has to fit, each by any of its values. The agency is the one that calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultMatch {
    /// Codes in either form.
    pub agencies: Vec<AgencyCode>,
    /// What agencies count under.
    pub provinces: Vec<AgencyCode>,
    /// Levels of agencies.
    pub levels: Vec<Level>,
    /// Of the document concerned.
    pub document_types: Vec<DocumentType>,
    /// Of the document concerned.
    pub urgencies: Vec<Urgency>,
}

/// What a fault does. `docs/faults.md` says which goes with which step, and what each means there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FaultAction {
    /// The step takes longer.
    Delay(FaultDelay),
    /// Refused.
    Refuse {
        /// FAULT_INJECTED where nothing else is wanted.
        reason: Reason,
        /// When to try again.
        retry_after: Option<Duration>,
    },
    /// Lost on its way: nobody answers.
    Drop,
    /// Handed out twice.
    Twice,
    /// Handed out after others that came later.
    Reorder,
    /// One byte arrives as another.
    Corrupt(CorruptedPart),
    /// The call or the stream breaks.
    Cut,
    /// Verification judges by a hub time that runs so much ahead, or behind where negative.
    ClockSkew(SignedDuration),
    /// Recipients are looked up in a snapshot of the directory that has expired.
    StaleDirectory,
    /// The certificate is found revoked.
    Revoked(FaultHolder),
    /// The certificate is found expired.
    Expired(FaultHolder),
}

/// How long a delay is, wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultDelay {
    /// Never shorter.
    pub least: Duration,
    /// Never longer; 10 minutes at most.
    pub most: Duration,
    /// With a mean the rest above `least` is exponential, without one each length is as likely.
    pub mean: Option<Duration>,
}

/// Whose certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultHolder {
    /// The person who signed.
    #[default]
    Person,
    /// The agency that sealed.
    Seal,
}

/// A fault that is set, and what it has done since it was set or the hub started.
#[derive(Clone, Debug, PartialEq)]
pub struct InjectedFault {
    /// As it was set.
    pub fault: Fault,
    /// Calls, or documents in them, that its step, match and period fitted.
    pub matched: u64,
    /// How often it happened.
    pub applied: u64,
}

impl Operator {
    /// All faults in the order in which they are asked.
    pub async fn faults(&self) -> Result<Vec<InjectedFault>, CallError> {
        let answer = self.session.call(pb::ListFaultsRequest {}, |request| {
            let mut client = self.session.operations();
            async move { client.list_faults(request).await }
        });
        let faults = answer.await?.faults;
        Ok(faults.into_iter().map(InjectedFault::read).collect::<Result<_, _>>()?)
    }

    /// Sets a fault. It holds when this returns, and survives a restart of the hub.
    pub async fn set_fault(&self, fault: &Fault) -> Result<(), CallError> {
        let request = pb::SetFaultRequest {
            fault: Some(fault.to_wire()),
        };
        let answer = self.session.call(request, |request| {
            let mut client = self.session.operations();
            async move { client.set_fault(request).await }
        });
        answer.await.map(|_| ())
    }

    /// Removes a fault; whether it was there.
    pub async fn clear_fault(&self, name: &str) -> Result<bool, CallError> {
        // Without a name all would go.
        if name.is_empty() {
            return Ok(false);
        }
        Ok(self.clear(name).await? > 0)
    }

    /// Removes all faults; how many there were.
    pub async fn clear_faults(&self) -> Result<u32, CallError> {
        self.clear("").await
    }

    async fn clear(&self, name: &str) -> Result<u32, CallError> {
        let request = pb::ClearFaultsRequest { name: name.to_owned() };
        let answer = self.session.call(request, |request| {
            let mut client = self.session.operations();
            async move { client.clear_faults(request).await }
        });
        Ok(answer.await?.cleared)
    }
}

impl Fault {
    /// One that meets everybody, always.
    pub fn new(name: impl Into<String>, step: FaultStep, action: FaultAction) -> Self {
        Self {
            name: name.into(),
            step,
            whom: FaultMatch::default(),
            action,
            probability: 1.0,
            count: None,
            from: None,
            until: None,
            seed: 0,
        }
    }

    fn to_wire(&self) -> pb::Fault {
        let codes = |codes: &[AgencyCode]| codes.iter().map(ToString::to_string).collect();
        let whom = &self.whom;
        pb::Fault {
            name: self.name.clone(),
            step: self.step.wire(),
            r#match: (*whom != FaultMatch::default()).then(|| pb::FaultMatch {
                agencies: codes(&whom.agencies),
                provinces: codes(&whom.provinces),
                levels: whom.levels.iter().map(|level| level.wire()).collect(),
                document_types: whom.document_types.iter().map(|kind| kind.wire()).collect(),
                urgencies: whom.urgencies.iter().map(|urgency| urgency.wire()).collect(),
            }),
            action: Some(self.action.to_wire()),
            probability: Some(self.probability),
            count: self.count.unwrap_or_default(),
            from: self.from.map(wire::wire_timestamp),
            until: self.until.map(wire::wire_timestamp),
            seed: self.seed,
        }
    }

    fn read(wire: pb::Fault) -> Result<Self, InvalidAnswer> {
        let instant =
            |at: Option<prost_types::Timestamp>, field| at.map(|at| wire::timestamp(Some(at), field)).transpose();
        Ok(Self {
            name: wire.name,
            step: FaultStep::try_from(wire.step).map_err(|_| InvalidAnswer { field: "fault.step" })?,
            whom: wire.r#match.map(FaultMatch::read).transpose()?.unwrap_or_default(),
            action: FaultAction::read(wire.action)?,
            probability: wire.probability.unwrap_or(1.0),
            count: (wire.count > 0).then_some(wire.count),
            from: instant(wire.from, "fault.from")?,
            until: instant(wire.until, "fault.until")?,
            seed: wire.seed,
        })
    }
}

impl FaultMatch {
    fn read(wire: pb::FaultMatch) -> Result<Self, InvalidAnswer> {
        fn values<T: TryFrom<i32>>(wire: Vec<i32>, field: &'static str) -> Result<Vec<T>, InvalidAnswer> {
            let one = |number| T::try_from(number).map_err(|_| InvalidAnswer { field });
            wire.into_iter().map(one).collect()
        }
        let codes = |given: Vec<String>, field| -> Result<Vec<AgencyCode>, InvalidAnswer> {
            given.iter().map(|code| wire::parsed(code, field)).collect()
        };
        Ok(Self {
            agencies: codes(wire.agencies, "fault.match.agencies")?,
            provinces: codes(wire.provinces, "fault.match.provinces")?,
            levels: values(wire.levels, "fault.match.levels")?,
            document_types: values(wire.document_types, "fault.match.document_types")?,
            urgencies: values(wire.urgencies, "fault.match.urgencies")?,
        })
    }
}

impl FaultAction {
    /// What it does, without how.
    pub fn kind(&self) -> FaultKind {
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

    fn to_wire(self) -> Wire {
        match self {
            Self::Delay(delay) => Wire::Delay(pb::FaultDelay {
                least: Some(wire::wire_duration(delay.least)),
                most: Some(wire::wire_duration(delay.most)),
                distribution: match delay.mean {
                    None => pb::DelayDistribution::Uniform,
                    Some(_) => pb::DelayDistribution::Exponential,
                }
                .into(),
                mean: delay.mean.map(wire::wire_duration),
            }),
            Self::Refuse { reason, retry_after } => Wire::Refuse(pb::FaultRefusal {
                reason: reason.as_str().to_owned(),
                retry_after: retry_after.map(wire::wire_duration),
            }),
            Self::Drop => Wire::Drop(pb::FaultDrop {}),
            Self::Twice => Wire::Twice(pb::FaultTwice {}),
            Self::Reorder => Wire::Reorder(pb::FaultReorder {}),
            Self::Corrupt(part) => Wire::Corrupt(pb::FaultCorruption { part: part.wire() }),
            Self::Cut => Wire::Cut(pb::FaultCut {}),
            Self::ClockSkew(ahead) => Wire::ClockSkew(pb::FaultClockSkew {
                ahead: Some(prost_types::Duration {
                    seconds: ahead.as_secs(),
                    nanos: ahead.subsec_nanos(),
                }),
            }),
            Self::StaleDirectory => Wire::StaleDirectory(pb::FaultStaleDirectory {}),
            Self::Revoked(holder) => Wire::Revoked(pb::FaultRevokedCertificate { holder: holder.wire() }),
            Self::Expired(holder) => Wire::Expired(pb::FaultExpiredCertificate { holder: holder.wire() }),
        }
    }

    fn read(wire: Option<Wire>) -> Result<Self, InvalidAnswer> {
        let field = "fault.action";
        let length = |given: Option<prost_types::Duration>| {
            let length = given.map(Duration::try_from).transpose();
            length.map_err(|_| InvalidAnswer { field })
        };
        Ok(match wire.ok_or(InvalidAnswer { field })? {
            Wire::Delay(delay) => Self::Delay(FaultDelay {
                least: length(delay.least)?.unwrap_or_default(),
                most: length(delay.most)?.unwrap_or_default(),
                mean: length(delay.mean)?,
            }),
            Wire::Refuse(refusal) => Self::Refuse {
                reason: wire::optional_parsed(&refusal.reason, field)?.unwrap_or(Reason::FaultInjected),
                retry_after: length(refusal.retry_after)?,
            },
            Wire::Drop(_) => Self::Drop,
            Wire::Twice(_) => Self::Twice,
            Wire::Reorder(_) => Self::Reorder,
            Wire::Corrupt(pb::FaultCorruption { part: 0 }) => Self::Corrupt(CorruptedPart::Header),
            Wire::Corrupt(corruption) => {
                Self::Corrupt(CorruptedPart::try_from(corruption.part).map_err(|_| InvalidAnswer { field })?)
            }
            Wire::Cut(_) => Self::Cut,
            Wire::ClockSkew(skew) => {
                let ahead = skew.ahead.unwrap_or_default();
                Self::ClockSkew(SignedDuration::new(ahead.seconds, ahead.nanos))
            }
            Wire::StaleDirectory(_) => Self::StaleDirectory,
            Wire::Revoked(revoked) => Self::Revoked(FaultHolder::read(revoked.holder)),
            Wire::Expired(expired) => Self::Expired(FaultHolder::read(expired.holder)),
        })
    }
}

/// What is no length of a delay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no delay; write `300ms`, or `200ms..2s`, or `200ms..2s~500ms` with the mean of an exponential distribution"
)]
pub struct InvalidFaultDelay(String);

impl FromStr for FaultDelay {
    type Err = InvalidFaultDelay;

    /// `300ms`, `200ms..2s`, or `200ms..2s~500ms` with a mean.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = |length: &str| {
            let parsed = length.trim().parse::<SignedDuration>().ok();
            parsed
                .and_then(|length| Duration::try_from(length).ok())
                .ok_or_else(|| InvalidFaultDelay(text.to_owned()))
        };
        let (range, mean) = match text.split_once('~') {
            Some((range, mean)) => (range, Some(length(mean)?)),
            None => (text, None),
        };
        let (least, most) = match range.split_once("..") {
            Some((least, most)) => (length(least)?, length(most)?),
            None => (length(range)?, length(range)?),
        };
        Ok(Self { least, most, mean })
    }
}

impl fmt::Display for FaultDelay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |length: Duration| SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
        if self.least == self.most {
            return write!(formatter, "{:#}", length(self.most));
        }
        write!(formatter, "{:#}..{:#}", length(self.least), length(self.most))?;
        match self.mean {
            Some(mean) => write!(formatter, "~{:#}", length(mean)),
            None => Ok(()),
        }
    }
}

/// A word that is neither `person` nor `seal`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` holds no certificate of a document; write `person` or `seal`")]
pub struct UnknownFaultHolder(String);

impl FromStr for FaultHolder {
    type Err = UnknownFaultHolder;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "person" => Ok(Self::Person),
            "seal" => Ok(Self::Seal),
            other => Err(UnknownFaultHolder(other.to_owned())),
        }
    }
}

impl fmt::Display for FaultHolder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Person => "person",
            Self::Seal => "seal",
        })
    }
}

impl FaultHolder {
    fn wire(self) -> i32 {
        match self {
            Self::Person => pb::CertificateSubject::Person,
            Self::Seal => pb::CertificateSubject::Seal,
        }
        .into()
    }

    fn read(wire: i32) -> Self {
        if wire == Self::Seal.wire() {
            Self::Seal
        } else {
            Self::Person
        }
    }
}

impl InjectedFault {
    fn read(wire: pb::InjectedFault) -> Result<Self, InvalidAnswer> {
        Ok(Self {
            fault: Fault::read(wire.fault.ok_or(InvalidAnswer { field: "fault" })?)?,
            matched: wire.matched,
            applied: wire.applied,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_written_as_they_are_read() {
        for text in ["300ms", "200ms..2s", "200ms..2s~500ms", "0s..1m"] {
            assert_eq!(text.parse::<FaultDelay>().unwrap().to_string(), text);
        }
        for wrong in ["", "..", "2", "1s..", "-1s", "1s~", "soon"] {
            assert!(wrong.parse::<FaultDelay>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_fault_goes_there_and_back() {
        let delay = FaultDelay {
            least: Duration::from_millis(200),
            most: Duration::from_secs(2),
            mean: Some(Duration::from_millis(500)),
        };
        let actions = [
            FaultAction::Delay(delay),
            FaultAction::Delay(FaultDelay { mean: None, ..delay }),
            FaultAction::Refuse {
                reason: Reason::Overloaded,
                retry_after: Some(Duration::from_secs(3)),
            },
            FaultAction::Drop,
            FaultAction::Twice,
            FaultAction::Reorder,
            FaultAction::Corrupt(CorruptedPart::Seal),
            FaultAction::Cut,
            FaultAction::ClockSkew(SignedDuration::from_millis(-1500)),
            FaultAction::StaleDirectory,
            FaultAction::Revoked(FaultHolder::Seal),
            FaultAction::Expired(FaultHolder::Person),
        ];
        for action in actions {
            let fault = Fault {
                whom: FaultMatch {
                    agencies: vec!["H54.12".parse().unwrap()],
                    provinces: vec!["H54".parse().unwrap()],
                    levels: vec![Level::District],
                    document_types: vec![DocumentType::Decision],
                    urgencies: vec![Urgency::Express],
                },
                probability: 0.3,
                count: Some(100),
                from: Some("2020-09-01T00:00:00Z".parse().unwrap()),
                until: Some("2020-09-02T00:00:00Z".parse().unwrap()),
                seed: 7,
                ..Fault::new("chậm Thái Bình", action.kind().steps()[0], action)
            };
            assert_eq!(Fault::read(fault.to_wire()), Ok(fault));
        }
    }
}
