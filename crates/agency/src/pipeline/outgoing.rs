//! The request side of a stream: takes envelopes out of the queue when the connection has room for them.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::Stream;
use truc_proto::v1 as pb;

use super::queue::Shared;

/// tonic asks until there is nothing more or 32 KiB are full, and writes once: neighbours share a buffer.
pub(super) struct OutgoingStream {
    pub(super) shared: Arc<Shared>,
    pub(super) stream: u64,
}

impl Stream for OutgoingStream {
    type Item = pb::SendManyRequest;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.shared.poll_take(self.stream, context)
    }
}
