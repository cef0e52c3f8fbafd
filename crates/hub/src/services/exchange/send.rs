//! Send: one envelope, one receipt.

use std::sync::Arc;

use tokio::sync::oneshot;
use tonic::Status;
use truc_document::AgencyCode;
use truc_proto::v1::{SendRequest, SendResponse};

use crate::{
    core::Core,
    faults,
    intake::{self, Failure, Incoming, overloaded},
    status::{malformed, stopped},
};

pub(super) async fn send(core: &Arc<Core>, caller: AgencyCode, request: SendRequest) -> Result<SendResponse, Status> {
    let timed = request.timed;
    let envelope = request
        .envelope
        .ok_or_else(|| malformed("envelope", "field `envelope` is missing"))?;
    let permit = Arc::clone(&core.documents)
        .try_acquire_owned()
        .map_err(|_| overloaded())?;
    let (answer, answered) = oneshot::channel();
    let on_answer = Box::new(move |outcome| drop(answer.send(outcome)));
    intake::take(
        core,
        vec![Incoming {
            caller,
            envelope,
            timed,
            permit,
            on_answer,
        }],
    );
    match answered.await.map_err(|_| stopped())? {
        Err(Failure::Lost) => Err(faults::never(core).await),
        answered => Ok(answered?),
    }
}
