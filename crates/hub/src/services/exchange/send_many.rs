//! SendMany: envelopes as fast as they come, each answered on its own. Over the limit the stream is not read any
//! further: HTTP/2 holds the sender back, and memory stays flat.

use std::sync::Arc;

use futures::{Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Status, Streaming};
use truc_document::{AgencyCode, Reason, Refusal};
use truc_proto::v1::{self as pb, send_many_response::Outcome};

use crate::{
    core::Core,
    faults,
    intake::{self, Answered, Failure, Incoming},
    status::{stopped, stopping},
    unreadable::readable,
};

/// Envelopes taken from the stream in one go.
const BATCH: usize = 64;

pub(super) fn send_many(
    core: Arc<Core>,
    caller: AgencyCode,
    requests: Streaming<pb::SendManyRequest>,
) -> impl Stream<Item = Result<pb::SendManyResponse, Status>> + Send {
    // Bounded by the permits: each answer belongs to an envelope that holds one until then.
    let (answers, answered) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut batches = requests.ready_chunks(BATCH);
        loop {
            let batch = tokio::select! {
                batch = batches.next() => batch,
                () = core.stopping.cancelled() => {
                    drop(answers.send(Err(stopping())));
                    None
                }
            };
            let Some(batch) = batch else { return };
            let mut incoming = Vec::with_capacity(batch.len());
            for request in batch {
                let request = match request {
                    Ok(request) => request,
                    Err(status) => {
                        drop(answers.send(Err(readable(status))));
                        return;
                    }
                };
                if core.documents.available_permits() == 0 && !incoming.is_empty() {
                    // What is gathered holds the permits that this one waits for.
                    intake::take(&core, std::mem::take(&mut incoming));
                }
                let Ok(permit) = Arc::clone(&core.documents).acquire_owned().await else {
                    return;
                };
                let (tag, answers) = (request.tag, answers.clone());
                let on_answer: intake::OnAnswer = Box::new(move |answered| {
                    // Whoever waits for what got lost waits for ever.
                    if let Some(response) = respond(tag, answered) {
                        drop(answers.send(response));
                    }
                });
                match request.envelope {
                    Some(envelope) => {
                        incoming.push(Incoming {
                            caller: caller.clone(),
                            envelope,
                            timed: false,
                            permit,
                            on_answer,
                        });
                    }
                    None => {
                        let refusal = Refusal::new(Reason::Malformed, "field `envelope` is missing").field("envelope");
                        on_answer(Err(Failure::Refused(refusal)));
                    }
                }
            }
            intake::take(&core, incoming);
        }
    });
    UnboundedReceiverStream::new(answered)
}

fn respond(tag: u64, answered: Answered) -> Option<Result<pb::SendManyResponse, Status>> {
    let outcome = match answered {
        Ok(accepted) => Outcome::Accepted(accepted),
        Err(Failure::Refused(refusal)) => Outcome::Refused((&refusal).into()),
        Err(Failure::Stopped) => return Some(Err(stopped())),
        Err(Failure::Cut) => return Some(Err(faults::cut())),
        Err(Failure::Lost) => return None,
    };
    let outcome = Some(outcome);
    Some(Ok(pb::SendManyResponse { tag, outcome }))
}
