//! Multiplex: calls of many agencies over one stream. What is attached is kept for as long as the stream lasts; each call is
//! done as the unary one of its name, and answered when it is done.

use std::{collections::HashMap, sync::Arc};

use futures::{Stream, StreamExt as _, stream::FuturesUnordered};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Status, Streaming};
use truc_document::{AgencyCode, Reason, Refusal};
use truc_proto::v1::{self as pb, multiplex_request::Call, multiplex_response::Outcome};

use super::{acknowledge, fetch, report_status};
use crate::{
    caller,
    core::Core,
    faults,
    intake::{self, Answered, Failure, Incoming},
    status::{refusal_in, stopped, stopping},
    unreadable::readable,
};

/// Requests taken from the stream in one go.
const BATCH: usize = 64;
/// Calls of a stream under way, documents not counted: over it the stream is not read any further.
const CALLS_MAX: usize = 1024;
/// Agencies have numbers up to this.
const NUMBER_MAX: u32 = 1_000_000;
/// Agencies of one stream; the directory of the real axis lists some 111,000.
const AGENCIES_MAX: usize = 200_000;

/// An agency that proved who it is.
#[derive(Clone)]
pub(super) struct Attached {
    pub(super) code: AgencyCode,
    /// End of its token, wall time; none for a certificate, whose stream ends with it.
    pub(super) until: Option<Timestamp>,
}

type Answers = mpsc::UnboundedSender<Result<pb::MultiplexResponse, Status>>;

pub(super) fn multiplex(
    core: Arc<Core>,
    opener: Attached,
    requests: Streaming<pb::MultiplexRequest>,
) -> impl Stream<Item = Result<pb::MultiplexResponse, Status>> + Send {
    // Bounded by what may be under way.
    let (answers, answered) = mpsc::unbounded_channel();
    let line = Line {
        core,
        answers,
        attached: HashMap::from([(0, opener)]),
        incoming: Vec::new(),
    };
    tokio::spawn(line.run(requests));
    UnboundedReceiverStream::new(answered)
}

struct Line {
    core: Arc<Core>,
    answers: Answers,
    attached: HashMap<u32, Attached>,
    /// Envelopes of the batch, which go in together.
    incoming: Vec<Incoming>,
}

impl Line {
    async fn run(mut self, requests: Streaming<pb::MultiplexRequest>) {
        let mut batches = requests.ready_chunks(BATCH);
        let mut calls = FuturesUnordered::new();
        loop {
            tokio::select! {
                batch = batches.next(), if calls.len() < CALLS_MAX => {
                    let Some(batch) = batch else { break };
                    for request in batch {
                        match request {
                            Ok(request) => calls.extend(self.take(request).await),
                            Err(status) => {
                                self.tell(Err(readable(status)));
                                return;
                            }
                        }
                    }
                    intake::take(&self.core, std::mem::take(&mut self.incoming));
                }
                Some(answer) = calls.next(), if !calls.is_empty() => self.tell(answer),
                // By a fault a call may never be answered: the client's going ends it too.
                () = self.answers.closed() => return,
                () = self.core.stopping.cancelled() => {
                    self.tell(Err(stopping()));
                    return;
                }
            }
        }
        let gone = self.answers.clone();
        loop {
            tokio::select! {
                answer = calls.next() => match answer {
                    Some(answer) => self.tell(answer),
                    None => return,
                },
                () = gone.closed() => return,
            }
        }
    }

    /// Whoever asked may have gone.
    fn tell(&self, answer: Result<pb::MultiplexResponse, Status>) {
        drop(self.answers.send(answer));
    }

    /// Does what is done at once; what has to wait is given back.
    async fn take(
        &mut self,
        request: pb::MultiplexRequest,
    ) -> Option<impl Future<Output = Result<pb::MultiplexResponse, Status>> + use<>> {
        let pb::MultiplexRequest { tag, agency, call } = request;
        let refuse = |refusal: Refusal| Ok(response(tag, Outcome::Refused((&refusal).into())));
        let Some(call) = call else {
            self.tell(refuse(malformed("call", "field `call` is missing")));
            return None;
        };
        if let Call::Attach(attach) = call {
            let outcome = self.attach(agency, &attach.token);
            self.tell(told(tag, outcome.map(Outcome::Attached)));
            return None;
        }
        let caller = match self.caller(agency) {
            Ok(caller) => caller,
            Err(refusal) => {
                self.tell(refuse(refusal));
                return None;
            }
        };
        let Call::Send(send) = call else {
            return Some(do_call(Arc::clone(&self.core), caller, tag, call));
        };
        let timed = send.timed;
        let Some(envelope) = send.envelope else {
            self.tell(refuse(malformed("send.envelope", "field `envelope` is missing")));
            return None;
        };
        if self.core.documents.available_permits() == 0 {
            // What is gathered holds the permits that this one waits for.
            intake::take(&self.core, std::mem::take(&mut self.incoming));
        }
        let permit = Arc::clone(&self.core.documents).acquire_owned().await.ok()?;
        let answers = self.answers.clone();
        self.incoming.push(Incoming {
            caller,
            envelope,
            timed,
            permit,
            on_answer: Box::new(move |answered| {
                // Whoever waits for what got lost waits for ever.
                if let Some(answer) = sent(tag, answered) {
                    drop(answers.send(answer));
                }
            }),
        });
        None
    }

    fn attach(&mut self, number: u32, token: &str) -> Result<pb::Attached, Status> {
        if !(1..=NUMBER_MAX).contains(&number) {
            let message = format!("agencies are attached under 1 to {NUMBER_MAX}");
            return Err(crate::status::malformed("agency", message));
        }
        if self.attached.len() > AGENCIES_MAX && !self.attached.contains_key(&number) {
            let message = format!("a stream serves {AGENCIES_MAX} agencies at most; open another");
            return Err(crate::status::malformed("agency", message));
        }
        let (caller, until) = self.core.callers.of_token(token)?;
        let code = caller::agency(caller)?;
        let agency = code.to_string();
        let until = Some(until);
        self.attached.insert(number, Attached { code, until });
        Ok(pb::Attached { agency })
    }

    fn caller(&self, number: u32) -> Result<AgencyCode, Refusal> {
        let unauthenticated = |message: String| Refusal::new(Reason::Unauthenticated, message).field("agency");
        let attached = self.attached.get(&number).ok_or_else(|| {
            unauthenticated(format!(
                "no agency is attached under {number}; attach it with its token first"
            ))
        })?;
        if attached.until.is_some_and(|until| until <= Timestamp::now()) {
            let message = format!(
                "the token of `{}` has run out; attach it again with a new one",
                attached.code
            );
            return Err(unauthenticated(message));
        }
        Ok(attached.code.clone())
    }
}

async fn do_call(core: Arc<Core>, agency: AgencyCode, tag: u64, call: Call) -> Result<pb::MultiplexResponse, Status> {
    let index = match super::index_of(&core, &agency) {
        Ok(index) => index,
        Err(status) => return told(tag, Err(status)),
    };
    let outcome = match call {
        Call::Fetch(fetch) if fetch.wait.is_some() => Err(crate::status::malformed(
            "fetch.wait",
            "a call on a shared stream does not wait; leave `wait` out, or call Fetch",
        )),
        Call::Fetch(fetch) => fetch::fetch(&core, &agency, index, fetch).await.map(Outcome::Fetched),
        Call::Acknowledge(acknowledge) => acknowledge::acknowledge(&core, &agency, acknowledge)
            .await
            .map(Outcome::Acknowledged),
        Call::ReportStatuses(reports) => report_status::report_statuses(&core, &agency, reports)
            .await
            .map(Outcome::StatusesReported),
        // Done before: they do not wait.
        Call::Attach(_) | Call::Send(_) => Err(stopped()),
    };
    told(tag, outcome)
}

fn malformed(field: &str, message: &str) -> Refusal {
    Refusal::new(Reason::Malformed, message).field(field)
}

fn response(tag: u64, outcome: Outcome) -> pb::MultiplexResponse {
    pb::MultiplexResponse {
        tag,
        outcome: Some(outcome),
    }
}

/// A refusal belongs to its call; whatever else goes wrong ends the stream.
fn told(tag: u64, outcome: Result<Outcome, Status>) -> Result<pb::MultiplexResponse, Status> {
    match outcome {
        Ok(outcome) => Ok(response(tag, outcome)),
        Err(status) => match refusal_in(&status) {
            Some(refusal) => Ok(response(tag, Outcome::Refused(refusal))),
            None => Err(status),
        },
    }
}

fn sent(tag: u64, answered: Answered) -> Option<Result<pb::MultiplexResponse, Status>> {
    Some(match answered {
        Ok(accepted) => Ok(response(tag, Outcome::Sent(accepted))),
        Err(Failure::Refused(refusal)) => Ok(response(tag, Outcome::Refused((&refusal).into()))),
        Err(Failure::Stopped) => Err(stopped()),
        Err(Failure::Cut) => Err(faults::cut()),
        Err(Failure::Lost) => return None,
    })
}
