//! Three hubs over one journal on three NATS servers: whichever is asked, the axis is one.

use std::{path::Path, sync::Arc, time::Duration};

use futures::StreamExt as _;
use jiff::Timestamp;
use truc_agency::{
    ConnectOptions, Content, Credential, Fault, FaultAction, FetchOptions, Hub as Connection, RetryPolicy,
    SubscribeOptions, wait_until_ready,
};
use truc_document::FaultStep;
use truc_store::{
    apply::apply,
    journal::{Embedded, EmbeddedOptions, Journal as _, JournalReader as _},
    record::Entry,
    state::State,
};
use truc_tests::{Axis, attach, letter, nats::Nats, next};

async fn three(nats: &Nats, axis: &str) -> [Axis; 3] {
    let address = nats.address(axis);
    let (one, two, three) = tokio::join!(Axis::join(&address), Axis::join(&address), Axis::join(&address));
    [one, two, three]
}

/// What the copy of the journal in a folder makes of nothing.
fn state_of(folder: &Path) -> State {
    let journal = Embedded::open(&folder.join("journal"), EmbeddedOptions::default()).expect("a journal");
    let mut state = State::default();
    for group in journal.reader().groups(truc_store::journal::Position::FIRST) {
        let group = group.expect("a group");
        for (position, record) in group.positioned() {
            let entry = Entry::decode(record.clone()).expect("a record");
            apply(&mut state, position, group.chain, &entry).expect("in order");
        }
    }
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn any_hub_serves_any_agency_and_all_agree() {
    let nats = Nats::start(3);
    let [one, two, three] = three(&nats, "axis").await;

    // A subscriber at one hub is woken by what was sent through another, and acknowledges at a third.
    let mut mailbox = two.agency("H54").subscribe(SubscribeOptions::default());
    let waiting = tokio::spawn(async move { mailbox.next().await });
    let header = letter("G22", &["H54"]);
    let envelope = one.sign(&header, Vec::new());
    let sent = one.agency("G22").send(envelope.clone()).await.expect("a receipt");
    let delivery = waiting
        .await
        .unwrap()
        .expect("a delivery")
        .expect("one that can be read");
    let Content::Document(document) = &delivery.content else {
        panic!("a document")
    };
    assert_eq!(document.envelope, envelope);
    let outcomes = three
        .agency("H54")
        .acknowledge(&[delivery.id])
        .await
        .expect("an answer");
    assert!(outcomes[0].refusal.is_none(), "{outcomes:?}");
    assert_eq!(next(&two.agency("G22")).await.len(), 1, "word of its arrival");

    // The same envelope at another hub is a repeat, with the very receipt.
    let again = three.agency("G22").send(envelope).await.expect("a receipt");
    assert_eq!(again.receipt, sent.receipt);

    // What is revoked at one hub is revoked at all.
    let head = one.head("H54.12");
    one.operator()
        .directory()
        .revoke_certificate(head.fingerprint(), None, "thử")
        .await
        .expect("revoked");
    let signed = two.sign(&letter("H54.12", &["H54"]), Vec::new());
    let refused = until_refused(&two, signed).await;
    assert_eq!(refused, "CERTIFICATE_REVOKED");

    // Hub time that was moved at one hub has moved at all.
    let later = Timestamp::from_second(Timestamp::now().as_second() + 3600).unwrap();
    one.operator().advance_clock(Some(later), None).await.expect("moved");
    three
        .agency("G22")
        .send(three.sign(&letter("G22", &["H54"]), Vec::new()))
        .await
        .unwrap();
    assert!(three.operator().clock().await.unwrap().now >= later);

    let mut states = Vec::new();
    for hub in [one, two, three] {
        let folder = hub.stop_keeping().await;
        states.push(state_of(folder.path()));
    }
    // Each hub's last word was the last that it saw; those that stopped later saw more.
    let [one, two, three] = &states[..] else {
        panic!("three")
    };
    assert!(one.position <= two.position && two.position <= three.position);
    let journal = nats.address("axis");
    let late = Axis::join(&journal).await.stop_keeping().await;
    let late_state = state_of(late.path());
    assert!(late_state.position > three.position);
    assert_eq!(late_state.statistics.totals, three.statistics.totals);
}

async fn until_refused(hub: &Axis, envelope: truc_proto::v1::Envelope) -> String {
    // The revocation was answered by another hub; this one follows a moment later.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        match hub.agency("H54.12").send(envelope.clone()).await {
            Err(error) => return error.refusal().expect("a refusal").reason.as_str().to_owned(),
            Ok(_) => assert!(tokio::time::Instant::now() < deadline, "it was never refused"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_was_away_catches_up_and_one_whose_copy_is_gone_makes_it_anew() {
    let nats = Nats::start(1);
    let address = nats.address("axis");
    let (one, two) = tokio::join!(Axis::join(&address), Axis::join(&address));
    let first = letter("G22", &["H54"]);
    one.agency("G22").send(one.sign(&first, Vec::new())).await.unwrap();
    let folder = two.stop_keeping().await;
    for _ in 0..20 {
        one.agency("G22")
            .send(one.sign(&letter("G22", &["H54"]), Vec::new()))
            .await
            .unwrap();
    }
    std::fs::remove_dir_all(folder.path().join("journal")).expect("its copy");
    let two = Axis::join_in(Arc::clone(&folder), &address).await;
    let options = FetchOptions {
        deliveries_max: 100,
        ..FetchOptions::default()
    };
    let fetched = two.agency("H54").fetch(options).await.unwrap();
    assert_eq!(fetched.deliveries.len(), 21);
    two.stop().await;
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_uploaded_at_one_hub_is_at_all() {
    let nats = Nats::start(1);
    let address = nats.address("axis");
    let (one, two) = tokio::join!(Axis::join(&address), Axis::join(&address));
    let content: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let uploaded = one
        .agency("G22")
        .upload_bytes(content.clone().into())
        .await
        .expect("stored");
    let mut header = letter("G22", &["H54"]);
    attach(&mut header, &content);
    let envelope = two.sign(&header, Vec::new());
    // The upload was answered by another hub; this one follows a moment later.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while let Err(error) = two.agency("G22").send(envelope.clone()).await {
        assert!(tokio::time::Instant::now() < deadline, "{error}");
    }
    let mut read = Vec::new();
    let id = header.document_id;
    next(&two.agency("H54")).await;
    two.agency("H54")
        .download(id, uploaded.sha256, &mut read)
        .await
        .expect("it");
    assert_eq!(read, content);
    let three = Axis::join(&address).await;
    let mut read = Vec::new();
    three
        .agency("H54")
        .download(id, uploaded.sha256, &mut read)
        .await
        .expect("it, at a hub that is new");
    assert_eq!(read, content);
    for hub in [one, two, three] {
        hub.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_one_list_for_all_hubs() {
    let nats = Nats::start(1);
    let address = nats.address("axis");
    let (one, two) = tokio::join!(Axis::join(&address), Axis::join(&address));
    let fault = Fault::new("mất", FaultStep::Append, FaultAction::Drop);
    one.operator().set_fault(&fault).await.expect("set");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while two.operator().faults().await.unwrap().is_empty() {
        assert!(
            tokio::time::Instant::now() < deadline,
            "the other hub never heard of it"
        );
    }
    two.operator().clear_faults().await.expect("cleared");
    one.stop().await;
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_several_hubs_goes_to_the_next_when_one_is_gone() {
    let nats = Nats::start(1);
    let address = nats.address("axis");
    let (one, two) = tokio::join!(Axis::join(&address), Axis::join(&address));
    let both = format!("{},{}", one.endpoint, two.endpoint);
    let connection = Connection::connect(ConnectOptions::new(both))
        .await
        .expect("a connection");
    let agency = |code: &str| connection.agency(code.parse().unwrap(), Credential::Issuer(Arc::clone(&two.issuer)));
    let (sender, receiver) = (agency("G22"), agency("H54"));
    let mut mailbox = receiver.subscribe(SubscribeOptions::default());
    let mut ids = Vec::new();
    let mut gone = Some(one);
    for round in 0..20 {
        if round == 10 {
            gone.take().expect("the first").stop().await;
        }
        let header = letter("G22", &["H54"]);
        sender.send(two.sign(&header, Vec::new())).await.expect("a receipt");
        ids.push(header.document_id);
        let delivery = mailbox.next().await.expect("a delivery").expect("one that can be read");
        assert!(receiver.acknowledge(&[delivery.id]).await.unwrap()[0].refusal.is_none());
    }
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_without_room_stop_the_axis_and_nothing_is_lost() {
    let mut nats = Nats::start_with(1, "12MB");
    let address = nats.address("axis");
    let hub = Axis::join(&address).await;
    let impatient = ConnectOptions::new(&hub.endpoint).with_retry(RetryPolicy::once());
    let connection = Connection::connect(impatient).await.expect("a connection");
    let sender = connection.agency("G22".parse().unwrap(), Credential::Issuer(Arc::clone(&hub.issuer)));
    let mut content = vec![0; 500_000];
    let mut sent = Vec::new();
    let unsent = loop {
        let mut header = letter("G22", &["H54"]);
        content[..16].copy_from_slice(header.document_id.as_bytes());
        let inline = vec![attach(&mut header, &content)];
        let envelope = hub.sign(&header, inline);
        match sender.send(envelope.clone()).await {
            Ok(_) => sent.push(header.document_id),
            Err(error) => {
                assert!(!error.certainly_not_stored(), "nobody can know: {error}");
                sent.push(header.document_id);
                break envelope;
            }
        }
        assert!(sent.len() < 1000, "it never was full");
    };
    assert!(sent.len() > 5);
    nats.servers[0].restart_with("1GB");
    wait_until_ready(hub.endpoint.clone(), Duration::from_secs(60))
        .await
        .expect("it goes on");
    sender.send(unsent).await.expect("a receipt, now");
    let mut delivered = Vec::new();
    while delivered.len() < sent.len() {
        for delivery in next(&hub.agency("H54")).await {
            let Content::Document(document) = &delivery.content else {
                panic!("a document")
            };
            delivered.push(document.header().unwrap().document_id);
        }
    }
    assert_eq!(delivered, sent, "each once, in their order");
    hub.stop().await;
}
