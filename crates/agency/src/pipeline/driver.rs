//! The one task of a pipeline: opens the stream, reads answers, opens it again.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, sleep_until, timeout};
use tonic::{Code, Streaming};
use truc_document::Refusal;
use truc_proto::v1::{self as pb, send_many_response::Outcome};

use super::{
    outgoing::OutgoingStream,
    queue::{Item, Shared},
};
use crate::{
    agency::Sent,
    error::{InvalidAnswer, SendError},
    failure::{Failure, is_transient},
    session::Session,
    way::Turn,
};

/// Tells those who still wait when the task ends, also when it is dropped with its runtime before it ever ran.
pub(super) struct Ended(pub(super) Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.end();
    }
}

pub(super) async fn drive(ended: Ended, session: Session) {
    let mut driver = Driver {
        shared: Arc::clone(&ended.0),
        turn: session.turn(),
        session,
        failed: 0,
        renewed: false,
    };
    driver.run().await;
}

struct Driver {
    shared: Arc<Shared>,
    session: Session,
    /// The hub that the stream is opened at.
    turn: Turn,
    /// Streams that failed since the last answer.
    failed: u32,
    renewed: bool,
}

impl Driver {
    async fn run(&mut self) {
        loop {
            while !self.shared.has_work() {
                if self.shared.is_finished() {
                    return;
                }
                self.shared.work.notified().await;
            }
            let stream = self.shared.begin_stream();
            let outgoing = OutgoingStream {
                shared: Arc::clone(&self.shared),
                stream,
            };
            let request = match self.session.request(outgoing) {
                Ok(request) => request,
                Err(error) => {
                    self.shared.fail_all(|| SendError::Credential(error.clone()));
                    continue;
                }
            };
            self.turn = self.session.turn();
            let mut client = self.session.exchange();
            let opening = timeout(self.session.retry().attempt_time_max, client.send_many(request)).await;
            let (failure, was_open) = match opening {
                Ok(Ok(answers)) => match self.read(answers.into_inner()).await {
                    Some(failure) => (failure, true),
                    None => continue,
                },
                Ok(Err(status)) => (Failure::of(&status), false),
                Err(_) => (
                    Failure::Interrupted("the hub did not open the stream in time".to_owned()),
                    false,
                ),
            };
            self.recover(failure, was_open).await;
        }
    }

    /// Reads answers until the stream ends: none where it ended with nothing left to do.
    async fn read(&mut self, mut answers: Streaming<pb::SendManyResponse>) -> Option<Failure> {
        let mut alarm = Box::pin(sleep_until(self.next_alarm()));
        loop {
            // Answers first: the alarm is looked at only when there is none, so it costs a message nothing.
            tokio::select! {
                biased;
                answer = answers.message() => match answer {
                    Ok(Some(answer)) => {
                        if self.take(answer) {
                            alarm.as_mut().reset(self.next_alarm());
                        }
                        if self.shared.is_finished() {
                            // The request side ends, then the hub ends the stream.
                            self.shared.wake();
                        }
                    }
                    Ok(None) if self.shared.has_work() => {
                        return Some(Failure::Interrupted("the hub ended the stream".to_owned()));
                    }
                    Ok(None) => {
                        self.shared.rest();
                        return None;
                    }
                    Err(status) => return Some(Failure::of(&status)),
                },
                () = &mut alarm => {
                    self.shared.tick(self.session.retry());
                    if self.shared.is_finished() {
                        return None;
                    }
                    alarm.as_mut().reset(self.next_alarm());
                }
            }
        }
    }

    /// When something goes out again, or at the latest when answers are overdue.
    fn next_alarm(&self) -> Instant {
        let regular = Instant::now() + self.session.retry().attempt_time_max;
        self.shared.next_tick().map_or(regular, |at| at.min(regular))
    }

    /// Gives an answer to whom it belongs. True when its envelope goes out again later.
    fn take(&mut self, answer: pb::SendManyResponse) -> bool {
        self.failed = 0;
        self.renewed = false;
        let Some(item) = self.shared.answered(answer.tag) else {
            return false;
        };
        match answer.outcome {
            Some(Outcome::Accepted(accepted)) => item.end(Sent::read(accepted).map_err(Into::into)),
            Some(Outcome::Refused(refused)) => return self.refused(item, refused),
            None => item.end(Err(InvalidAnswer { field: "outcome" }.into())),
        }
        false
    }

    fn refused(&self, item: Item, refused: pb::Refusal) -> bool {
        let (code, message) = (Code::from_i32(refused.code), refused.message.clone());
        match Refusal::try_from(refused) {
            Ok(refusal) if is_transient(&refusal) => {
                self.shared
                    .again_later(item, Failure::Refused(refusal), self.session.retry());
                true
            }
            Ok(refusal) => {
                item.fail(Failure::Refused(refusal));
                false
            }
            // A reason of a later release.
            Err(_) => {
                item.fail(Failure::Rejected { code, message });
                false
            }
        }
    }

    async fn recover(&mut self, failure: Failure, was_open: bool) {
        self.failed = self.failed.saturating_add(1);
        self.session.met(&failure, self.turn);
        let policy = self.session.retry();
        let pause = if failure.is_unauthenticated() && !self.renewed && self.session.bearer().forget() {
            self.renewed = true;
            Some(Duration::ZERO)
        } else {
            failure
                .is_transient()
                .then(|| policy.pause(self.failed, failure.retry_after(), rand::random()))
        };
        tracing::debug!(failed = self.failed, ?pause, ?failure, "send stream broke");
        self.shared.broken(&failure, was_open, pause, policy);
        if let Some(pause) = pause {
            sleep(pause).await;
        }
    }
}
