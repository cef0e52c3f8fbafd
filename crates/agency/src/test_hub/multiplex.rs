//! Calls on a shared stream, answered as the script says.

use std::collections::HashMap;

use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;
use truc_document::Reason;
use truc_proto::v1::{
    self as pb, multiplex_request::Call, multiplex_response::Outcome, report_status_outcome::Outcome as Told,
};

use super::{Act, Answers, TestHub, lost, refusal};

pub(super) fn serve(hub: TestHub, mut requests: Streaming<pb::MultiplexRequest>) -> Answers<pb::MultiplexResponse> {
    let (answers, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut attached = HashMap::new();
        while let Ok(Some(request)) = requests.message().await {
            let outcome = match request.call.unwrap() {
                Call::Attach(attach) => {
                    hub.0.authorizations.lock().push(Some(attach.token.clone()));
                    attached.insert(request.agency, attach.token.clone());
                    Outcome::Attached(pb::Attached { agency: attach.token })
                }
                _ if !attached.contains_key(&request.agency) => Outcome::Refused(refused(Reason::Unauthenticated)),
                Call::Send(send) => {
                    let envelope = send.envelope.unwrap();
                    match hub.see(&envelope) {
                        None => Outcome::Sent(hub.store(&envelope)),
                        Some(Act::Refuse(refusal)) => Outcome::Refused(pb::Refusal::from(&refusal)),
                        Some(Act::Answer(refusal)) => Outcome::Refused(refusal),
                        Some(act) => {
                            if !matches!(act, Act::Break) {
                                hub.store(&envelope);
                            }
                            if !matches!(act, Act::StoreAndForget) {
                                drop(answers.send(Err(lost())));
                                return;
                            }
                            continue;
                        }
                    }
                }
                Call::Fetch(fetch) => {
                    assert!(fetch.wait.is_none());
                    let deliveries = hub.0.mailbox.lock().pop_front().unwrap_or_default();
                    Outcome::Fetched(pb::FetchResponse { deliveries, waiting: 3 })
                }
                Call::Acknowledge(acknowledge) => Outcome::Acknowledged(pb::AcknowledgeResponse {
                    outcomes: acknowledge
                        .delivery_ids
                        .into_iter()
                        .map(|delivery_id| pb::AcknowledgeOutcome {
                            delivery_id,
                            refusal: None,
                        })
                        .collect(),
                }),
                Call::ReportStatuses(reports) => Outcome::StatusesReported(reported(&reports)),
            };
            drop(answers.send(Ok(pb::MultiplexResponse {
                tag: request.tag,
                outcome: Some(outcome),
            })));
        }
    });
    UnboundedReceiverStream::new(receiver).boxed()
}

/// Every other one is refused.
pub(super) fn reported(request: &pb::ReportStatusesRequest) -> pb::ReportStatusesResponse {
    let outcome = |(number, _)| pb::ReportStatusOutcome {
        outcome: Some(match number % 2 {
            0 => Told::Reported(pb::ReportStatusResponse {
                reported_at: Some(prost_types::Timestamp::default()),
                repeated: false,
            }),
            _ => Told::Refused(refused(Reason::StatusInvalid)),
        }),
    };
    pb::ReportStatusesResponse {
        outcomes: request.reports.iter().enumerate().map(outcome).collect(),
    }
}

fn refused(reason: Reason) -> pb::Refusal {
    pb::Refusal::from(&refusal(reason))
}
