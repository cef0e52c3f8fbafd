//! Figures that a run is compared with: what was reported at the time.

use serde::Deserialize;
use truc_document::{AgencyCode, Level};

use crate::token::Token;

/// One figure as reported.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expected {
    /// Which figure.
    pub figure: Figure,
    /// Of which province; of all together where absent.
    pub province: Option<Token<AgencyCode>>,
    /// Of which level; of all together where absent.
    pub level: Option<Token<Level>>,
    /// One value, or all that were reported without saying which province each belongs to. Percentages from 0 to 100.
    pub values: Vec<f64>,
    /// Beside the figure in the report.
    pub note: Option<String>,
}

/// What is compared. Each is measured from the hub's report, never from the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// Provinces with a connected agency of their own level.
    ProvincesConnected,
    /// Levels that sent or received.
    Levels,
    /// Growth of documents sent over the year before, per cent.
    Growth,
    /// Documents sent without a paper copy, per cent.
    WhollyElectronic,
    /// Documents sent with a personal signature, per cent.
    PersonallySigned,
    /// Deliveries to one-stop shops and others with a due date that were finished by then, per cent.
    OnTime,
    /// Agencies that take part in the National Reporting System, per cent.
    Reporting,
    /// Services of the National Public Service Portal integrated.
    PortalServices,
}
