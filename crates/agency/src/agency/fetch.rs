//! Fetch: waiting deliveries, by asking.

use std::time::Duration;

use truc_proto::v1 as pb;

use super::Agency;
use crate::{
    delivery::{Delivery, UnreadableDelivery},
    error::CallError,
    wire,
};

/// What to fetch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchOptions {
    /// 1 to 1,000; 0 leaves it to the hub (10).
    pub deliveries_max: u32,
    /// Hub time until an unacknowledged delivery shows again: 1 second to 7 days; the hub's 60 seconds when absent.
    pub lease: Option<Duration>,
    /// Wall time to wait for a first delivery, up to 60 seconds; none when absent.
    pub wait: Option<Duration>,
    /// Leave out the inline contents of attachments.
    pub headers_only: bool,
    /// Only these, 1,000 at most, waiting or under a lease, which then runs anew; any when empty.
    pub delivery_ids: Vec<u64>,
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// Most urgent first, then by arrival. One that this client cannot read stands in its place as an error.
    pub deliveries: Vec<Result<Delivery, UnreadableDelivery>>,
    /// Deliveries left in the mailbox, leased ones not counted.
    pub waiting: u64,
}

impl Agency {
    /// Takes waiting deliveries under a lease. When an answer is lost under way, its deliveries show again once their
    /// lease has run out.
    pub async fn fetch(&self, options: FetchOptions) -> Result<Fetched, CallError> {
        let request = pb::FetchRequest {
            max_deliveries: options.deliveries_max,
            lease: options.lease.map(wire::wire_duration),
            wait: options.wait.map(wire::wire_duration),
            headers_only: options.headers_only,
            delivery_ids: options.delivery_ids,
        };
        let answer = match options.wait {
            // A shared stream does not wait.
            Some(wait) => {
                let fetch = |request| {
                    let mut client = self.session.exchange();
                    async move { client.fetch(request).await }
                };
                self.session.call_waiting(request, wait, fetch).await?
            }
            None => {
                let fetch = |request| {
                    self.session
                        .shared_or(request, async |mut client, request| client.fetch(request).await)
                };
                self.session.call(request, fetch).await?
            }
        };
        let deliveries = answer.deliveries.into_iter().map(Delivery::read).collect();
        Ok(Fetched {
            deliveries,
            waiting: answer.waiting,
        })
    }
}
