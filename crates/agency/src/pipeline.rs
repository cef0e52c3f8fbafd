//! A pipeline of envelopes over one `SendMany` stream: the cheapest way to send more than a few.
//!
//! An envelope costs a lock, a reference count for each of its fields and a one-shot channel; its bytes go out in the
//! buffer of its neighbours. One task serves the whole pipeline, however many are under way.

mod driver;
mod outgoing;
mod queue;
#[cfg(test)]
mod tests;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::{Semaphore, oneshot};
use truc_proto::v1 as pb;

use self::queue::{Item, Shared};
use crate::{agency::Sent, error::SendError, session::Session};

/// How a pipeline works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelineOptions {
    /// Envelopes that may wait for their answer at once, 1 at least; all of them are kept in memory until then, to be
    /// sent again when the connection breaks. 1,024 by default.
    pub in_flight_max: usize,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        Self { in_flight_max: 1024 }
    }
}

/// Envelopes go in, answers come out each on its own, in any order. A broken stream is opened again and what was not
/// answered is sent again, under the retry policy of the agency. Dropping the pipeline closes it; what was put in
/// before still gets its answer.
pub struct SendPipeline {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
    in_flight_max: u32,
}

/// The answer to one envelope, to be awaited. Dropping it does not take the envelope back.
pub struct Answer(oneshot::Receiver<Result<Sent, SendError>>);

impl SendPipeline {
    pub(crate) fn start(session: Session, options: PipelineOptions) -> Self {
        let in_flight_max = u32::try_from(options.in_flight_max.max(1)).unwrap_or(u32::MAX);
        let room = (in_flight_max as usize).min(Semaphore::MAX_PERMITS);
        let shared = Arc::new(Shared::new());
        tokio::spawn(driver::drive(driver::Ended(Arc::clone(&shared)), session));
        Self {
            shared,
            room: Arc::new(Semaphore::new(room)),
            in_flight_max,
        }
    }

    /// Waits for room, puts the envelope in, and gives the future of its answer.
    pub async fn send(&self, envelope: pb::Envelope) -> Answer {
        let (answer, receiver) = oneshot::channel();
        if let Ok(permit) = Arc::clone(&self.room).acquire_owned().await {
            self.shared.push(Item::new(envelope, answer, permit));
        }
        Answer(receiver)
    }

    /// As `send`, but gives the envelope back where there is no room now.
    pub fn try_send(&self, envelope: pb::Envelope) -> Result<Answer, Box<pb::Envelope>> {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            return Err(Box::new(envelope));
        };
        let (answer, receiver) = oneshot::channel();
        self.shared.push(Item::new(envelope, answer, permit));
        Ok(Answer(receiver))
    }

    /// Waits until everything put in has its answer, then closes the stream.
    pub async fn finish(self) {
        // All permits are back when nothing is under way. The semaphore is never closed, so this cannot fail.
        let _all = self.room.acquire_many(self.in_flight_max).await;
    }
}

impl Drop for SendPipeline {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Future for Answer {
    type Output = Result<Sent, SendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|answer| answer.unwrap_or(Err(SendError::PipelineEnded)))
    }
}
