//! A hub for tests: the wire for real, the decisions from a script, the network in memory.
//!
//! Run under `#[tokio::test(start_paused = true)]`, time is virtual: pauses cost nothing and can be asserted exactly.

mod directory;
mod multiplex;
mod operations;

use std::{
    collections::{HashMap, VecDeque},
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use prost::Message as _;
use tokio::{io::copy_bidirectional, sync::mpsc, task::AbortHandle, time::Instant};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{
    Request, Response, Status, Streaming,
    transport::{Endpoint, Server},
};
use truc_document::{Reason, Refusal};
use truc_proto::v1::{self as pb, send_many_response::Outcome};
use truc_services::{
    directory_service_server::DirectoryServiceServer,
    exchange_service_server::{ExchangeService, ExchangeServiceServer},
    operations_service_server::OperationsServiceServer,
};

use crate::{agency::Agency, connection::Hub, credential::Credential, retry::RetryPolicy, status::status_of};

type Answers<M> = Pin<Box<dyn Stream<Item = Result<M, Status>> + Send>>;

/// What the hub does with the next envelope, or with the next opening of a stream.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Refuse(Refusal),
    /// Stores it, and loses the answer: the call or stream breaks.
    StoreAndBreak,
    /// Stores it, and never answers.
    StoreAndForget,
    Break,
    Answer(pb::Refusal),
}

#[derive(Clone, Default)]
pub(crate) struct TestHub(Arc<State>);

#[derive(Default)]
struct State {
    down: AtomicBool,
    connects: AtomicUsize,
    links: Mutex<Vec<AbortHandle>>,
    script: Mutex<VecDeque<Act>>,
    /// For streams as they are opened.
    openings: Mutex<VecDeque<Act>>,
    opened: AtomicUsize,
    seen: Mutex<Vec<(Instant, pb::Envelope)>>,
    stored: Mutex<HashMap<Bytes, u64>>,
    authorizations: Mutex<Vec<Option<String>>>,
    /// What each subscription in turn gets before it breaks; the last one stays open.
    mailbox: Mutex<VecDeque<Vec<pb::Delivery>>>,
    pub(crate) content: Mutex<Bytes>,
    uploads: Mutex<Vec<Vec<u8>>>,
    offsets: Mutex<Vec<u64>>,
}

impl TestHub {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A client of it, over a network of its own.
    pub(crate) fn client(&self, retry: RetryPolicy) -> Hub {
        let hub = self.clone();
        let connector = tower::service_fn(move |_| {
            let hub = hub.clone();
            async move { hub.accept().map(TokioIo::new) }
        });
        let channel = Endpoint::from_static("http://hub").connect_with_connector_lazy(connector);
        Hub::over(vec![channel], retry)
    }

    pub(crate) fn agency(&self) -> Agency {
        self.agency_with(RetryPolicy::default())
    }

    pub(crate) fn agency_with(&self, retry: RetryPolicy) -> Agency {
        self.client(retry)
            .agency("H54".parse().unwrap(), Credential::Token("token".to_owned()))
    }

    fn accept(&self) -> io::Result<tokio::io::DuplexStream> {
        self.0.connects.fetch_add(1, Ordering::Relaxed);
        if self.0.down.load(Ordering::Relaxed) {
            return Err(io::Error::new(io::ErrorKind::ConnectionRefused, "hub is down"));
        }
        let (client, mut near) = tokio::io::duplex(1 << 16);
        let (mut far, server) = tokio::io::duplex(1 << 16);
        let link = tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await.map(|_| ()) });
        self.0.links.lock().push(link.abort_handle());
        let services = Server::builder()
            .add_service(ExchangeServiceServer::new(self.clone()))
            .add_service(DirectoryServiceServer::new(self.clone()))
            .add_service(OperationsServiceServer::new(self.clone()));
        let incoming = stream::once(std::future::ready(Ok::<_, io::Error>(server))).chain(stream::pending());
        tokio::spawn(services.serve_with_incoming(incoming));
        Ok(client)
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.0.down.store(down, Ordering::Relaxed);
    }

    pub(crate) fn cut_connections(&self) {
        self.0.links.lock().drain(..).for_each(|link| link.abort());
    }

    pub(crate) fn will(&self, acts: impl IntoIterator<Item = Act>) {
        self.0.script.lock().extend(acts);
    }

    pub(crate) fn will_open(&self, acts: impl IntoIterator<Item = Act>) {
        self.0.openings.lock().extend(acts);
    }

    pub(crate) fn will_deliver(&self, rounds: impl IntoIterator<Item = Vec<pb::Delivery>>) {
        self.0.mailbox.lock().extend(rounds);
    }

    pub(crate) fn will_hold(&self, content: Bytes) {
        *self.0.content.lock() = content;
    }

    pub(crate) fn connects(&self) -> usize {
        self.0.connects.load(Ordering::Relaxed)
    }

    /// Streams opened so far, refused ones included.
    pub(crate) fn opened(&self) -> usize {
        self.0.opened.load(Ordering::Relaxed)
    }

    pub(crate) fn seen(&self) -> Vec<pb::Envelope> {
        self.0
            .seen
            .lock()
            .iter()
            .map(|(_, envelope)| envelope.clone())
            .collect()
    }

    pub(crate) fn seen_at(&self) -> Vec<Instant> {
        self.0.seen.lock().iter().map(|(at, _)| *at).collect()
    }

    pub(crate) fn stored(&self) -> usize {
        self.0.stored.lock().len()
    }

    pub(crate) fn authorizations(&self) -> Vec<Option<String>> {
        self.0.authorizations.lock().clone()
    }

    pub(crate) fn uploads(&self) -> Vec<Vec<u8>> {
        self.0.uploads.lock().clone()
    }

    pub(crate) fn offsets(&self) -> Vec<u64> {
        self.0.offsets.lock().clone()
    }

    fn note<M>(&self, request: &Request<M>) {
        let value = request
            .metadata()
            .get("authorization")
            .map(|value| value.to_str().unwrap().to_owned());
        self.0.authorizations.lock().push(value);
    }

    fn see(&self, envelope: &pb::Envelope) -> Option<Act> {
        self.0.seen.lock().push((Instant::now(), envelope.clone()));
        self.0.script.lock().pop_front()
    }

    /// The same envelope has the same receipt, as the real hub promises.
    fn store(&self, envelope: &pb::Envelope) -> pb::SendResponse {
        let mut stored = self.0.stored.lock();
        let next = stored.len() as u64 + 1;
        let position = *stored.entry(envelope.header.clone()).or_insert(next);
        let document_id = pb::Header::decode(envelope.header.clone()).unwrap().document_id;
        let statement = pb::ReceiptStatement {
            document_id,
            position,
            ..pb::ReceiptStatement::default()
        };
        let receipt = pb::Receipt {
            statement: statement.encode_to_vec().into(),
            ..pb::Receipt::default()
        };
        pb::SendResponse {
            receipt: Some(receipt),
            warnings: Vec::new(),
            times: None,
        }
    }

    fn open(&self) -> Result<(), Status> {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        match self.0.openings.lock().pop_front() {
            None => Ok(()),
            Some(Act::Refuse(refusal)) => Err(status_of(&refusal)),
            Some(_) => Err(lost()),
        }
    }
}

/// An envelope whose header has this id.
pub(crate) fn envelope(number: u64) -> pb::Envelope {
    let header = pb::Header {
        document_id: id(number).to_string(),
        number,
        ..pb::Header::default()
    };
    pb::Envelope {
        header: header.encode_to_vec().into(),
        ..pb::Envelope::default()
    }
}

pub(crate) fn id(number: u64) -> uuid::Uuid {
    uuid::Uuid::from_u64_pair(0x0192_0000_0000_7000, 0x8000_0000_0000_0000 | number)
}

pub(crate) fn refusal(reason: Reason) -> Refusal {
    Refusal::new(reason, "scripted")
}

fn lost() -> Status {
    Status::unavailable("scripted loss")
}

#[tonic::async_trait]
impl ExchangeService for TestHub {
    type SendManyStream = Answers<pb::SendManyResponse>;
    type DownloadStream = Answers<pb::DownloadResponse>;
    type SubscribeStream = Answers<pb::SubscribeResponse>;
    type MultiplexStream = Answers<pb::MultiplexResponse>;

    async fn multiplex(
        &self,
        request: Request<Streaming<pb::MultiplexRequest>>,
    ) -> Result<Response<Self::MultiplexStream>, Status> {
        self.note(&request);
        self.open()?;
        Ok(Response::new(multiplex::serve(self.clone(), request.into_inner())))
    }

    async fn send(&self, request: Request<pb::SendRequest>) -> Result<Response<pb::SendResponse>, Status> {
        self.note(&request);
        let envelope = request.into_inner().envelope.unwrap();
        match self.see(&envelope) {
            None => Ok(Response::new(self.store(&envelope))),
            Some(Act::Refuse(refusal)) => Err(status_of(&refusal)),
            Some(Act::StoreAndBreak) => {
                self.store(&envelope);
                Err(lost())
            }
            Some(Act::StoreAndForget) => {
                self.store(&envelope);
                std::future::pending().await
            }
            Some(Act::Break | Act::Answer(_)) => Err(lost()),
        }
    }

    async fn send_many(
        &self,
        request: Request<Streaming<pb::SendManyRequest>>,
    ) -> Result<Response<Self::SendManyStream>, Status> {
        self.note(&request);
        self.open()?;
        let (answers, receiver) = mpsc::unbounded_channel();
        let (hub, mut requests) = (self.clone(), request.into_inner());
        tokio::spawn(async move {
            while let Ok(Some(pb::SendManyRequest { tag, envelope })) = requests.message().await {
                let envelope = envelope.unwrap();
                let outcome = match hub.see(&envelope) {
                    None => Outcome::Accepted(hub.store(&envelope)),
                    Some(Act::Refuse(refusal)) => Outcome::Refused(pb::Refusal::from(&refusal)),
                    Some(Act::Answer(refusal)) => Outcome::Refused(refusal),
                    Some(Act::StoreAndForget) => {
                        hub.store(&envelope);
                        continue;
                    }
                    Some(act @ (Act::StoreAndBreak | Act::Break)) => {
                        if matches!(act, Act::StoreAndBreak) {
                            hub.store(&envelope);
                        }
                        let _ = answers.send(Err(lost()));
                        return;
                    }
                };
                let _ = answers.send(Ok(pb::SendManyResponse {
                    tag,
                    outcome: Some(outcome),
                }));
            }
        });
        Ok(Response::new(UnboundedReceiverStream::new(receiver).boxed()))
    }

    async fn subscribe(
        &self,
        request: Request<pb::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        self.note(&request);
        self.open()?;
        let (round, last) = {
            let mut mailbox = self.0.mailbox.lock();
            (mailbox.pop_front().unwrap_or_default(), mailbox.is_empty())
        };
        let deliveries = stream::iter(round).map(|delivery| {
            Ok(pb::SubscribeResponse {
                delivery: Some(delivery),
            })
        });
        Ok(Response::new(if last {
            deliveries.chain(stream::pending()).boxed()
        } else {
            deliveries.chain(stream::iter([Err(lost())])).boxed()
        }))
    }

    async fn upload(
        &self,
        request: Request<Streaming<pb::UploadRequest>>,
    ) -> Result<Response<pb::UploadResponse>, Status> {
        let (mut requests, mut content) = (request.into_inner(), Vec::new());
        while let Some(message) = requests.message().await? {
            match message.part {
                Some(pb::upload_request::Part::Chunk(chunk)) => content.extend_from_slice(&chunk),
                Some(pb::upload_request::Part::Start(start)) => content.reserve(start.size as usize),
                None => return Err(status_of(&refusal(Reason::Malformed))),
            }
        }
        self.0.uploads.lock().push(content);
        match self.0.script.lock().pop_front() {
            None => Ok(Response::new(pb::UploadResponse { already_stored: false })),
            Some(Act::Refuse(refusal)) => Err(status_of(&refusal)),
            Some(_) => Err(lost()),
        }
    }

    /// Chunks of 10 bytes; a scripted `Break` comes after the second.
    async fn download(&self, request: Request<pb::DownloadRequest>) -> Result<Response<Self::DownloadStream>, Status> {
        let offset = request.into_inner().offset;
        self.0.offsets.lock().push(offset);
        let content = self.0.content.lock().slice(offset as usize..);
        let chunks: Vec<_> = content.chunks(10).map(Bytes::copy_from_slice).collect();
        let chunks = stream::iter(chunks).map(|chunk| Ok(pb::DownloadResponse { chunk }));
        Ok(Response::new(match self.0.script.lock().pop_front() {
            None => chunks.boxed(),
            Some(_) => chunks.take(2).chain(stream::iter([Err(lost())])).boxed(),
        }))
    }

    async fn fetch(&self, _: Request<pb::FetchRequest>) -> Result<Response<pb::FetchResponse>, Status> {
        let deliveries = self.0.mailbox.lock().pop_front().unwrap_or_default();
        Ok(Response::new(pb::FetchResponse { deliveries, waiting: 3 }))
    }

    async fn list_deliveries(
        &self,
        _: Request<pb::ListDeliveriesRequest>,
    ) -> Result<Response<pb::ListDeliveriesResponse>, Status> {
        Ok(Response::new(pb::ListDeliveriesResponse::default()))
    }

    /// Odd ones are unknown.
    async fn acknowledge(
        &self,
        request: Request<pb::AcknowledgeRequest>,
    ) -> Result<Response<pb::AcknowledgeResponse>, Status> {
        let unknown = refusal(Reason::DeliveryUnknown);
        let outcome = |delivery_id| pb::AcknowledgeOutcome {
            delivery_id,
            refusal: (delivery_id % 2 == 1).then(|| pb::Refusal::from(&unknown)),
        };
        let ids = request.into_inner().delivery_ids;
        if ids.len() > 10_000 {
            return Err(status_of(&refusal(Reason::TooLarge)));
        }
        Ok(Response::new(pb::AcknowledgeResponse {
            outcomes: ids.into_iter().map(outcome).collect(),
        }))
    }

    async fn report_status(
        &self,
        _: Request<pb::ReportStatusRequest>,
    ) -> Result<Response<pb::ReportStatusResponse>, Status> {
        Err(status_of(&refusal(Reason::StatusInvalid)))
    }

    /// Numbered as they come: every other one is refused.
    async fn report_statuses(
        &self,
        request: Request<pb::ReportStatusesRequest>,
    ) -> Result<Response<pb::ReportStatusesResponse>, Status> {
        Ok(Response::new(multiplex::reported(&request.into_inner())))
    }

    async fn track(&self, _: Request<pb::TrackRequest>) -> Result<Response<pb::TrackResponse>, Status> {
        Err(status_of(&refusal(Reason::ReferenceUnknown)))
    }

    async fn list_documents(
        &self,
        _: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        Ok(Response::new(pb::ListDocumentsResponse::default()))
    }

    async fn get_document(
        &self,
        _: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::GetDocumentResponse>, Status> {
        Err(status_of(&refusal(Reason::ReferenceUnknown)))
    }

    async fn get_package(&self, _: Request<pb::GetPackageRequest>) -> Result<Response<pb::GetPackageResponse>, Status> {
        Err(status_of(&refusal(Reason::ReferenceUnknown)))
    }

    async fn upload_part(&self, _: Request<pb::UploadPartRequest>) -> Result<Response<pb::UploadPartResponse>, Status> {
        Err(status_of(&refusal(Reason::Malformed)))
    }
}
