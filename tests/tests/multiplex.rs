//! Many agencies' calls on one stream, and many statuses in one call, against a hub.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;
use truc_agency::{Content, Credential, FetchOptions, StatusToReport};
use truc_document::{Reason, StatusCode};
use truc_proto::v1::{self as pb, multiplex_request::Call, multiplex_response::Outcome};
use truc_tests::{Axis, Told, letter, next, told_within};

const MULTIPLEX: &str = "/truc.v1.ExchangeService/Multiplex";

fn request(tag: u64, agency: u32, call: Call) -> Bytes {
    let call = Some(call);
    pb::MultiplexRequest { tag, agency, call }.encode_to_vec().into()
}

fn attach(token: String) -> Call {
    Call::Attach(pb::Attach { token })
}

/// The answers to these requests, by their tags.
async fn answers(axis: &Axis, opener: &str, requests: Vec<Bytes>) -> Vec<(u64, Outcome)> {
    let raw = axis.raw().await;
    let count = requests.len();
    let token = axis.token(opener);
    let mut stream = raw.call(MULTIPLEX, Some(&token), requests).await.expect("a stream");
    let mut answers = Vec::new();
    while answers.len() < count {
        let answer = stream.message().await.expect("an answer").expect("a stream that lasts");
        let answer = pb::MultiplexResponse::decode(answer).expect("a MultiplexResponse");
        answers.push((answer.tag, answer.outcome.expect("an outcome")));
    }
    answers.sort_by_key(|(tag, _)| *tag);
    answers
}

#[track_caller]
fn refused(outcome: &Outcome) -> Told {
    match outcome {
        Outcome::Refused(refusal) => told_within(refusal.clone()),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_acts_only_where_it_was_attached_with_its_own_token() {
    let axis = Axis::start().await;
    let fetch = || Call::Fetch(pb::FetchRequest::default());
    let from_h54 = || {
        let envelope = Some(axis.sign(&letter("H54", &["G22"]), Vec::new()));
        Call::Send(pb::SendRequest { envelope, timed: false })
    };
    let requests = vec![
        request(1, 7, fetch()),
        request(2, 7, attach(axis.token("H54"))),
        request(3, 7, from_h54()),
        request(4, 0, from_h54()),
        request(5, 8, attach("no token".to_owned())),
        request(6, 8, fetch()),
        request(7, 9, attach(axis.token("operator"))),
        request(8, 0, attach(axis.token("H54"))),
        request(
            9,
            7,
            Call::Fetch(pb::FetchRequest {
                wait: Some(prost_types::Duration { seconds: 1, nanos: 0 }),
                ..Default::default()
            }),
        ),
        request(10, 0, fetch()),
    ];
    let answers = answers(&axis, "G22", requests).await;
    let reason = |tag: usize| refused(&answers[tag - 1].1).reason;
    assert_eq!(reason(1), Reason::Unauthenticated.as_str());
    assert!(matches!(&answers[1].1, Outcome::Attached(attached) if attached.agency == "H54"));
    assert!(matches!(&answers[2].1, Outcome::Sent(sent) if sent.receipt.is_some()));
    assert_eq!(reason(4), Reason::NotYourAgency.as_str());
    assert_eq!(reason(5), Reason::Unauthenticated.as_str());
    assert_eq!(reason(6), Reason::Unauthenticated.as_str());
    assert_eq!(reason(7), Reason::NotYourAgency.as_str());
    assert_eq!(reason(8), Reason::Malformed.as_str());
    assert_eq!(refused(&answers[8].1).field, "fetch.wait");
    assert!(matches!(&answers[9].1, Outcome::Fetched(_)));
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_of_one_call_are_taken_in_order_and_each_is_answered() {
    let axis = Axis::start().await;
    let (sender, recipient) = (axis.agency("G22"), axis.agency("H54"));
    let (one, other) = (letter("G22", &["H54"]), letter("G22", &["H54"]));
    for header in [&one, &other] {
        sender.send(axis.sign(header, Vec::new())).await.expect("a receipt");
    }
    let ids: Vec<u64> = next(&recipient).await.iter().map(|delivery| delivery.id).collect();
    recipient.acknowledge(&ids).await.expect("taken");
    let report = |header: &truc_document::Header, status| StatusToReport::new(header.document_id, status);
    let outcomes = recipient
        .report_many(vec![
            report(&one, StatusCode::Accepted),
            report(&one, StatusCode::Finished),
            report(&other, StatusCode::Finished),
            StatusToReport::new(uuid::Uuid::nil(), StatusCode::Accepted),
            report(&other, StatusCode::Refused),
            report(&other, StatusCode::Accepted),
            report(&one, StatusCode::Finished),
        ])
        .await
        .expect("answers");
    let reasons: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().err().map(|refusal| refusal.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            None,
            None,
            Some(Reason::StatusInvalid),
            Some(Reason::ReferenceUnknown),
            // Without a reason.
            Some(Reason::Malformed),
            None,
            None,
        ]
    );
    assert!(outcomes[6].as_ref().is_ok_and(|reported| reported.repeated));
    let word: Vec<_> = next(&sender)
        .await
        .into_iter()
        .filter_map(|delivery| match delivery.content {
            Content::Status(status) => Some((status.document_id, status.status)),
            _ => None,
        })
        .collect();
    assert_eq!(word.len(), 5, "two arrived, two accepted, one finished: {word:?}");
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_goes_over_a_shared_stream() {
    let axis = Axis::start().await;
    let shared = axis.connection.multiplexed(1);
    let agency = |code: &str| {
        shared.agency(
            code.parse().expect("a code"),
            Credential::Issuer(Arc::clone(&axis.issuer)),
        )
    };
    let (sender, recipient) = (agency("G22"), agency("H54"));
    let header = letter("G22", &["H54"]);
    let sent = sender.send(axis.sign(&header, Vec::new())).await.expect("a receipt");
    let fetched = recipient.fetch(FetchOptions::default()).await.expect("deliveries");
    let delivery = fetched.deliveries[0].as_ref().expect("readable");
    let Content::Document(document) = &delivery.content else {
        panic!("{delivery:?}")
    };
    assert_eq!(document.header().expect("a header").document_id, header.document_id);
    assert_eq!(sent.statement.document_id, header.document_id.to_string());
    assert!(
        recipient.acknowledge(&[delivery.id]).await.expect("answers")[0]
            .refusal
            .is_none()
    );
    let accepted = StatusToReport::new(header.document_id, StatusCode::Accepted);
    recipient.report_many(vec![accepted]).await.expect("answers")[0]
        .as_ref()
        .expect("taken");
    assert_eq!(next(&sender).await.len(), 2);
    axis.stop().await;
}
