//! OperationsService: for who runs the hub.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use truc_document::{Reason, Refusal};
use truc_proto::v1::{self as pb, EventKind};
use truc_services::operations_service_server::OperationsService;
use truc_store::{
    apply::Outcome,
    journal::{JournalReader as _, Position},
    record::{Change, Entry, wire},
    state::{ClockSetting, HANDED_OUT_MAX, timestamp, wire_time},
};

use crate::{
    caller::operator,
    core::Core,
    faults,
    lasting::{Answers, Lasting},
    services::instant,
    status::{malformed, refused, stopped},
};

pub(crate) struct Operations(pub(crate) Arc<Core>);

/// Hub seconds per wall second.
const FACTOR_MAX: f64 = 10_000_000.0;

#[tonic::async_trait]
impl OperationsService for Operations {
    type ObserveStream = Answers<pb::ObserveResponse>;

    async fn observe(&self, request: Request<pb::ObserveRequest>) -> Result<Response<Self::ObserveStream>, Status> {
        operator(&self.0.callers.of(&request, &self.0)?)?;
        let (pushed, stream) = mpsc::channel(256);
        let (core, lasting) = (Arc::clone(&self.0), Lasting::of(&self.0, &request));
        tokio::spawn(async move { follow(&core, request.into_inner(), &pushed).await });
        Ok(Response::new(lasting.hold(ReceiverStream::new(stream))))
    }

    async fn list_faults(
        &self,
        request: Request<pb::ListFaultsRequest>,
    ) -> Result<Response<pb::ListFaultsResponse>, Status> {
        operator(&self.0.callers.of(&request, &self.0)?)?;
        Ok(Response::new(pb::ListFaultsResponse {
            faults: self.0.faults.to_wire(),
        }))
    }

    async fn set_fault(&self, request: Request<pb::SetFaultRequest>) -> Result<Response<pb::SetFaultResponse>, Status> {
        operator(&self.0.callers.of(&request, &self.0)?)?;
        let fault = request.into_inner().fault;
        let fault = fault.ok_or_else(|| malformed("fault", "field `fault` is missing"))?;
        let directory = Arc::clone(&self.0.state.read().directory);
        faults::rule(&fault, Some(&directory)).map_err(|refusal| refused(&refusal))?;
        let set = wire::FaultSet {
            fault: Some(fault.clone()),
        };
        match self.0.change(Change::FaultSet(set), None).await?.outcome {
            Outcome::Refused(refusal) => Err(refused(&refusal)),
            _ => Ok(Response::new(pb::SetFaultResponse { fault: Some(fault) })),
        }
    }

    async fn clear_faults(
        &self,
        request: Request<pb::ClearFaultsRequest>,
    ) -> Result<Response<pb::ClearFaultsResponse>, Status> {
        operator(&self.0.callers.of(&request, &self.0)?)?;
        let name = request.into_inner().name;
        let cleared = Change::FaultsCleared(wire::FaultsCleared { name });
        match self.0.change(cleared, None).await?.outcome {
            Outcome::Cleared(cleared) => Ok(Response::new(pb::ClearFaultsResponse { cleared })),
            _ => Err(stopped()),
        }
    }

    async fn get_clock(&self, request: Request<pb::GetClockRequest>) -> Result<Response<pb::GetClockResponse>, Status> {
        self.0.callers.of(&request, &self.0)?;
        Ok(Response::new(pb::GetClockResponse {
            clock: Some(self.0.clock.to_wire()),
        }))
    }

    async fn get_stage_times(
        &self,
        request: Request<pb::GetStageTimesRequest>,
    ) -> Result<Response<pb::GetStageTimesResponse>, Status> {
        operator(&self.0.callers.of(&request, &self.0)?)?;
        Ok(Response::new(pb::GetStageTimesResponse {
            stages: self.0.stages.to_wire(),
        }))
    }

    async fn advance_clock(
        &self,
        request: Request<pb::AdvanceClockRequest>,
    ) -> Result<Response<pb::AdvanceClockResponse>, Status> {
        operator(&self.0.callers.of(&request, &self.0)?)?;
        let request = request.into_inner();
        let now = self.0.clock.now().max(self.0.state.read().now);
        let to = match request.to {
            None => now,
            Some(at) => instant("to", at)?,
        };
        if to < now {
            let message = format!(
                "hub time is {}; it never goes back to {}",
                timestamp(now),
                timestamp(to)
            );
            return Err(refused(&Refusal::new(Reason::ClockSkew, message).field("to")));
        }
        let old = self.0.clock.setting();
        let mode = pb::ClockMode::try_from(request.mode).map_err(|_| malformed("mode", "no mode of the clock"))?;
        let setting = match mode {
            pb::ClockMode::Unspecified => old,
            pb::ClockMode::Scaled if !(request.factor > 0.0 && request.factor <= FACTOR_MAX) => {
                return Err(malformed(
                    "factor",
                    format!("factor {}; above 0 and up to {FACTOR_MAX}", request.factor),
                ));
            }
            mode => ClockSetting {
                mode,
                factor: if mode == pb::ClockMode::Scaled {
                    request.factor
                } else {
                    1.0
                },
            },
        };
        self.0.clock.set(setting, to);
        let moved = wire::ClockMoved {
            to,
            mode: setting.mode as i32,
            factor: setting.factor,
        };
        self.0.change(Change::ClockMoved(moved), None).await?;
        // Leases may have run out.
        self.0.wakers.wake_all();
        Ok(Response::new(pb::AdvanceClockResponse {
            clock: Some(self.0.clock.to_wire()),
        }))
    }
}

/// Tells records as they become durable, until the client is gone.
async fn follow(
    core: &Arc<Core>,
    request: pb::ObserveRequest,
    pushed: &mpsc::Sender<Result<pb::ObserveResponse, Status>>,
) {
    let mut applied = core.applied.subscribe();
    let mut next = match request.from_position {
        0 => core.state.read().position.next(),
        from => Position(from),
    };
    let asked_at = core.state.read().position;
    loop {
        let last = if request.until_now {
            asked_at
        } else {
            core.state.read().position
        };
        while next <= last {
            let group = core.reader.groups(next).next();
            let group = match group {
                Some(Ok(group)) => group,
                Some(Err(error)) => {
                    drop(pushed.send(Err(Status::data_loss(error.to_string()))).await);
                    return;
                }
                None => break,
            };
            let end = group.first.plus(group.records.len() as u64);
            for (at, record) in group.records.into_iter().enumerate() {
                let position = group.first.plus(at as u64);
                if position < next || (request.until_now && position > last) {
                    continue;
                }
                let event = Entry::decode(record).ok().and_then(|entry| tell(core, position, entry));
                let stuck = event.as_ref().and_then(|event| stuck(core, position, event));
                for event in event.into_iter().chain(stuck).filter(|event| fits(&request, event)) {
                    let told = pb::ObserveResponse {
                        event: Some(event),
                        ended: false,
                    };
                    if pushed.send(Ok(told)).await.is_err() {
                        return;
                    }
                }
            }
            next = end;
        }
        if request.until_now {
            let ended = pb::ObserveResponse {
                event: None,
                ended: true,
            };
            drop(pushed.send(Ok(ended)).await);
            return;
        }
        tokio::select! {
            changed = applied.changed() => if changed.is_err() { return },
            () = pushed.closed() => return,
            () = core.stopping.cancelled() => return,
        }
    }
}

fn fits(request: &pb::ObserveRequest, event: &pb::Event) -> bool {
    (request.kinds.is_empty() || request.kinds.contains(&event.kind))
        && (request.document_id.is_empty() || request.document_id == event.document_id)
        && (request.agency.is_empty() || request.agency == event.agency || event.recipients.contains(&request.agency))
}

/// Beside a lease: what it handed out once too often, with the document that the first of it is or is about.
fn stuck(core: &Core, position: Position, leased: &pb::Event) -> Option<pb::Event> {
    if leased.kind != EventKind::Leased as i32 {
        return None;
    }
    let state = core.state.read();
    let agency = state.directory.find(&leased.agency.parse().ok()?)?;
    let delivery_ids: Vec<u64> = state.stuck.since(agency, position).collect();
    let document = state.delivery(*delivery_ids.first()?)?.content?.document();
    Some(pb::Event {
        kind: EventKind::DeliveryStuck as i32,
        document_id: state.documents.get(document)?.id.to_string(),
        text: format!("handed out more than {HANDED_OUT_MAX} times and not acknowledged"),
        delivery_ids,
        ..leased.clone()
    })
}

/// A record as an event; `None` for the hub's own bookkeeping.
fn tell(core: &Core, position: Position, entry: Entry) -> Option<pb::Event> {
    let event = pb::Event {
        position: position.0,
        happened_at: Some(wire_time(entry.at.as_microsecond())),
        ..Default::default()
    };
    let kind = |kind: EventKind| kind as i32;
    Some(match entry.change {
        Change::DocumentSent(_) => {
            let header = entry.header?;
            // What stands in the journal and was refused in its turn, or is a repeat, is no event.
            let state = core.state.read();
            if state
                .documents
                .find(header.document_id)
                .is_none_or(|(_, found)| found.position != position)
            {
                return None;
            }
            pb::Event {
                kind: kind(EventKind::DocumentAccepted),
                agency: header.sender.to_string(),
                document_id: header.document_id.to_string(),
                recipients: header
                    .recipients
                    .iter()
                    .map(|recipient| recipient.agency.to_string())
                    .collect(),
                urgency: header.urgency.wire(),
                text: header.subject,
                ..event
            }
        }
        Change::DocumentRefused(refused) => {
            let code = refused.reason.parse().map_or(0, Reason::grpc_code);
            pb::Event {
                kind: kind(EventKind::DocumentRefused),
                agency: refused.agency,
                document_id: refused.document_id,
                reason: refused.reason.clone(),
                text: refused.field.clone(),
                refusal: Some(pb::Refusal {
                    reason: refused.reason,
                    message: refused.message,
                    field: refused.field,
                    retry_after: None,
                    code,
                    metadata: refused.metadata,
                }),
                ..event
            }
        }
        Change::Lease(lease) => pb::Event {
            kind: kind(EventKind::Leased),
            agency: lease.agency,
            ..event
        },
        Change::Acknowledgement(acknowledgement) => pb::Event {
            kind: kind(EventKind::Acknowledged),
            agency: acknowledgement.agency,
            delivery_ids: acknowledgement.delivery_ids,
            ..event
        },
        Change::Status(status) => pb::Event {
            kind: kind(EventKind::StatusReported),
            agency: status.agency,
            document_id: uuid::Uuid::from_slice(&status.document_id)
                .map(|id| id.to_string())
                .unwrap_or_default(),
            status: status.status,
            text: status.description,
            ..event
        },
        Change::AgencyChanged(changed) => {
            let agency = changed.agency?;
            pb::Event {
                kind: kind(EventKind::AgencyChanged),
                agency: agency.code,
                text: agency.name,
                ..event
            }
        }
        Change::AgencyClosed(closed) => pb::Event {
            kind: kind(EventKind::AgencyChanged),
            agency: closed.agency,
            text: format!("closed; `{}` took over", closed.successor),
            ..event
        },
        Change::CertificateRegistered(registered) => {
            let certificate = registered.certificate?;
            let text = certificate.common_name;
            pb::Event {
                kind: kind(EventKind::CertificateRegistered),
                agency: certificate.agency,
                text,
                ..event
            }
        }
        Change::CertificateRevoked(revoked) => pb::Event {
            kind: kind(EventKind::CertificateRevoked),
            text: hex::encode(&revoked.fingerprint),
            ..event
        },
        Change::ClockMoved(moved) => pb::Event {
            kind: kind(EventKind::ClockMoved),
            text: timestamp(moved.to).to_string(),
            ..event
        },
        Change::AttachmentUploaded(uploaded) => pb::Event {
            kind: kind(EventKind::AttachmentUploaded),
            agency: uploaded.agency,
            text: hex::encode(&uploaded.sha256),
            ..event
        },
        Change::FaultSet(set) => pb::Event {
            kind: kind(EventKind::FaultSet),
            text: set.fault?.name,
            ..event
        },
        Change::FaultsCleared(cleared) => pb::Event {
            kind: kind(EventKind::FaultsCleared),
            text: cleared.name,
            ..event
        },
        Change::Checkpoint(_) | Change::HubStarted(_) => return None,
    })
}
