//! Shared streams over the wire, under virtual time.

use futures::future::{join_all, try_join_all};
use truc_document::{Reason, StatusCode};

use crate::{
    Agency, CallError, Credential, FetchOptions, RetryPolicy, SendError, StatusToReport,
    test_hub::{Act, TestHub, envelope, id, refusal},
};

/// Agencies that share a stream, each with a token of its own.
fn agencies(hub: &TestHub, count: u64) -> Vec<Agency> {
    let client = hub.client(RetryPolicy::default()).multiplexed(1);
    (0..count)
        .map(|number| {
            let code = format!("H54.{number}").parse().unwrap();
            client.agency(code, Credential::Token(format!("token {number}")))
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_thousand_agencies_share_one_stream_and_each_proves_itself() {
    let hub = TestHub::new();
    let agencies = agencies(&hub, 1000);
    let sends = (0..2000).map(|number: u64| {
        let agency = &agencies[number as usize % 1000];
        async move { agency.send(envelope(number)).await }
    });
    for (number, sent) in (0..).zip(try_join_all(sends).await.unwrap()) {
        assert_eq!(sent.statement.document_id, id(number).to_string());
    }
    assert_eq!((hub.stored(), hub.opened(), hub.connects()), (2000, 1, 1));
    // Who opened the stream, and once for each agency.
    assert_eq!(hub.authorizations().len(), 1001);
}

#[tokio::test(start_paused = true)]
async fn broken_stream_is_opened_anew_and_every_agency_attached_again() {
    let hub = TestHub::new();
    let agencies = agencies(&hub, 10);
    hub.will([Act::StoreAndBreak]);
    let sends = agencies
        .iter()
        .zip(0..)
        .map(|(agency, number)| agency.send(envelope(number)));
    try_join_all(sends).await.unwrap();
    assert_eq!((hub.stored(), hub.opened()), (10, 2));
    hub.cut_connections();
    agencies[3].send(envelope(77)).await.unwrap();
    assert_eq!((hub.stored(), hub.opened(), hub.connects()), (11, 3, 2));
}

#[tokio::test(start_paused = true)]
async fn answer_that_never_comes_is_asked_for_again() {
    let hub = TestHub::new();
    hub.will([Act::StoreAndForget]);
    let sent = agencies(&hub, 1)[0].send(envelope(1)).await.unwrap();
    assert_eq!(sent.statement.document_id, id(1).to_string());
    assert_eq!((hub.stored(), hub.seen().len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn each_refusal_comes_to_its_own_call() {
    let hub = TestHub::new();
    let agencies = agencies(&hub, 3);
    hub.will([Act::Refuse(refusal(Reason::SealInvalid))]);
    let sends = agencies
        .iter()
        .zip(0..)
        .map(|(agency, number)| agency.send(envelope(number)));
    let outcomes = join_all(sends).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 2);
    let Some(Err(SendError::Refused(refused))) = outcomes.into_iter().find(Result::is_err) else {
        panic!("one is refused")
    };
    assert_eq!(refused, refusal(Reason::SealInvalid));
}

#[tokio::test(start_paused = true)]
async fn hub_that_is_down_is_told_as_unreachable() {
    let hub = TestHub::new();
    hub.set_down(true);
    let agency = &agencies(&hub, 1)[0];
    let error = agency.send(envelope(1)).await.unwrap_err();
    assert!(error.certainly_not_stored(), "{error}");
    let error = agency.fetch(FetchOptions::default()).await.unwrap_err();
    assert!(matches!(error, CallError::Unreachable { .. }), "{error}");
    hub.set_down(false);
    agency.send(envelope(1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn receiving_goes_over_the_stream_too() {
    let hub = TestHub::new();
    let agency = &agencies(&hub, 1)[0];
    assert_eq!(agency.fetch(FetchOptions::default()).await.unwrap().waiting, 3);
    assert_eq!(agency.acknowledge(&[1, 2, 3]).await.unwrap().len(), 3);
    let reports = vec![StatusToReport::new(uuid::Uuid::nil(), StatusCode::Accepted); 1500];
    let outcomes = agency.report_many(reports).await.unwrap();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 750);
    assert_eq!(hub.opened(), 1);
}
