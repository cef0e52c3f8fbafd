//! Multiplex: many agencies' calls over one stream, which is opened with the first of them and opened anew when it broke.
//!
//! Each agency is attached with its own token before its first call on a stream, and again when it has a new token. The hub
//! reads a stream in order, so nothing waits for the answer to an attachment: where it is refused, so is the call.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{
    Code, Request, Status,
    metadata::{Ascii, MetadataValue},
};
use truc_document::Refusal;
use truc_proto::v1::{
    self as pb,
    multiplex_request::Call,
    multiplex_response::{Outcome, Outcome::Refused},
};
use truc_services::exchange_service_client::ExchangeServiceClient;

use crate::{
    session::ANSWER_BYTES_MAX,
    status::status_of,
    way::{Turn, Way},
};

/// Value of `authorization`, as it goes with a unary call.
type Bearer = MetadataValue<Ascii>;
type Waiting = HashMap<u64, oneshot::Sender<Result<Outcome, Status>>>;

/// A shared stream.
pub(crate) struct Line {
    way: Way,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Option<Open>,
    /// Streams opened so far.
    opened: u64,
    last_tag: u64,
    last_number: u32,
}

/// A stream that is there, or is being opened.
struct Open {
    number: u64,
    outgoing: mpsc::UnboundedSender<pb::MultiplexRequest>,
    waiting: Waiting,
    attached: HashMap<u32, Bearer>,
}

/// A message that can go over a shared stream instead of a call of its own.
pub(crate) trait Multiplexed {
    /// The answer, as the unary call gives it.
    type Answer;
    fn into_call(self) -> Call;
    fn answer(outcome: Outcome) -> Option<Self::Answer>;
}

impl Line {
    pub(crate) fn new(way: Way) -> Self {
        Self {
            way,
            state: Mutex::default(),
        }
    }

    /// The hub that is asked now.
    pub(crate) fn turn(&self) -> Turn {
        self.way.turn()
    }

    /// A call failed at a hub. Where there is another, the stream ends, and with it what waits there, and the next is opened at that.
    pub(crate) fn turn_from(&self, failed: Turn) {
        if !self.way.has_others() || self.way.turn() != failed {
            return;
        }
        self.way.turn_from(failed);
        let stream = self.state.lock().open.as_ref().map(|open| open.number);
        if let Some(stream) = stream {
            self.over(stream, &ended());
        }
    }

    /// A number for one more agency.
    pub(crate) fn number(&self) -> u32 {
        let mut state = self.state.lock();
        state.last_number += 1;
        state.last_number
    }

    /// Makes a call in the name of the agency of that number. Dropped before its answer, it is done all the same.
    pub(crate) async fn call<M: Multiplexed>(
        self: &Arc<Self>,
        number: u32,
        bearer: Bearer,
        message: M,
    ) -> Result<M::Answer, Status> {
        let call = message.into_call();
        let answered = self.send(number, bearer, call);
        match answered.await.map_err(|_| ended())?? {
            Refused(refusal) => Err(refused(refusal)),
            outcome => {
                M::answer(outcome).ok_or_else(|| Status::internal("the hub answered another call than was made"))
            }
        }
    }

    fn send(self: &Arc<Self>, number: u32, bearer: Bearer, call: Call) -> oneshot::Receiver<Result<Outcome, Status>> {
        let (answer, answered) = oneshot::channel();
        let mut state = self.state.lock();
        if state.open.is_none() {
            state.opened += 1;
            let stream = state.opened;
            state.open = Some(self.open(stream, bearer.clone()));
        }
        let State { open, last_tag, .. } = &mut *state;
        let Some(open) = open else { return answered };
        let mut put = |call| {
            *last_tag += 1;
            let request = pb::MultiplexRequest {
                tag: *last_tag,
                agency: number,
                call: Some(call),
            };
            // Where the stream has just ended, its end answers.
            drop(open.outgoing.send(request));
            *last_tag
        };
        if open.attached.get(&number) != Some(&bearer) {
            put(Call::Attach(pb::Attach { token: token(&bearer) }));
            open.attached.insert(number, bearer);
        }
        let tag = put(call);
        open.waiting.insert(tag, answer);
        answered
    }

    /// Opens a stream with the credential of who needs it first.
    fn open(self: &Arc<Self>, number: u64, bearer: Bearer) -> Open {
        let (outgoing, requests) = mpsc::unbounded_channel();
        let mut request = Request::new(UnboundedReceiverStream::new(requests));
        request.metadata_mut().insert("authorization", bearer);
        let line = Arc::downgrade(self);
        let mut client = ExchangeServiceClient::new(self.way.channel()).max_decoding_message_size(ANSWER_BYTES_MAX);
        tokio::spawn(async move {
            let end = match client.multiplex(request).await {
                Err(status) => status,
                Ok(answers) => {
                    let mut answers = answers.into_inner();
                    loop {
                        match answers.message().await {
                            Ok(Some(answer)) => {
                                let Some(line) = line.upgrade() else { return };
                                line.answered(number, answer);
                            }
                            Ok(None) => break ended(),
                            Err(status) => break status,
                        }
                    }
                }
            };
            if let Some(line) = line.upgrade() {
                line.over(number, &end);
            }
        });
        Open {
            number,
            outgoing,
            waiting: Waiting::new(),
            attached: HashMap::new(),
        }
    }

    fn answered(&self, stream: u64, answer: pb::MultiplexResponse) {
        let mut state = self.state.lock();
        let Some(open) = state.open.as_mut().filter(|open| open.number == stream) else {
            return;
        };
        let waiting = open.waiting.remove(&answer.tag);
        drop(state);
        if let (Some(waiting), Some(outcome)) = (waiting, answer.outcome) {
            drop(waiting.send(Ok(outcome)));
        }
    }

    /// All that had no answer is told why; the next call opens another stream.
    fn over(&self, stream: u64, end: &Status) {
        let ended = self.state.lock().open.take_if(|open| open.number == stream);
        for waiting in ended.into_iter().flat_map(|open| open.waiting.into_values()) {
            drop(waiting.send(Err(end.clone())));
        }
    }
}

fn token(bearer: &Bearer) -> String {
    let text = bearer.to_str().unwrap_or_default();
    text.strip_prefix("Bearer ").unwrap_or(text).to_owned()
}

fn ended() -> Status {
    Status::unavailable("the hub ended the stream")
}

fn refused(refusal: pb::Refusal) -> Status {
    let (code, message) = (Code::from_i32(refusal.code), refusal.message.clone());
    match Refusal::try_from(refusal) {
        Ok(refusal) => status_of(&refusal),
        // A reason of a later release.
        Err(_) => Status::new(code, message),
    }
}

macro_rules! multiplexed {
    ($($message:ident -> $answer:ident: $call:ident, $outcome:ident;)*) => {$(
        impl Multiplexed for pb::$message {
            type Answer = pb::$answer;

            fn into_call(self) -> Call {
                Call::$call(self)
            }

            fn answer(outcome: Outcome) -> Option<Self::Answer> {
                match outcome {
                    Outcome::$outcome(answer) => Some(answer),
                    _ => None,
                }
            }
        }
    )*};
}

multiplexed! {
    SendRequest -> SendResponse: Send, Sent;
    FetchRequest -> FetchResponse: Fetch, Fetched;
    AcknowledgeRequest -> AcknowledgeResponse: Acknowledge, Acknowledged;
    ReportStatusesRequest -> ReportStatusesResponse: ReportStatuses, StatusesReported;
}

#[cfg(test)]
mod tests;
