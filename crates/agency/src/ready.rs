//! Waiting for a hub to serve, by `grpc.health.v1`.

use std::{error::Error as _, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use crate::{
    causes::with_causes,
    connection::{ConnectError, ConnectOptions},
};

const PAUSE_FIRST: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_millis(250);
/// How long one question may go without an answer.
const ANSWER: Duration = Duration::from_secs(2);

/// The hub does not serve.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It can never be asked with these settings.
    #[error(transparent)]
    Settings(#[from] ConnectError),
    /// It did not serve in time.
    #[error("hub at `{endpoint}` was not ready within {waited:?}: {last}; look at its log")]
    Timeout {
        /// As given.
        endpoint: String,
        /// As given.
        waited: Duration,
        /// What it said last.
        last: String,
    },
}

/// Waits until the hub is SERVING: its directory is loaded and its store is open. Needs no credential.
pub async fn wait_until_ready(options: impl Into<ConnectOptions>, timeout: Duration) -> Result<(), NotReady> {
    let options = options.into();
    let deadline = Instant::now() + timeout;
    let transports = options.transports()?;
    let clients = transports
        .iter()
        .map(|transport| HealthClient::new(transport.connect_lazy()));
    // Of several hubs one that serves is enough.
    let mut clients: std::collections::VecDeque<_> = clients.collect();
    let mut last = "it did not answer".to_owned();
    let mut pause = PAUSE_FIRST;
    loop {
        clients.rotate_left(1);
        let Some(client) = clients.front_mut() else { continue };
        match timeout_at(
            deadline.min(Instant::now() + ANSWER),
            client.check(HealthCheckRequest::default()),
        )
        .await
        {
            Ok(Ok(answer)) => match answer.into_inner().status() {
                ServingStatus::Serving => return Ok(()),
                other => last = format!("its health is {}", other.as_str_name()),
            },
            Ok(Err(status)) => last = with_causes(status.message().to_owned(), status.source()),
            Err(_) => {}
        }
        if Instant::now() + pause >= deadline {
            return Err(NotReady::Timeout {
                endpoint: options.endpoint,
                waited: timeout,
                last,
            });
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// The name by which a hub's health tells whether its receipts survive a power loss.
const DURABILITY: &str = "truc.durability";

/// Whether the hub says that its receipts survive a power loss: that its journal is synced before it answers. `None` where it does not
/// say, or not in time. Of several hubs, what all say.
pub async fn receipts_survive_power_loss(options: impl Into<ConnectOptions>) -> Result<Option<bool>, ConnectError> {
    let mut all = Some(true);
    for transport in options.into().transports()? {
        let mut client = HealthClient::new(transport.connect_lazy());
        let asked = HealthCheckRequest {
            service: DURABILITY.to_owned(),
        };
        let answered = timeout_at(Instant::now() + ANSWER, client.check(asked)).await;
        let said = match answered {
            Ok(Ok(answer)) => match answer.into_inner().status() {
                ServingStatus::Serving => Some(true),
                ServingStatus::NotServing => Some(false),
                _ => None,
            },
            _ => None,
        };
        all = match (all, said) {
            (Some(all), Some(said)) => Some(all && said),
            _ => None,
        };
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;
    use tonic::transport::Server;
    use tonic_health::{ServingStatus as Serving, server::health_reporter};

    use super::*;

    #[tokio::test]
    async fn receipts_are_worth_what_all_hubs_say() {
        let mut endpoints = Vec::new();
        for said in [Some(Serving::Serving), Some(Serving::NotServing), None] {
            let (reporter, service) = health_reporter();
            if let Some(said) = said {
                reporter.set_service_status(DURABILITY, said).await;
            }
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            endpoints.push(format!("http://{}", listener.local_addr().unwrap()));
            let server = Server::builder()
                .add_service(service)
                .serve_with_incoming(TcpListenerStream::new(listener));
            tokio::spawn(server);
        }
        let [good, bad, silent] = &endpoints[..] else {
            unreachable!()
        };
        for (asked, said) in [
            (good.clone(), Some(true)),
            (format!("{good},{bad}"), Some(false)),
            (format!("{good},{silent}"), None),
        ] {
            assert_eq!(receipts_survive_power_loss(asked).await.unwrap(), said);
        }
    }

    #[tokio::test]
    async fn hub_is_waited_for_until_it_serves() {
        let (reporter, service) = health_reporter();
        reporter.set_service_status("", Serving::NotServing).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::builder()
            .add_service(service)
            .serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(server);

        let early = wait_until_ready(endpoint.as_str(), Duration::from_millis(50))
            .await
            .unwrap_err();
        assert!(early.to_string().contains("its health is NOT_SERVING"), "{early}");

        let waiting = tokio::spawn(wait_until_ready(endpoint, Duration::from_secs(60)));
        reporter.set_service_status("", Serving::Serving).await;
        waiting.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn nobody_there_is_told_with_address_and_cause() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = wait_until_ready(endpoint.as_str(), Duration::from_millis(50))
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(&endpoint) && error.contains("refused"), "{error}");
    }

    #[tokio::test]
    async fn unusable_address_is_not_waited_for() {
        let error = wait_until_ready("hub:8180", Duration::from_secs(3600))
            .await
            .unwrap_err();
        assert!(matches!(error, NotReady::Settings(_)), "{error}");
    }
}
