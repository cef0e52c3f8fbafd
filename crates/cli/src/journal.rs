//! The journal that hubs share, from its address.

use truc_cluster::{Address, JetStream};
use truc_hub::{CantShare, JournalChoice};
use truc_store::journal::SharedJournal;

use crate::exit::Failure;

/// A hub's choice of the journal at `address`.
pub(crate) fn shared(address: &str) -> Result<JournalChoice, Failure> {
    let address: Address = address.parse().map_err(Failure::input)?;
    Ok(JournalChoice::Shared(Box::new(move |data| {
        Box::pin(async move {
            match JetStream::open(&address, data).await {
                Ok(journal) => Ok(Box::new(journal) as Box<dyn SharedJournal>),
                Err(error) => Err(CantShare(with_causes(&error))),
            }
        })
    })))
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |words, cause| {
        let cause = cause.to_string();
        // Some errors name their cause in their own words.
        if words.contains(&cause) {
            words
        } else {
            format!("{words}: {cause}")
        }
    })
}
