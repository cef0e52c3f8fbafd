//! Subscribe: deliveries pushed as they come.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{FutureExt as _, Stream};
use truc_proto::v1 as pb;

use super::Agency;
use crate::{
    delivery::{Delivery, UnreadableDelivery},
    error::CallError,
    follow::Follow,
    wire,
};

/// What to subscribe to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubscribeOptions {
    /// Deliveries under way at once, 1 to 10,000; 0 leaves it to the hub (100). More come as these are acknowledged.
    pub window: u32,
    /// As in [`FetchOptions`](super::FetchOptions).
    pub lease: Option<Duration>,
    /// Leave out the inline contents of attachments.
    pub headers_only: bool,
}

/// The mailbox as a stream. It goes on over broken connections and restarts of the hub, for as long as it takes, and
/// ends only after an error that time does not mend: a refusal, an unusable credential. Deliveries that were under way
/// when a connection broke come again once their lease has run out.
///
/// `ready_chunks(64)` of `futures::StreamExt` hands out what has arrived in batches, to be acknowledged by one call.
pub struct Subscription {
    follow: Follow<pb::SubscribeResponse>,
}

/// Why one item of a subscription is no delivery.
#[derive(Debug, thiserror::Error)]
pub enum SubscriptionError {
    /// The hub ended the subscription for good; nothing follows.
    #[error(transparent)]
    Ended(#[from] CallError),
    /// One delivery that this client cannot read; others follow.
    #[error(transparent)]
    Unreadable(#[from] UnreadableDelivery),
}

impl Agency {
    /// Opens the mailbox; the first poll connects. Each delivery costs its decoding, no task and no channel.
    pub fn subscribe(&self, options: SubscribeOptions) -> Subscription {
        let request = pb::SubscribeRequest {
            window: options.window,
            lease: options.lease.map(wire::wire_duration),
            headers_only: options.headers_only,
        };
        let session = self.session.clone();
        let open = move || {
            let session = session.clone();
            async move {
                let request = session.request(request)?;
                Ok(session.exchange().subscribe(request).await)
            }
            .boxed()
        };
        Subscription {
            follow: Follow::new(self.session.clone(), "mailbox", open),
        }
    }
}

impl Stream for Subscription {
    type Item = Result<Delivery, SubscriptionError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(item) = ready!(Pin::new(&mut self.follow).poll_next(context)) else {
                return Poll::Ready(None);
            };
            match item {
                // An answer without a delivery has nothing to say; a later release may send one to keep a stream warm.
                Ok(pb::SubscribeResponse { delivery: None }) => {}
                Ok(pb::SubscribeResponse {
                    delivery: Some(delivery),
                }) => {
                    return Poll::Ready(Some(Delivery::read(delivery).map_err(Into::into)));
                }
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use truc_document::Reason;
    use truc_proto::v1 as pb;

    use super::{SubscribeOptions, SubscriptionError};
    use crate::test_hub::{Act, TestHub, id, refusal};

    fn delivery(number: u64) -> pb::Delivery {
        let now = Some(prost_types::Timestamp {
            seconds: 1_600_000_000,
            nanos: 0,
        });
        let status = pb::StatusReport {
            document_id: id(number).to_string(),
            agency: "H54".to_owned(),
            status: 3,
            reported_at: now,
            ..pb::StatusReport::default()
        };
        let content = Some(pb::delivery::Content::Status(status));
        pb::Delivery {
            delivery_id: number,
            leased_until: now,
            attempt: 1,
            content,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn subscription_goes_on_over_broken_streams_and_a_hub_that_is_down() {
        let hub = TestHub::new();
        hub.will_deliver([vec![delivery(1), delivery(2)], vec![], vec![delivery(3)]]);
        let mut mailbox = hub.agency().subscribe(SubscribeOptions::default());
        for number in 1..=2 {
            assert_eq!(mailbox.next().await.unwrap().unwrap().id, number);
        }
        hub.set_down(true);
        hub.cut_connections();
        let wait_for_three = async { mailbox.next().await.unwrap().unwrap().id };
        let come_back = async {
            // Far longer than any policy for a call would wait: a subscription never tires. Time is virtual.
            tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
            hub.set_down(false);
        };
        let (number, ()) = tokio::join!(wait_for_three, come_back);
        assert_eq!(number, 3);
        assert_eq!(hub.opened(), 3);
        assert!(hub.connects() > 100);
    }

    #[tokio::test(start_paused = true)]
    async fn refusal_ends_it() {
        let hub = TestHub::new();
        hub.will_open([Act::Refuse(refusal(Reason::SenderUnknown))]);
        let mut mailbox = hub.agency().subscribe(SubscribeOptions::default());
        let error = mailbox.next().await.unwrap().unwrap_err();
        let SubscriptionError::Ended(error) = error else {
            panic!("{error}")
        };
        assert_eq!(
            error.refusal().map(|refusal| refusal.reason),
            Some(Reason::SenderUnknown)
        );
        assert!(mailbox.next().await.is_none());
        assert_eq!(hub.opened(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn overload_at_opening_is_waited_for() {
        let hub = TestHub::new();
        let overloaded = refusal(Reason::Overloaded).retry_after(std::time::Duration::from_secs(30));
        hub.will_open([Act::Refuse(overloaded)]);
        hub.will_deliver([vec![delivery(1)]]);
        let begun = tokio::time::Instant::now();
        let mut mailbox = hub.agency().subscribe(SubscribeOptions::default());
        assert_eq!(mailbox.next().await.unwrap().unwrap().id, 1);
        assert!(begun.elapsed() >= std::time::Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn unreadable_delivery_does_not_stop_the_others() {
        let hub = TestHub::new();
        let broken = pb::Delivery {
            content: None,
            ..delivery(1)
        };
        hub.will_deliver([vec![broken, delivery(2)]]);
        let mut mailbox = hub.agency().subscribe(SubscribeOptions::default());
        let error = mailbox.next().await.unwrap().unwrap_err();
        assert!(
            matches!(error, SubscriptionError::Unreadable(ref it) if it.delivery_id == 1),
            "{error}"
        );
        assert_eq!(mailbox.next().await.unwrap().unwrap().id, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn fetch_and_acknowledge_answer_each_delivery() {
        let hub = TestHub::new();
        hub.will_deliver([vec![delivery(1), delivery(2)]]);
        let agency = hub.agency();
        let fetched = agency.fetch(crate::FetchOptions::default()).await.unwrap();
        let ids: Vec<u64> = fetched
            .deliveries
            .iter()
            .map(|delivery| delivery.as_ref().unwrap().id)
            .collect();
        assert_eq!((ids.as_slice(), fetched.waiting), ([1, 2].as_slice(), 3));
        let outcomes = agency.acknowledge(&ids).await.unwrap();
        assert_eq!(
            outcomes[0].refusal.as_ref().map(|refusal| refusal.reason),
            Some(Reason::DeliveryUnknown)
        );
        assert_eq!(outcomes[1].refusal, None);
        let many: Vec<u64> = (0..25_000).collect();
        assert_eq!(agency.acknowledge(&many).await.unwrap().len(), many.len());
    }
}
