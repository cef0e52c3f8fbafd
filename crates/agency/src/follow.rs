//! A server stream that is opened again whenever it breaks.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{Stream, future::BoxFuture};
use tokio::time::Sleep;
use tonic::{Response, Status, Streaming};

use crate::{
    credential::CredentialError,
    error::CallError,
    failure::Failure,
    session::{Session, call_error},
    way::Turn,
};

/// The outer error is ours, before anything was sent; the inner one is the hub's or the connection's.
pub(crate) type Opening<M> = BoxFuture<'static, Result<Result<Response<Streaming<M>>, Status>, CredentialError>>;

/// Unlike a call it never tires: a subscriber waits for its hub. It ends after an error that time does not mend.
pub(crate) struct Follow<M> {
    session: Session,
    /// For the log: what is followed.
    subject: &'static str,
    open: Box<dyn FnMut() -> Opening<M> + Send>,
    state: State<M>,
    /// The hub that it was opened at.
    turn: Turn,
    /// Attempts since the last message.
    failed: u32,
    renewed: bool,
}

enum State<M> {
    Idle,
    // Opening and pausing happen once a connection, messages thousands of times: only the rare ones are boxed.
    Opening(Opening<M>),
    Open(Box<Streaming<M>>),
    Pausing(Pin<Box<Sleep>>),
    Ended,
}

impl<M> Follow<M> {
    pub(crate) fn new(
        session: Session,
        subject: &'static str,
        open: impl FnMut() -> Opening<M> + Send + 'static,
    ) -> Self {
        Self {
            turn: session.turn(),
            session,
            subject,
            open: Box::new(open),
            state: State::Idle,
            failed: 0,
            renewed: false,
        }
    }

    /// What follows a broken stream: a pause, or the end.
    fn after(&mut self, failure: Failure) -> Option<CallError> {
        self.failed = self.failed.saturating_add(1);
        self.session.met(&failure, self.turn);
        if failure.is_unauthenticated() && !self.renewed && self.session.bearer().forget() {
            self.renewed = true;
            self.state = State::Idle;
            return None;
        }
        if !failure.is_transient() {
            self.state = State::Ended;
            return Some(call_error(failure, 0, false));
        }
        let pause = self
            .session
            .retry()
            .pause(self.failed, failure.retry_after(), rand::random());
        tracing::debug!(
            subject = self.subject,
            failed = self.failed,
            ?pause,
            ?failure,
            "stream is opened again"
        );
        self.state = State::Pausing(Box::pin(tokio::time::sleep(pause)));
        None
    }
}

impl<M> Stream for Follow<M> {
    type Item = Result<M, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let failure = match &mut this.state {
                State::Idle => {
                    this.turn = this.session.turn();
                    this.state = State::Opening((this.open)());
                    continue;
                }
                State::Opening(opening) => match ready!(opening.as_mut().poll(context)) {
                    Ok(Ok(response)) => {
                        this.state = State::Open(Box::new(response.into_inner()));
                        continue;
                    }
                    Ok(Err(status)) => Failure::of(&status),
                    Err(error) => {
                        this.state = State::Ended;
                        return Poll::Ready(Some(Err(error.into())));
                    }
                },
                State::Open(stream) => match ready!(Pin::new(&mut **stream).poll_next(context)) {
                    Some(Ok(message)) => {
                        this.failed = 0;
                        this.renewed = false;
                        return Poll::Ready(Some(Ok(message)));
                    }
                    Some(Err(status)) => Failure::of(&status),
                    None => Failure::Interrupted("the hub ended the stream".to_owned()),
                },
                State::Pausing(pause) => {
                    ready!(pause.as_mut().poll(context));
                    this.state = State::Idle;
                    continue;
                }
                State::Ended => return Poll::Ready(None),
            };
            if let Some(error) = this.after(failure) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}
