//! Signing ahead: letters are made and signed in the order of the plan while others are on their way, so that neither the hub
//! nor the run waits for them.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use truc_proto::v1 as pb;
use truc_signature::{SeededWallet, sign_envelope};

use super::{forging, outcome::RunError};
use crate::traffic::{Letter, Traffic};

/// Letters that one thread makes in one go.
const CHUNK: usize = 32;
/// Such goes at once.
const AT_ONCE: usize = 2;
/// Goes that are ready and not taken yet: some 4,000 letters.
const READY: usize = 128;

/// A document ready to go.
pub(super) struct Signed {
    /// Index in the plan.
    pub(super) index: usize,
    pub(super) envelope: pb::Envelope,
    /// SHA-256 of its header.
    pub(super) header: [u8; 32],
}

/// Gives the documents of a plan, signed.
pub(super) struct Signing {
    ready: mpsc::Receiver<Result<Vec<Signed>, RunError>>,
    /// Came, and nobody asked for them yet.
    early: HashMap<usize, Signed>,
}

impl Signing {
    /// Begins with the first document of the plan. Must be called within a tokio runtime.
    pub(super) fn start(traffic: Arc<Traffic>, wallet: Arc<SeededWallet>) -> Self {
        let (done, ready) = mpsc::channel(READY);
        let count = traffic.planned().len();
        let chunks = (0..count).step_by(CHUNK).map(move |first| {
            let (traffic, wallet) = (Arc::clone(&traffic), Arc::clone(&wallet));
            tokio::task::spawn_blocking(move || {
                (first..count.min(first + CHUNK))
                    .map(|index| sign(&traffic, &wallet, index))
                    .collect()
            })
        });
        tokio::spawn(async move {
            let mut chunks = stream::iter(chunks).buffered(AT_ONCE);
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.unwrap_or_else(|ended| Err(ended.into()));
                let failed = chunk.is_err();
                if done.send(chunk).await.is_err() || failed {
                    return;
                }
            }
        });
        Self {
            ready,
            early: HashMap::new(),
        }
    }

    /// The documents of these indexes, which are asked for about in the order of the plan.
    pub(super) async fn take(&mut self, indexes: &[usize]) -> Result<Vec<Signed>, RunError> {
        let mut taken = Vec::with_capacity(indexes.len());
        for index in indexes {
            let signed = loop {
                if let Some(signed) = self.early.remove(index) {
                    break signed;
                }
                let chunk = self.ready.recv().await;
                let chunk =
                    chunk.ok_or_else(|| RunError::Sign(format!("document {index} of the plan was not made")))?;
                self.early
                    .extend(chunk?.into_iter().map(|signed| (signed.index, signed)));
            };
            taken.push(signed);
        }
        Ok(taken)
    }
}

/// Signs a letter by whom it names, and with its sender's seal.
fn sign(traffic: &Traffic, wallet: &SeededWallet, index: usize) -> Result<Signed, RunError> {
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
    let header = Bytes::from(header.encode());
    let digest = Sha256::digest(&header).into();
    let mut envelope = sign_envelope(header, person.as_deref(), &seal, inline, true);
    if let Some(flaw) = planned.flaw {
        forging::spoil(flaw, &mut envelope, person.as_deref(), &seal);
    }
    Ok(Signed {
        index,
        envelope,
        header: digest,
    })
}
