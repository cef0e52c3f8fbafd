//! A flat-out load: documents signed in advance between synthetic agencies, sent, delivered and acknowledged as fast as
//! the hub takes them, or at a constant rate with latencies from the intended start.

mod agencies;
mod idle;
mod large;
mod letter;
mod nation;
mod receive;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use hdrhistogram::Histogram;
use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::{task::JoinSet, time::Instant};
use truc_agency::{Agency, CallError, Credential, Hub, PipelineOptions, SendError, SubscriptionError};
use truc_proto::v1 as pb;
use truc_signature::{AuthorityError, SeededWallet, TokenIssuer, sha256, sign_envelope};

use self::{
    agencies::{code, person, seal},
    letter::header,
    receive::{fetch, subscribe, take_notices},
};
pub use self::{
    agencies::{directory, introduce},
    idle::Idle,
    large::carry_large,
    nation::Nation,
};
use crate::latency;

/// Latencies beyond an hour count as an hour.
const LATENCY_US_MAX: u64 = 3_600_000_000;

/// How documents travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// SendMany, Subscribe, acknowledgements in batches.
    Streamed,
    /// Send, Fetch, Acknowledge: one document a call. The first half of the agencies sends to the second, and takes the word that
    /// comes back many at a time.
    Unary,
}

/// What to send.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// Documents.
    pub documents: usize,
    /// Bytes of the one attachment of each.
    pub content_bytes: usize,
    /// Agencies, at least `fan_out` + 1, unary twice as many as `fan_out`. Each document goes from one to the `fan_out` that follow
    /// it, unary to those in the second half.
    pub agencies: usize,
    /// Recipients of each document.
    pub fan_out: usize,
    /// How they travel.
    pub mode: Mode,
    /// Documents a second; as fast as it goes when absent.
    pub rate: Option<f64>,
    /// Documents between sending and receipt, at most.
    pub in_flight: usize,
    /// Seed of ids and contents.
    pub seed: u64,
}

impl LoadOptions {
    /// Agencies that send: the first so many.
    fn senders(&self) -> usize {
        match self.mode {
            Mode::Streamed => self.agencies,
            Mode::Unary => self.agencies / 2,
        }
    }

    /// Places of those that a document of the agency at `from` goes to.
    fn receivers(&self, from: usize) -> impl Iterator<Item = usize> {
        let (first, count, offset) = match self.mode {
            Mode::Streamed => (0, self.agencies, 1),
            Mode::Unary => (self.agencies / 2, self.agencies - self.agencies / 2, 0),
        };
        (0..self.fan_out).map(move |step| first + (from + offset + step) % count)
    }
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            documents: 10_000,
            content_bytes: 2048,
            agencies: 10,
            fan_out: 1,
            mode: Mode::Streamed,
            rate: None,
            in_flight: 1024,
            seed: 1,
        }
    }
}

/// What can stop a load.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Keys or certificates.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A document was not taken.
    #[error("a document was not taken: {0}")]
    Send(#[from] SendError),
    /// A mailbox could not be read or acknowledged.
    #[error("a mailbox could not be read: {0}")]
    Receive(#[from] CallError),
    /// A subscription ended.
    #[error("a subscription ended: {0}")]
    Subscription(#[from] SubscriptionError),
    /// A delivery that this client can't read, or an acknowledgement that was refused.
    #[error("a delivery went wrong: {0}")]
    Delivery(String),
    /// A task died.
    #[error("a task of the load ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct LoadOutcome {
    /// Documents with a receipt.
    pub documents: usize,
    /// Deliveries acknowledged.
    pub deliveries: usize,
    /// Wall time until all was acknowledged.
    pub took: Duration,
    /// Microseconds from the intended start (with a rate) or from sending to the receipt.
    pub receipt_us: Histogram<u64>,
}

/// A load, signed in advance so that signing does not weigh on what is measured.
pub struct Load {
    options: LoadOptions,
    /// Sender's place and its envelope.
    envelopes: Vec<(usize, pb::Envelope)>,
}

impl Load {
    /// Makes and signs all documents as of `now` (hub time); [`introduce`] has to register their signers first.
    ///
    /// # Errors
    /// [`LoadError::Authority`].
    pub fn prepare(options: LoadOptions, wallet: &SeededWallet, now: Timestamp) -> Result<Self, LoadError> {
        let mut random = ChaCha8Rng::seed_from_u64(options.seed);
        let mut envelopes = Vec::with_capacity(options.documents);
        for n in 0..options.documents {
            let from = n % options.senders();
            let sender = code(from);
            let (person, seal) = (person(wallet, from)?, seal(wallet, from)?);
            let mut content = vec![0; options.content_bytes];
            random.fill_bytes(&mut content);
            let to = options.receivers(from).map(code);
            let header = header(&mut random, sender, to, n as u64 + 1, &content, now);
            let inline = vec![(sha256(&content), Bytes::from(content))];
            let envelope = sign_envelope(header.encode().into(), Some(&person), &seal, inline, false);
            envelopes.push((from, envelope));
        }
        Ok(Self { options, envelopes })
    }

    /// Runs it to the last acknowledgement.
    ///
    /// # Errors
    /// [`LoadError`]: the first thing that went wrong.
    pub async fn run(self, hub: &Hub, issuer: &Arc<TokenIssuer>) -> Result<LoadOutcome, LoadError> {
        let agency = |at| hub.agency(code(at), Credential::Issuer(Arc::clone(issuer)));
        let agencies: Vec<Agency> = (0..self.options.agencies).map(agency).collect();
        let mut owed = vec![0; agencies.len()];
        for (from, _) in &self.envelopes {
            self.options.receivers(*from).for_each(|to| owed[to] += 1);
        }
        let started = Instant::now();
        let mode = self.options.mode;
        let receivers: Vec<_> = agencies
            .iter()
            .cloned()
            .zip(owed)
            .map(|(agency, owed)| {
                tokio::spawn(async move {
                    match mode {
                        Mode::Streamed => subscribe(&agency, owed).await,
                        Mode::Unary => fetch(&agency, owed).await,
                    }
                })
            })
            .collect();
        let notices: JoinSet<_> = match mode {
            Mode::Streamed => JoinSet::new(),
            Mode::Unary => agencies[..self.options.senders()]
                .iter()
                .map(|agency| take_notices(agency.clone()))
                .collect(),
        };
        let (documents, receipt_us) = self.send(&agencies).await?;
        let mut deliveries = 0;
        for receiver in receivers {
            deliveries += receiver.await??;
        }
        drop(notices);
        Ok(LoadOutcome {
            documents,
            deliveries,
            took: started.elapsed(),
            receipt_us,
        })
    }

    async fn send(self, agencies: &[Agency]) -> Result<(usize, Histogram<u64>), LoadError> {
        let LoadOptions {
            rate, in_flight, mode, ..
        } = self.options;
        let pipelines: Vec<_> = match mode {
            Mode::Streamed => {
                let options = PipelineOptions {
                    in_flight_max: in_flight,
                };
                agencies
                    .iter()
                    .map(|agency| Some(agency.send_many(options.clone())))
                    .collect()
            }
            Mode::Unary => agencies.iter().map(|_| None).collect(),
        };
        let begun = Instant::now();
        let (pipelines, agencies) = (&pipelines, agencies);
        let mut answers = stream::iter(self.envelopes.into_iter().enumerate())
            .map(|(n, (from, envelope))| async move {
                let intended = rate.map(|rate| begun + Duration::from_secs_f64(n as f64 / rate));
                if let Some(intended) = intended {
                    tokio::time::sleep_until(intended).await;
                }
                let start = intended.unwrap_or_else(Instant::now);
                match &pipelines[from] {
                    Some(pipeline) => pipeline.send(envelope).await.await?,
                    None => agencies[from].send(envelope).await?,
                };
                Ok::<_, SendError>(start.elapsed())
            })
            .buffer_unordered(in_flight);
        let mut latencies =
            Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).unwrap_or_else(|_| unreachable!("bounds are allowed"));
        let mut documents = 0;
        while let Some(answer) = answers.next().await {
            latency::record(&mut latencies, answer?);
            documents += 1;
        }
        Ok((documents, latencies))
    }
}
