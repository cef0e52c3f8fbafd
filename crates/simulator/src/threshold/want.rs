//! What is wanted of a figure, as a scenario writes it.

use std::{fmt, str::FromStr};

use super::Figure;
use crate::strict_toml::nearest;

/// A figure, how it is compared, and with what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Want {
    /// What is measured.
    pub figure: Figure,
    /// How.
    pub comparison: Comparison,
    /// In the figure's unit: seconds, per cent, or a plain number.
    pub limit: f64,
}

/// How a measured value stands to the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=`
    Exactly,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

/// Text that wants nothing that can be measured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWant {
    /// It has not the three parts.
    #[error("`{0}` is no threshold; write figure, comparison and limit, such as `receipt-p99 < 50ms`")]
    Form(String),
    /// Nothing of that name is measured.
    #[error("unknown figure `{name}`; {advice}")]
    Figure {
        /// What stood there.
        name: String,
        /// The nearest, or all.
        advice: String,
    },
    /// The limit is of another kind.
    #[error("`{limit}` is no limit of `{figure}`; write {example}")]
    Limit {
        /// What stood there.
        limit: String,
        /// The figure's name.
        figure: String,
        /// How to write it.
        example: &'static str,
    },
}

/// Longer ones first: `<=` begins as `<` does.
const COMPARISONS: [(&str, Comparison); 5] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Below),
    (">", Comparison::Above),
    ("=", Comparison::Exactly),
];

impl Comparison {
    /// Whether a measured value is as wanted.
    pub fn holds(self, measured: f64, limit: f64) -> bool {
        match self {
            Self::Below => measured < limit,
            Self::AtMost => measured <= limit,
            // Only counts are compared for equality in earnest; half a hundredth is what is shown.
            Self::Exactly => (measured - limit).abs() < 0.005,
            Self::AtLeast => measured >= limit,
            Self::Above => measured > limit,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = COMPARISONS.iter().find(|(_, comparison)| comparison == self);
        f.write_str(sign.map_or("", |(sign, _)| sign))
    }
}

impl FromStr for Want {
    type Err = InvalidWant;

    fn from_str(text: &str) -> Result<Self, InvalidWant> {
        let form = || InvalidWant::Form(text.to_owned());
        let at = text.find(['<', '>', '=']).ok_or_else(form)?;
        let (name, rest) = (text[..at].trim(), &text[at..]);
        let (sign, comparison) = COMPARISONS
            .into_iter()
            .find(|(sign, _)| rest.starts_with(sign))
            .ok_or_else(form)?;
        let limit = rest[sign.len()..].trim();
        if name.is_empty() || limit.is_empty() {
            return Err(form());
        }
        let figure: Figure = name.parse().map_err(|()| unknown(name))?;
        let value = figure.unit().read(limit).ok_or_else(|| InvalidWant::Limit {
            limit: limit.to_owned(),
            figure: name.to_owned(),
            example: figure.unit().example(),
        })?;
        Ok(Self {
            figure,
            comparison,
            limit: value,
        })
    }
}

fn unknown(name: &str) -> InvalidWant {
    let known: Vec<&str> = Figure::names().collect();
    let advice = match nearest(name, &known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known: {}, refused-REASON", known.join(", ")),
    };
    InvalidWant::Figure {
        name: name.to_owned(),
        advice,
    }
}
