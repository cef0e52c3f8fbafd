//! Agencies that are there and do nothing: each holds a subscription, as most of a nation does at any moment.

use std::{ops::Range, sync::Arc};

use futures::StreamExt as _;
use tokio::task::JoinSet;
use truc_agency::{Credential, Hub, SubscribeOptions};
use truc_signature::TokenIssuer;

use super::code;

/// Subscriptions that stay open until this is dropped.
pub struct Idle {
    _subscriptions: JoinSet<()>,
}

impl Idle {
    /// Subscribes for agencies of a load, by their places. They open one after the other, on the connections of `hub`.
    #[must_use]
    pub fn subscribe(hub: &Hub, issuer: &Arc<TokenIssuer>, places: Range<usize>) -> Self {
        let subscriptions = places.map(|at| {
            let agency = hub.agency(code(at), Credential::Issuer(Arc::clone(issuer)));
            async move {
                let mut deliveries = agency.subscribe(SubscribeOptions::default());
                while deliveries.next().await.is_some() {}
            }
        });
        Self {
            _subscriptions: subscriptions.collect(),
        }
    }
}
