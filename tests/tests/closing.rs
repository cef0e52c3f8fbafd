//! An agency closes and another takes over, over the wire: what waited arrives there, once; who writes to the old code is told
//! the new one; a restart of either kind changes nothing.

use truc_agency::{Content, ReportQuery, SendError, StatusToReport};
use truc_document::{Header, Reason, StatusCode};
use truc_proto::v1::ReportDimension;
use truc_tests::{Axis, letter, next};

#[tokio::test]
async fn successor_gets_what_waits_and_senders_are_told_of_it() {
    let axis = Axis::start().await;
    let (ministry, district, province) = (axis.agency("G22"), axis.agency("H54.12"), axis.agency("H54"));
    let alone = letter("G22", &["H54.12"]);
    let twice = letter("G22", &["H54.12", "H54"]);
    for header in [&alone, &twice] {
        ministry.send(axis.sign(header, Vec::new())).await.expect("a receipt");
    }
    let directory = axis.operator().directory();
    let (old, new) = ("H54.12".parse().expect("a code"), "H54".parse().expect("a code"));
    let refused = district
        .directory()
        .close_agency(&old, &new)
        .await
        .expect_err("not the operator");
    assert!(refused.to_string().contains("NOT_YOUR_AGENCY"), "{refused}");
    let closed = directory.close_agency(&old, &new).await.expect("a closing");
    assert_eq!((closed.moved, closed.folded), (1, 1));
    assert_eq!(closed.agency.successor.as_ref(), Some(&new));
    assert!(!closed.agency.connected);

    // Both ways to come up again find the same mailboxes.
    drop((ministry, district, province, directory));
    let axis = axis.restart().await.replay().await;
    let (ministry, district, province) = (axis.agency("G22"), axis.agency("H54.12"), axis.agency("H54"));
    let mut got = Vec::new();
    let mut ids = Vec::new();
    for delivery in next(&province).await {
        ids.push(delivery.id);
        if let Content::Document(document) = &delivery.content {
            got.push(Header::decode(&document.envelope.header).expect("a header").document_id);
        }
    }
    got.sort_unstable();
    let mut sent = vec![alone.document_id, twice.document_id];
    sent.sort_unstable();
    assert_eq!(got, sent, "each document once");
    for outcome in province.acknowledge(&ids).await.expect("an answer") {
        assert_eq!(outcome.refusal, None);
    }
    province
        .report(StatusToReport::new(alone.document_id, StatusCode::Accepted))
        .await
        .expect("the successor reports on what its predecessor was sent");
    let tracked = province
        .track(alone.document_id)
        .await
        .expect("the successor may track");
    assert_eq!(tracked.recipients.len(), 1);

    let late = ministry.send(axis.sign(&letter("G22", &["H54.12"]), Vec::new())).await;
    let SendError::Refused(refusal) = late.expect_err("a refusal") else {
        panic!("not refused");
    };
    assert_eq!(refusal.reason, Reason::RecipientNotConnected);
    assert!(refusal.message.contains("send it to `H54`"), "{}", refusal.message);
    assert_eq!(refusal.metadata.get("successor").map(String::as_str), Some("H54"));
    let own = district.send(axis.sign(&letter("H54.12", &["G22"]), Vec::new())).await;
    let SendError::Refused(refusal) = own.expect_err("a refusal") else {
        panic!("not refused");
    };
    assert_eq!(refusal.reason, Reason::SenderNotConnected);
    assert_eq!(refusal.metadata.get("successor").map(String::as_str), Some("H54"));
    axis.stop().await;
}

#[tokio::test]
async fn statistics_are_read_by_old_and_by_new_province() {
    let axis = Axis::start().await;
    let header = letter("G22", &["H05", "H54"]);
    axis.agency("G22")
        .send(axis.sign(&header, Vec::new()))
        .await
        .expect("a receipt");
    let (old, new) = ("H05".parse().expect("a code"), "H54".parse().expect("a code"));
    let closed = axis
        .operator()
        .directory()
        .close_agency(&old, &new)
        .await
        .expect("a closing");
    assert_eq!((closed.moved, closed.folded), (0, 1), "it has the document already");
    let received = async |by_successor| {
        let query = ReportQuery {
            group_by: vec![ReportDimension::Province],
            by_successor,
            ..ReportQuery::default()
        };
        let report = axis.operator().statistics().report(query).await.expect("a report");
        let rows = report.rows.into_iter().map(|row| {
            let received = row.counts.map_or(0, |counts| counts.received);
            (row.province, received)
        });
        rows.filter(|(_, received)| *received > 0).collect::<Vec<_>>()
    };
    let row = |code: &str, received| (code.to_owned(), received);
    assert_eq!(received(false).await, [row("H05", 1), row("H54", 1)]);
    assert_eq!(received(true).await, [row("H54", 2)]);
    axis.stop().await;
}
