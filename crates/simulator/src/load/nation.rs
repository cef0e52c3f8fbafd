//! All connected agencies of a topology, each with a mailbox open, and one document to each as the proof that it is.

use std::sync::Arc;

use futures::StreamExt as _;
use jiff::Timestamp;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use tokio::{sync::mpsc, task::JoinSet};
use truc_agency::{Credential, Hub, SubscribeOptions};
use truc_document::AgencyCode;
use truc_signature::{Capacity, SeededWallet, TokenIssuer, sign_envelope};

use super::{LoadError, header, receive::take};
use crate::topology::Topology;

/// Recipients of a document, and deliveries acknowledged together: a header that names everybody would travel to everybody.
const BATCH: usize = 100;

/// Agencies with an open subscription, until this is dropped.
pub struct Nation {
    _subscriptions: JoinSet<()>,
    /// So many of them there are.
    pub agencies: usize,
}

impl Nation {
    /// Subscribes for every connected agency of a topology over the connections of `hub`, and has the first of them write to
    /// all others. When this returns each has received its document, so each is connected; each acknowledged it, and is idle.
    ///
    /// # Errors
    /// [`LoadError`]: a document was not taken, or a subscription ended.
    pub async fn connect(
        topology: &Topology,
        hub: &Hub,
        issuer: &Arc<TokenIssuer>,
        wallet: &SeededWallet,
    ) -> Result<Self, LoadError> {
        let codes: Vec<AgencyCode> = topology
            .agencies()
            .filter(|entry| entry.connected)
            .map(|entry| entry.code.clone())
            .collect();
        let (arrived, mut arrivals) = mpsc::unbounded_channel();
        let mut subscriptions = JoinSet::new();
        for code in &codes {
            let agency = hub.agency(code.clone(), Credential::Issuer(Arc::clone(issuer)));
            let arrived = arrived.clone();
            subscriptions.spawn(async move {
                let mut batches = agency.subscribe(SubscribeOptions::default()).ready_chunks(BATCH);
                while let Some(batch) = batches.next().await {
                    let outcome = match batch.into_iter().collect::<Result<Vec<_>, _>>() {
                        Ok(deliveries) => take(&agency, deliveries).await,
                        Err(error) => Err(LoadError::from(error)),
                    };
                    // Nobody may count any more: idle, and still there.
                    drop(arrived.send(outcome));
                }
            });
        }
        drop(arrived);
        let [first, others @ ..] = &codes[..] else {
            return Ok(Self {
                _subscriptions: subscriptions,
                agencies: 0,
            });
        };
        let sender = hub.agency(first.clone(), Credential::Issuer(Arc::clone(issuer)));
        let person = wallet.person(first, Capacity::Head, "Trần Thị Bình")?;
        let seal = wallet.seal(first, "Cơ quan thử tải")?;
        let mut random = ChaCha8Rng::seed_from_u64(63);
        for (number, recipients) in (1..).zip(others.chunks(BATCH)) {
            let to = recipients.iter().cloned();
            let mut header = header(&mut random, first.clone(), to, number, &[], Timestamp::now());
            header.attachments.clear();
            let envelope = sign_envelope(header.encode().into(), Some(&person), &seal, Vec::new(), true);
            sender.send(envelope).await?;
        }
        let mut left = others.len();
        while left > 0 {
            let ended = || LoadError::Delivery("every subscription ended".to_owned());
            left = left.saturating_sub(arrivals.recv().await.ok_or_else(ended)??);
        }
        Ok(Self {
            _subscriptions: subscriptions,
            agencies: codes.len(),
        })
    }
}
