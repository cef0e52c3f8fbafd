//! Figures that thresholds are about: their names, their units, and by what each is counted.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use truc_document::Reason;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Wall time from handing a document to the agency library to its receipt: this quantile, in thousandths.
    Receipt(u16),
    /// The same from the moment at which it should have been handed over, so that a hub that stands still is not measured by
    /// the documents that its standing still kept back.
    ReceiptCorrected(u16),
    /// Documents with a receipt.
    Accepted,
    /// Documents with a receipt in a second of wall time, over the whole run.
    DocumentsPerSecond,
    /// Refusals of the hub, for a reason or all together; planned mistakes among them.
    Refused(Option<Reason>),
    /// Refusals that no planned mistake explains.
    RefusedUnexpected,
    /// Deliveries that nobody has taken at the end.
    Waiting,
    /// Mean hub time from acceptance by the hub to a stage.
    Mean(Stage),
    /// Documents sent.
    Sent,
    /// Documents received, once for each recipient.
    Received,
    /// Finished by the due date, of those that had one.
    OnTime,
    /// Sent without a paper copy.
    WhollyElectronic,
    /// Sent with a personal signature.
    PersonallySigned,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Taken by its receiver (01).
    Reached,
    /// Accepted (03).
    Accepted,
    /// Finished (06).
    Finished,
}

/// What a limit is written in. Values are kept in seconds, per cent and plain numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `50ms`, `30m`, `1h 30m`.
    Length,
    /// `99.5%`.
    Percent,
    /// `1000`.
    Number,
}

/// Names that stand for themselves; refusals by reason are `refused-` and the reason.
const NAMED: [(&str, Figure); 22] = [
    ("receipt-p50", Figure::Receipt(500)),
    ("receipt-p90", Figure::Receipt(900)),
    ("receipt-p95", Figure::Receipt(950)),
    ("receipt-p99", Figure::Receipt(990)),
    ("receipt-p999", Figure::Receipt(999)),
    ("receipt-max", Figure::Receipt(1000)),
    ("receipt-corrected-p50", Figure::ReceiptCorrected(500)),
    ("receipt-corrected-p95", Figure::ReceiptCorrected(950)),
    ("receipt-corrected-p99", Figure::ReceiptCorrected(990)),
    ("accepted", Figure::Accepted),
    ("documents-per-second", Figure::DocumentsPerSecond),
    ("refused", Figure::Refused(None)),
    ("refused-unexpected", Figure::RefusedUnexpected),
    ("waiting", Figure::Waiting),
    ("reached-mean", Figure::Mean(Stage::Reached)),
    ("accepted-mean", Figure::Mean(Stage::Accepted)),
    ("finished-mean", Figure::Mean(Stage::Finished)),
    ("sent", Figure::Sent),
    ("received", Figure::Received),
    ("on-time", Figure::OnTime),
    ("wholly-electronic", Figure::WhollyElectronic),
    ("personally-signed", Figure::PersonallySigned),
];

impl Figure {
    /// The names of all that have one of their own.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// What its limit is written in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Receipt(_) | Self::ReceiptCorrected(_) | Self::Mean(_) => Unit::Length,
            Self::OnTime | Self::WhollyElectronic | Self::PersonallySigned => Unit::Percent,
            _ => Unit::Number,
        }
    }

    /// By what of `province`, `level` and `urgency` it can be measured, one at a time; all together where none is given.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Mean(_) => &["urgency"],
            Self::Sent | Self::Received => &["province", "level"],
            Self::OnTime | Self::WhollyElectronic | Self::PersonallySigned => &["province"],
            _ => &[],
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Refused(Some(reason)) = self {
            return write!(f, "refused-{}", reason.as_str());
        }
        let name = NAMED.iter().find(|(_, figure)| figure == self);
        f.write_str(name.map_or("receipt", |(name, _)| name))
    }
}

impl FromStr for Figure {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, figure)| *figure);
        let refused = || text.strip_prefix("refused-")?.parse().ok();
        named
            .or_else(|| refused().map(|reason| Self::Refused(Some(reason))))
            .ok_or(())
    }
}

impl Unit {
    /// Reads a limit.
    pub(super) fn read(self, text: &str) -> Option<f64> {
        let value = match self {
            Self::Length => text.parse::<SignedDuration>().ok()?.as_secs_f64(),
            Self::Percent => text.strip_suffix('%')?.trim_end().parse().ok()?,
            Self::Number => text.parse().ok()?,
        };
        value.is_finite().then_some(value)
    }

    /// How a limit is written.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Length => "a length of time, such as `50ms` or `30m`",
            Self::Percent => "a share, such as `99.5%`",
            Self::Number => "a number, such as `1000`",
        }
    }

    /// A value with its unit.
    pub fn write(self, value: f64) -> String {
        match self {
            Self::Length => length(value),
            Self::Percent => format!("{}%", short(value)),
            Self::Number => short(value),
        }
    }
}

/// Two decimals at most.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `12.5ms`, `3.2s`, `1h 5m`: as exact as one cares.
fn length(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1.0 => format!("{}ms", short(seconds * 1000.0)),
        _ if seconds < 60.0 => format!("{}s", short(seconds)),
        _ => {
            let whole = SignedDuration::from_secs(seconds.round() as i64);
            format!("{whole:#}")
        }
    }
}
