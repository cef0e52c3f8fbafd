//! What agencies do: some send, some receive and report, all with the client library that real ones use, and without ever giving up.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rand::RngExt as _;
use truc_agency::{
    Agency, Content, Credential, Delivery, FetchOptions, Hub as Hubs, RetryPolicy, SendError, StatusToReport,
    SubscribeOptions,
};
use truc_document::{DocumentType, Header, Signer, StatusCode};
use truc_proto::v1::Envelope;
use truc_signature::{Capacity, TokenIssuer, sign_envelope};
use truc_tests::{attach, token_key, wallet};

use crate::{axis::Axis, network::channel};

/// Who sends.
pub(crate) const SENDERS: [&str; 2] = ["G22", "H54"];
/// Who receives.
pub(crate) const RECEIVERS: [&str; 2] = ["H54.12", "H54.12.03"];

const LEASE: Duration = Duration::from_secs(5);
/// Between two tries of what failed.
const PAUSE: Duration = Duration::from_millis(200);

fn agency(axis: &Axis, code: &str) -> Agency {
    let retry = RetryPolicy {
        attempts_max: 3,
        time_max: Duration::from_secs(10),
        attempt_time_max: Duration::from_secs(3),
        ..RetryPolicy::default()
    };
    let channels = axis.hubs().map(channel).collect();
    let issuer = Arc::new(TokenIssuer::new(&token_key()));
    let code = code.parse().expect("a code");
    Hubs::among(channels, retry).agency(code, Credential::Issuer(issuer))
}

/// Sends letters at irregular intervals, and takes word of what became of them.
pub(crate) async fn send(axis: Arc<Axis>, code: &'static str) -> turmoil::Result {
    let reading = tokio::spawn(receive(Arc::clone(&axis), code));
    let agency = agency(&axis, code);
    while axis.is_busy() {
        let pause: u64 = rand::rng().random_range(0..1200);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let envelope = letter(code);
        loop {
            match agency.send(envelope.clone()).await {
                Ok(sent) => {
                    axis.known.receipt(sent.statement, &RECEIVERS);
                    break;
                }
                Err(error) if is_of_the_moment(&error) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    axis.known
                        .violated(format!("a good letter of {code} is refused: {error}"));
                    break;
                }
            }
        }
    }
    reading.await?;
    Ok(())
}

fn is_of_the_moment(error: &SendError) -> bool {
    !matches!(error, SendError::Refused(_))
}

fn letter(code: &str) -> Envelope {
    let agency = code.parse().expect("a code");
    let signer = Signer {
        full_name: "Nguyễn Văn An".to_owned(),
        position: "Chủ tịch".to_owned(),
        ..Signer::default()
    };
    let id =
        uuid::Builder::from_unix_timestamp_millis(made().as_millisecond() as u64, &rand::rng().random()).into_uuid();
    let mut header = Header::new(
        id,
        agency,
        RECEIVERS.map(|code| code.parse().expect("a code")),
        rand::rng().random_range(1..10_000),
        "UBND-VX".parse().expect("a notation"),
        DocumentType::OfficialLetter,
        "V/v báo cáo tình hình triển khai",
        signer,
        made(),
    );
    let inline = vec![attach(&mut header, id.as_bytes())];
    let code = code.parse().expect("a code");
    let person = wallet()
        .person(&code, Capacity::Head, "Nguyễn Văn An")
        .expect("a person");
    let seal = wallet().seal(&code, &format!("Cơ quan {code}")).expect("a seal");
    sign_envelope(header.encode().into(), Some(&person), &seal, inline, true)
}

/// Longer ago than any clock goes wrong.
fn made() -> Timestamp {
    Timestamp::from_microsecond(crate::axis::BEGIN - 86_400_000_000).expect("a time")
}

/// Takes what comes, acknowledges it and reports documents as received; as a subscriber or by fetching, as it happens.
pub(crate) async fn receive(axis: Arc<Axis>, code: &'static str) {
    let agency = agency(&axis, code);
    loop {
        if rand::rng().random_bool(0.5) {
            subscribed(&axis, &agency, code).await;
        } else {
            fetched(&axis, &agency, code).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn subscribed(axis: &Axis, agency: &Agency, code: &str) {
    use futures::StreamExt as _;
    let options = SubscribeOptions {
        lease: Some(LEASE),
        window: 4,
        ..SubscribeOptions::default()
    };
    let mut mailbox = Box::pin(agency.subscribe(options));
    let asked = axis.known.now();
    let until = tokio::time::Instant::now() + Duration::from_secs(rand::rng().random_range(1..20));
    while let Ok(Some(Ok(delivery))) = tokio::time::timeout_at(until, mailbox.next()).await {
        take(axis, agency, code, asked, vec![delivery]).await;
    }
}

async fn fetched(axis: &Axis, agency: &Agency, code: &str) {
    let options = FetchOptions {
        deliveries_max: 5,
        lease: Some(LEASE),
        wait: Some(Duration::from_secs(2)),
        ..FetchOptions::default()
    };
    let asked = axis.known.now();
    if let Ok(fetched) = agency.fetch(options).await {
        let deliveries = fetched.deliveries.into_iter().filter_map(|delivery| match delivery {
            Ok(delivery) => Some(delivery),
            Err(error) => {
                axis.known.violated(format!("{code} can't read what it got: {error}"));
                None
            }
        });
        take(axis, agency, code, asked, deliveries.collect()).await;
    }
}

async fn take(axis: &Axis, agency: &Agency, code: &str, asked: Duration, deliveries: Vec<Delivery>) {
    for delivery in &deliveries {
        let what = match &delivery.content {
            Content::Document(document) => match document.header() {
                Ok(header) => {
                    axis.known.seen(&header.document_id.to_string(), code);
                    format!("document at {}", document.position)
                }
                Err(error) => {
                    axis.known
                        .violated(format!("{code} got a header that can't be read: {error}"));
                    continue;
                }
            },
            Content::Status(status) => {
                axis.known.told(&status.document_id.to_string(), status.agency.as_str());
                format!("status {} of {}", status.status, status.document_id)
            }
            Content::Notice(notice) => format!("notice of {}", notice.document_id),
        };
        axis.known.delivered(
            code,
            delivery.id,
            asked,
            &format!("{what}, attempt {}", delivery.attempt),
        );
    }
    let ids: Vec<u64> = deliveries.iter().map(|delivery| delivery.id).collect();
    let Ok(outcomes) = agency.acknowledge(&ids).await else {
        return;
    };
    for (outcome, delivery) in outcomes.iter().zip(&deliveries) {
        if outcome.refusal.is_some() {
            continue;
        }
        axis.known.acknowledged(code, delivery.id);
        if let Content::Document(document) = &delivery.content
            && let Ok(header) = document.header()
            && agency
                .report(StatusToReport::new(header.document_id, StatusCode::Accepted))
                .await
                .is_ok()
        {
            axis.known.reported(&header.document_id.to_string(), code);
        }
    }
}
