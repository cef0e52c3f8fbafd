//! A stream lasts no longer than the certificate that opened it: once that is revoked, or has run out, the stream ends as a new
//! call would. A token can't be revoked and is short-lived; a stream that it opened goes on.

use std::{future::Future, pin::Pin, sync::Arc, task::Poll, time::Duration};

use futures::{Stream, stream};
use tonic::{Request, Status, transport::CertificateDer};

use crate::{caller, core::Core};

/// Besides at each revocation, certificates are looked at this often: they run out, and revocations can be of a later instant.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Any stream of answers.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// What a stream was opened with.
pub(crate) struct Lasting {
    core: Arc<Core>,
    certificate: Option<Arc<Vec<CertificateDer<'static>>>>,
}

impl Lasting {
    pub(crate) fn of<T>(core: &Arc<Core>, request: &Request<T>) -> Self {
        let by_token = request.metadata().contains_key(caller::TOKEN_KEY);
        Self {
            core: Arc::clone(core),
            certificate: if by_token { None } else { request.peer_certs() },
        }
    }

    /// The stream, which ends with a refusal when the certificate does.
    pub(crate) fn hold<T: Send + 'static>(
        self,
        answers: impl Stream<Item = Result<T, Status>> + Send + 'static,
    ) -> Answers<T> {
        let Some(certificate) = self.certificate else {
            return Box::pin(answers);
        };
        let mut answers = Box::pin(answers);
        let mut ended = Box::pin(ended(self.core, certificate));
        let mut over = false;
        Box::pin(stream::poll_fn(move |context| {
            if over {
                return Poll::Ready(None);
            }
            if let Poll::Ready(refused) = ended.as_mut().poll(context) {
                over = true;
                return Poll::Ready(Some(Err(refused)));
            }
            answers.as_mut().poll_next(context)
        }))
    }
}

/// Why the certificate opens nothing any more, when that is so.
async fn ended(core: Arc<Core>, certificate: Arc<Vec<CertificateDer<'static>>>) -> Status {
    let mut revocations = core.revocations.subscribe();
    loop {
        if let Err(refused) = caller::of_connection(&certificate, &core) {
            return refused;
        }
        tokio::select! {
            // The sender lives as long as the core.
            _ = revocations.changed() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}
