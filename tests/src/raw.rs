//! Below the client library: any bytes to any method under any credential, and what a refusal says on the wire.

use std::time::Duration;

use bytes::{Buf as _, BufMut as _, Bytes};
use futures::stream;
use jiff::Timestamp;
use prost::Message as _;
use tonic::{
    Request, Status, Streaming,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;
use truc_proto::v1 as pb;
use truc_services::exchange_service_client::ExchangeServiceClient;
use truc_signature::Caller;

use crate::Axis;

/// What a refusal says: `ErrorInfo`, `BadRequest`, `RetryInfo`, and the gRPC status code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// `ErrorInfo.domain`; empty in an answer that has refusals inside.
    pub domain: String,
    /// `ErrorInfo.reason`.
    pub reason: String,
    /// The field of the first violation in `BadRequest`; empty without one.
    pub field: String,
    /// One sentence.
    pub message: String,
    /// gRPC status code.
    pub code: i32,
    /// `RetryInfo.retry_delay`.
    pub retry_after: Option<Duration>,
}

/// Reads a refusal off a status; what is not there stays empty.
#[must_use]
pub fn told(status: &Status) -> Told {
    let details = status.get_error_details();
    let info = details.error_info().cloned();
    let (domain, reason) = info.map(|info| (info.domain, info.reason)).unwrap_or_default();
    let violations = details.bad_request().map(|request| request.field_violations.clone());
    let violation = violations.and_then(|violations| violations.into_iter().next());
    Told {
        domain,
        reason,
        field: violation.map(|violation| violation.field).unwrap_or_default(),
        message: status.message().to_owned(),
        code: status.code().into(),
        retry_after: details.retry_info().and_then(|info| info.retry_delay),
    }
}

/// Reads a refusal inside an answer, such as that of one delivery of many.
#[must_use]
pub fn told_within(refusal: pb::Refusal) -> Told {
    Told {
        domain: String::new(),
        reason: refusal.reason,
        field: refusal.field,
        message: refusal.message,
        code: refusal.code,
        retry_after: refusal.retry_after.and_then(|delay| delay.try_into().ok()),
    }
}

/// A request that carries `token`, if any.
#[must_use]
pub fn authorized<T>(message: T, token: Option<&str>) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().expect("a token is ASCII");
        request.metadata_mut().insert("authorization", value);
    }
    request
}

/// Paths of all methods of all services, as the API describes itself.
#[must_use]
pub fn methods() -> Vec<String> {
    let described = prost_types::FileDescriptorSet::decode(pb::FILE_DESCRIPTOR_SET).expect("a description");
    let files = described.file.iter().filter(|file| file.package() == "truc.v1");
    files
        .flat_map(|file| &file.service)
        // Served by `truc up` alone.
        .filter(|service| !["SandboxService", "TrainingService"].contains(&service.name()))
        .flat_map(|service| {
            let path =
                |method: &prost_types::MethodDescriptorProto| format!("/truc.v1.{}/{}", service.name(), method.name());
            service.method.iter().map(path)
        })
        .collect()
}

/// A connection of its own, that encodes and retries nothing.
#[derive(Clone)]
pub struct Raw {
    /// For clients of `truc_services`.
    pub channel: Channel,
}

impl Raw {
    /// Sends messages, whatever they are, to a method; gives the answers when the hub does not refuse outright.
    ///
    /// # Errors
    /// The status that the hub answers with.
    pub async fn call(
        &self,
        path: &str,
        token: Option<&str>,
        messages: Vec<Bytes>,
    ) -> Result<Streaming<Bytes>, Status> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready().await.expect("a connection");
        let request = authorized(stream::iter(messages), token);
        let path = path.parse().expect("a path");
        Ok(grpc.streaming(request, path, AnyBytes).await?.into_inner())
    }

    /// Sends an envelope.
    ///
    /// # Errors
    /// The status that the hub answers with.
    pub async fn send(&self, token: Option<&str>, envelope: pb::Envelope) -> Result<pb::SendResponse, Status> {
        let request = pb::SendRequest {
            envelope: Some(envelope),
            timed: false,
        };
        let mut client = ExchangeServiceClient::new(self.channel.clone());
        Ok(client.send(authorized(request, token)).await?.into_inner())
    }
}

impl Axis {
    /// A connection of its own.
    pub async fn raw(&self) -> Raw {
        let endpoint = Endpoint::new(self.endpoint.clone()).expect("an address");
        Raw {
            channel: endpoint.connect().await.expect("a connection"),
        }
    }

    /// A good token of an agency's code, or of `operator`.
    #[must_use]
    pub fn token(&self, caller: &str) -> String {
        let caller: Caller = caller.parse().expect("a caller");
        self.issuer.issue(&caller, Timestamp::now(), Duration::from_secs(600))
    }

    /// What the hub says to an envelope that it refuses.
    ///
    /// # Panics
    /// When the hub takes it.
    pub async fn refused(&self, caller: &str, envelope: pb::Envelope) -> Told {
        let token = self.token(caller);
        let answer = self.raw().await.send(Some(&token), envelope).await;
        told(&answer.expect_err("a refusal"))
    }
}

/// Messages as bytes, both ways.
struct AnyBytes;

impl Codec for AnyBytes {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AnyBytes {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for AnyBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
