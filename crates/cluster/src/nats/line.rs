//! A stream of JetStream as a line.

use std::{error::Error, time::Duration};

use async_nats::{
    Client,
    header::NATS_MESSAGE_ID,
    jetstream::{
        self, Context,
        consumer::{AckPolicy, DeliverPolicy, push},
        context::{PublishError, PublishErrorKind},
        message::{PublishMessage, StreamMessage},
        stream::Stream,
    },
};
use futures::{StreamExt as _, future::BoxFuture, stream::BoxStream};

use super::stream::{Reached, subjects};
use crate::line::{Extent, Line, Message, NoAnswer, NotTaken, Publication};

/// The server says at least this often that it is there; after twice this the messages end.
const HEARTBEAT: Duration = Duration::from_millis(700);
/// How long the server keeps a consumer that nobody listens to.
const FORGET: Duration = Duration::from_secs(10);

/// See the module.
pub(super) struct StreamLine {
    name: String,
    client: Client,
    context: Context,
    stream: Stream,
}

impl StreamLine {
    pub(super) fn new(name: String, reached: Reached) -> Self {
        let Reached {
            client,
            context,
            stream,
        } = reached;
        Self {
            name,
            client,
            context,
            stream,
        }
    }

    fn consumer(&self, first: u64) -> push::Config {
        push::Config {
            deliver_subject: self.client.new_inbox(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: first },
            ack_policy: AckPolicy::None,
            idle_heartbeat: HEARTBEAT,
            flow_control: true,
            num_replicas: 1,
            memory_storage: true,
            inactive_threshold: FORGET,
            description: Some("a hub".to_owned()),
            ..push::Config::default()
        }
    }
}

impl Line for StreamLine {
    fn name(&self) -> &str {
        &self.name
    }

    fn message_bytes_max(&self) -> usize {
        self.client.server_info().max_payload
    }

    fn extent(&self) -> BoxFuture<'_, Result<Extent, NoAnswer>> {
        Box::pin(async {
            let info = self.stream.get_info().await.map_err(NoAnswer::because)?;
            Ok(Extent {
                first: info.state.first_sequence,
                last: info.state.last_sequence,
            })
        })
    }

    fn get(&self, sequence: u64) -> BoxFuture<'_, Result<Message, NoAnswer>> {
        Box::pin(async move {
            let found: StreamMessage = self.stream.direct_get(sequence).await.map_err(NoAnswer::because)?;
            let id = found.headers.get(NATS_MESSAGE_ID).map(ToString::to_string);
            Ok(Message {
                sequence: found.sequence,
                id: id.unwrap_or_default(),
                payload: found.payload,
            })
        })
    }

    fn publish(&self, publication: Publication) -> BoxFuture<'_, Result<u64, NotTaken>> {
        Box::pin(async move {
            let subject = subjects(&self.name).replace('*', &publication.writer);
            let message = PublishMessage::build()
                .payload(publication.payload)
                .message_id(&publication.id)
                .expected_stream(&self.name)
                .expected_last_subject_sequence(publication.after);
            let answered = match self.context.send_publish(subject, message).await {
                Ok(answered) => answered.await,
                Err(error) => Err(error),
            };
            answered.map(|ack| ack.sequence).map_err(|error| {
                tracing::debug!(%error, id = publication.id, "group is not acknowledged");
                not_taken(&error)
            })
        })
    }

    fn follow(&self, first: u64) -> BoxFuture<'_, Result<BoxStream<'static, Result<Message, NoAnswer>>, NoAnswer>> {
        Box::pin(async move {
            let made = self.stream.create_consumer(self.consumer(first)).await;
            let messages = made.map_err(NoAnswer::because)?.messages().await;
            let messages = messages.map_err(NoAnswer::because)?;
            let read = |found: Result<jetstream::Message, _>| read(found.map_err(NoAnswer::because)?);
            Ok(messages.map(read).boxed())
        })
    }
}

fn read(found: jetstream::Message) -> Result<Message, NoAnswer> {
    let sequence = found.info().map_err(NoAnswer::because)?.stream_sequence;
    let headers = found.headers.as_ref();
    let id = headers.and_then(|headers| headers.get(NATS_MESSAGE_ID));
    Ok(Message {
        sequence,
        id: id.map(ToString::to_string).unwrap_or_default(),
        payload: found.message.payload,
    })
}

fn not_taken(error: &PublishError) -> NotTaken {
    let said = error.source().map(ToString::to_string);
    match error.kind() {
        PublishErrorKind::WrongLastSequence => said
            .and_then(|said| last_named(&said))
            .map_or(NotTaken::Unknown, NotTaken::Taken),
        PublishErrorKind::Other => NotTaken::Refused(said.unwrap_or_else(|| error.to_string())),
        _ => NotTaken::Unknown,
    }
}

/// The sequence in `wrong last sequence: 17`.
fn last_named(text: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once("last sequence: ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_read_out_of_the_servers_words() {
        assert_eq!(
            last_named("wrong last sequence: 17 (code 400, error code 10071)"),
            Some(17)
        );
        assert_eq!(last_named("wrong last sequence"), None);
    }
}
