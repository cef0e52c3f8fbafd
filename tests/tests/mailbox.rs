//! A mailbox looked into without taking anything, and single deliveries taken out of it.

use std::time::Duration;

use truc_agency::{DeliveryState, FetchOptions, ListedKind};
use truc_document::{StatusCode, Urgency};
use truc_tests::{Axis, letter, next};

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_listed_in_its_order_and_nothing_is_taken() {
    let axis = Axis::start().await;
    let (sender, recipient) = (axis.agency("G22"), axis.agency("H54"));
    let mut sent = Vec::new();
    for urgency in [Urgency::Normal, Urgency::Normal, Urgency::Express] {
        let mut header = letter("G22", &["H54"]);
        header.urgency = urgency;
        sender.send(axis.sign(&header, Vec::new())).await.expect("a receipt");
        sent.push(header.document_id);
    }
    let mut listed = Vec::new();
    let mut page = None;
    loop {
        let answer = recipient
            .list(Some(ListedKind::Document), 2, page)
            .await
            .expect("a list");
        assert_eq!(answer.total, 3);
        listed.extend(answer.deliveries);
        page = answer.next_page;
        if page.is_none() {
            break;
        }
    }
    let ids: Vec<_> = listed.iter().map(|listed| listed.document_id).collect();
    assert_eq!(ids, [sent[2], sent[0], sent[1]]);
    assert!(listed.iter().all(|listed| listed.state == DeliveryState::Waiting
        && listed.attempts == 0
        && listed.agency.as_ref() == Some(sender.code())));
    assert_eq!(next(&recipient).await.len(), 3, "nothing was taken");
    assert_eq!(
        recipient.list(Some(ListedKind::Status), 10, None).await.unwrap().total,
        0
    );
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_delivery_is_taken_out_of_the_middle_and_its_lease_prolonged() {
    let axis = Axis::start().await;
    let (sender, recipient) = (axis.agency("G22"), axis.agency("H54"));
    for _ in 0..3 {
        let header = letter("G22", &["H54"]);
        sender.send(axis.sign(&header, Vec::new())).await.expect("a receipt");
    }
    let listed = recipient.list(None, 10, None).await.unwrap().deliveries;
    let take = |seconds| FetchOptions {
        delivery_ids: vec![listed[1].id],
        lease: Some(Duration::from_secs(seconds)),
        ..FetchOptions::default()
    };
    let first = recipient.fetch(take(60)).await.unwrap();
    assert_eq!((first.deliveries.len(), first.waiting), (1, 2));
    let longer = recipient.fetch(take(3600)).await.unwrap();
    let (first, longer) = (
        first.deliveries[0].as_ref().unwrap(),
        longer.deliveries[0].as_ref().unwrap(),
    );
    assert_eq!((first.id, longer.id, longer.attempt), (listed[1].id, listed[1].id, 2));
    assert!(longer.leased_until > first.leased_until);
    let again = recipient.list(None, 10, None).await.unwrap().deliveries;
    assert_eq!(again[1].leased_until, Some(longer.leased_until));
    assert_eq!(again[1].state, DeliveryState::Leased);

    // Nobody else's mailbox gives it.
    assert!(axis.agency("H05").fetch(take(60)).await.unwrap().deliveries.is_empty());
    assert!(recipient.acknowledge(&[longer.id]).await.unwrap()[0].refusal.is_none());
    assert!(
        recipient.fetch(take(60)).await.unwrap().deliveries.is_empty(),
        "taken for good"
    );
    let arrived = sender
        .list(Some(ListedKind::Status), 10, None)
        .await
        .unwrap()
        .deliveries;
    assert_eq!((arrived.len(), arrived[0].status), (1, Some(StatusCode::Arrived)));
    assert_eq!(arrived[0].agency.as_ref(), Some(recipient.code()));
    axis.stop().await;
}
