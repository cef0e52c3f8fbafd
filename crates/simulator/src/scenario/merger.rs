//! The merger on the timeline of a scenario: agencies close, and others take over.

use jiff::civil::Time;
use serde::Deserialize;
use truc_document::zone::start_of;

use super::{HubTime, Mode, Scenario};
use crate::share::Share;

/// The merger of 1 July 2025 (Resolution 202/2025/QH15), at an hour of hub time: what `truc agency merge` does, while documents
/// are on their way.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MergerEvent {
    /// Hub time at which the agencies close.
    pub at: HubTime,
    /// Share of the new documents to agencies that have closed whose sender tries the old code first; none where absent.
    #[serde(default = "nobody")]
    pub old_codes: Share,
}

fn nobody() -> Share {
    Share::NONE
}

impl Scenario {
    /// What is wrong with the merger, and at which of its keys.
    pub(super) fn merger_fault(&self) -> Option<(&'static str, String)> {
        let merger = self.merger?;
        if self.clock.mode == Mode::Wall {
            let message = "a merger has its day, and `clock.mode` is wall, which moves the traffic to now; set `mode = \"driven\"` or \
                           `mode = \"scaled\"`, or take `[merger]` out";
            return Some(("at", message.to_owned()));
        }
        let (first, last) = (self.period.first()?, self.period.last()?);
        let ends = last.to.0.tomorrow().map_or(jiff::Timestamp::MAX, start_of);
        if merger.at.0 < self.begins() || merger.at.0 >= ends {
            let message = format!(
                "merger at `{}` is outside the periods, {} to {}; write an hour of those days, such as `{}T{}+07:00`",
                merger.at.0,
                first.from.0,
                last.to.0,
                last.from.0,
                Time::midnight()
            );
            return Some(("at", message));
        }
        None
    }
}
