//! Replaying: sends again what a trace tells, in its order, at its times or faster.
//!
//! The trace is read twice: once to judge it and to know its agencies ([`Reader::survey`](super::Reader::survey)), before anything is
//! sent, and once to send it. Events that have nothing to do with one another are under way at once.

mod calls;
mod hub_time;
mod letter;
mod mailbox;
mod order;
mod parties;
mod sender;
mod speed;
mod tally;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, path::Path, str::FromStr, sync::Arc, time::Duration};

use futures::TryStreamExt as _;
use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use truc_agency::{AgencyFilter, CallError, Credential, Directory, Hub, SendError};
use truc_document::AgencyCode;
use truc_signature::SeededWallet;
use uuid::Uuid;

use self::{hub_time::HubTime, sender::Sender};
pub use self::{
    speed::Speed,
    tally::{Lateness, UnexpectedRefusal},
};
use super::{
    line::AgencyLine,
    reader::{Survey, TraceError},
};
use crate::run::{Tell, persist::persist};

/// What ids documents have on the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// Ids of their own: other documents, made on the hub's day.
    Fresh,
    /// Those of the trace, with the headers as they were.
    Recorded,
}

/// What a replay needs besides its trace.
#[derive(Clone)]
pub struct ReplayOptions {
    /// Where to.
    pub hub: Hub,
    /// The operator's and every agency's credential; `Credential::Issuer` serves both.
    pub credential: Credential,
    /// Persons and seals. Its authority's root must be one that the hub trusts.
    pub wallet: Arc<SeededWallet>,
    /// How fast.
    pub speed: Speed,
    /// Which ids.
    pub ids: Ids,
    /// How long the hub may be away before the replay gives up.
    pub patience: Duration,
    /// Called now and then.
    pub progress: Option<Tell>,
    /// Ends the replay after what is under way.
    pub stop: CancellationToken,
}

/// What a replay did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replayed {
    /// Documents sent, accepted or refused.
    pub documents: u64,
    /// Documents that have a receipt.
    pub accepted: u64,
    /// Deliveries of documents taken for good.
    pub taken: u64,
    /// Deliveries of statuses and notices taken for good.
    pub words_taken: u64,
    /// Statuses and notices that the trace takes and the mailbox did not have.
    pub words_missing: u64,
    /// Statuses reported.
    pub statuses: u64,
    /// Acknowledgements and statuses left out, since the hub had refused their document.
    pub skipped: u64,
    /// Refusals that faults on the hub explain, by reason.
    pub refused_by_fault: BTreeMap<String, u64>,
    /// All others, by reason.
    pub refused_unexpectedly: BTreeMap<String, u64>,
    /// The first of those.
    pub unexpected: Vec<UnexpectedRefusal>,
    /// Refusals that the trace tells, by reason: not sent again, as it has nothing of what was refused.
    pub refused_when_recorded: BTreeMap<String, u64>,
    /// How late events began; absent where nothing was timed.
    pub lateness: Option<Lateness>,
    /// Hub time of the beginning and the end; absent where the trace has no events.
    pub hub_time: Option<(Timestamp, Timestamp)>,
    /// Wall time in seconds.
    pub took_seconds: f64,
    /// It was stopped before its end.
    pub stopped: bool,
}

/// Why a replay did not take place or broke off.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A line of the trace cannot be used.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The hub's address book lacks agencies of the trace.
    #[error("{}", unknown(.0))]
    UnknownAgencies(Vec<AgencyCode>),
    /// Hub time moves by itself and has not come to where the trace ends.
    #[error(
        "hub time is {hub}, and the trace goes on until {last}: its documents would come from the future; replay it with \
         `--ids fresh`, or on a hub whose time is driven"
    )]
    HubBehind {
        /// Hub time.
        hub: Timestamp,
        /// Of the last event.
        last: Timestamp,
    },
    /// A call failed.
    #[error("{what} failed: {source}")]
    Call {
        /// What for.
        what: &'static str,
        /// Why.
        source: CallError,
    },
    /// A document could not be sent.
    #[error("document `{document_id}` could not be sent: {source}")]
    Send {
        /// Its id in the trace.
        document_id: Uuid,
        /// Why.
        source: SendError,
    },
    /// A document could not be signed.
    #[error("document could not be signed: {0}")]
    Sign(String),
    /// A part of the replay broke down.
    #[error("a part of the replay broke down: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Sends a trace again.
///
/// # Errors
/// The trace cannot be read, the hub lacks agencies, stands at another time than recorded headers need, or cannot be reached for longer
/// than `options.patience`.
pub async fn replay(trace: &Path, survey: &Survey, options: ReplayOptions) -> Result<Replayed, ReplayError> {
    let operator = options.hub.operator(options.credential.clone());
    let patience = options.patience;
    know_all(&operator.directory(), &survey.agencies, patience).await?;
    let begun = tokio::time::Instant::now();
    let mut replayed = match survey.first.zip(survey.last) {
        Some(times) => {
            let time = HubTime::begin(operator, times, options.ids, patience).await?;
            Sender::new(survey, options, time).send_all(trace).await?
        }
        None => sender::nothing(options.stop.is_cancelled()),
    };
    replayed.refused_when_recorded.clone_from(&survey.refused);
    replayed.took_seconds = begun.elapsed().as_secs_f64();
    Ok(replayed)
}

/// Nothing is sent to a hub that lacks one of the agencies.
async fn know_all(directory: &Directory, agencies: &[AgencyLine], patience: Duration) -> Result<(), ReplayError> {
    let known = persist(patience, || {
        let listed = directory.agencies(AgencyFilter::default());
        listed
            .map_ok(|entry| entry.code)
            .try_collect::<std::collections::HashSet<_>>()
    });
    let known = known.await.map_err(ReplayError::call("reading the address book"))?;
    let mut unknown: Vec<_> = agencies.iter().map(|agency| agency.code.0.clone()).collect();
    unknown.retain(|code| !known.contains(code));
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(ReplayError::UnknownAgencies(unknown)),
    }
}

fn unknown(codes: &[AgencyCode]) -> String {
    const NAMED: usize = 5;
    let named: Vec<_> = codes.iter().take(NAMED).map(|code| format!("`{code}`")).collect();
    let more = match codes.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "the hub does not know {}{more} of the trace; register them with `truc agency add`, or leave `--hub` out for a hub that does",
        named.join(", ")
    )
}

impl ReplayError {
    fn call(what: &'static str) -> impl FnOnce(CallError) -> Self {
        move |source| Self::Call { what, source }
    }
}

impl Replayed {
    /// Refusals that no fault explains.
    pub fn unexpected_count(&self) -> u64 {
        self.refused_unexpectedly.values().sum()
    }
}

impl FromStr for Ids {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "fresh" => Ok(Self::Fresh),
            "recorded" => Ok(Self::Recorded),
            _ => Err(format!(
                "`{text}` is no choice of ids; it is one of `fresh`, `recorded`"
            )),
        }
    }
}

impl fmt::Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fresh => "fresh",
            Self::Recorded => "recorded",
        })
    }
}
