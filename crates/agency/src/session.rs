//! One caller on one connection: makes requests, and tries calls again.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::time::Instant;
use tonic::{Request, Response, Status, metadata::MetadataMap, transport::Channel};
use truc_services::{
    directory_service_client::DirectoryServiceClient, exchange_service_client::ExchangeServiceClient,
    operations_service_client::OperationsServiceClient, statistics_service_client::StatisticsServiceClient,
};

use crate::{
    credential::{Bearer, CredentialError},
    error::{CallError, SendError},
    failure::Failure,
    multiplex::{Line, Multiplexed},
    retry::RetryPolicy,
    way::{Turn, Way},
};

/// A fetch of a thousand deliveries with inline attachments is larger than tonic's 4 MiB.
pub(crate) const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Cheap to clone: one reference count.
#[derive(Clone)]
pub(crate) struct Session(Arc<Inner>);

struct Inner {
    way: Way,
    bearer: Arc<Bearer>,
    retry: RetryPolicy,
    /// The shared stream of its calls, and its number there.
    line: Option<(Arc<Line>, u32)>,
}

impl Session {
    pub(crate) fn new(way: Way, bearer: Bearer, retry: RetryPolicy, line: Option<Arc<Line>>) -> Self {
        Self(Arc::new(Inner {
            way,
            bearer: Arc::new(bearer),
            retry,
            line: line.map(|line| {
                let number = line.number();
                (line, number)
            }),
        }))
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        &self.0.retry
    }

    pub(crate) fn bearer(&self) -> &Bearer {
        &self.0.bearer
    }

    /// The same caller with another policy; a minted token is shared.
    pub(crate) fn with_retry(&self, retry: RetryPolicy) -> Self {
        let (way, bearer) = (self.0.way.clone(), Arc::clone(&self.0.bearer));
        Self(Arc::new(Inner {
            way,
            bearer,
            retry,
            line: self.0.line.clone(),
        }))
    }

    pub(crate) fn exchange(&self) -> ExchangeServiceClient<Channel> {
        ExchangeServiceClient::new(self.0.way.channel()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    pub(crate) fn directory(&self) -> DirectoryServiceClient<Channel> {
        DirectoryServiceClient::new(self.0.way.channel()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    pub(crate) fn statistics(&self) -> StatisticsServiceClient<Channel> {
        StatisticsServiceClient::new(self.0.way.channel()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    pub(crate) fn operations(&self) -> OperationsServiceClient<Channel> {
        OperationsServiceClient::new(self.0.way.channel()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Where there are several hubs: those that are not asked now.
    pub(crate) fn others(&self) -> Vec<Channel> {
        self.0.way.others()
    }

    /// The hub that is asked now.
    pub(crate) fn turn(&self) -> Turn {
        self.0.way.turn()
    }

    /// What an attempt met at a hub: where that one fails, another is asked from now on.
    pub(crate) fn met(&self, failure: &Failure, turn: Turn) {
        if matches!(failure, Failure::Unreached(_) | Failure::Interrupted(_)) {
            self.0.way.turn_from(turn);
        }
    }

    /// A request with the caller's credential and no deadline.
    pub(crate) fn request<M>(&self, message: M) -> Result<Request<M>, CredentialError> {
        let mut request = Request::new(message);
        self.authorize(request.metadata_mut())?;
        Ok(request)
    }

    /// One attempt of a call of the exchange: over the shared stream where the caller has one, else as `unary` makes it.
    pub(crate) async fn shared_or<M, F>(
        &self,
        request: Request<M>,
        unary: impl FnOnce(ExchangeServiceClient<Channel>, Request<M>) -> F,
    ) -> Result<Response<M::Answer>, Status>
    where
        M: Multiplexed,
        F: Future<Output = Result<Response<M::Answer>, Status>>,
    {
        let bearer = request.metadata().get("authorization").cloned();
        let (Some((line, number)), Some(bearer)) = (&self.0.line, bearer) else {
            return unary(self.exchange(), request).await;
        };
        let turn = line.turn();
        let call = line.call(*number, bearer, request.into_inner());
        let answer = match tokio::time::timeout(self.0.retry.attempt_time_max, call).await {
            Ok(answer) => answer,
            Err(_) => Err(Status::deadline_exceeded("the hub did not answer in time")),
        };
        if let Err(status) = &answer
            && Failure::of(status).leaves_doubt()
        {
            line.turn_from(turn);
        }
        answer.map(Response::new)
    }

    fn authorize(&self, metadata: &mut MetadataMap) -> Result<(), CredentialError> {
        if let Some(value) = self.0.bearer.header()? {
            metadata.insert("authorization", value);
        }
        Ok(())
    }

    /// A unary call, tried again while its failures are transient. Only for calls that do the same when repeated.
    pub(crate) async fn call<M, R, C, F>(&self, message: M, call: C) -> Result<R, CallError>
    where
        M: Clone,
        C: Fn(Request<M>) -> F,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        self.call_waiting(message, Duration::ZERO, call).await
    }

    /// As `call`, for one that the hub holds open for up to `wait` before it answers.
    pub(crate) async fn call_waiting<M, R, C, F>(&self, message: M, wait: Duration, call: C) -> Result<R, CallError>
    where
        M: Clone,
        C: Fn(Request<M>) -> F,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let mut trial = Trial::new(self);
        loop {
            match self.attempt(message.clone(), wait, &call).await? {
                Ok(answer) => return Ok(answer),
                Err(failure) => match trial.after(failure, self) {
                    Next::AgainAfter(pause) => tokio::time::sleep(pause).await,
                    Next::GiveUp(failure) => return Err(trial.call_error(failure)),
                },
            }
        }
    }

    /// One attempt under the deadline of one attempt.
    pub(crate) async fn attempt<M, R, C, F>(
        &self,
        message: M,
        wait: Duration,
        call: &C,
    ) -> Result<Result<R, Failure>, CredentialError>
    where
        C: Fn(Request<M>) -> F,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let mut request = self.request(message)?;
        request.set_timeout(self.0.retry.attempt_time_max.saturating_add(wait));
        Ok(call(request)
            .await
            .map(Response::into_inner)
            .map_err(|status| Failure::of(&status)))
    }
}

/// The attempts of one call so far.
pub(crate) struct Trial {
    begun: Instant,
    /// The hub that is asked.
    turn: Turn,
    pub(crate) attempts: u32,
    /// An attempt was left without an answer, so that the hub may have acted on it.
    pub(crate) in_doubt: bool,
    renewed: bool,
}

/// What follows a failed attempt.
pub(crate) enum Next {
    AgainAfter(Duration),
    GiveUp(Failure),
}

impl Trial {
    pub(crate) fn new(session: &Session) -> Self {
        Self {
            begun: Instant::now(),
            turn: session.turn(),
            attempts: 0,
            in_doubt: false,
            renewed: false,
        }
    }

    pub(crate) fn after(&mut self, failure: Failure, session: &Session) -> Next {
        self.attempts = self.attempts.saturating_add(1);
        self.in_doubt |= failure.leaves_doubt();
        session.met(&failure, self.turn);
        self.turn = session.turn();
        // A token can be refused before its time, as when the hub came back with another key: one fresh one is tried.
        if failure.is_unauthenticated() && !self.renewed && session.bearer().forget() {
            self.renewed = true;
            return Next::AgainAfter(Duration::ZERO);
        }
        let policy = session.retry();
        if !failure.is_transient() || self.attempts >= policy.attempts_max {
            return Next::GiveUp(failure);
        }
        let pause = policy.pause(self.attempts, failure.retry_after(), rand::random());
        if self.begun.elapsed().saturating_add(pause) > policy.time_max {
            return Next::GiveUp(failure);
        }
        tracing::debug!(attempts = self.attempts, ?pause, ?failure, "call is tried again");
        Next::AgainAfter(pause)
    }

    pub(crate) fn call_error(&self, failure: Failure) -> CallError {
        call_error(failure, self.attempts, self.in_doubt)
    }

    pub(crate) fn send_error(&self, failure: Failure) -> SendError {
        send_error(failure, self.attempts, self.in_doubt)
    }
}

/// The end of a call after `attempts`, `in_doubt` when one of them was left without an answer.
pub(crate) fn call_error(failure: Failure, attempts: u32, in_doubt: bool) -> CallError {
    match failure {
        Failure::Refused(refusal) => CallError::Refused(refusal),
        Failure::Unreached(cause) if !in_doubt => CallError::Unreachable { attempts, cause },
        Failure::Unreached(cause) | Failure::Interrupted(cause) => CallError::Unanswered { attempts, cause },
        Failure::Rejected { code, message } => CallError::Rejected { code, message },
    }
}

/// The end of a send after `attempts`, `in_doubt` when one of them was left without an answer.
pub(crate) fn send_error(failure: Failure, attempts: u32, in_doubt: bool) -> SendError {
    match failure {
        Failure::Refused(refusal) if in_doubt => SendError::RefusedInDoubt(refusal),
        Failure::Refused(refusal) => SendError::Refused(refusal),
        Failure::Unreached(cause) if !in_doubt => SendError::Unreachable { attempts, cause },
        Failure::Unreached(cause) | Failure::Interrupted(cause) => SendError::Unanswered { attempts, cause },
        Failure::Rejected { code, message } => SendError::Rejected { code, message },
    }
}
