//! Sending: letters made, signed and sent, many at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use truc_agency::{Agency, PipelineOptions, SendError, Sent};
use truc_proto::v1 as pb;
use truc_signature::{SeededWallet, sign_envelope};

use super::{forging, outcome::RunError, persist::persist};
use crate::traffic::{Letter, Traffic};

/// A document on its way.
pub(super) struct Signed {
    /// Index in the plan.
    pub(super) index: usize,
    pub(super) envelope: pb::Envelope,
}

/// What came of sending one.
pub(super) struct Answered {
    pub(super) index: usize,
    /// SHA-256 of the header as it was sent.
    pub(super) header: [u8; 32],
    pub(super) outcome: Result<Sent, SendError>,
    /// When it was handed to the library.
    pub(super) begun: Instant,
    /// When the answer came.
    pub(super) answered: Instant,
}

/// Signs a letter by whom it names, and with its sender's seal.
pub(super) fn sign(traffic: &Traffic, wallet: &SeededWallet, index: usize) -> Result<Signed, RunError> {
    let planned = &traffic.planned()[index];
    let sender = &traffic.agencies()[planned.sender];
    let Letter {
        header,
        contents,
        personal,
    } = traffic.letter(planned);
    let failed = |error: truc_signature::AuthorityError| RunError::Sign(error.to_string());
    let forged = match (planned.flaw, &personal) {
        (Some(flaw), Some(personal)) => forging::signer(flaw, traffic, sender, personal, wallet).map_err(failed)?,
        _ => None,
    };
    let person = match (forged, personal) {
        (Some(forged), _) => Some(forged),
        (None, personal) => personal
            .map(|personal| wallet.person(&sender.code, personal.capacity, &personal.full_name))
            .transpose()
            .map_err(failed)?,
    };
    let seal = wallet.seal(&sender.code, &sender.name).map_err(failed)?;
    let inline = header
        .attachments
        .iter()
        .map(|attachment| attachment.sha256)
        .zip(contents)
        .collect();
    let mut envelope = sign_envelope(Bytes::from(header.encode()), person.as_deref(), &seal, inline, true);
    if let Some(flaw) = planned.flaw {
        forging::spoil(flaw, &mut envelope, person.as_deref(), &seal);
    }
    Ok(Signed { index, envelope })
}

/// Sends all, each as its sender; whoever has several sends them through one pipeline.
pub(super) async fn send(
    agencies: &[Agency],
    traffic: &Arc<Traffic>,
    signed: Vec<Signed>,
    concurrency: usize,
    patience: Duration,
) -> Vec<Answered> {
    let mut by_sender: BTreeMap<usize, Vec<Signed>> = BTreeMap::new();
    for signed in signed {
        by_sender
            .entry(traffic.planned()[signed.index].sender)
            .or_default()
            .push(signed);
    }
    let senders = by_sender
        .into_iter()
        .map(|(sender, signed)| send_as(agencies[sender].clone(), signed, patience));
    let answers: Vec<Vec<Answered>> = stream::iter(senders)
        .buffer_unordered(concurrency.max(1))
        .collect()
        .await;
    let mut answers: Vec<Answered> = answers.into_iter().flatten().collect();
    // In the order of the plan, whichever answer came first.
    answers.sort_by_key(|answered| answered.index);
    answers
}

async fn send_as(agency: Agency, signed: Vec<Signed>, patience: Duration) -> Vec<Answered> {
    if signed.len() == 1 {
        let mut answers = Vec::new();
        for Signed { index, envelope } in signed {
            let header = Sha256::digest(&envelope.header).into();
            let begun = Instant::now();
            let outcome = persist(patience, || agency.send(envelope.clone())).await;
            answers.push(Answered {
                index,
                header,
                outcome,
                begun,
                answered: Instant::now(),
            });
        }
        return answers;
    }
    let pipeline = agency.send_many(PipelineOptions::default());
    let waiting = signed.into_iter().map(|Signed { index, envelope }| {
        let pipeline = &pipeline;
        async move {
            let header = Sha256::digest(&envelope.header).into();
            let begun = Instant::now();
            let outcome = persist(patience, || async { pipeline.send(envelope.clone()).await.await }).await;
            Answered {
                index,
                header,
                outcome,
                begun,
                answered: Instant::now(),
            }
        }
    });
    futures::future::join_all(waiting).await
}
