//! From the message of the API to a rule: what is unknown, out of bounds or contradicts itself is refused with its field.

use std::{collections::HashSet, time::Duration};

use truc_document::{AgencyCode, CorruptedPart, FaultStep, Reason, Refusal};
use truc_proto::v1::{self as pb, fault::Action as Wire};
use truc_store::state::Directory;

use super::{
    action::{Action, Delay, Holder},
    rule::{Rule, Whom},
};

const NAME_MAX: usize = 100;
const VALUES_MAX: usize = 1000;
const DELAY_MAX: Duration = Duration::from_secs(600);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
/// Days.
const SKEW_MAX: i64 = 10_000;

fn malformed(field: &str, message: impl Into<String>) -> Refusal {
    Refusal::new(Reason::Malformed, message).field(format!("fault.{field}"))
}

/// The rule of a fault. With a directory, agencies and provinces that are not in it are refused: such a rule would do
/// nothing without a word.
pub(crate) fn rule(fault: &pb::Fault, directory: Option<&Directory>) -> Result<Rule, Refusal> {
    name(&fault.name)?;
    let step = FaultStep::try_from(fault.step).map_err(|error| malformed("step", error.to_string()))?;
    let action = fault
        .action
        .as_ref()
        .ok_or_else(|| malformed("action", "no action is given; one is needed"))?;
    let action = self::action(action)?;
    let kind = action.kind();
    if !kind.steps().contains(&step) {
        let steps: Vec<String> = kind.steps().iter().map(|step| format!("`{step}`")).collect();
        let message = format!("`{kind}` means nothing at `{step}`; it goes with {}", steps.join(", "));
        return Err(malformed("step", message));
    }
    let whom = match &fault.r#match {
        Some(whom) => self::whom(whom, directory)?,
        None => Whom::default(),
    };
    let by_document = !whom.document_types.is_empty() || !whom.urgencies.is_empty();
    if by_document && step == FaultStep::Delivery && matches!(action, Action::Refuse { .. }) {
        let message = "at `delivery` a call is refused before anything is handed out, when no document is known; leave out \
                       types and urgencies, or use `drop`";
        return Err(malformed("match", message));
    }
    let probability = fault.probability.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&probability) {
        return Err(malformed(
            "probability",
            format!("`{probability}` is not within 0 to 1"),
        ));
    }
    Ok(Rule {
        wire: fault.clone(),
        step,
        whom,
        action,
        probability,
        count: fault.count.into(),
        period: period(fault)?,
        matched: Default::default(),
        applied: Default::default(),
    })
}

fn name(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.contains(char::is_control) {
        return Err(malformed("name", "a name of 1 to 100 printable characters is needed"));
    }
    if name.chars().count() > NAME_MAX {
        let message = format!("a name of more than {NAME_MAX} characters; shorten it");
        return Err(Refusal::new(Reason::TooLarge, message).field("fault.name"));
    }
    Ok(())
}

fn period(fault: &pb::Fault) -> Result<(i64, i64), Refusal> {
    let instant = |field: &str, given: Option<prost_types::Timestamp>| {
        let micros = given.map(|given| {
            let instant = jiff::Timestamp::new(given.seconds, given.nanos);
            instant.map(jiff::Timestamp::as_microsecond)
        });
        micros
            .transpose()
            .map_err(|_| malformed(field, format!("`{field}` is no instant")))
    };
    let from = instant("from", fault.from)?.unwrap_or(i64::MIN);
    let until = instant("until", fault.until)?.unwrap_or(i64::MAX);
    if from >= until {
        return Err(malformed("until", "the fault would end before it begins"));
    }
    Ok((from, until))
}

fn action(wire: &Wire) -> Result<Action, Refusal> {
    Ok(match wire {
        Wire::Delay(delay) => Action::Delay(self::delay(delay)?),
        Wire::Refuse(refusal) => refuse(refusal)?,
        Wire::Drop(_) => Action::Drop,
        Wire::Twice(_) => Action::Twice,
        Wire::Reorder(_) => Action::Reorder,
        Wire::Corrupt(corruption) => Action::Corrupt(match corruption.part {
            0 => CorruptedPart::Header,
            part => CorruptedPart::try_from(part).map_err(|error| malformed("corrupt.part", error.to_string()))?,
        }),
        Wire::Cut(_) => Action::Cut,
        Wire::ClockSkew(skew) => Action::ClockSkew(ahead(skew)?),
        Wire::StaleDirectory(_) => Action::StaleDirectory,
        Wire::Revoked(revoked) => Action::Revoked(holder("revoked.holder", revoked.holder)?),
        Wire::Expired(expired) => Action::Expired(holder("expired.holder", expired.holder)?),
    })
}

fn length(field: &str, given: Option<prost_types::Duration>, most: Duration) -> Result<Option<Duration>, Refusal> {
    let Some(given) = given else { return Ok(None) };
    let positive = Some(given).filter(|given| given.seconds >= 0 && given.nanos >= 0);
    let length = positive.and_then(|given| Duration::try_from(given).ok());
    match length.filter(|length| *length <= most) {
        Some(length) => Ok(Some(length)),
        None => Err(malformed(field, format!("`{field}` is not between 0 and {most:?}"))),
    }
}

fn delay(wire: &pb::FaultDelay) -> Result<Delay, Refusal> {
    let least = length("delay.least", wire.least, DELAY_MAX)?.unwrap_or_default();
    let most = length("delay.most", wire.most, DELAY_MAX)?
        .filter(|most| !most.is_zero())
        .ok_or_else(|| malformed("delay.most", "a longest delay above 0 is needed"))?;
    let mean = length("delay.mean", wire.mean, DELAY_MAX)?;
    if least > most {
        return Err(malformed("delay.least", format!("{least:?} is longer than {most:?}")));
    }
    match (pb::DelayDistribution::try_from(wire.distribution), mean) {
        (Ok(pb::DelayDistribution::Unspecified | pb::DelayDistribution::Uniform), None) => {
            Ok(Delay::Uniform(least, most))
        }
        (Ok(pb::DelayDistribution::Unspecified | pb::DelayDistribution::Uniform), Some(_)) => Err(malformed(
            "delay.mean",
            "a mean goes with the exponential distribution only",
        )),
        (Ok(pb::DelayDistribution::Exponential), Some(mean)) if least < mean && mean <= most => {
            Ok(Delay::Exponential(least, mean, most))
        }
        (Ok(pb::DelayDistribution::Exponential), _) => Err(malformed(
            "delay.mean",
            "a mean above the least and up to the longest delay is needed",
        )),
        (Err(_), _) => Err(malformed("delay.distribution", "no distribution of this version")),
    }
}

fn refuse(wire: &pb::FaultRefusal) -> Result<Action, Refusal> {
    let reason = match wire.reason.as_str() {
        "" => Reason::FaultInjected,
        reason => reason
            .parse()
            .map_err(|error: truc_document::UnknownReason| malformed("refuse.reason", error.to_string()))?,
    };
    let retry_after = length("refuse.retry_after", wire.retry_after, RETRY_AFTER_MAX)?;
    Ok(Action::Refuse { reason, retry_after })
}

fn ahead(wire: &pb::FaultClockSkew) -> Result<i64, Refusal> {
    let given = wire.ahead.unwrap_or_default();
    let micros = given
        .seconds
        .checked_mul(1_000_000)
        .and_then(|seconds| seconds.checked_add(i64::from(given.nanos) / 1000));
    let within = SKEW_MAX * 86_400 * 1_000_000;
    micros
        .filter(|micros| *micros != 0 && micros.unsigned_abs() <= within.unsigned_abs())
        .ok_or_else(|| {
            malformed(
                "clock_skew.ahead",
                format!("a skew of up to {SKEW_MAX} days is needed, and not 0"),
            )
        })
}

fn holder(field: &str, wire: i32) -> Result<Holder, Refusal> {
    match pb::CertificateSubject::try_from(wire) {
        Ok(pb::CertificateSubject::Unspecified | pb::CertificateSubject::Person) => Ok(Holder::Person),
        Ok(pb::CertificateSubject::Seal) => Ok(Holder::Seal),
        _ => Err(malformed(
            field,
            "documents are signed by a person and sealed; name one of the two",
        )),
    }
}

fn whom(wire: &pb::FaultMatch, directory: Option<&Directory>) -> Result<Whom, Refusal> {
    let counts = [
        ("agencies", wire.agencies.len()),
        ("provinces", wire.provinces.len()),
        ("levels", wire.levels.len()),
        ("document_types", wire.document_types.len()),
        ("urgencies", wire.urgencies.len()),
    ];
    if let Some((field, count)) = counts.into_iter().find(|(_, count)| *count > VALUES_MAX) {
        let message = format!("{count} values; {VALUES_MAX} at most");
        return Err(Refusal::new(Reason::TooLarge, message).field(format!("fault.match.{field}")));
    }
    let mut agencies = HashSet::new();
    for (at, text) in wire.agencies.iter().enumerate() {
        let field = format!("match.agencies[{at}]");
        let code: AgencyCode = text
            .parse()
            .map_err(|error: truc_document::InvalidAgencyCode| malformed(&field, error.to_string()))?;
        if directory.is_some_and(|directory| directory.find(&code).is_none()) {
            let message = format!("agency `{code}` is not in the directory; register it first");
            return Err(malformed(&field, message));
        }
        agencies.insert(code);
    }
    for (at, province) in wire.provinces.iter().enumerate() {
        if directory.is_some_and(|directory| !directory.provinces().contains(province)) {
            let message = format!("no agency counts under `{province}`");
            return Err(malformed(&format!("match.provinces[{at}]"), message));
        }
    }
    Ok(Whom {
        agencies,
        provinces: wire.provinces.iter().cloned().collect(),
        levels: values("levels", &wire.levels)?,
        document_types: values("document_types", &wire.document_types)?,
        urgencies: values("urgencies", &wire.urgencies)?,
    })
}

fn values<T>(field: &str, wire: &[i32]) -> Result<Vec<T>, Refusal>
where
    T: TryFrom<i32>,
    T::Error: std::fmt::Display,
{
    let one = |(at, &number): (usize, &i32)| {
        T::try_from(number).map_err(|error| malformed(&format!("match.{field}[{at}]"), error.to_string()))
    };
    wire.iter().enumerate().map(one).collect()
}
