//! A flat-out load: documents signed in advance between synthetic agencies, sent, delivered and acknowledged as fast as
//! the hub takes them, or at a constant rate with latencies from the intended start.

mod idle;
mod large;
mod nation;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use hdrhistogram::Histogram;
use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::{task::JoinSet, time::Instant};
use truc_agency::{
    Agency, CallError, Credential, FetchOptions, Hub, PipelineOptions, SendError, SubscribeOptions, SubscriptionError,
};
use truc_document::{AgencyCode, Attachment, DocumentType, Header, Level, Signer, SigningPolicy, SystemKind};
use truc_proto::v1 as pb;
use truc_signature::{AuthorityError, Capacity, Identity, SeededWallet, TokenIssuer, sha256, sign_envelope};
use uuid::{Builder, Uuid};

use crate::latency;

pub use self::{idle::Idle, large::carry_large, nation::Nation};

/// Latencies beyond an hour count as an hour.
const LATENCY_US_MAX: u64 = 3_600_000_000;
/// Fetch calls that a receiving agency keeps open.
const FETCHES: usize = 64;
/// What a subscriber takes is acknowledged together: so many deliveries, or those of so much time.
const TAKEN_MAX: usize = 256;
const TAKEN_AFTER: Duration = Duration::from_millis(10);
/// Word of what became of documents that a sending agency takes with one call.
const NOTICES: u32 = 100;

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

/// The agencies of a load, to be registered before it runs.
#[must_use]
pub fn directory(agencies: usize) -> Vec<pb::Agency> {
    let one = |at| pb::Agency {
        code: code(at).to_string(),
        name: format!("Cơ quan thử tải {at}"),
        level: Level::Province.wire(),
        province: code(at).top().to_owned(),
        connected: true,
        signing_policy: SigningPolicy::Required.wire(),
        systems: vec![SystemKind::DocumentManagement.wire()],
        ..pb::Agency::default()
    };
    (0..agencies).map(one).collect()
}

/// Code of a synthetic agency: below the test province `H99`, which does not exist.
fn code(at: usize) -> AgencyCode {
    let text = format!("H99.{:02}.{:03}", at / 1000 + 1, at % 1000);
    text.parse().unwrap_or_else(|_| unreachable!("digits make a code"))
}

/// Registers the certificates of a load's agencies, so that envelopes name them by fingerprint.
///
/// # Errors
/// [`LoadError`].
pub async fn introduce(
    agencies: usize,
    wallet: &SeededWallet,
    hub: &Hub,
    issuer: &Arc<TokenIssuer>,
) -> Result<(), LoadError> {
    let mut calls = stream::iter(0..agencies)
        .map(|at| async move {
            let directory = hub.agency(code(at), Credential::Issuer(Arc::clone(issuer))).directory();
            for identity in [person(wallet, at)?, seal(wallet, at)?] {
                directory.register_certificate(&identity.chain().certificates).await?;
            }
            Ok::<_, LoadError>(())
        })
        .buffer_unordered(64);
    while let Some(outcome) = calls.next().await {
        outcome?;
    }
    Ok(())
}

fn person(wallet: &SeededWallet, at: usize) -> Result<Arc<Identity>, AuthorityError> {
    wallet.person(&code(at), Capacity::Head, "Trần Thị Bình")
}

fn seal(wallet: &SeededWallet, at: usize) -> Result<Arc<Identity>, AuthorityError> {
    wallet.seal(&code(at), "Cơ quan thử tải")
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

fn header(
    random: &mut ChaCha8Rng,
    sender: AgencyCode,
    to: impl Iterator<Item = AgencyCode>,
    number: u64,
    content: &[u8],
    now: Timestamp,
) -> Header {
    let mut bytes = [0; 10];
    random.fill_bytes(&mut bytes);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0) + number;
    let id: Uuid = Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
    let signer = Signer {
        competence: String::new(),
        position: "Chủ tịch".to_owned(),
        full_name: "Trần Thị Bình".to_owned(),
    };
    let notation = "UBND-VX"
        .parse()
        .unwrap_or_else(|_| unreachable!("a notation of the decree"));
    let subject = "V/v báo cáo kết quả thực hiện nhiệm vụ được giao";
    let kind = DocumentType::OfficialLetter;
    let mut header = Header::new(id, sender, to, number, notation, kind, subject, signer, now);
    header.attachments.push(Attachment {
        sha256: sha256(content),
        size: content.len() as u64,
        name: "van-ban.bin".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        description: String::new(),
    });
    header
}

/// Deliveries of documents among what came, all acknowledged.
async fn take(agency: &Agency, deliveries: Vec<truc_agency::Delivery>) -> Result<usize, LoadError> {
    let ids: Vec<u64> = deliveries.iter().map(|delivery| delivery.id).collect();
    let is_document = |delivery: &&truc_agency::Delivery| matches!(delivery.content, truc_agency::Content::Document(_));
    let documents = deliveries.iter().filter(is_document).count();
    for outcome in agency.acknowledge(&ids).await? {
        if let Some(refusal) = outcome.refusal {
            return Err(LoadError::Delivery(refusal.to_string()));
        }
    }
    Ok(documents)
}

async fn subscribe(agency: &Agency, owed: usize) -> Result<usize, LoadError> {
    if owed == 0 {
        return Ok(0);
    }
    let mailbox = agency.subscribe(SubscribeOptions {
        window: 2000,
        ..SubscribeOptions::default()
    });
    let mut batches = Box::pin(tokio_stream::StreamExt::chunks_timeout(mailbox, TAKEN_MAX, TAKEN_AFTER));
    let mut taken = 0;
    while taken < owed {
        let Some(batch) = batches.next().await else { break };
        let deliveries = batch.into_iter().collect::<Result<Vec<_>, _>>()?;
        taken += take(agency, deliveries).await?;
    }
    Ok(taken)
}

/// What a sender does beside sending, until it is dropped. What it misses waits for it at the hub.
async fn take_notices(agency: Agency) {
    let options = FetchOptions {
        deliveries_max: NOTICES,
        wait: Some(Duration::from_secs(1)),
        ..FetchOptions::default()
    };
    while let Ok(fetched) = agency.fetch(options.clone()).await {
        let ids: Vec<u64> = fetched
            .deliveries
            .iter()
            .flatten()
            .map(|delivery| delivery.id)
            .collect();
        if !ids.is_empty() && agency.acknowledge(&ids).await.is_err() {
            return;
        }
        // As a system that polls: not at each single one.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn fetch(agency: &Agency, owed: usize) -> Result<usize, LoadError> {
    let mut taken = 0;
    let options = FetchOptions {
        deliveries_max: 1,
        wait: Some(Duration::from_secs(1)),
        ..FetchOptions::default()
    };
    let one = || async {
        let fetched = agency.fetch(options.clone()).await?;
        let deliveries = fetched.deliveries.into_iter().collect::<Result<Vec<_>, _>>();
        let deliveries = deliveries.map_err(|error| LoadError::Delivery(error.to_string()))?;
        if deliveries.is_empty() {
            Ok(0)
        } else {
            take(agency, deliveries).await
        }
    };
    let mut calls = Box::pin(stream::repeat_with(one).buffer_unordered(FETCHES));
    while taken < owed {
        let Some(count) = calls.next().await else { break };
        taken += count?;
    }
    Ok(taken)
}
