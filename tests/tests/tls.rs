//! TLS and mTLS over the wire: who gets in, as whom, and who does not.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use tonic::transport::Endpoint;
use truc_agency::{
    CallError, ConnectError, ConnectOptions, Credential, FetchOptions, Hub as Connection, RetryPolicy, SendError,
    SubscribeOptions, SubscriptionError, Tls,
};
use truc_document::{AgencyCode, Reason};
use truc_proto::v1 as pb;
use truc_services::operations_service_client::OperationsServiceClient;
use truc_signature::{Authority, Capacity, Identity, SeededWallet, certificate_pem};
use truc_tests::{Axis, letter, next};

fn code(text: &str) -> AgencyCode {
    text.parse().expect("a code")
}

fn system(axis: &Axis, of: &str) -> Arc<Identity> {
    axis.wallet.system(&code(of), "Quản lý văn bản").expect("a certificate")
}

/// A connection that proves its agency by its certificate alone.
async fn mtls(axis: &Axis, identity: &Identity) -> Connection {
    Connection::connect(axis.options_as(identity))
        .await
        .expect("a connection")
}

/// What comes of the first call over connections that a hub may turn away at once or at the first call.
async fn reached(options: ConnectOptions) -> Result<(), String> {
    let options = options.with_retry(RetryPolicy::once());
    let connection = Connection::connect(options).await.map_err(|error| error.to_string())?;
    let agency = connection.agency(code("H54"), Credential::Mtls);
    match agency.directory().agency(&code("G22")).await {
        Ok(_) => Ok(()),
        // Let in as far as the door of a call: that is another matter than not being let in.
        Err(CallError::Refused(refusal)) => panic!("the transport let it through: {refusal}"),
        Err(error) => Err(error.to_string()),
    }
}

fn call_reason(error: &CallError) -> Option<Reason> {
    error.refusal().map(|refusal| refusal.reason)
}

fn reason(answer: Result<impl Sized, SendError>) -> Reason {
    match answer.map(drop).expect_err("a refusal") {
        SendError::Refused(refusal) => refusal.reason,
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_enough_over_tls() {
    let axis = Axis::start_tls().await;
    let header = letter("G22", &["H54"]);
    axis.agency("G22")
        .send(axis.sign(&header, Vec::new()))
        .await
        .expect("a receipt");
    assert_eq!(next(&axis.agency("H54")).await.len(), 1);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tls_nobody_gets_in() {
    let axis = Axis::start_tls().await;
    let plain = axis.endpoint.replacen("https://", "http://", 1);
    reached(ConnectOptions::new(&plain)).await.expect_err("plain text");
    // Below the client library too: whatever a client sends, no gRPC answer comes back.
    let channel = Endpoint::new(plain).expect("an address").connect().await;
    if let Ok(channel) = channel {
        let answer = OperationsServiceClient::new(channel)
            .get_clock(pb::GetClockRequest {})
            .await;
        assert!(truc_tests::told(&answer.expect_err("plain text")).reason.is_empty());
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_under_another_root_is_not_believed() {
    let axis = Axis::start_tls().await;
    let others = Authority::from_seed(b"another root").expect("an authority");
    let tls = Tls {
        ca_pem: certificate_pem(&others.root()),
        identity_pem: None,
        domain: None,
    };
    let answer = Connection::connect(ConnectOptions::new(&axis.endpoint).with_tls(tls)).await;
    assert!(matches!(answer.err(), Some(ConnectError::Unreachable { .. })));
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_certificate_is_its_agency_and_no_other() {
    let axis = Axis::start_tls().await;
    let connection = mtls(&axis, &system(&axis, "H54")).await;
    let agency = connection.agency(code("H54"), Credential::Mtls);
    let sent = agency.send(axis.sign(&letter("H54", &["G22"]), Vec::new())).await;
    assert_eq!(sent.expect("a receipt").statement.sender.as_str(), "H54");

    // In another's name: a document that is good in itself.
    let theirs = axis.sign(&letter("H05", &["G22"]), Vec::new());
    let as_other = connection.agency(code("H05"), Credential::Mtls);
    assert_eq!(reason(as_other.send(theirs).await), Reason::NotYourAgency);

    // Its mailbox is its own, whatever the client calls itself.
    let letter = letter("G22", &["H05"]);
    axis.agency("G22")
        .send(axis.sign(&letter, Vec::new()))
        .await
        .expect("a receipt");
    let fetched = as_other
        .fetch(FetchOptions::default())
        .await
        .expect("the mailbox of H54");
    assert!(fetched.deliveries.is_empty());

    // And the operator's calls are not an agency's.
    let operator = connection.operator(Credential::Mtls).directory();
    let refused = operator
        .revoke_certificate([7; 32], None, "")
        .await
        .expect_err("a refusal");
    assert_eq!(call_reason(&refused), Some(Reason::NotYourAgency));
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_certificate_is_the_operator() {
    let axis = Axis::start_tls().await;
    let identity = axis.wallet.operator("Quản trị").expect("a certificate");
    let connection = mtls(&axis, &identity).await;
    let directory = connection.operator(Credential::Mtls).directory();
    directory
        .revoke_certificate([7; 32], None, "thử")
        .await
        .expect("the operator may");
    let as_agency = connection.agency(code("H54"), Credential::Mtls);
    let answer = as_agency.send(axis.sign(&letter("H54", &["G22"]), Vec::new())).await;
    assert_eq!(reason(answer), Reason::NotYourAgency);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_are_not_for_calling_call_nothing() {
    let axis = Axis::start_tls().await;
    let person = axis
        .wallet
        .person(&code("H54"), Capacity::Head, "Nguyễn Văn An")
        .expect("a certificate");
    for identity in [axis.seal("H54"), person] {
        reached(axis.options_as(&identity))
            .await
            .expect_err("a certificate for documents");
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_under_another_root_is_turned_away() {
    let axis = Axis::start_tls().await;
    let others = Arc::new(Authority::from_seed(b"another root").expect("an authority"));
    let others = SeededWallet::new(others, b"another root");
    for identity in [
        others.system(&code("H54"), "Quản lý văn bản"),
        others.operator("Quản trị"),
    ] {
        let identity = identity.expect("a certificate");
        reached(axis.options_as(&identity)).await.expect_err("another root");
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_opens_nothing_from_that_instant_on() {
    let axis = Axis::start_tls().await;
    let (revoked, other) = (system(&axis, "H54"), axis.wallet.system(&code("H54"), "Hệ thống khác"));
    let agency = mtls(&axis, &revoked).await.agency(code("H54"), Credential::Mtls);
    let mut header = letter("H54", &["G22"]);
    agency.send(axis.sign(&header, Vec::new())).await.expect("a receipt");

    let sender = axis.agency("G22");
    sender
        .send(axis.sign(&letter("G22", &["H54"]), Vec::new()))
        .await
        .expect("a receipt");
    let mut open = agency.subscribe(SubscribeOptions::default());
    open.next().await.expect("the stream is open").expect("a delivery");

    let directory = axis.operator().directory();
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    directory
        .revoke_certificate(revoked.fingerprint(), Some(later), "sẽ thay")
        .await
        .expect("noted");
    header = letter("H54", &["G22"]);
    agency
        .send(axis.sign(&header, Vec::new()))
        .await
        .expect("an hour is left");

    directory
        .revoke_certificate(revoked.fingerprint(), None, "mất khóa")
        .await
        .expect("noted");
    let good = axis.sign(&letter("H54", &["G22"]), Vec::new());
    // Over the connection that was there before, and over a new one.
    assert_eq!(reason(agency.send(good.clone()).await), Reason::Unauthenticated);
    let anew = mtls(&axis, &revoked).await.agency(code("H54"), Credential::Mtls);
    assert_eq!(reason(anew.send(good.clone()).await), Reason::Unauthenticated);
    let listed = anew.directory().agency(&code("G22")).await.expect_err("a refusal");
    assert_eq!(call_reason(&listed), Some(Reason::Unauthenticated));

    // What was open has ended too.
    let word = tokio::time::timeout(Duration::from_secs(60), open.next()).await;
    match word.expect("the stream ends").expect("word of the end") {
        Err(SubscriptionError::Ended(error)) => assert_eq!(call_reason(&error), Some(Reason::Unauthenticated)),
        other => panic!("{other:?}"),
    }

    // The agency itself is as before.
    let other = other.expect("a certificate");
    let agency = mtls(&axis, &other).await.agency(code("H54"), Credential::Mtls);
    agency.send(good).await.expect("a receipt");
    axis.stop().await;
}
