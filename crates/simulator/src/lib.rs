//! Simulated agencies on the axis: who exists, what they write, how they answer, and the report at the end.

pub mod behaviour;
mod calendar;
mod chance;
#[cfg(test)]
mod example_files;
mod latency;
pub mod lesson;
pub mod load;
mod magic;
mod reception;
pub mod report;
pub mod run;
pub mod scenario;
mod share;
pub mod strict_toml;
pub mod threshold;
mod token;
pub mod topology;
pub mod trace;
pub mod traffic;
mod working_week;

pub use calendar::Calendar;
pub use lesson::Lesson;
pub use magic::Magic;
pub use report::{Language, Report};
pub use run::{RunOptions, RunOutcome, run};
pub use scenario::Scenario;
pub use share::Share;
pub use threshold::ThresholdResult;
pub use token::Token;
pub use topology::{AgencyEntry, Party, Topology};
pub use traffic::Traffic;
pub use working_week::{WORKING_MINUTES, WorkingWeek};
