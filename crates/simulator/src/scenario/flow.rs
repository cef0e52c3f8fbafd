//! Flow: one kind of correspondence.

use std::collections::BTreeMap;

use serde::Deserialize;
use truc_document::{DocumentType, SteeringType, SystemKind};

use super::{FanOut, Size, UrgencyMix};
use crate::{share::Share, token::Token, topology::Party};

/// Who writes what to whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Flow {
    /// As messages call it.
    pub name: String,
    /// Against the other flows.
    pub weight: u32,
    /// The system that the documents come from; only agencies that run it send.
    #[serde(default = "document_management")]
    pub system: Token<SystemKind>,
    /// Who sends.
    pub from: Vec<Token<Party>>,
    /// Who receives.
    pub to: Vec<Token<Party>>,
    /// Which of those.
    pub reach: Reach,
    /// Only receivers that run this.
    pub to_system: Option<Token<SystemKind>>,
    /// How many of them a document goes to; one where absent.
    #[serde(default = "one")]
    pub fan_out: FanOut,
    /// Types of document by weight.
    pub types: BTreeMap<Token<DocumentType>, u32>,
    /// Whether the documents steer; they do not where absent.
    pub steering: Option<Token<SteeringType>>,
    /// Fewest and most working days until the due date; none is set where absent.
    pub due_days: Option<[u32; 2]>,
    /// They are periodic reports with a cut-off, which is their due date.
    pub periodic: Option<Periodic>,
    /// Share of documents that the first receiver answers with one of its own.
    #[serde(default)]
    pub answered: Share,
    /// Urgency, where it differs from the scenario's.
    pub urgency: Option<UrgencyMix>,
    /// Sizes, where they differ from the scenario's.
    pub sizes: Option<Vec<Size>>,
    /// Share of documents that are recalled, where it differs from the scenario's.
    pub recalled: Option<Share>,
    /// Share of documents that are replaced, where it differs from the scenario's.
    pub replaced: Option<Share>,
    /// Subjects to draw from. `{place}`, `{to}`, `{month}`, `{year}`, `{person}` and `{number}` are filled in.
    pub subjects: Vec<String>,
}

/// Periodic reports (báo cáo định kỳ): the documents of a flow are sent in the days before a cut-off.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Periodic {
    /// How often there is a cut-off.
    pub every: Every,
    /// Day of the month, 1 to 31; the last of a month that has no such day, and the working day before where it is a
    /// day off.
    pub cut_off_day: u32,
    /// Most working days before the cut-off; fewer are likelier. 5 where absent.
    #[serde(default = "five")]
    pub days_before: u32,
    /// Share that is sent one to three working days after the cut-off.
    #[serde(default)]
    pub late: Share,
}

/// How often periodic reports are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Each month.
    Month,
    /// In March, June, September and December.
    Quarter,
    /// In December.
    Year,
}

impl Flow {
    /// The kind of the receivers' systems that the documents go to.
    pub(crate) fn received_by(&self) -> SystemKind {
        self.to_system.map_or(SystemKind::DocumentManagement, |system| system.0)
    }
}

/// Which receivers a sender reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The agency above.
    Parent,
    /// Those directly below.
    Children,
    /// Those of the same province.
    SameProvince,
    /// Those of other provinces, the centre left out.
    OtherProvinces,
    /// All.
    Any,
}

fn document_management() -> Token<SystemKind> {
    Token(SystemKind::DocumentManagement)
}

fn one() -> FanOut {
    FanOut::Between(1, 1)
}

fn five() -> u32 {
    5
}
